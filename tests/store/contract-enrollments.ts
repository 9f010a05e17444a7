// The store contract: enrollments, who is live, who has entered before, what was drawn.
import { describe, expect, it } from 'vitest';
import type { InTx } from './contract.ts';
import { delivery, enrolled, MINUTE, T0 } from './samples.ts';

export function enrollmentsContract(inTx: InTx): void {
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

  describe('entries that matter', () => {
    const common = { journey: 'welcome', enteredAt: T0 };
    const filled = async () => {
      const { customerId } = await inTx((tx) => enrolled(tx, 'u', { ...common, id: 'e1', key: 'a' }));
      await inTx(async (tx) => {
        const ended = { ...common, status: 'exited', reason: 'goal' } as const;
        await enrolled(tx, 'u', { ...ended, id: 'e2', key: 'a', enteredAt: T0 + 1 });
        await enrolled(tx, 'u', { ...ended, id: 'e3', key: 'a', enteredAt: T0 + 2, endedBy: 'event-3' });
        await enrolled(tx, 'u', { ...ended, id: 'e4', key: 'b', enteredAt: T0 + 3, endedBy: 'event-4' });
        await enrolled(tx, 'u', { ...ended, id: 'e5', enteredAt: T0 + 4 });
        await enrolled(tx, 'u', { ...ended, id: 'e6', journey: 'cart', key: 'a', endedBy: 'event-4' });
        await enrolled(tx, 'u2', { ...ended, id: 'e7', key: 'a', enteredAt: T0 + 9 });
      });
      return customerId;
    };
    const idsFor = async (key: string | null, events: string[]) => {
      const customerId = await filled();
      const found = await inTx((tx) => tx.entriesFor(customerId, [{ journey: 'welcome', key }], events));
      return found.map(({ enrollmentId, open }) => `${enrollmentId}${open ? ' open' : ''}`);
    };

    it('are the newest and the open ones of the key', async () => {
      expect(await idsFor('a', [])).toEqual(['e3', 'e1 open']);
    });

    it('are those of no key where there is none', async () => {
      expect(await idsFor(null, [])).toEqual(['e5']);
    });

    it('and whatever these events have ended in the journey, each once', async () => {
      expect(await idsFor('a', ['event-3', 'event-4', 'event-9'])).toEqual(['e4', 'e3', 'e1 open']);
    });

    it('are none where nothing is asked', async () => {
      const customerId = await filled();
      expect(await inTx((tx) => tx.entriesFor(customerId, [], ['event-4']))).toEqual([]);
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
}
