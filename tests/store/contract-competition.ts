// What a customer's deliveries and enrollments mean for each other, in any store.
import { describe, expect, it } from 'vitest';
import type { Delivery, Enrollment } from '../../engine/core/enrollment.ts';
import type { Tx } from '../../engine/ports.ts';
import type { InTx } from './contract.ts';
import { delivery, enrolled, MINUTE, newEvent, T0 } from './samples.ts';

export function competitionContract(inTx: InTx): void {
  describe('counted sends', () => {
    const put = async (rows: Partial<Delivery>[]) => {
      const record = await inTx((tx) => enrolled(tx, 'u', { id: 'e' }));
      await inTx(async (tx) => {
        for (const [index, row] of rows.entries())
          await tx.saveDelivery(delivery(record, { key: `e/${index}`, state: 'accepted', ...row }));
      });
      return record.customerId;
    };

    it('are those that went, or may have gone, after a moment', async () => {
      const customerId = await put([
        { sentAt: T0 },
        { sentAt: T0 + 1 },
        { sentAt: T0 + 2, state: 'unknown' },
        { sentAt: T0 + 3, state: 'queued', retryAt: T0 + MINUTE },
        { state: 'sending' },
        { state: 'held', retryAt: T0 + MINUTE },
        { state: 'queued', retryAt: T0 + MINUTE },
        { state: 'failed' },
        { state: 'suppressed' },
        { sentAt: T0 + 1, purpose: 'transactional' },
        { sentAt: T0 + 1, channel: 'line' },
      ]);
      expect(await inTx((tx) => tx.countedSends(customerId, ['email', 'push'], T0, T0 + 9))).toEqual([
        { key: 'e/1', channel: 'email', at: T0 + 1 },
        { key: 'e/2', channel: 'email', at: T0 + 2 },
        { key: 'e/3', channel: 'email', at: T0 + 3 },
        { key: 'e/4', channel: 'email', at: T0 + 9 },
      ]);
    });

    it('are of all channels asked for, and of nobody else', async () => {
      const customerId = await put([{ sentAt: T0 + 1 }, { sentAt: T0 + 2, channel: 'push' }]);
      const other = await inTx((tx) => enrolled(tx, 'u2', { id: 'f' }));
      await inTx((tx) => tx.saveDelivery(delivery(other, { key: 'f/1', state: 'accepted', sentAt: T0 + 1 })));
      const counted = await inTx((tx) => tx.countedSends(customerId, ['email', 'push'], T0, T0));
      expect(counted.map(({ channel }) => channel)).toEqual(['email', 'push']);
    });
  });

  describe('waiting deliveries', () => {
    it('are queued or held, in enrollments that are driven', async () => {
      const customerId = await inTx(async (tx) => {
        const open = await enrolled(tx, 'u', { id: 'a' });
        const parked = await enrolled(tx, 'u', { id: 'b', needsAttention: 'journal' });
        const paused = await enrolled(tx, 'u', { id: 'd', pausedAt: T0 });
        const over = await enrolled(tx, 'u', { id: 'c', status: 'exited', reason: 'goal', endedAt: T0 });
        const waiting = { state: 'held', retryAt: T0 + MINUTE, priority: 2 } as const;
        await tx.saveDelivery(delivery(open, { key: 'a/1', ...waiting }));
        await tx.saveDelivery(delivery(open, { key: 'a/2', ...waiting, state: 'queued', channel: 'push' }));
        await tx.saveDelivery(delivery(open, { key: 'a/3', ...waiting, purpose: 'transactional' }));
        await tx.saveDelivery(delivery(open, { key: 'a/4' }));
        await tx.saveDelivery(delivery(open, { key: 'a/5', state: 'accepted', sentAt: T0 }));
        await tx.saveDelivery(delivery(parked, { key: 'b/1', ...waiting }));
        await tx.saveDelivery(delivery(paused, { key: 'd/1', ...waiting }));
        await tx.saveDelivery(delivery(over, { key: 'c/1', ...waiting }));
        return open.customerId;
      });
      const common = { enrollmentId: 'a', journey: 'welcome', priority: 2, retryAt: T0 + MINUTE };
      expect(await inTx((tx) => tx.waitingDeliveries(customerId))).toEqual([
        { key: 'a/1', channel: 'email', ...common },
        { key: 'a/2', channel: 'push', ...common },
      ]);
    });
  });

  describe('queued enrollments', () => {
    it('are those whose last turn put a message into its queue lately, and that are driven', async () => {
      const { customerId } = await inTx(async (tx) => {
        const put = async (id: string, at: number, row: Partial<Delivery>, more: Partial<Enrollment> = {}) => {
          const record = await enrolled(tx, 'u', { id, turn: 2, ...more });
          await tx.insertTurn({ enrollmentId: id, number: 1, eventIds: [], at: T0 });
          await tx.insertTurn({ enrollmentId: id, number: 2, eventIds: [], at });
          await tx.saveDelivery(delivery(record, { key: `${id}/1`, ...row }));
          return record;
        };
        const queued = { state: 'queued', retryAt: null } as const;
        await put('b', T0 + 1, queued);
        await put('x-old', T0, queued);
        await put('x-later', T0 + 1, { ...queued, retryAt: T0 + MINUTE });
        await put('x-held', T0 + 1, { ...queued, state: 'held' });
        await put('x-gone', T0 + 1, { ...queued, state: 'accepted' });
        await put('x-over', T0 + 1, queued, { status: 'completed' });
        await put('x-parked', T0 + 1, queued, { needsAttention: 'journal' });
        await put('x-paused', T0 + 1, queued, { pausedAt: T0 });
        return put('a', T0 + 1, queued);
      });
      expect(await inTx((tx) => tx.queuedEnrollments(customerId, T0))).toEqual([
        { id: 'a', version: 'v1' },
        { id: 'b', version: 'v1' },
      ]);
    });
  });

  describe('due enrollments', () => {
    const due = (customerId: string) => inTx((tx) => tx.dueEnrollments(customerId, T0 - MINUTE, T0));
    const told = async (tx: Tx, id: string, customerId: string, receivedAt: number) => {
      const event = await tx.insertEvent(newEvent(customerId, { name: 'order_completed', receivedAt }));
      await tx.addToInbox(id, event!);
      return event!.id;
    };

    it('are those whose due time has come, and not for too long', async () => {
      const { customerId } = await inTx(async (tx) => {
        await enrolled(tx, 'u', { id: 'd-soon', dueAt: T0 + 1 });
        await enrolled(tx, 'u', { id: 'c-old', dueAt: T0 - MINUTE });
        await enrolled(tx, 'u', { id: 'x-none', dueAt: null });
        await enrolled(tx, 'u', { id: 'x-parked', dueAt: T0, needsAttention: 'journal' });
        await enrolled(tx, 'u', { id: 'x-paused', dueAt: T0, pausedAt: T0 - 1 });
        await enrolled(tx, 'u', { id: 'x-over', dueAt: T0, status: 'completed' });
        await enrolled(tx, 'u2', { id: 'x-other', dueAt: T0 });
        await enrolled(tx, 'u', { id: 'b', dueAt: T0 - MINUTE + 1, version: 'v2' });
        return enrolled(tx, 'u', { id: 'a', dueAt: T0 });
      });
      expect(await due(customerId)).toEqual([
        { id: 'a', version: 'v1' },
        { id: 'b', version: 'v2' },
      ]);
    });

    it('are also those that have heard what they wait for, and not read it', async () => {
      const { customerId } = await inTx(async (tx) => {
        const waits = { dueAt: T0 + MINUTE, waitingFor: ['order_completed'] };
        const { customerId: id } = await enrolled(tx, 'u', { id: 'a', ...waits });
        await enrolled(tx, 'u', { id: 'b', ...waits, waitingFor: ['cart_updated'] });
        await enrolled(tx, 'u', { id: 'c', ...waits });
        await enrolled(tx, 'u', { id: 'd', ...waits });
        await told(tx, 'a', id, T0);
        await told(tx, 'b', id, T0);
        await tx.markRead('c', [await told(tx, 'c', id, T0)]);
        await told(tx, 'd', id, T0 - MINUTE);
        return { customerId: id };
      });
      expect(await due(customerId)).toEqual([{ id: 'a', version: 'v1' }]);
    });
  });
}
