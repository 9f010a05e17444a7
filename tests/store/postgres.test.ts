// The real store keeps the contract, and what only it promises: one retry policy, errors without data, tidy text.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { StoreError } from '../../store/error.ts';
import { openPool } from '../../store/pool.ts';
import { createStore } from '../../store/postgres.ts';
import { publish } from '../../store/publications.ts';
import { openTestDatabase, type TestDatabase } from '../database.ts';
import { storeContract } from './contract.ts';
import { onEachDatabase } from './databases.ts';
import { enrolled, newEvent, T0 } from './samples.ts';

onEachDatabase('the store', (kind) => {
  storeContract('store/postgres', async ({ settings, journeys }) => {
    const database = await openTestDatabase(kind);
    await publish(database.pool, {
      settings,
      plans: journeys.map((each) => ({ ...each, source: {} })),
      by: 'test',
      at: T0,
    });
    return database;
  });

  describe('beyond the contract', () => {
    let database: TestDatabase;
    beforeEach(async () => {
      database = await openTestDatabase(kind);
    });
    afterEach(() => database.close());

    it('says that nothing is published, as something that may change', async () => {
      const asked = database.store.transaction((tx) => tx.catalog());
      await expect(asked).rejects.toMatchObject({ code: 'nothing_published', isTransient: true });
    });

    it('runs the work again after a serialization failure, and gives up after three times', async () => {
      let runs = 0;
      const failing = database.store.transaction(async () => {
        runs += 1;
        throw new StoreError('40001', 'conflict');
      });
      await expect(failing).rejects.toMatchObject({ code: '40001' });
      expect(runs).toBe(4);
    });

    it('names the constraint, and never the values', async () => {
      const slot = 'someone@example.com/welcome/';
      await database.store.transaction((tx) => enrolled(tx, 'u', { entrySlot: slot }));
      const error = await database.store.transaction((tx) => enrolled(tx, 'u', { entrySlot: slot })).catch((e) => e);
      expect(error).toBeInstanceOf(StoreError);
      expect(error).toMatchObject({ code: '23505', constraint: 'enrollments_entry_slot_key', isTransient: false });
      expect(`${error.stack}${JSON.stringify(error)}${error.cause}`).not.toContain('someone');
    });

    it('does not commit what went on after a statement had failed', async () => {
      const asked = database.store.transaction(async (tx) => {
        await tx.suppress('email', 'a@example.com', 'hard_bounce', T0);
        // PostgreSQL has no U+0000 in text; whoever lets it through here has not normalised an id.
        await tx.openTurn('\0').catch(() => {});
      });
      await expect(asked).rejects.toMatchObject({ code: '25P02' });
      expect(await database.store.transaction((tx) => tx.suppression('email', 'a@example.com'))).toBeNull();
    });

    it('keeps text that jsonb cannot hold, with a mark in place of the character', async () => {
      const data = { nul: 'a\0b', half: 'a\ud83d', pair: '😀', escaped: '\\u0000', both: '\\\0' };
      const stored = await database.store.transaction(async (tx) => {
        const event = await tx.insertEvent(newEvent('c', { data }));
        return tx.events([event!.id]);
      });
      const mark = '\ufffd';
      const expected = { nul: `a${mark}b`, half: `a${mark}`, pair: '😀', escaped: '\\u0000', both: `\\${mark}` };
      expect(stored[0]!.data).toEqual(expected);
    });
  });
});

describe('an address where no database answers', () => {
  it('is an error that may pass, without the address', async () => {
    const pool = openPool('postgresql://someone:secret@127.0.0.1:1/shop');
    const error = await createStore(pool)
      .transaction(async () => 1)
      .catch((e) => e);
    expect(error).toMatchObject({ code: 'ECONNREFUSED', isTransient: true });
    expect(error.message).not.toContain('secret');
    await pool.end();
  });
});
