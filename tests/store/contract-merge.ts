// The store contract: moving all that a visitor has to a customer.
import { describe, expect, it } from 'vitest';
import type { InTx } from './contract.ts';
import { consent, decision, delivery, enrolled, newEvent, T0 } from './samples.ts';

export function mergeContract(inTx: InTx): void {
  describe('a merge', () => {
    const pair = () =>
      inTx(async (tx) => {
        const { id: from } = await tx.lockCustomerOf({ anonymousId: 'a' }, T0);
        const { id: into } = await tx.lockCustomerOf({ userId: 'u' }, T0);
        return { from, into };
      });
    const visitorOf = (identity: { userId?: string; anonymousId?: string }) =>
      inTx((tx) => tx.lockCustomerOf(identity, T0)).then(({ visitor }) => visitor?.id ?? null);

    it('is asked for where a visitor comes with the user id of somebody else', async () => {
      const { from, into } = await pair();
      expect(await visitorOf({ userId: 'u', anonymousId: 'a' })).toBe(from);
      await inTx((tx) => tx.moveCustomer(from, into, true));
      expect(await visitorOf({ userId: 'u', anonymousId: 'a' })).toBeNull();
    });

    it('is not asked for where both are known, or one is new', async () => {
      await inTx((tx) => tx.lockCustomerOf({ userId: 'u1', anonymousId: 'a' }, T0));
      expect(await visitorOf({ userId: 'u2', anonymousId: 'a' })).toBeNull();
      expect(await visitorOf({ userId: 'u2', anonymousId: 'new' })).toBeNull();
      await inTx((tx) => tx.lockCustomerOf({ anonymousId: 'b' }, T0));
      expect(await visitorOf({ userId: 'u3', anonymousId: 'b' })).toBeNull();
    });

    it('moves identities, events, enrollments, deliveries and decisions, and who finds the old row goes on', async () => {
      const { from, into } = await pair();
      const record = await inTx(async (tx) => {
        const enrollment = await enrolled(tx, 'helper', { customerId: from });
        await tx.insertEvent(newEvent(from, { name: 'cart_viewed' }));
        await tx.record([decision(enrollment, { turn: 1, seq: 0 })]);
        await tx.saveDelivery(delivery(enrollment));
        await tx.moveCustomer(from, into, true);
        return enrollment;
      });
      await inTx(async (tx) => {
        expect((await tx.lockCustomerOf({ anonymousId: 'a' }, T0)).id).toBe(into);
        expect((await tx.lockCustomer(from))?.id).toBe(into);
        expect((await tx.customer(from))?.id).toBe(into);
        expect(await tx.history(into, [{ event: 'cart_viewed', since: 0 }])).toHaveLength(1);
        expect(await tx.history(from, [{ event: 'cart_viewed', since: 0 }])).toEqual([]);
        expect((await tx.lockEnrollment(record.id))?.customerId).toBe(into);
        expect((await tx.delivery(delivery(record).key))?.customerId).toBe(into);
        expect(await tx.journal(record.id, 1)).toMatchObject([{ customerId: into }]);
      });
    });

    it('takes entry slots along, unless the customer has that slot', async () => {
      const { from, into } = await pair();
      const slots = await inTx(async (tx) => {
        const one = await enrolled(tx, 'h', { customerId: from, entrySlot: `open/${from}/welcome/k1` });
        const two = await enrolled(tx, 'h', { customerId: from, entrySlot: `once/${from}/welcome/k2` });
        await enrolled(tx, 'h', { customerId: into, entrySlot: `once/${into}/welcome/k2` });
        await tx.moveCustomer(from, into, true);
        return [await tx.lockEnrollment(one.id), await tx.lockEnrollment(two.id)].map((each) => each?.entrySlot);
      });
      expect(slots).toEqual([`open/${into}/welcome/k1`, null]);
    });

    it.each([
      [true, ['email marketing']],
      [false, []],
    ])('with grants: %s, brings these: %j, and withdrawals in any case', async (withGrants, granted) => {
      const { from, into } = await pair();
      const names = (pairs: { channel: string; purpose: string }[]) => pairs.map((p) => `${p.channel} ${p.purpose}`);
      await inTx(async (tx) => {
        await tx.appendConsent(consent(from));
        await tx.appendConsent(consent(from, { channel: 'push', state: 'withdrawn' }));
        expect(names(await tx.withdrawals(from))).toEqual(['push marketing']);
        await tx.moveCustomer(from, into, withGrants);
        expect(names(await tx.grants(into))).toEqual(granted);
        expect(names(await tx.withdrawals(into))).toEqual(['push marketing']);
      });
    });

    it('keeps what the customer drew, and brings what only the visitor drew', async () => {
      const { from, into } = await pair();
      await inTx(async (tx) => {
        await tx.draw(from, 'both', 'visitor');
        await tx.draw(into, 'both', 'customer');
        await tx.draw(from, 'one', 'visitor');
        await tx.moveCustomer(from, into, true);
        expect(await tx.draw(into, 'both', 'new')).toBe('customer');
        expect(await tx.draw(into, 'one', 'new')).toBe('visitor');
      });
    });

    it('leaves behind the event of a fact that the customer has an event of, too', async () => {
      const { from, into } = await pair();
      await inTx(async (tx) => {
        const order = { name: 'order_completed', same: 'o1' };
        const page = (await tx.insertEvent(newEvent(from, { ...order, trusted: false })))!;
        const shop = (await tx.insertEvent(newEvent(into, order)))!;
        const alone = (await tx.insertEvent(newEvent(from, { ...order, same: 'o2' })))!;
        const plain = (await tx.insertEvent(newEvent(from, { name: 'order_completed' })))!;
        expect((await tx.sharedFacts(from, into)).sort()).toEqual([page.id, shop.id].sort());
        await tx.moveCustomer(from, into, true);
        const history = await tx.history(into, [{ event: 'order_completed', since: 0 }]);
        expect(history.map(({ id }) => id).sort()).toEqual([shop.id, alone.id, plain.id].sort());
        // What refers to it still finds it.
        expect(await tx.events([page.id])).toMatchObject([{ id: page.id }]);
      });
    });

    it('knows which events it has', async () => {
      const { from } = await pair();
      await inTx((tx) => tx.insertEvent(newEvent(from, { source: 's', sourceId: 'm1' })));
      expect(await inTx((tx) => tx.hasEvent('s', 'm1'))).toBe(true);
      expect(await inTx((tx) => tx.hasEvent('other', 'm1'))).toBe(false);
    });
  });
}
