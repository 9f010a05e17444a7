// The store contract: many customers and events at once.
import { describe, expect, it } from 'vitest';
import type { JsonMap } from '../../engine/core/schema.ts';
import type { Identity } from '../../engine/ports.ts';
import type { InTx } from './contract.ts';
import { enrolled, MINUTE, newEvent, T0 } from './samples.ts';

export function crowdContract(inTx: InTx): void {
  describe('many at once', () => {
    const lock = (identity: { userId?: string; anonymousId?: string }) =>
      inTx((tx) => tx.lockCustomerOf(identity, T0)).then(({ id }) => id);

    it('are found with what they are in: those whose goal may be credited, too', async () => {
      const open = await inTx((tx) => enrolled(tx, 'open', { version: 'v1' }));
      await inTx((tx) => enrolled(tx, 'over', { status: 'exited', version: 'v1' }));
      const until = { status: 'completed', creditUntil: T0 + MINUTE, version: 'v2' } as const;
      await inTx((tx) => enrolled(tx, 'credit', until));
      const names = ['open', 'over', 'credit', 'nobody'];
      const found = (at: number) =>
        inTx((tx) =>
          tx.lockFree(
            names.map((userId) => ({ userId })),
            at,
          ),
        );
      const soon = await found(T0 + MINUTE);
      expect(soon.map(({ customer }) => customer?.versions)).toEqual([['v1'], [], ['v2'], undefined]);
      expect(soon[0]).toMatchObject({ ids: [open.customerId], customer: { id: open.customerId, isKnown: true } });
      expect(soon[3]).toEqual({ ids: [], customer: null });
      expect((await found(T0 + MINUTE + 1)).map(({ customer }) => customer?.versions.length)).toEqual([
        1,
        0,
        0,
        undefined,
      ]);
    });

    it('are found only where all ids of one call are one customer’s who is still there', async () => {
      const [u1, a2] = [await lock({ userId: 'u1', anonymousId: 'a1' }), await lock({ anonymousId: 'a2' })];
      const gone = await lock({ userId: 'gone' });
      const erasure = { at: T0, hashes: [], texts: [], addresses: [], eventNames: [] };
      const identities = [
        { userId: 'u1', anonymousId: 'a1' },
        { anonymousId: 'a1' },
        { userId: 'u1', anonymousId: 'a2' },
        { userId: 'u1', anonymousId: 'new' },
      ];
      const found = await inTx((tx) => tx.lockFree(identities, T0));
      expect(found.map(({ customer }) => customer?.id ?? null)).toEqual([u1, u1, null, null]);
      expect(found.map(({ ids }) => [...ids].sort())).toEqual([[u1], [u1], [u1, a2].sort(), [u1]]);
      await inTx((tx) => tx.eraseCustomer(gone, erasure));
      expect((await inTx((tx) => tx.lockFree([{ userId: 'gone' }], T0)))[0]!.customer).toBeNull();
    });

    it('are made, each with their ids and traits, but where an id is somebody’s already', async () => {
      await lock({ userId: 'u1' });
      const people: { identity: Identity; traits: JsonMap }[] = [
        { identity: { userId: 'u2', anonymousId: 'a2' }, traits: { locale: 'ja' } },
        { identity: { userId: 'u1', anonymousId: 'a1' }, traits: {} },
        { identity: { anonymousId: 'a3' }, traits: {} },
      ];
      const ids = await inTx((tx) => tx.createCustomers(people, T0));
      expect(ids.map((id) => id === null)).toEqual([false, true, false]);
      expect(await lock({ anonymousId: 'a2' })).toBe(ids[0]);
      expect(await lock({ anonymousId: 'a3' })).toBe(ids[2]);
      expect(await inTx((tx) => tx.customer(ids[0]!))).toMatchObject({ traits: { locale: 'ja' }, isKnown: true });
      // Of the one that could not be made nothing is left.
      expect(await inTx((tx) => tx.lockFree([{ anonymousId: 'a1' }], T0))).toEqual([{ ids: [], customer: null }]);
    });

    it('are stored in one go, repeats once, answered in the order of asking', async () => {
      const id = await lock({ userId: 'u1' });
      const order = { name: 'order_completed', same: 'o1' };
      const given = [
        newEvent(id, {
          sourceId: 'z',
          data: { text: 'a "quoted" \\ {text}, ,', list: [1, { a: null }] },
          occurredAt: T0 - 5,
        }),
        newEvent(id, { sourceId: 'b', flags: [{ path: 'x', declared: 'int' }], receivedAt: T0 + 7 }),
        newEvent(id, { sourceId: 'z', name: 'other' }),
        newEvent(id, order),
        newEvent(id, { ...order, trusted: false }),
      ];
      const stored = await inTx((tx) => tx.insertEvents(given));
      expect(stored.map((event) => event !== null)).toEqual([true, true, false, true, false]);
      const events = await inTx((tx) => tx.events([stored[0]!.id, stored[1]!.id]));
      expect(events).toEqual([stored[0], stored[1]]);
      expect(events[0]).toMatchObject({ occurredAt: T0 - 5, data: given[0]!.data });
      expect(await inTx((tx) => tx.insertEvents([]))).toEqual([]);
    });
  });
}
