// What is asked together within a transaction travels together, and means the same as one after the other.
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { TestDatabase } from '../database.ts';
import { openTestDatabase } from '../database.ts';
import { onEachDatabase } from './databases.ts';

onEachDatabase('statements asked together', (kind) => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await openTestDatabase(kind);
  });
  afterAll(() => database.close());

  it('are carried out in the order of asking', async () => {
    const answers = await database.store.transaction((tx) =>
      Promise.all([
        tx.suppression('email', 'a@example.com'),
        tx.suppress('email', 'a@example.com', 'hard_bounce', 0),
        tx.suppression('email', 'a@example.com'),
        tx.suppress('email', 'a@example.com', 'complaint', 0),
        tx.suppression('email', 'a@example.com'),
      ]),
    );
    expect(answers).toEqual([null, undefined, 'hard_bounce', undefined, 'hard_bounce']);
  });

  it('fail with the first failure, and nothing of the transaction stays', async () => {
    const turn = { enrollmentId: 'nobody', number: 1, eventIds: [], at: 0 };
    const failed = database.store.transaction((tx) =>
      Promise.all([
        tx.suppress('email', 'b@example.com', 'hard_bounce', 0),
        tx.insertTurn(turn),
        tx.suppress('email', 'b@example.com', 'complaint', 0),
      ]),
    );
    // 23503: there is no such enrollment. What came behind it was refused as part of a failed transaction.
    await expect(failed).rejects.toMatchObject({ name: 'StoreError', code: '23503' });
    expect(await database.store.transaction((tx) => tx.suppression('email', 'b@example.com'))).toBeNull();
  });

  it('leave their connection as good as new when they fail', async () => {
    const failing = { enrollmentId: 'nobody', number: 1, eventIds: [], at: 0 };
    for (let round = 0; round < 6; round += 1) {
      const failed = database.store.transaction((tx) => Promise.all([tx.insertTurn(failing), tx.catalog()]));
      await expect(failed).rejects.toMatchObject({ code: '23503' });
      expect(await database.store.transaction((tx) => Promise.all([tx.grants('nobody'), tx.grants('nobody')]))).toEqual(
        [[], []],
      );
    }
  });
});
