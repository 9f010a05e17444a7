// What support sees of a customer, and how they find one.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { newMember, withReason } from '../../engine/core/audience.ts';
import type { Tx } from '../../engine/ports.ts';
import { customerView, deliveryBody, searchCustomers } from '../../store/customer-view.ts';
import { createPrisma } from '../../store/prisma.ts';
import { publish } from '../../store/publications.ts';
import { openTestDatabase, type TestDatabase } from '../database.ts';
import { onEachDatabase } from './databases.ts';
import { consent, decision, delivery, enrolled, MINUTE, newEvent, plan, settings, T0 } from './samples.ts';

onEachDatabase('the customer page', (kind) => {
  let database: TestDatabase;
  beforeEach(async () => {
    database = await openTestDatabase(kind);
  });
  afterEach(() => database.close());

  const inTx = <T>(work: (tx: Tx) => Promise<T>) => database.store.transaction(work);
  const view = (id: string, ...limits: [Parameters<typeof customerView>[3]?]) =>
    customerView(createPrisma(database.pool), id, (text) => `hash of ${text}`, ...limits);
  const iso = (at: number) => new Date(at).toISOString();
  const hanako = (tx: Tx) => tx.lockCustomerOf({ userId: 'u1', anonymousId: 'a1' }, T0);

  describe('a search', () => {
    const search = async (q: string) => (await searchCustomers(database.pool, q)).map(({ userId }) => userId);

    it('finds by ids, by e-mail whatever the capitals, and by what an enrollment is about', async () => {
      const id = await inTx(async (tx) => {
        const customer = await hanako(tx);
        await tx.saveTraits(customer.id, { email: 'Hanako@example.com' });
        await enrolled(tx, 'u1', { key: 'cart-7' });
        await tx.lockCustomerOf({ userId: 'u2' }, T0);
        return customer.id;
      });
      for (const q of [id, 'u1', ' a1 ', 'hanako@EXAMPLE.com', 'cart-7']) expect(await search(q)).toEqual(['u1']);
      expect(await searchCustomers(database.pool, 'u1')).toEqual([
        { id, userId: 'u1', email: 'Hanako@example.com', name: '' },
      ]);
    });

    it('finds nothing by a part, by a pattern, by nothing', async () => {
      await inTx(async (tx) => tx.saveTraits((await hanako(tx)).id, { email: 'hanako@example.com' }));
      for (const q of ['hanako', '%', 'u_', '', '   ', "' OR true --", '\0']) expect(await search(q)).toEqual([]);
    });
  });

  it('is null where there is no such customer', async () => {
    expect(await view('nobody')).toBeNull();
  });

  it('says who it is', async () => {
    const id = await inTx(async (tx) => {
      const customer = await hanako(tx);
      await tx.saveTraits(customer.id, { first_name: '花子' });
      return customer.id;
    });
    expect(await view(id)).toEqual({
      id,
      traits: { first_name: '花子' },
      createdAt: iso(T0),
      erasedAt: null,
      identities: [
        { kind: 'user', value: 'u1', boundAt: iso(T0) },
        { kind: 'anonymous', value: 'a1', boundAt: iso(T0) },
      ],
      consent: { current: [], history: [] },
      suppressions: [],
      audiences: [],
      enrollments: [],
      events: [],
      decisions: [],
      deliveries: [],
    });
  });

  it("is found by the shop's id too, and goes on to whom a customer was merged into", async () => {
    const [old, now] = await inTx(async (tx) => [await hanako(tx), await tx.lockCustomerOf({ userId: 'u2' }, T0)]);
    expect((await view('u1'))!.id).toBe(old!.id);
    await database.pool.query('UPDATE customers SET merged_into = $2 WHERE id = $1', [old!.id, now!.id]);
    expect((await view('u1'))!.id).toBe(now!.id);
    expect((await view(old!.id))!.id).toBe(now!.id);
    expect((await inTx((tx) => tx.lockCustomerOf({ userId: 'u1' }, T0))).id).toBe(now!.id);
    expect((await inTx((tx) => tx.customer(old!.id)))!.id).toBe(now!.id);
  });

  it('shows consent as it stands, and how it came to that', async () => {
    const id = await inTx(async (tx) => {
      const customer = await hanako(tx);
      await tx.appendConsent(consent(customer.id, { state: 'withdrawn', at: T0 + 1, source: 'unsubscribe' }));
      await tx.appendConsent(consent(customer.id));
      await tx.appendConsent(consent(customer.id, { purpose: 'ads' }));
      return customer.id;
    });
    const { current, history } = (await view(id))!.consent;
    expect(current.map(({ purpose, state }) => [purpose, state])).toEqual([
      ['marketing', 'withdrawn'],
      ['ads', 'granted'],
    ]);
    expect(history).toHaveLength(3);
    expect(history[0]).toMatchObject({
      source: 'unsubscribe',
      at: iso(T0 + 1),
      evidence: { shown: expect.any(String) },
    });
  });

  it("shows the suppressions of the customer's addresses, and no others", async () => {
    const id = await inTx(async (tx) => {
      const customer = await hanako(tx);
      await tx.saveTraits(customer.id, { email: 'a@example.com' });
      await tx.suppress('email', 'a@example.com', 'hard_bounce', T0);
      await tx.suppress('email', 'b@example.com', 'complaint', T0);
      return customer.id;
    });
    expect((await view(id))!.suppressions).toEqual([
      { channel: 'email', address: 'a@example.com', reason: 'hard_bounce', at: iso(T0), by: null },
    ]);
  });

  it('shows each audience with its reasons, and whether the platform has been told', async () => {
    const { id } = await inTx(hanako);
    const reason = {
      enrollmentId: 'e',
      journey: 'j',
      version: 'v1',
      step: 'put',
      purpose: 'marketing',
      until: 'exit',
    } as const;
    const put = withReason(newMember('m', id, 'meta', 'carts'), reason, T0);
    await inTx((tx) => tx.saveAudienceMember(put));
    const shown = { platform: 'meta', audience: 'carts', wanted: true, reasons: [reason], changedAt: iso(T0) };
    const untold = { isTold: false, toldAt: null, code: null, requestId: null, retryAt: null, why: null, endsAt: null };
    expect((await view(id))!.audiences).toEqual([{ ...shown, ...untold }]);
    await database.pool.query(
      `UPDATE audience_members SET told = version, sent = '[{"list":"1","ids":{"EMAIL":"abc"}}]'`,
    );
    const known = (await view(id))!.audiences;
    expect(known).toMatchObject([{ isTold: true }]);
    expect(JSON.stringify(known)).not.toContain('abc');
  });

  it('shows each enrollment with its journey, step, what it waits for and until when', async () => {
    const journeys = [{ version: 'v1', plan: plan('welcome', { title: 'ようこそ' }), source: {} }];
    await publish(database.pool, { settings: settings(), plans: journeys, by: 'test', at: T0 });
    const record = await inTx((tx) => enrolled(tx, 'u1', { key: 'k', needsAttention: 'journal' }));
    const [shown] = (await view('u1'))!.enrollments;
    expect(shown).toEqual({
      id: record.id,
      journey: 'welcome',
      title: 'ようこそ',
      version: 'v1',
      key: 'k',
      entryEventId: record.entryEventId,
      latestEventId: record.latestEventId,
      entryOccurredAt: iso(T0),
      enteredAt: iso(T0 + 1),
      heldOut: false,
      status: 'active',
      reason: null,
      endedAt: null,
      endedBy: null,
      goalAt: null,
      creditUntil: null,
      needsAttention: 'journal',
      pausedAt: null,
      step: 'b',
      waitingFor: ['order_completed'],
      dueAt: iso(T0 + MINUTE),
      flipAt: null,
      metAt: null,
      conditionErrors: [],
    });
  });

  it('shows events, decisions and deliveries, newest first, and no more than asked for', async () => {
    const record = await inTx(async (tx) => {
      const mine = await enrolled(tx, 'u1');
      await tx.insertEvent(newEvent(mine.customerId, { name: 'viewed', receivedAt: T0 + 2, data: { sku: 'A' } }));
      await tx.record([
        decision(mine, { at: T0 + 1, turn: 1, seq: 0 }),
        decision(mine, { at: T0 + 3, kind: 'not_entered', outcome: 'again', fold: 'f' }),
        decision(mine, { at: T0 + 4, kind: 'not_entered', outcome: 'again', fold: 'f' }),
      ]);
      await tx.saveDelivery(delivery(mine));
      await tx.saveDelivery(delivery(mine, { key: `${mine.id}/2`, createdAt: T0 + 5 }));
      return mine;
    });
    const page = (await view('u1'))!;
    expect(page.events.map(({ name }) => name)).toEqual(['viewed', 'signed_up']);
    expect(page.events[0]).toMatchObject({ receivedAt: iso(T0 + 2), data: { sku: 'A' } });
    expect(page.decisions.map(({ kind, count }) => [kind, count])).toEqual([
      ['not_entered', 2],
      ['chose', 1],
    ]);
    expect(page.decisions[0]).toMatchObject({ at: iso(T0 + 3), lastAt: iso(T0 + 4) });
    expect(page.deliveries.map(({ key }) => key)).toEqual([`${record.id}/2`, `${record.id}/1`]);
    expect(JSON.stringify(page)).not.toContain('<p>hi</p>');
    const short = (await view('u1', { events: 1, decisions: 1, deliveries: 1 }))!;
    expect([short.events, short.decisions, short.deliveries].map((rows) => rows.length)).toEqual([1, 1, 1]);
  });

  it('shows a message as it was sent, by the key of its delivery', async () => {
    const mine = await inTx(async (tx) => {
      const record = await enrolled(tx, 'u1');
      await tx.saveDelivery(delivery(record));
      await tx.saveDelivery(delivery(record, { key: `${record.id}/2`, rendered: null }));
      return record;
    });
    const prisma = createPrisma(database.pool);
    expect(await deliveryBody(prisma, `${mine.id}/1`)).toEqual({ to: 'a@example.com', ...delivery(mine).rendered });
    expect(await deliveryBody(prisma, `${mine.id}/2`)).toBeNull();
    expect(await deliveryBody(prisma, 'none')).toBeNull();
  });
});
