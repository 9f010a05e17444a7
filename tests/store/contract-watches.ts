// The store contract: customers' last answers to the conditions that journeys are entered by.
import { describe, expect, it } from 'vitest';
import type { Watch } from '../../engine/ports.ts';
import type { InTx } from './contract.ts';
import { MINUTE, T0 } from './samples.ts';

export function watchesContract(inTx: InTx): void {
  describe('a watch', () => {
    const customer = (userId: string) => inTx((tx) => tx.lockCustomerOf({ userId }, T0)).then(({ id }) => id);
    const watch = (customerId: string, more: Partial<Watch> = {}): Watch => ({
      ...{ customerId, journey: 'welcome', seed: 1, value: false, nextFlip: T0, isPaused: false, ...more },
    });

    it('comes back as it was saved last, one for each journey', async () => {
      const id = await customer('u');
      const saved = watch(id, { value: true, nextFlip: null });
      await inTx(async (tx) => {
        await tx.saveWatch(watch(id));
        await tx.saveWatch(saved);
        await tx.saveWatch(watch(id, { journey: 'cart', isPaused: true }));
      });
      const found = await inTx((tx) => tx.watches(id));
      expect(found.toSorted((a, b) => (a.journey < b.journey ? -1 : 1))).toEqual([
        watch(id, { journey: 'cart', isPaused: true }),
        saved,
      ]);
      await inTx((tx) => tx.dropWatches(id, ['cart']));
      expect(await inTx((tx) => tx.watches(id))).toEqual([saved]);
    });

    it('is due from its flip on, with the others of its customer, the earliest first', async () => {
      const [a, b] = [await customer('a'), await customer('b')];
      await inTx(async (tx) => {
        await tx.saveWatch(watch(a, { nextFlip: T0 + MINUTE }));
        await tx.saveWatch(watch(b, { nextFlip: T0 }));
        await tx.saveWatch(watch(b, { journey: 'cart', nextFlip: T0 + MINUTE }));
      });
      const due = (at: number, limit: number) => inTx((tx) => tx.dueWatches(at, limit));
      expect(await due(T0 - 1, 10)).toEqual([]);
      expect(await due(T0, 10)).toEqual([{ customerId: b, journeys: ['welcome'] }]);
      expect(await due(T0 + MINUTE, 10)).toEqual([
        { customerId: b, journeys: ['cart', 'welcome'] },
        { customerId: a, journeys: ['welcome'] },
      ]);
      expect(await due(T0 + MINUTE, 1)).toHaveLength(1);
    });

    it('that waits for a resume is not due while its journey is paused', async () => {
      const id = await customer('u');
      await inTx(async (tx) => {
        await tx.saveWatch(watch(id, { isPaused: true }));
        await tx.saveJourney({ journey: 'welcome', status: 'paused', since: T0, by: 'm', swept: null });
      });
      expect(await inTx((tx) => tx.dueWatches(T0, 10))).toEqual([]);
      await inTx((tx) => tx.saveJourney({ journey: 'welcome', status: 'live', since: T0, by: 'm', swept: null }));
      expect(await inTx((tx) => tx.dueWatches(T0, 10))).toHaveLength(1);
    });
  });

  it('customers are paged by id, and whoever is made now is first seen', async () => {
    const found = await inTx((tx) => tx.lockCustomerOf({ userId: 'u' }, T0));
    expect(found.isFirstSeen).toBe(true);
    expect((await inTx((tx) => tx.lockCustomerOf({ userId: 'u' }, T0))).isFirstSeen).toBeUndefined();
    const other = await inTx((tx) => tx.lockCustomerOf({ anonymousId: 'x' }, T0));
    const [first, second] = [found.id, other.id].toSorted();
    expect(await inTx((tx) => tx.customersAfter('', 1))).toEqual([first]);
    expect(await inTx((tx) => tx.customersAfter(first!, 5))).toEqual([second]);
  });
}
