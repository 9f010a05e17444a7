// After an outage: as many rows as a large shop leaves in the outbox in an hour, drained in bounded memory and in order.
import type { Client } from '@temporalio/client';
import pino from 'pino';
import { expect, it } from 'vitest';
import { startDispatcher } from '../../server/dispatcher.ts';
import { createOutbox } from '../../store/outbox.ts';
import { openTestDatabase } from '../database.ts';
import { onPostgres } from './databases.ts';

const enrollments = 20_000;
/** Of these, one customer's in a storm. */
const stormRows = 60_000;
const rows = 200_000;

const ENROLLED = `
  WITH customer AS (INSERT INTO customers (id, created_at) SELECT 'c' || n, now() FROM generate_series(1, $1::int) n RETURNING id)
  INSERT INTO enrollments (id, customer_id, journey, version, entry_event_id, latest_event_id, entry_occurred_at, entered_at,
                           held_out, status, state, waiting_for, condition_errors, turn, turn_token)
  SELECT 'e' || substr(id, 2), id, 'welcome', 'v1', 'x', 'x', now(), now(), false, 'active', '{}', '{}', '{}', 1, 1
    FROM customer`;
// The storm's rows lie before everybody else's.
const ASKED = `
  INSERT INTO outbox (enrollment_id)
  SELECT 'e' || CASE WHEN n <= $2 THEN 1 ELSE 1 + n % $1 END FROM generate_series(1, $3) n`;

onPostgres('a backlog', () => {
  it('is told to the last enrollment, each about once, a batch at a time, nobody behind a storm', async () => {
    const { pool, close } = await openTestDatabase('postgres');
    const told = new Map<string, number>();
    const client = {
      withDeadline: (_deadline: number, work: () => Promise<unknown>) => work(),
      workflow: {
        async signalWithStart(_type: string, { workflowId }: { workflowId: string }) {
          told.set(workflowId, (told.get(workflowId) ?? 0) + 1);
        },
      },
    } as unknown as Client;
    try {
      await pool.query(ENROLLED, [enrollments]);
      await pool.query(ASKED, [enrollments, stormRows, rows]);
      const outbox = createOutbox(pool);
      const claims: { looks: number; rows: number }[] = [];
      const counted = {
        ...outbox,
        async claim(limit: number, leaseMs: number) {
          const looks = await outbox.claim(limit, leaseMs);
          claims.push({ looks: looks.length, rows: looks.flatMap(({ ids }) => ids).length });
          return looks;
        },
      };
      const logger = pino({ level: 'silent' });
      const dispatcher = startDispatcher({ outbox: counted, client, taskQueue: 'q', logger });
      await dispatcher.idle();
      await dispatcher.stop();
      expect(await outbox.size()).toBe(0);
      expect(told.size).toBe(enrollments);
      // What is held at a time is bounded, in enrollments and in rows.
      expect(Math.max(...claims.map(({ looks }) => looks))).toBeLessThanOrEqual(100);
      expect(Math.max(...claims.map((claim) => claim.rows))).toBeLessThanOrEqual(10_000);
      // Others were told in the first rounds, too: the storm's rows go with its first ones.
      const calls = [...told.values()].reduce((sum, count) => sum + count, 0);
      expect(calls).toBeLessThan(rows);
    } finally {
      await close();
    }
  }, 300_000);
});
