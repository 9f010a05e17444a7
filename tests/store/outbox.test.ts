// The outbox and what the reconciler asks: who is told to look, by whom, and who was forgotten.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createOutbox } from '../../store/outbox.ts';
import { createDrivenEnrollments } from '../../store/reconcile.ts';
import { openTestDatabase, type TestDatabase } from '../database.ts';
import { onEachDatabase } from './databases.ts';
import { delivery, enrolled, MINUTE, newEvent, T0 } from './samples.ts';

onEachDatabase('the outbox', (kind) => {
  let database: TestDatabase;
  let now = T0;
  beforeEach(async () => {
    now = T0;
    database = await openTestDatabase(kind);
  });
  afterEach(() => database.close());

  const outbox = () => createOutbox(database.pool, () => now);
  const look = (...ids: string[]) =>
    database.store.transaction(async (tx) => {
      for (const id of ids) await tx.look(id);
    });
  const open = (id: string, more: Parameters<typeof enrolled>[2] = {}) =>
    database.store.transaction((tx) => enrolled(tx, 'u', { id, ...more }));

  it('has nothing of a transaction that failed', async () => {
    const failed = database.store.transaction(async (tx) => {
      await tx.look((await enrolled(tx, 'u')).id);
      throw new Error('crash');
    });
    await expect(failed).rejects.toThrow('crash');
    expect(await outbox().hasRows()).toBe(false);
  });

  it('answers all rows of an enrollment as one, oldest enrollment first', async () => {
    await open('e1', { journey: 'cart', turn: 3 });
    await open('e2');
    await look('e2', 'e1', 'e2');
    const claimed = await outbox().claim(10, MINUTE);
    expect(claimed.map(({ ids, ...rest }) => ({ ...rest, rows: ids.length }))).toEqual([
      { enrollmentId: 'e2', journey: 'welcome', fresh: true, rows: 2 },
      { enrollmentId: 'e1', journey: 'cart', fresh: false, rows: 1 },
    ]);
  });

  it('takes the other rows of an enrollment along, beyond the limit', async () => {
    await open('e1');
    await open('e2');
    await look('e1', 'e2', 'e1');
    const claimed = await outbox().claim(1, MINUTE);
    expect(claimed.map(({ enrollmentId, ids }) => [enrollmentId, ids.length])).toEqual([['e1', 2]]);
  });

  it('gives a row to one holder until its lease ends', async () => {
    await open('e1');
    await look('e1');
    const [first] = await outbox().claim(10, MINUTE);
    expect(await outbox().claim(10, MINUTE)).toEqual([]);
    expect(await outbox().hasRows()).toBe(true);
    now += MINUTE;
    expect(await outbox().claim(10, MINUTE)).toEqual([first]);
  });

  it('forgets what is done, and only that', async () => {
    await open('e1');
    await look('e1');
    const [first] = await outbox().claim(10, MINUTE);
    await look('e1');
    await outbox().done(first!.ids);
    expect(await outbox().size()).toBe(1);
    const [second] = await outbox().claim(10, MINUTE);
    await outbox().done(second!.ids);
    expect(await outbox().hasRows()).toBe(false);
  });

  describe('driven enrollments', () => {
    const driven = () => createDrivenEnrollments(database.pool);

    it('are overdue by their due time, by id, page by page', async () => {
      await open('e3', { dueAt: T0 - 1 });
      await open('e1', { dueAt: T0 - 2 });
      await open('e2', { dueAt: T0 });
      await open('e4', { dueAt: null });
      await open('e5', { dueAt: T0 - 1, needsAttention: 'journal' });
      await open('e6', { dueAt: T0 - 1, status: 'exited' });
      expect(await driven().overdue(T0, '', 10)).toEqual(['e1', 'e3']);
      expect(await driven().overdue(T0, '', 1)).toEqual(['e1']);
      expect(await driven().overdue(T0, 'e1', 1)).toEqual(['e3']);
    });

    it('are not overdue while they or their journey are paused', async () => {
      await database.pool.query(
        `INSERT INTO journeys (name, status) VALUES ('halted', 'paused'), ('ended', 'stopped')`,
      );
      await open('e1', { dueAt: T0 - 1, pausedAt: T0 - 2 });
      await open('e2', { dueAt: T0 - 1, journey: 'halted' });
      await open('e3', { dueAt: T0 - 1, journey: 'ended' });
      expect(await driven().overdue(T0, '', 10)).toEqual(['e3']);
      expect(await driven().enteredBefore(T0 + MINUTE, '', 10)).toEqual(['e3']);
    });

    it('are overdue by an event that lies unread', async () => {
      const { id, customerId } = await open('e1', { dueAt: null });
      await database.store.transaction(async (tx) => {
        const event = await tx.insertEvent(newEvent(customerId, { receivedAt: T0 - 1 }));
        await tx.addToInbox(id, event!);
      });
      expect(await driven().overdue(T0 - 1, '', 10)).toEqual([]);
      expect(await driven().overdue(T0, '', 10)).toEqual(['e1']);
      await database.store.transaction(async (tx) => tx.markRead(id, [(await tx.heard(id, ['signed_up'], 10))[0]!.id]));
      expect(await driven().overdue(T0, '', 10)).toEqual([]);
    });

    it('are overdue, though ended, by a claim whose lease is over, and get a row in the outbox', async () => {
      const record = await open('e1', { status: 'exited' });
      const other = await open('e2', { status: 'exited' });
      await database.store.transaction(async (tx) => {
        await tx.saveDelivery(delivery(record, { state: 'sending', leaseUntil: T0 - 1 }));
        await tx.saveDelivery(delivery(other, { state: 'accepted', leaseUntil: null }));
      });
      expect(await driven().overdue(T0 - 1, '', 10)).toEqual([]);
      expect(await driven().overdue(T0, '', 10)).toEqual(['e1']);
      await driven().askForLooks(['e1', 'e2']);
      expect(await outbox().claim(10, MINUTE)).toMatchObject([{ enrollmentId: 'e1' }]);
    });

    it('are all active ones that were entered before a moment, page by page', async () => {
      await open('e2', { enteredAt: T0 - 1 });
      await open('e1', { enteredAt: T0 - 1 });
      await open('e3', { enteredAt: T0 });
      await open('e4', { enteredAt: T0 - 1, status: 'completed' });
      await open('e5', { enteredAt: T0 - 1, needsAttention: 'journal' });
      expect(await driven().enteredBefore(T0, '', 10)).toEqual(['e1', 'e2']);
      expect(await driven().enteredBefore(T0, 'e1', 10)).toEqual(['e2']);
    });

    it('get one row in the outbox, and only if they are active and have none', async () => {
      await open('e1');
      await open('e2');
      await open('e3', { status: 'exited' });
      await look('e1');
      await driven().askForLooks(['e1', 'e2', 'e3', 'nobody']);
      await driven().askForLooks(['e2']);
      await driven().askForLooks([]);
      const claimed = await outbox().claim(10, MINUTE);
      expect(claimed.map(({ enrollmentId, ids }) => [enrollmentId, ids.length])).toEqual([
        ['e1', 1],
        ['e2', 1],
      ]);
    });
  });
});
