// What the step clock asks of a database: when something is due next, and whether the system is still at work.
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createSteps, type Steps } from '../../store/steps.ts';
import { openTestDatabase, type TestDatabase } from '../database.ts';
import { onEachDatabase } from './databases.ts';
import { delivery, enrolled, MINUTE, T0 } from './samples.ts';

onEachDatabase('steps', (kind) => {
  let database: TestDatabase;
  let steps: Steps;
  beforeEach(async () => {
    database = await openTestDatabase(kind);
    steps = createSteps(database.pool);
  });
  afterEach(() => database.close());

  const looks = async () =>
    (await database.pool.query('SELECT enrollment_id AS id FROM outbox ORDER BY id')).rows.map(({ id }) => id);

  it('an empty system is due never, and idle', async () => {
    expect(await steps.nextDue()).toBe(null);
    expect(await steps.isBusy(T0, T0)).toBe(false);
  });

  it('the earliest of those who are driven is due next; at that moment the system is busy until it has moved', async () => {
    await database.store.transaction(async (tx) => {
      await enrolled(tx, 'later', { dueAt: T0 + 2 * MINUTE });
      await enrolled(tx, 'soon', { dueAt: T0 + MINUTE });
      await enrolled(tx, 'paused', { dueAt: T0 + 1, pausedAt: T0 });
      await enrolled(tx, 'stuck', { dueAt: T0 + 2, needsAttention: 'x' });
      await enrolled(tx, 'over', { dueAt: null, status: 'completed' });
    });
    expect(await steps.nextDue()).toBe(T0 + MINUTE);
    expect(await steps.isBusy(T0 + MINUTE - 1, 0)).toBe(false);
    expect(await steps.isBusy(T0 + MINUTE, 0)).toBe(true);
  });

  it('a nudge asks for a look at all that is due, and at nobody else', async () => {
    const [first, second] = await database.store.transaction(async (tx) => {
      await enrolled(tx, 'later', { dueAt: T0 + 2 * MINUTE });
      return [
        await enrolled(tx, 'soon', { dueAt: T0 + MINUTE }),
        await enrolled(tx, 'at once', { dueAt: T0 }),
        await enrolled(tx, 'paused', { dueAt: T0, pausedAt: T0 }),
      ];
    });
    await steps.nudge(T0 + MINUTE);
    expect(await looks()).toEqual([first!.id, second!.id].sort());
    expect(await steps.isBusy(0, 0)).toBe(true);
  });

  it('a message that is being handed over holds time up, until the lease of who died with it is over', async () => {
    await database.store.transaction(async (tx) => {
      const one = await enrolled(tx, 'hanako', { dueAt: T0 + 9 * MINUTE });
      await tx.saveDelivery(delivery(one, { state: 'sending', leaseUntil: T0 + MINUTE }));
    });
    // Business may be days ahead of the real time that leases are in.
    expect(await steps.isBusy(T0 + 5 * MINUTE, T0)).toBe(true);
    expect(await steps.underWay(T0 + 5 * MINUTE, T0)).toEqual(['calls']);
    expect(await steps.isBusy(T0 + 5 * MINUTE, T0 + MINUTE)).toBe(false);
  });

  it('what a stop or a resume has left to do holds time up', async () => {
    await database.pool.query(`INSERT INTO journeys (name, status, swept) VALUES ('welcome', 'stopped', '')`);
    expect(await steps.isBusy(T0, T0)).toBe(true);
    await database.pool.query('UPDATE journeys SET swept = NULL');
    expect(await steps.isBusy(T0, T0)).toBe(false);
  });
});
