// Merge: a visitor logs in and turns out to be a customer (journey-format §10).
import { describe, expect, it } from 'vitest';
import type { Plan, SendStep } from '../../engine/core/plan.ts';
import type { Identity } from '../../engine/ports.ts';
import { recordConsent } from '../../engine/receive.ts';
import { day, hour, planWith } from '../core/plans.ts';
import { createRig, type Rig } from './rig.ts';

const send: SendStep = { kind: 'send', message: 'hi', by: ['email'], with: {}, expiresMs: day, next: null };
const wait = { kind: 'wait', form: 'length', forMs: hour, next: 'send' } as const;
const plan: Plan = planWith(
  { wait, send },
  {
    first: 'wait',
    exits: [{ on: ['order_completed'] }],
    enter: { on: ['signed_up'], again: { mode: 'after_exit' }, lateMs: day },
  },
);

const visitor = { anonymousId: 'a' };
const known = { userId: 'u' };
const login = { kind: 'identify', identity: { ...known, ...visitor } } as const;
const find = (rig: Rig, identity: Identity) => rig.store.transaction((tx) => tx.lockCustomerOf(identity, 0));
const open = async (rig: Rig) => (await rig.rows()).enrollments.filter(({ status }) => status === 'active');

/** A known customer and a visitor, a moment apart. */
async function two(own: Plan = plan): Promise<Rig> {
  const rig = await createRig([own]);
  await rig.receive({ kind: 'identify', identity: known });
  rig.time.now += 1000;
  await rig.receive({ kind: 'identify', identity: visitor });
  rig.time.now += 1000;
  return rig;
}

describe('a visitor who logs in as a customer', () => {
  it('is found as that customer from then on', async () => {
    const rig = await two();
    const before = await find(rig, visitor);
    await rig.receive(login);
    const { id } = await find(rig, known);
    expect((await find(rig, visitor)).id).toBe(id);
    expect((await rig.store.transaction((tx) => tx.customer(before.id)))?.id).toBe(id);
    expect((await rig.store.transaction((tx) => tx.lockCustomer(before.id)))?.id).toBe(id);
  });

  it('brings events and enrollments, which go on', async () => {
    const rig = await two();
    await rig.receive({ name: 'signed_up', identity: visitor });
    await rig.receive({
      kind: 'identify',
      identity: known,
      traits: { email: 'u@example.com' },
      grants: [{ channel: 'email', purpose: 'marketing' }],
    });
    await rig.receive(login);
    const { id } = await find(rig, known);
    expect(await open(rig)).toMatchObject([{ customerId: id }]);
    await rig.runAll();
    expect((await rig.rows()).deliveries).toMatchObject([{ customerId: id, state: 'accepted', to: 'u@example.com' }]);
    expect(new Set((await rig.rows()).decisions.map(({ customerId }) => customerId))).toEqual(new Set([id]));
    const history = await rig.store.transaction((tx) => tx.history(id, [{ event: 'signed_up', since: 0 }]));
    expect(history).toHaveLength(1);
  });

  it('keeps the customer’s traits, and fills what they lack', async () => {
    const rig = await two();
    await rig.receive({ kind: 'identify', identity: known, traits: { email: 'u@example.com', tier: 'gold' } });
    await rig.receive({ kind: 'identify', identity: visitor, traits: { tier: 'free', first_name: 'Aki' } });
    await rig.receive(login);
    expect((await find(rig, known)).traits).toEqual({ email: 'u@example.com', tier: 'gold', first_name: 'Aki' });
  });

  it('brings no trait and no grant where only a page says who it is', async () => {
    const rig = await two();
    const traits = { tier: 'vip', email: 'm@example.com', time_zone: 'Asia/Tokyo' };
    await rig.receive({
      kind: 'identify',
      identity: visitor,
      traits,
      grants: [{ channel: 'email', purpose: 'marketing' }],
    });
    await rig.receive({ ...login, trusted: false });
    const { id, traits: after } = await find(rig, known);
    expect(after).toEqual({ time_zone: 'Asia/Tokyo' });
    expect(await rig.store.transaction((tx) => tx.grants(id))).toEqual([]);
  });

  it('is rebound, and not merged, where the anonymous id is somebody’s already', async () => {
    const rig = await two();
    await rig.receive(login);
    await rig.receive({ name: 'signed_up', identity: visitor });
    await rig.receive({ kind: 'identify', identity: { userId: 'u2', ...visitor } });
    expect((await find(rig, visitor)).id).toBe((await find(rig, { userId: 'u2' })).id);
    expect(await open(rig)).toMatchObject([{ customerId: (await find(rig, known)).id }]);
  });

  it('stays with the later login where an earlier one is repeated', async () => {
    const rig = await two();
    await rig.receive({ ...login, sourceId: 'first' });
    await rig.receive({ kind: 'identify', identity: { userId: 'u2', ...visitor } });
    expect(await rig.receive({ ...login, sourceId: 'first' })).toEqual({ status: 'duplicate', eventId: null });
    expect((await find(rig, visitor)).id).toBe((await find(rig, { userId: 'u2' })).id);
  });

  it('is not merged for an address that is the same', async () => {
    const rig = await two();
    for (const identity of [known, visitor])
      await rig.receive({ kind: 'identify', identity, traits: { email: 'same@example.com' } });
    expect((await find(rig, known)).id).not.toBe((await find(rig, visitor)).id);
  });

  it('is merged by an alias, too', async () => {
    const rig = await two();
    await rig.receive({ kind: 'alias', identity: known, previousId: 'a' });
    expect((await find(rig, visitor)).id).toBe((await find(rig, known)).id);
  });
});

