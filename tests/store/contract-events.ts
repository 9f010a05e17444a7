// The store contract: events, each stored once, the history they make, and the inboxes they lie in.

import { describe, expect, it } from 'vitest';
import type { HistoryNeed } from '../../engine/core/intake.ts';
import type { InTx } from './contract.ts';
import { enrolled, MINUTE, newEvent, T0 } from './samples.ts';

export function eventsContract(inTx: InTx): void {
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

    // Anybody who guessed an order's number could report it with the browser's key before the shop did; the shop's own
    // report was then ignored, and the journey that the order should have ended went on.
    it('that the shop itself reports stands beside what a page has reported of somebody else', async () => {
      const [id, other] = [await customer(), (await inTx((tx) => tx.lockCustomerOf({ userId: 'u2' }, T0))).id];
      const order = { name: 'order_completed', same: 'o1' };
      expect(await inTx((tx) => tx.insertEvent(newEvent(other, { ...order, trusted: false })))).not.toBeNull();
      expect(await inTx((tx) => tx.insertEvent(newEvent(id, order)))).not.toBeNull();
      // From now on it is told: by whomever, of whomever.
      expect(await inTx((tx) => tx.insertEvent(newEvent(other, order)))).toBeNull();
      expect(await inTx((tx) => tx.insertEvent(newEvent(id, { ...order, trusted: false })))).toBeNull();
      const third = (await inTx((tx) => tx.lockCustomerOf({ userId: 'u3' }, T0))).id;
      expect(await inTx((tx) => tx.insertEvent(newEvent(third, { ...order, trusted: false })))).toBeNull();
    });

    it('that two pages report of two customers is one of each', async () => {
      const [id, other] = [await customer(), (await inTx((tx) => tx.lockCustomerOf({ userId: 'u2' }, T0))).id];
      const order = { name: 'order_completed', same: 'o1', trusted: false };
      expect(await inTx((tx) => tx.insertEvent(newEvent(other, order)))).not.toBeNull();
      expect(await inTx((tx) => tx.insertEvent(newEvent(id, order)))).not.toBeNull();
      expect(await inTx((tx) => tx.insertEvent(newEvent(id, order)))).toBeNull();
      expect(await inTx((tx) => tx.insertEvent(newEvent(id, { ...order, trusted: true })))).toBeNull();
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
    const ask = async (needs: HistoryNeed[]) => {
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

    it('has the newest so many where that is enough', async () => {
      expect(await ask([{ event: 'viewed', since: T0 - 1, most: 1 }])).toEqual([1]);
    });

    it('has as many of a name as the need with the widest bound', async () => {
      const needs = [
        { event: 'viewed', since: T0 - 1, most: 1 },
        { event: 'viewed', since: T0, most: 2 },
      ];
      expect(await ask(needs)).toEqual([2, 1]);
    });

    it('has all of a name where one need of it has no bound', async () => {
      const needs = [
        { event: 'viewed', since: T0, most: 1 },
        { event: 'viewed', since: T0 - 1 },
      ];
      expect(await ask(needs)).toEqual([3, 2, 1]);
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
      expect(await inTx((tx) => tx.inbox(id, 10))).toEqual(order);
    });

    it('keeps what was read, and says it only when asked', async () => {
      const { id, order } = await filled();
      await inTx((tx) => tx.markRead(id, [order[0]!.id]));
      await inTx((tx) => tx.markRead(id, []));
      expect(await inTx((tx) => tx.inbox(id, 10))).toEqual(order.slice(1));
      expect(await inTx((tx) => tx.heard(id, ['signed_up'], 10))).toEqual(order);
      expect(await inTx((tx) => tx.heard(id, ['viewed'], 10))).toEqual([]);
    });

    it('says the oldest of what was not read, and the newest of all', async () => {
      const { id, order } = await filled();
      expect(await inTx((tx) => tx.inbox(id, 2))).toEqual(order.slice(0, 2));
      expect(await inTx((tx) => tx.heard(id, ['signed_up', 'viewed'], 2))).toEqual(order.slice(1));
    });

    it('knows whether there is more', async () => {
      const { id, order } = await filled();
      const ids = order.map((event) => event.id);
      expect(await inTx((tx) => tx.hasUnread(id, []))).toBe(true);
      expect(await inTx((tx) => tx.hasUnread(id, ids.slice(1)))).toBe(true);
      expect(await inTx((tx) => tx.hasUnread(id, ids))).toBe(false);
      await inTx((tx) => tx.markRead(id, ids));
      expect(await inTx((tx) => tx.hasUnread(id, []))).toBe(false);
    });
  });
}
