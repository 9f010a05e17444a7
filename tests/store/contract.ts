// What any store must do, whatever it is made of: the promises of engine/ports.ts, told as facts.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Catalog, Store, Tx } from '../../engine/ports.ts';
import { consent, decision, delivery, enrolled, MINUTE, newEvent, plan, settings, T0 } from './samples.ts';

export interface MadeStore {
  store: Store;
  close(): Promise<void>;
}

/** Declares the suite. `makeStore` answers an empty store in which `published` is published. */
export function storeContract(name: string, makeStore: (published: Catalog) => Promise<MadeStore>): void {
  describe(`the store contract, kept by ${name}`, () => {
    let made: MadeStore;
    const inTx = <T>(work: (tx: Tx) => Promise<T>) => made.store.transaction(work);

    beforeEach(async () => {
      made = await makeStore(published);
    });
    afterEach(() => made.close());

    describe('a transaction', () => {
      it('answers what its work answers', async () => {
        expect(await inTx(async () => 42)).toBe(42);
      });

      it('stores nothing when its work throws, and throws the same', async () => {
        const crash = new Error('crash');
        const work = inTx(async (tx) => {
          await tx.lockCustomerOf({ userId: 'u' }, T0);
          await tx.suppress('email', 'a@example.com', 'hard_bounce', T0);
          throw crash;
        });
        await expect(work).rejects.toBe(crash);
        expect(await inTx((tx) => tx.suppression('email', 'a@example.com'))).toBeNull();
      });

      it('sees its own writes', async () => {
        await inTx(async (tx) => {
          const customer = await tx.lockCustomerOf({ userId: 'u' }, T0);
          await tx.saveTraits(customer.id, { email: 'a@example.com' });
          expect((await tx.customer(customer.id))?.traits).toEqual({ email: 'a@example.com' });
        });
      });
    });

    describe('a customer', () => {
      const find = (identity: { userId?: string; anonymousId?: string }) =>
        inTx((tx) => tx.lockCustomerOf(identity, T0)).then(({ id }) => id);

      it('is made at first sight, without traits', async () => {
        const customer = await inTx((tx) => tx.lockCustomerOf({ userId: 'u' }, T0));
        expect(customer.traits).toEqual({});
      });

      it('is found again by user id and by anonymous id', async () => {
        const id = await find({ userId: 'u', anonymousId: 'a' });
        expect(await find({ userId: 'u' })).toBe(id);
        expect(await find({ anonymousId: 'a' })).toBe(id);
      });

      it('is another one for another id, also where a user and an anonymous id read alike', async () => {
        const ids = [await find({ userId: 'x' }), await find({ anonymousId: 'x' }), await find({ userId: 'y' })];
        expect(new Set(ids).size).toBe(3);
      });

      it('takes the user id of a visitor who signs up', async () => {
        const visitor = await find({ anonymousId: 'a' });
        expect(await find({ userId: 'u', anonymousId: 'a' })).toBe(visitor);
        expect(await find({ userId: 'u' })).toBe(visitor);
      });

      it('takes over the anonymous id of a shared browser at the next login', async () => {
        const first = await find({ userId: 'u1', anonymousId: 'a' });
        const second = await find({ userId: 'u2', anonymousId: 'a' });
        expect(second).not.toBe(first);
        expect(await find({ anonymousId: 'a' })).toBe(second);
        expect(await find({ userId: 'u1' })).toBe(first);
      });

      it('takes over the anonymous id of a visitor when it is known already', async () => {
        const visitor = await find({ anonymousId: 'a' });
        const known = await find({ userId: 'u' });
        expect(await find({ userId: 'u', anonymousId: 'a' })).toBe(known);
        expect(await find({ anonymousId: 'a' })).toBe(known);
        expect(known).not.toBe(visitor);
      });

      it('may have several anonymous ids', async () => {
        const id = await find({ userId: 'u', anonymousId: 'a' });
        expect(await find({ userId: 'u', anonymousId: 'b' })).toBe(id);
        expect([await find({ anonymousId: 'a' }), await find({ anonymousId: 'b' })]).toEqual([id, id]);
      });

      it('is found by its own id, locked and not', async () => {
        const id = await find({ userId: 'u' });
        expect((await inTx((tx) => tx.lockCustomer(id)))?.id).toBe(id);
        expect((await inTx((tx) => tx.customer(id)))?.id).toBe(id);
      });

      it('is null where there is none', async () => {
        expect(await inTx((tx) => tx.lockCustomer('nobody'))).toBeNull();
        expect(await inTx((tx) => tx.customer('nobody'))).toBeNull();
      });

      it('keeps the traits that were saved last, and only those', async () => {
        const id = await find({ userId: 'u' });
        const traits = { tier: 'gold', visits: 3, ratio: 0.5, tags: ['a', 'b'], nested: { none: null }, 名: '花子' };
        await inTx((tx) => tx.saveTraits(id, { old: true }));
        await inTx((tx) => tx.saveTraits(id, traits));
        expect((await inTx((tx) => tx.lockCustomerOf({ userId: 'u' }, T0))).traits).toEqual(traits);
      });
    });

    describe('consent', () => {
      const standing = async (...rows: Parameters<typeof consent>[1][]) => {
        const id = await inTx((tx) => tx.lockCustomerOf({ userId: 'u' }, T0)).then((customer) => customer.id);
        for (const row of rows) await inTx((tx) => tx.appendConsent(consent(id, row)));
        return (await inTx((tx) => tx.grants(id))).map(({ channel, purpose }) => `${channel} ${purpose}`).sort();
      };

      it('is missing until it is granted', async () => {
        expect(await standing()).toEqual([]);
      });

      it('stands once granted, for its channel and purpose only', async () => {
        expect(await standing({})).toEqual(['email marketing']);
      });

      it('ends with a newer withdrawal', async () => {
        expect(await standing({}, { state: 'withdrawn', at: T0 + 1 })).toEqual([]);
      });

      it('does not come back with older evidence that arrives later', async () => {
        expect(await standing({ state: 'withdrawn', at: T0 + 1 }, { at: T0, recordedAt: T0 + MINUTE })).toEqual([]);
      });

      it('does not come back with evidence of the same moment, in either order', async () => {
        expect(await standing({ state: 'withdrawn' }, {})).toEqual([]);
        expect(await standing({}, { state: 'withdrawn' })).toEqual([]);
      });

      it('comes back with a newer grant', async () => {
        expect(await standing({ state: 'withdrawn' }, { at: T0 + 1 })).toEqual(['email marketing']);
      });

      it('is kept apart by channel and by purpose', async () => {
        const rows = [{}, { purpose: 'ads' }, { channel: 'push' }, { channel: 'push', state: 'withdrawn', at: T0 + 1 }];
        expect(await standing(...(rows as Parameters<typeof consent>[1][]))).toEqual(['email ads', 'email marketing']);
      });
    });

    describe('a suppression', () => {
      it('holds for one address on one channel', async () => {
        await inTx((tx) => tx.suppress('email', 'a@example.com', 'hard_bounce', T0));
        expect(await inTx((tx) => tx.suppression('email', 'a@example.com'))).toBe('hard_bounce');
        expect(await inTx((tx) => tx.suppression('push', 'a@example.com'))).toBeNull();
        expect(await inTx((tx) => tx.suppression('email', 'b@example.com'))).toBeNull();
      });

      it('keeps its first reason', async () => {
        await inTx((tx) => tx.suppress('email', 'a@example.com', 'hard_bounce', T0));
        await inTx((tx) => tx.suppress('email', 'a@example.com', 'complaint', T0 + 1));
        expect(await inTx((tx) => tx.suppression('email', 'a@example.com'))).toBe('hard_bounce');
      });
    });

    describe('the catalog', () => {
      it('is what is published', async () => {
        const catalog = await inTx((tx) => tx.catalog());
        expect(catalog.settings).toEqual(published.settings);
        expect([...catalog.journeys].sort((a, b) => (a.version < b.version ? -1 : 1))).toEqual(published.journeys);
      });

      it('has the plan of each version', async () => {
        expect(await inTx((tx) => tx.plan('v2'))).toEqual(published.journeys[1]!.plan);
      });

      it('refuses a version that nobody published', async () => {
        await expect(inTx((tx) => tx.plan('v0'))).rejects.toThrow();
      });
    });

    describe('an event', () => {
      const customer = () => inTx((tx) => tx.lockCustomerOf({ userId: 'u' }, T0)).then(({ id }) => id);

      it('is stored as it is given, under an id of ours', async () => {
        const id = await customer();
        const data = { total: 12.5, items: [{ sku: 'A', quantity: 1 }], none: null };
        const given = newEvent(id, { occurredAt: T0 - 1, receivedAt: T0 + 2, data });
        const stored = await inTx((tx) => tx.insertEvent(given));
        const expected = { id: stored!.id, name: 'signed_up', occurredAt: T0 - 1, receivedAt: T0 + 2, data };
        expect(stored).toEqual(expected);
        expect(await inTx((tx) => tx.events([stored!.id]))).toEqual([expected]);
      });

      it('is a repeat where source and id are the same, whoever it is about', async () => {
        const id = await customer();
        const other = await inTx((tx) => tx.lockCustomerOf({ userId: 'u2' }, T0));
        await inTx((tx) => tx.insertEvent(newEvent(id, { sourceId: 'm1' })));
        expect(await inTx((tx) => tx.insertEvent(newEvent(id, { sourceId: 'm1', name: 'other' })))).toBeNull();
        expect(await inTx((tx) => tx.insertEvent(newEvent(other.id, { sourceId: 'm1' })))).toBeNull();
      });

      it('is no repeat where only the id is the same, from another source', async () => {
        const id = await customer();
        await inTx((tx) => tx.insertEvent(newEvent(id, { sourceId: 'm1' })));
        expect(await inTx((tx) => tx.insertEvent(newEvent(id, { sourceId: 'm1', source: 'shopify' })))).not.toBeNull();
      });

      it('is a repeat where another source has told the same fact', async () => {
        const id = await customer();
        const order = { name: 'order_completed', same: 'o1' };
        await inTx((tx) => tx.insertEvent(newEvent(id, order)));
        expect(await inTx((tx) => tx.insertEvent(newEvent(id, { ...order, source: 'shopify' })))).toBeNull();
        expect(await inTx((tx) => tx.insertEvent(newEvent(id, { ...order, same: 'o2' })))).not.toBeNull();
        expect(await inTx((tx) => tx.insertEvent(newEvent(id, { ...order, name: 'order_paid' })))).not.toBeNull();
      });

      it('can be stored again after the transaction that stored it has failed', async () => {
        const id = await customer();
        const given = newEvent(id);
        const failing = inTx(async (tx) => {
          await tx.insertEvent(given);
          throw new Error('crash');
        });
        await expect(failing).rejects.toThrow('crash');
        expect(await inTx((tx) => tx.insertEvent(given))).not.toBeNull();
      });

      it('comes back in the order of the ids asked for', async () => {
        const id = await customer();
        const ids = await inTx(async (tx) => {
          const events = [await tx.insertEvent(newEvent(id)), await tx.insertEvent(newEvent(id))];
          return events.map((event) => event!.id);
        });
        expect((await inTx((tx) => tx.events([...ids].reverse()))).map((event) => event.id)).toEqual(ids.reverse());
        expect(await inTx((tx) => tx.events([]))).toEqual([]);
      });
    });

    describe('history', () => {
      const ask = async (needs: { event: string; since: number }[]) => {
        const [id, other] = await inTx(async (tx) => [
          (await tx.lockCustomerOf({ userId: 'u' }, T0)).id,
          (await tx.lockCustomerOf({ userId: 'u2' }, T0)).id,
        ]);
        const put = (of: string, name: string, occurredAt: number, n: number) =>
          inTx((tx) => tx.insertEvent(newEvent(of, { name, occurredAt, receivedAt: T0 + MINUTE, data: { n } })));
        await put(id!, 'viewed', T0 + 2, 1);
        await put(id!, 'viewed', T0, 2);
        await put(id!, 'viewed', T0 - 1, 3);
        await put(id!, 'ordered', T0 + 1, 4);
        await put(id!, 'ordered', T0 + 1, 5);
        await put(id!, 'searched', T0 + 1, 6);
        await put(other!, 'viewed', T0 + 1, 7);
        return (await inTx((tx) => tx.history(id!, needs))).map(({ data }) => data.n);
      };

      it("has the customer's events of a name from a moment on, that moment included, oldest first", async () => {
        expect(await ask([{ event: 'viewed', since: T0 }])).toEqual([2, 1]);
      });

      it('has several names, each from its own moment; at one moment, as they were stored', async () => {
        const needs = [
          { event: 'ordered', since: T0 + 1 },
          { event: 'viewed', since: T0 + 2 },
        ];
        expect(await ask(needs)).toEqual([4, 5, 1]);
      });

      it('has each event once, however often its name is asked for', async () => {
        const needs = [
          { event: 'viewed', since: T0 + 1 },
          { event: 'viewed', since: T0 - 1 },
        ];
        expect(await ask(needs)).toEqual([3, 2, 1]);
      });

      it('is empty where nothing is asked for', async () => {
        expect(await ask([])).toEqual([]);
      });
    });

    describe('an enrollment', () => {
      it('comes back as it was inserted', async () => {
        const record = await inTx((tx) =>
          enrolled(tx, 'u', {
            key: 'k1',
            heldOut: true,
            creditUntil: T0 + MINUTE,
            conditionErrors: ['goal', 'exit 1'],
            state: { step: 'b', since: T0, effects: 3, due: null, sending: { effect: 3, channel: 0, expiresAt: T0 } },
          }),
        );
        expect(await inTx((tx) => tx.lockEnrollment(record.id))).toEqual(record);
      });

      it('comes back as it was saved', async () => {
        const record = await inTx((tx) => enrolled(tx, 'u'));
        const saved = {
          ...record,
          status: 'exited' as const,
          reason: 'goal',
          endedAt: T0 + 5,
          endedBy: record.entryEventId,
          goalAt: T0 + 5,
          needsAttention: 'journal',
          state: { step: null, since: T0 + 5, effects: 4, due: null },
          waitingFor: [],
          dueAt: null,
          turn: 7,
          turnToken: 9,
        };
        await inTx((tx) => tx.saveEnrollment(saved));
        expect(await inTx((tx) => tx.lockEnrollment(record.id))).toEqual(saved);
      });

      it('is null where there is none', async () => {
        expect(await inTx((tx) => tx.lockEnrollment('none'))).toBeNull();
      });

      it('is a copy: changing it changes nothing until it is saved', async () => {
        const record = await inTx((tx) => enrolled(tx, 'u'));
        await inTx(async (tx) => {
          (await tx.lockEnrollment(record.id))!.state.effects = 99;
        });
        expect(await inTx((tx) => tx.lockEnrollment(record.id))).toEqual(record);
      });

      it('refuses a save that carries an older turn token, and takes one of the same or a newer', async () => {
        const record = await inTx((tx) => enrolled(tx, 'u', { turnToken: 5 }));
        await expect(inTx((tx) => tx.saveEnrollment({ ...record, turnToken: 4, turn: 4 }))).rejects.toThrow();
        expect((await inTx((tx) => tx.lockEnrollment(record.id)))!.turn).toBe(0);
        await inTx((tx) => tx.saveEnrollment({ ...record, turn: 1 }));
        await inTx((tx) => tx.saveEnrollment({ ...record, turn: 2, turnToken: 6 }));
        expect((await inTx((tx) => tx.lockEnrollment(record.id)))!.turn).toBe(2);
      });

      it('refuses everything of a transaction in which it was stale', async () => {
        const record = await inTx((tx) => enrolled(tx, 'u', { turnToken: 5 }));
        const stale = inTx(async (tx) => {
          await tx.saveDelivery(delivery(record));
          await tx.saveEnrollment({ ...record, turnToken: 4 });
        });
        await expect(stale).rejects.toThrow();
        expect(await inTx((tx) => tx.delivery(delivery(record).key))).toBeNull();
      });

      it('holds its entry slot alone', async () => {
        const record = await inTx((tx) => enrolled(tx, 'u', { entrySlot: 'u/welcome/' }));
        await expect(inTx((tx) => enrolled(tx, 'u', { entrySlot: 'u/welcome/' }))).rejects.toThrow();
        await inTx((tx) => tx.saveEnrollment({ ...record, entrySlot: null }));
        await inTx((tx) => enrolled(tx, 'u', { entrySlot: 'u/welcome/' }));
        await inTx((tx) => enrolled(tx, 'u'));
        await inTx((tx) => enrolled(tx, 'u'));
      });
    });

    describe('live enrollments', () => {
      it('are the open ones and the completed ones that can still be credited, by id', async () => {
        const live = await inTx(async (tx) => {
          const done = { status: 'completed' as const, dueAt: null };
          await enrolled(tx, 'u', { id: 'e9' });
          await enrolled(tx, 'u', { id: 'e1', ...done, creditUntil: T0 });
          await enrolled(tx, 'u', { id: 'e5' });
          await enrolled(tx, 'u', { id: 'x1', ...done, creditUntil: T0 - 1 });
          await enrolled(tx, 'u', { id: 'x2', ...done, creditUntil: null });
          await enrolled(tx, 'u', { id: 'x3', ...done, creditUntil: T0 + 1, goalAt: T0 - 1 });
          await enrolled(tx, 'u', { id: 'x4', status: 'exited', reason: 'goal', creditUntil: T0 + 1 });
          await enrolled(tx, 'u2', { id: 'x5' });
          const { id } = await tx.lockCustomerOf({ userId: 'u' }, T0);
          return tx.lockLiveEnrollments(id, T0);
        });
        expect(live.map(({ id }) => id)).toEqual(['e1', 'e5', 'e9']);
      });
    });

    describe('entries', () => {
      it('are all those into the journeys asked for, newest first', async () => {
        const entries = await inTx(async (tx) => {
          await enrolled(tx, 'u', { id: 'e1', enteredAt: T0, status: 'exited', reason: 'goal', endedBy: 'event-1' });
          await enrolled(tx, 'u', { id: 'e2', enteredAt: T0 + 2, key: 'k' });
          await enrolled(tx, 'u', { id: 'e3', enteredAt: T0 + 1, journey: 'cart', status: 'completed' });
          await enrolled(tx, 'u', { id: 'e4', journey: 'review' });
          await enrolled(tx, 'u2', { id: 'e5' });
          const { id } = await tx.lockCustomerOf({ userId: 'u' }, T0);
          return tx.entries(id, ['welcome', 'cart']);
        });
        const common = { journey: 'welcome', key: null, entryOccurredAt: T0, open: false, endedBy: null };
        expect(entries).toEqual([
          { ...common, enrollmentId: 'e2', enteredAt: T0 + 2, key: 'k', open: true },
          { ...common, enrollmentId: 'e3', enteredAt: T0 + 1, journey: 'cart' },
          { ...common, enrollmentId: 'e1', enteredAt: T0, endedBy: 'event-1' },
        ]);
      });
    });

    describe('a draw', () => {
      it('is what was drawn first', async () => {
        const { customerId } = await inTx((tx) => enrolled(tx, 'u'));
        expect(await inTx((tx) => tx.draw(customerId, 'subject-test', 'short'))).toBe('short');
        expect(await inTx((tx) => tx.draw(customerId, 'subject-test', 'long'))).toBe('short');
        expect(await inTx((tx) => tx.draw(customerId, 'holdout', false))).toBe(false);
        expect(await inTx((tx) => tx.draw(customerId, 'holdout', true))).toBe(false);
      });
    });

    describe('an inbox', () => {
      const filled = () =>
        inTx(async (tx) => {
          const { id, customerId } = await enrolled(tx, 'u');
          const late = (await tx.insertEvent(newEvent(customerId, { receivedAt: T0 + 2 })))!;
          const first = (await tx.insertEvent(newEvent(customerId, { receivedAt: T0 + 1 })))!;
          const second = (await tx.insertEvent(newEvent(customerId, { receivedAt: T0 + 1 })))!;
          for (const event of [late, first, second, first]) await tx.addToInbox(id, event);
          return { id, order: [first, second, late] };
        });

      it('has each event once, in the order in which they were acknowledged', async () => {
        const { id, order } = await filled();
        expect(await inTx((tx) => tx.inbox(id, 'unread'))).toEqual(order);
      });

      it('keeps what was read, and says it only when asked', async () => {
        const { id, order } = await filled();
        await inTx((tx) => tx.markRead(id, [order[0]!.id]));
        await inTx((tx) => tx.markRead(id, []));
        expect(await inTx((tx) => tx.inbox(id, 'unread'))).toEqual(order.slice(1));
        expect(await inTx((tx) => tx.inbox(id, 'all'))).toEqual(order);
      });
    });

    describe('a look', () => {
      it('may be asked for again and again', async () => {
        const { id } = await inTx((tx) => enrolled(tx, 'u'));
        await inTx(async (tx) => {
          await tx.look(id);
          await tx.look(id);
        });
      });
    });

    describe('a turn', () => {
      it('stays open until it is finished', async () => {
        const { id, entryEventId } = await inTx((tx) => enrolled(tx, 'u'));
        expect(await inTx((tx) => tx.openTurn(id))).toBeNull();
        const turn = { enrollmentId: id, number: 1, eventIds: [entryEventId], at: T0 };
        await inTx((tx) => tx.insertTurn(turn));
        expect(await inTx((tx) => tx.openTurn(id))).toEqual(turn);
        await inTx((tx) => tx.finishTurn(id, 1, { step: 'b' }));
        expect(await inTx((tx) => tx.openTurn(id))).toBeNull();
        await inTx((tx) => tx.insertTurn({ ...turn, number: 2, eventIds: [] }));
        expect((await inTx((tx) => tx.openTurn(id)))?.number).toBe(2);
      });

      it('cannot be opened twice under one number', async () => {
        const { id } = await inTx((tx) => enrolled(tx, 'u'));
        const turn = { enrollmentId: id, number: 1, eventIds: [], at: T0 };
        await inTx((tx) => tx.insertTurn(turn));
        await expect(inTx((tx) => tx.insertTurn(turn))).rejects.toThrow();
      });
    });

    describe('decisions', () => {
      it('of a turn come back whole, in order of their place in it', async () => {
        const record = await inTx((tx) => enrolled(tx, 'u'));
        const second = decision(record, { turn: 1, seq: 1, kind: 'sent', effectKey: `${record.id}/1` });
        const first = decision(record, { turn: 1, seq: 0 });
        await inTx((tx) => tx.record([second, first]));
        await inTx((tx) => tx.record([decision(record, { turn: 2, seq: 0 }), decision(record)]));
        expect(await inTx((tx) => tx.journal(record.id, 1))).toEqual([first, second]);
        expect(await inTx((tx) => tx.journal(record.id, 3))).toEqual([]);
      });

      it('of one fold are one, also within one call', async () => {
        const record = await inTx((tx) => enrolled(tx, 'u'));
        const again = (at: number) => decision(record, { kind: 'not_entered', turn: 9, seq: 0, at, fold: 'again' });
        await inTx((tx) => tx.record([again(T0), again(T0 + 1), decision(record, { turn: 9, seq: 1 })]));
        await inTx((tx) => tx.record([again(T0 + 2)]));
        const { fold, ...first } = again(T0);
        const [kept, other, ...more] = await inTx((tx) => tx.journal(record.id, 9));
        expect(kept).toMatchObject(first);
        expect(other).toMatchObject({ seq: 1 });
        expect(more).toEqual([]);
      });

      it('may be none', async () => {
        await inTx((tx) => tx.record([]));
      });
    });

    describe('a delivery', () => {
      it('comes back as it was saved last', async () => {
        const record = await inTx((tx) => enrolled(tx, 'u'));
        const sending = delivery(record);
        await inTx((tx) => tx.saveDelivery(sending));
        expect(await inTx((tx) => tx.delivery(sending.key))).toEqual(sending);
        const accepted = {
          ...sending,
          state: 'accepted' as const,
          sentAt: T0 + 9,
          leaseUntil: null,
          providerId: 'p1',
          rendered: null,
        };
        await inTx((tx) => tx.saveDelivery(accepted));
        expect(await inTx((tx) => tx.delivery(sending.key))).toEqual(accepted);
      });

      it('is null where there is none', async () => {
        expect(await inTx((tx) => tx.delivery('e/1'))).toBeNull();
      });
    });
  });
}

const published: Catalog = {
  settings: settings(),
  journeys: [
    { version: 'v1', plan: plan('welcome') },
    { version: 'v2', plan: plan('cart', { title: undefined }) },
  ],
};
delete published.journeys[1]!.plan.title;