describe('consent at a merge', () => {
  const say = (rig: Rig, customer: Identity, state: 'granted' | 'withdrawn', at: number) =>
    recordConsent(rig.ports, {
      customer,
      channel: 'email',
      purpose: 'marketing',
      state,
      at,
      source: 'test',
      evidence: {},
    });
  type Said = ['granted' | 'withdrawn', number] | null;
  const cases: [Said, Said, number][] = [
    [['granted', 1], null, 1],
    [null, ['granted', 1], 1],
    [['granted', 1], ['withdrawn', 2], 0],
    [['granted', 2], ['withdrawn', 1], 0],
    [['withdrawn', 1], ['granted', 2], 0],
    [null, ['withdrawn', 1], 0],
    [null, null, 0],
  ];
  it.each(cases)('of the customer %j and of the visitor %j: %i stands', async (ofKnown, ofVisitor, standing) => {
    const rig = await two();
    if (ofKnown) await say(rig, known, ...ofKnown);
    if (ofVisitor) await say(rig, visitor, ...ofVisitor);
    await rig.receive(login);
    const { id } = await find(rig, known);
    expect(await rig.store.transaction((tx) => tx.grants(id))).toHaveLength(standing);
    rig.time.now += 1;
    await say(rig, known, 'granted', rig.time.now);
    expect(await rig.store.transaction((tx) => tx.grants(id))).toHaveLength(1);
  });
});

