// The store contract: customers and their identities, consents, suppressions.
import { describe, expect, it } from 'vitest';
import type { Identity } from '../../engine/ports.ts';
import type { InTx } from './contract.ts';
import { consent, MINUTE, T0 } from './samples.ts';

export function customersContract(inTx: InTx): void {
  describe('a customer', () => {
    const find = (identity: Identity) => inTx((tx) => tx.lockCustomerOf(identity, T0)).then(({ id }) => id);

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

    it('is known once the shop has given it a user id', async () => {
      const isKnown = (identity: { userId?: string; anonymousId?: string }) =>
        inTx((tx) => tx.lockCustomerOf(identity, T0)).then((customer) => customer.isKnown);
      expect(await isKnown({ anonymousId: 'a' })).toBe(false);
      expect(await isKnown({ userId: 'u', anonymousId: 'a' })).toBe(true);
      expect(await isKnown({ anonymousId: 'a' })).toBe(true);
      expect(await isKnown({ userId: 'u' })).toBe(true);
      const [known, visitor] = [await find({ anonymousId: 'a' }), await find({ anonymousId: 'b' })];
      expect((await inTx((tx) => tx.customer(known)))?.isKnown).toBe(true);
      expect((await inTx((tx) => tx.lockCustomer(visitor)))?.isKnown).toBe(false);
    });

    it('is found by who LINE says they are, which is not the same as an anonymous id', async () => {
      const line = await find({ lineUserId: 'x' });
      expect(await find({ lineUserId: 'x' })).toBe(line);
      expect(await find({ anonymousId: 'x' })).not.toBe(line);
      expect(await inTx((tx) => tx.lineUserId(line))).toBe('x');
    });

    it('is joined with who they are on LINE: a visitor signs up, or is found behind the link', async () => {
      const line = await find({ lineUserId: 'l1' });
      expect(await find({ userId: 'u1', lineUserId: 'l1' })).toBe(line);
      const known = await find({ userId: 'u2' });
      const other = await find({ lineUserId: 'l2' });
      const found = await inTx((tx) => tx.lockCustomerOf({ userId: 'u2', lineUserId: 'l2' }, T0));
      expect([found.id, found.visitor?.id]).toEqual([known, other]);
      // Linked with another customer's account: it goes with the latest.
      expect(await find({ userId: 'u2', lineUserId: 'l1' })).toBe(known);
      expect(await find({ lineUserId: 'l1' })).toBe(known);
      expect(await find({ userId: 'u1' })).toBe(line);
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

    it('is known again by customer, channel, purpose, state and moment, whatever its evidence', async () => {
      const { id } = await inTx((tx) => tx.lockCustomerOf({ userId: 'u' }, T0));
      const row = consent(id);
      const isKnown = (more: object) => inTx((tx) => tx.hasConsent({ ...row, ...more }));
      expect(await isKnown({})).toBe(false);
      await inTx((tx) => tx.appendConsent(row));
      expect(await isKnown({ evidence: { other: true } })).toBe(true);
      const others = [
        { at: row.at + 1 },
        { state: 'withdrawn' },
        { channel: 'sms' },
        { purpose: 'x' },
        { customerId: 'x' },
      ];
      for (const other of others) expect(await isKnown(other)).toBe(false);
    });

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

    it('is lifted for its own reason only', async () => {
      await inTx((tx) => tx.suppress('line', 'Uabc', 'hard_bounce', T0));
      await inTx((tx) => tx.liftSuppression('line', 'Uabc', 'complaint'));
      expect(await inTx((tx) => tx.suppression('line', 'uABC'))).toBe('hard_bounce');
      await inTx((tx) => tx.liftSuppression('line', 'uABC', 'hard_bounce'));
      expect(await inTx((tx) => tx.suppression('line', 'Uabc'))).toBeNull();
    });

    it('is lifted by hand whatever it stands for, at the address and at its hash', async () => {
      const lifted = { customerId: 'c1', at: T0 + 1, by: 'Aiko', because: 'asked' };
      await inTx((tx) => tx.suppress('email', 'a@example.com', 'hard_bounce', T0));
      await inTx((tx) => tx.suppress('email', { hash: 'Hash-of-A' }, 'complaint', T0));
      await inTx((tx) => tx.suppress('email', 'b@example.com', 'complaint', T0));
      await inTx((tx) => tx.liftByHand('email', 'A@example.com', 'Hash-of-A', lifted));
      expect(await inTx((tx) => tx.suppression('email', 'a@example.com', 'Hash-of-A'))).toBeNull();
      expect(await inTx((tx) => tx.suppression('email', 'b@example.com'))).toBe('complaint');
    });

    it('keeps its first reason', async () => {
      await inTx((tx) => tx.suppress('email', 'a@example.com', 'hard_bounce', T0));
      await inTx((tx) => tx.suppress('email', 'a@example.com', 'complaint', T0 + 1));
      expect(await inTx((tx) => tx.suppression('email', 'a@example.com'))).toBe('hard_bounce');
    });
  });
}
