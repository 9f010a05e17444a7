// The crash suite of the engine over the real store: every step of a turn, a claim and an ingest, in PostgreSQL.
import { afterAll } from 'vitest';
import { createOutbox } from '../../store/outbox.ts';
import { publish } from '../../store/publications.ts';
import { openTestDatabase, type TestDatabase } from '../database.ts';
import { crashSuite, type MakeRig } from '../engine/crash-suite.ts';
import { mergeSuite } from '../engine/merge-suite.ts';
import { type Backing, createRig } from '../engine/rig.ts';
import { recordOf } from '../record.ts';

let open: TestDatabase | null = null;
afterAll(() => open?.close());

const make: MakeRig = async (plans) => {
  await open?.close();
  open = await openTestDatabase();
  return createRig(plans, databaseBacking(open));
};
await crashSuite(make, [2]);
await mergeSuite(make);

function databaseBacking({ pool, store }: TestDatabase): Backing {
  const outbox = createOutbox(pool);
  return {
    store,
    async publish({ settings, journeys }) {
      const plans = journeys.map(({ version, plan }) => ({ version, plan, source: [] }));
      await publish(pool, { settings, plans, by: 'test', at: 0 });
    },
    rows: () => recordOf(pool),
    async takeLooks() {
      const claimed = await outbox.claim(100, 1000);
      await outbox.done(claimed.flatMap(({ ids }) => ids));
      return claimed.map(({ enrollmentId }) => enrollmentId);
    },
  };
}