describe('enrollments at a merge', () => {
  it('the later of two in one journey ends as merged', async () => {
    const rig = await two();
    await rig.receive({ name: 'signed_up', identity: visitor });
    const [first] = await open(rig);
    rig.time.now += 1000;
    await rig.receive({ name: 'signed_up', identity: known });
    await rig.receive(login);
    expect(await open(rig)).toMatchObject([
      { id: first!.id, entrySlot: expect.stringContaining((await find(rig, known)).id) },
    ]);
    const ended = (await rig.rows()).enrollments.find(({ id }) => id !== first!.id);
    expect(ended).toMatchObject({
      status: 'exited',
      reason: 'merged',
      endedAt: rig.time.now,
      endedBy: null,
      entrySlot: null,
    });
    expect(await rig.receive({ name: 'signed_up', identity: known })).toMatchObject({ status: 'accepted' });
    expect(await open(rig)).toHaveLength(1);
  });

  it('two of different keys, and two that are meant to be side by side, go on', async () => {
    const always = planWith(
      { wait, send },
      { first: 'wait', enter: { on: ['signed_up'], again: { mode: 'always' }, lateMs: day } },
    );
    const keyed = planWith(
      { wait, send },
      { first: 'wait', enter: { on: ['cart_updated'], key: 'cart_id', again: { mode: 'after_exit' }, lateMs: day } },
    );
    for (const [own, name] of [
      [always, 'signed_up'],
      [keyed, 'cart_updated'],
    ] as const) {
      const rig = await two(own);
      await rig.receive({ name, identity: visitor, data: { cart_id: 'k1' } });
      await rig.receive({ name, identity: known, data: { cart_id: 'k2' } });
      await rig.receive(login);
      expect(await open(rig)).toHaveLength(2);
    }
  });

  it.each([
    ['the visitor’s order ends the customer’s', known, visitor],
    ['the customer’s order ends the visitor’s', visitor, known],
  ])('%s, at the moment of the merge', async (_name, enters, buys) => {
    const rig = await two();
    await rig.receive({ name: 'signed_up', identity: enters });
    rig.time.now += 1000;
    await rig.receive({ name: 'order_completed', identity: buys });
    rig.time.now += 1000;
    expect(await open(rig)).toHaveLength(1);
    await rig.receive(login);
    expect((await rig.rows()).enrollments).toMatchObject([
      { status: 'exited', reason: 'order_completed', endedAt: rig.time.now, endedBy: expect.any(String) },
    ]);
    await rig.runAll();
    expect(rig.accepted).toEqual([]);
  });

  it('an order from before the entry ends nothing', async () => {
    const rig = await two();
    await rig.receive({ name: 'order_completed', identity: visitor });
    rig.time.now += 11 * 60_000;
    await rig.receive({ name: 'signed_up', identity: known });
    await rig.receive(login);
    expect(await open(rig)).toHaveLength(1);
  });

  it('a wait hears what the other side did since it began', async () => {
    const listens = planWith(
      {
        nap: { kind: 'wait', form: 'event', listeners: [{ on: ['cart_updated'], next: 'out' }], otherwise: null },
        out: { kind: 'exit', reason: 'seen' },
      },
      { first: 'nap', enter: { on: ['signed_up'], again: { mode: 'never' }, lateMs: day } },
    );
    const rig = await two(listens);
    await rig.receive({ name: 'cart_updated', identity: visitor, data: { cart_id: 'k0' } });
    rig.time.now += 1000;
    await rig.receive({ name: 'signed_up', identity: known });
    await rig.turns.run((await open(rig))[0]!.id);
    await rig.receive(login);
    await rig.runAll();
    expect((await rig.rows()).enrollments).toMatchObject([{ reason: 'expired' }]);

    const other = await two(listens);
    await other.receive({ name: 'signed_up', identity: known });
    await other.turns.run((await open(other))[0]!.id);
    other.time.now += 1000;
    await other.receive({ name: 'cart_updated', identity: visitor, data: { cart_id: 'k0' } });
    await other.receive(login);
    await other.runAll();
    expect((await other.rows()).enrollments).toMatchObject([{ status: 'exited', reason: 'seen' }]);
  });

  it('what was drawn for the visitor does not flip', async () => {
    for (const drawn of [true, false]) {
      const rig = await two();
      const { id: from } = await find(rig, visitor);
      await rig.store.transaction((tx) => tx.draw(from, 'subject-test', drawn));
      await rig.receive(login);
      const { id } = await find(rig, known);
      expect(await rig.store.transaction((tx) => tx.draw(id, 'subject-test', !drawn))).toBe(drawn);
    }
  });

  it('what was drawn for the customer stands against the visitor’s', async () => {
    const rig = await two();
    for (const [identity, value] of [
      [known, 'short'],
      [visitor, 'long'],
    ] as const) {
      const { id } = await find(rig, identity);
      await rig.store.transaction((tx) => tx.draw(id, 'subject-test', value));
    }
    await rig.receive(login);
    const { id } = await find(rig, known);
    expect(await rig.store.transaction((tx) => tx.draw(id, 'subject-test', 'other'))).toBe('short');
  });
});
