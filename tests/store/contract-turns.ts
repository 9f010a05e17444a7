// The store contract: turns, the decisions journaled in them, deliveries, the wish to be looked at.
import { describe, expect, it } from 'vitest';
import type { InTx } from './contract.ts';
import { decision, delivery, enrolled, T0 } from './samples.ts';

export function turnsContract(inTx: InTx): void {
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
      const turn = { enrollmentId: id, number: 1, eventIds: [entryEventId], at: T0, metAt: T0 - 1 };
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

    it('about what was heard of a delivery are found by its key, repeats once', async () => {
      const record = await inTx((tx) => enrolled(tx, 'u'));
      const key = `${record.id}/1`;
      const heard = (outcome: string, more = {}) =>
        decision(record, { kind: 'reported', outcome, effectKey: key, ...more });
      await inTx((tx) =>
        tx.record([heard('opened', { fold: 'opened' }), decision(record, { kind: 'sent', effectKey: key })]),
      );
      await inTx((tx) => tx.record([heard('opened', { fold: 'opened', at: T0 + 5 }), heard('clicked')]));
      await inTx((tx) => tx.record([heard('bounced', { effectKey: `${record.id}/2` })]));
      expect(await inTx((tx) => tx.reportsOn(key))).toEqual([heard('opened'), heard('clicked')]);
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

    it('is found by its enrollment while it is being sent', async () => {
      const record = await inTx((tx) => enrolled(tx, 'u'));
      const sending = delivery(record);
      await inTx((tx) => tx.saveDelivery({ ...sending, key: `${record.id}/0`, state: 'accepted' }));
      expect(await inTx((tx) => tx.sendingDelivery(record.id))).toBeNull();
      await inTx((tx) => tx.saveDelivery(sending));
      expect(await inTx((tx) => tx.sendingDelivery(record.id))).toEqual(sending);
      await inTx((tx) => tx.saveDelivery({ ...sending, state: 'unknown' }));
      expect(await inTx((tx) => tx.sendingDelivery(record.id))).toBeNull();
    });

    it('is null where there is none', async () => {
      expect(await inTx((tx) => tx.delivery('e/1'))).toBeNull();
    });
  });
}
