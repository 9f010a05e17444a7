// The store contract: how journeys stand, and what a stop or resume has left to do.
import { describe, expect, it } from 'vitest';
import type { InTx } from './contract.ts';
import { delivery, enrolled, MINUTE, newEvent, T0 } from './samples.ts';

const stopped = { journey: 'welcome', status: 'stopped' as const, since: T0, by: 'marketer', swept: '' };

export function journeysContract(inTx: InTx): void {
  describe('a journey', () => {
    it('is live until somebody says otherwise', async () => {
      const live = { journey: 'welcome', status: 'live', since: null, by: null, swept: null };
      expect(await inTx((tx) => tx.lockJourney('welcome'))).toEqual(live);
      expect(await inTx((tx) => tx.holdJourney('welcome'))).toEqual(live);
      expect((await inTx((tx) => tx.catalog())).halted ?? {}).toEqual({});
    });

    it('stands as it was saved, in the catalog, too', async () => {
      await inTx((tx) => tx.saveJourney(stopped));
      expect(await inTx((tx) => tx.lockJourney('welcome'))).toEqual(stopped);
      expect(await inTx((tx) => tx.holdJourney('welcome'))).toEqual(stopped);
      expect((await inTx((tx) => tx.catalog())).halted).toEqual({ welcome: 'stopped' });
      expect(await inTx((tx) => tx.unsweptJourneys())).toEqual([stopped]);
      await inTx((tx) => tx.saveJourney({ ...stopped, status: 'live', swept: null }));
      expect((await inTx((tx) => tx.catalog())).halted ?? {}).toEqual({});
      expect(await inTx((tx) => tx.unsweptJourneys())).toEqual([]);
    });

    it('is unknown where it was never published', async () => {
      expect(await inTx((tx) => tx.lockJourney('none'))).toBeNull();
      expect((await inTx((tx) => tx.holdJourney('none'))).status).toBe('live');
    });

    it('takes a record of who did what', async () => {
      await inTx((tx) => tx.recordAction({ journey: 'welcome', action: 'stop', at: T0, by: 'marketer' }));
    });
  });

  describe('the enrollments of a journey', () => {
    it('are paged by id, open ones only', async () => {
      const ids = await inTx(async (tx) => {
        const made = [];
        for (const more of [{}, {}, { status: 'completed' as const }, { journey: 'other' }])
          made.push((await enrolled(tx, `u${made.length}`, more)).id);
        return made;
      });
      expect(await inTx((tx) => tx.openEnrollments('welcome', '', 10))).toEqual(ids.slice(0, 2));
      expect(await inTx((tx) => tx.openEnrollments('welcome', '', 1))).toEqual(ids.slice(0, 1));
      expect(await inTx((tx) => tx.openEnrollments('welcome', ids[0]!, 10))).toEqual(ids.slice(1, 2));
    });

    it('are parked where they are due or have something unread, unless they are paused or need attention', async () => {
      const parked = await inTx(async (tx) => {
        const due = await enrolled(tx, 'u1', { dueAt: T0 });
        const unread = await enrolled(tx, 'u2', { dueAt: T0 + MINUTE });
        const event = await tx.insertEvent(newEvent(unread.customerId));
        await tx.addToInbox(unread.id, event!);
        await enrolled(tx, 'u3', { dueAt: T0 + MINUTE });
        await enrolled(tx, 'u4', { dueAt: T0, pausedAt: T0 });
        await enrolled(tx, 'u5', { dueAt: T0, needsAttention: 'journal' });
        return [due.id, unread.id];
      });
      expect(await inTx((tx) => tx.parkedEnrollments('welcome', T0, '', 10))).toEqual(parked);
      expect(await inTx((tx) => tx.parkedEnrollments('welcome', T0, parked[0]!, 10))).toEqual(parked.slice(1));
      expect(await inTx((tx) => tx.parkedEnrollments('welcome', T0, '', 1))).toEqual(parked.slice(0, 1));
    });

    it('are known by their customer, and know their deliveries', async () => {
      const record = await inTx(async (tx) => {
        const one = await enrolled(tx, 'u1', { pausedAt: T0 });
        for (const number of [2, 1]) await tx.saveDelivery(delivery(one, { key: `${one.id}/${number}` }));
        return one;
      });
      expect(await inTx((tx) => tx.customerOf(record.id))).toBe(record.customerId);
      expect(await inTx((tx) => tx.customerOf('none'))).toBeNull();
      expect((await inTx((tx) => tx.lockEnrollment(record.id)))?.pausedAt).toBe(T0);
      const keys = (await inTx((tx) => tx.deliveriesOf(record.id))).map(({ key }) => key);
      expect(keys).toEqual([`${record.id}/1`, `${record.id}/2`]);
    });
  });
}
