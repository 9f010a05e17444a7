// What the step clock asks: when something falls due next, whether anything is still to happen at this moment, and that all
// that is due be looked at. Temporal is asked nothing: the database holds the truth.
import type pg from 'pg';
import { answerEvent } from '../engine/core/answer.ts';
import { openSession, time } from './session.ts';

export interface Steps {
  /** The earliest moment at which an open enrollment, a membership or a watch is due; null: nothing is. */
  nextDue(): Promise<number | null>;
  /**
   * Whether the system is still at work.
   *
   * @param now business time
   * @param real a claim whose lease is over by then holds nothing up: its holder has died
   */
  isBusy(now: number, real: number): Promise<boolean>;
  /** What it is at work at, in words for a log. */
  underWay(now: number, real: number): Promise<string[]>;
  /** Asks for a turn of everything that is due by `now`. */
  nudge(now: number): Promise<void>;
}

const DRIVEN = `status = 'active' AND needs_attention IS NULL AND paused_at IS NULL
  AND journey NOT IN (SELECT name FROM journeys WHERE status = 'paused')`;
const DRIVEN_BESIDE = DRIVEN.replace('journey NOT', 'e.journey NOT');
const NEXT_DUE = `
  SELECT least(
    (SELECT min(due_at) FROM enrollments WHERE ${DRIVEN}),
    (SELECT min(ends_at) FROM audience_members),
    (SELECT min(next_flip) FROM watches
      WHERE NOT (is_paused AND journey IN (SELECT name FROM journeys WHERE status <> 'live')))) AS due`;
/** All that may be under way; $1 is business time, $2 real time. */
const WORK = {
  looks: 'SELECT FROM outbox',
  due: `SELECT FROM enrollments WHERE ${DRIVEN} AND due_at <= $1`,
  turns: `SELECT FROM turns t JOIN enrollments e ON e.id = t.enrollment_id WHERE t.result IS NULL AND ${DRIVEN}`,
  calls: `SELECT FROM deliveries WHERE state = 'sending' AND (lease_until IS NULL OR lease_until > $2)`,
  queued: `SELECT FROM deliveries d JOIN enrollments e ON e.id = d.enrollment_id
            WHERE d.state = 'queued' AND d.retry_at IS NULL AND ${DRIVEN_BESIDE}`,
  settled: `SELECT FROM enrollments e JOIN deliveries d ON d.key = e.id || '/' || (e.state->'sending'->>'effect')
             WHERE d.state IN ('accepted', 'failed', 'suppressed', 'unknown') AND ${DRIVEN_BESIDE}`,
  heard: `SELECT FROM inbox i JOIN enrollments e ON e.id = i.enrollment_id JOIN events v ON v.id = i.event_id
           WHERE NOT i.read AND ${DRIVEN} AND (v.name = ANY (e.waiting_for) OR v.name = '${answerEvent}')`,
  sweeps: 'SELECT FROM journeys WHERE swept IS NOT NULL',
} as const;
const MOMENTS = 'SELECT $1::timestamptz AS now, $2::timestamptz AS real';
const BUSY = `
  SELECT ${Object.values(WORK)
    .map((rows) => `EXISTS (${rows})`)
    .join(' OR ')} AS busy FROM (${MOMENTS}) moments`;
const UNDER_WAY = Object.entries(WORK)
  .map(([name, rows]) => `SELECT '${name}' AS name FROM (${MOMENTS}) moments WHERE EXISTS (${rows})`)
  .join(' UNION ALL ');
const NUDGE = `
  INSERT INTO outbox (enrollment_id)
  SELECT id FROM enrollments WHERE ${DRIVEN} AND due_at <= $1 ORDER BY id`;

export function createSteps(pool: pg.Pool): Steps {
  const session = openSession(pool);
  return {
    nextDue: async () => (await session.row<{ due: number | null }>(NEXT_DUE, []))!.due,
    isBusy: async (now, real) => (await session.row<{ busy: boolean }>(BUSY, [time(now), time(real)]))!.busy,
    async underWay(now, real) {
      const rows = await session.rows<{ name: string }>(UNDER_WAY, [time(now), time(real)]);
      return rows.map(({ name }) => name);
    },
    async nudge(now) {
      await session.run(NUDGE, [time(now)]);
    },
  };
}
