// The store contract: who a customer is on LINE.
import { describe, expect, it } from 'vitest';
import type { InTx } from './contract.ts';
import { MINUTE, T0 } from './samples.ts';

export function lineContract(inTx: InTx): void {
  describe('a LINE account', () => {
    const someone = (userId: string) => inTx((tx) => tx.lockCustomerOf({ userId }, T0)).then(({ id }) => id);
    const bind = (id: string, account: string | null, at = T0) => inTx((tx) => tx.bindLine(id, account, at));
    const accountOf = (id: string) => inTx((tx) => tx.lineUserId(id));

    it('is missing until it is bound, and the one bound last counts', async () => {
      const id = await someone('u');
      expect(await accountOf(id)).toBeNull();
      await bind(id, 'U1');
      await bind(id, 'U2', T0 + MINUTE);
      expect(await accountOf(id)).toBe('U2');
      await bind(id, 'U1', T0 + 2 * MINUTE);
      expect(await accountOf(id)).toBe('U1');
    });

    it('goes with who binds it last', async () => {
      const [first, second] = [await someone('u1'), await someone('u2')];
      for (const id of [first, second]) await bind(id, 'U1');
      expect([await accountOf(first), await accountOf(second)]).toEqual([null, 'U1']);
    });

    it('is let go with all others of the customer, and of nobody else', async () => {
      const [first, second] = [await someone('u1'), await someone('u2')];
      await bind(first, 'U1');
      await bind(first, 'U2');
      await bind(second, 'U3');
      await bind(first, null);
      expect([await accountOf(first), await accountOf(second)]).toEqual([null, 'U3']);
    });

    it('makes nobody known, and moves with a merge', async () => {
      const visitor = await inTx((tx) => tx.lockCustomerOf({ anonymousId: 'a' }, T0));
      const known = await someone('u');
      await bind(visitor.id, 'U1');
      expect((await inTx((tx) => tx.customer(visitor.id)))?.isKnown).toBe(false);
      await inTx((tx) => tx.moveCustomer(visitor.id, known, true));
      expect(await accountOf(known)).toBe('U1');
    });

    it('is erased with the customer', async () => {
      const id = await someone('u');
      await bind(id, 'U1');
      expect(await inTx((tx) => tx.identitiesOf(id))).toContainEqual({ kind: 'line', value: 'U1' });
      await inTx((tx) => tx.eraseCustomer(id, { at: T0, hashes: [], texts: [], addresses: [], eventNames: [] }));
      expect(await accountOf(id)).toBeNull();
    });
  });
}
