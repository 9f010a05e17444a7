// The outbox: enrollments that want a turn. Written in the transaction that causes the turn; drained by dispatchers,
// of which any number may run, each row in one hand at a time.
import type pg from 'pg';
import { openSession, type Session, time } from './session.ts';

/** One enrollment to tell, for all the rows that asked for it. */
export interface ClaimedLook {
  enrollmentId: string;
  /** The workflow's type. */
  journey: string;
  /** No turn of it has begun: Temporal has most likely not heard of it. */
  fresh: boolean;
  /** The outbox rows. */
  ids: string[];
}

export interface Outbox {
  /**
   * Takes the oldest rows that nobody holds, of at most `limit` enrollments, for `leaseMs` of real time, and the other
   * free rows of the same enrollments, up to 10,000 rows. What is not `done` when its lease ends is taken again. No lock stays.
   */
  claim(limit: number, leaseMs: number): Promise<ClaimedLook[]>;
  /** Deletes the rows: their enrollments have been told. */
  done(ids: string[]): Promise<void>;
  /** Whether any row is left, held or not. */
  hasRows(): Promise<boolean>;
  /** How many rows are left, held or not. */
  size(): Promise<number>;
}

const ADD = 'INSERT INTO outbox (enrollment_id) VALUES ($1)';
// By lease, not by a cursor on ids: ids are given at insert and become visible at commit, so a cursor would pass over
// rows whose transaction committed late. SKIP LOCKED: two claimants never wait for, nor get, the same row.
const FREE = '(lease_until IS NULL OR lease_until <= $1)';
// A storm about one customer may have left a million rows; what is over is for the next claim.
const MOST_ROWS = 10_000;
const CLAIM = `
  WITH oldest AS (
    SELECT enrollment_id FROM outbox WHERE ${FREE} ORDER BY id LIMIT $2 FOR UPDATE SKIP LOCKED
  ), theirs AS (
    SELECT id FROM outbox WHERE ${FREE} AND enrollment_id IN (SELECT enrollment_id FROM oldest)
     ORDER BY id LIMIT ${MOST_ROWS} FOR UPDATE SKIP LOCKED
  ), claimed AS (
    UPDATE outbox SET lease_until = $3 WHERE id IN (SELECT id FROM theirs) RETURNING id, enrollment_id
  )
  SELECT e.id AS "enrollmentId", e.journey, e.turn = 0 AS fresh, array_agg(c.id::text ORDER BY c.id) AS ids
    FROM claimed c JOIN enrollments e ON e.id = c.enrollment_id
   GROUP BY e.id, e.journey, e.turn ORDER BY min(c.id)`;
const DONE = 'DELETE FROM outbox WHERE id = ANY ($1::bigint[])';
const HAS_ROWS = 'SELECT EXISTS (SELECT 1 FROM outbox) AS "hasRows"';
const SIZE = 'SELECT count(*) AS size FROM outbox';

/** Asks for a turn of this enrollment, within the transaction that gives it something to do. */
export async function look(session: Session, enrollmentId: string): Promise<void> {
  await session.run(ADD, [enrollmentId]);
}

/** `real` is the real time: leases are between processes, whatever time business is done by. */
export function createOutbox(pool: pg.Pool, real: () => number = Date.now): Outbox {
  const session = openSession(pool);
  return {
    claim(limit, leaseMs) {
      const now = real();
      return session.rows(CLAIM, [time(now), limit, time(now + leaseMs)]);
    },
    async done(ids) {
      if (ids.length > 0) await session.run(DONE, [ids]);
    },
    hasRows: async () => (await session.row<{ hasRows: boolean }>(HAS_ROWS, []))!.hasRows,
    size: async () => (await session.row<{ size: number }>(SIZE, []))!.size,
  };
}
