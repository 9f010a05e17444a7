// A database as the engine's rig wants it: publishing, looking into it, and taking what asks for a turn.
import { createOutbox } from '../../store/outbox.ts';
import { publish } from '../../store/publications.ts';
import type { TestDatabase } from '../database.ts';
import type { Backing } from '../engine/rig.ts';
import { recordOf } from '../record.ts';

export function databaseBacking({ pool, store }: TestDatabase): Backing {
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
