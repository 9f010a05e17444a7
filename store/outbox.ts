// The outbox: enrollments that want a turn. Written in the transaction that causes the turn; drained by dispatchers,
// of which any number may run, each row in one hand at a time.
import type pg from 'pg';
import { openSession, type Session, time } from './session.ts';

/** One enrollment to nudge, for all the rows that asked for it. */
export interface Claimed {
  enrollmentId: string;
  /** The workflow's type. */
  journey: string;
  ids: number[];
}

export interface Outbox {
  /**
   * Leases up to `limit` rows for `leaseMs` and answers them by enrollment, oldest first. What is not `done` when its
   * lease ends is claimed again. `now` is real time. No transaction stays open.
   */
  claim(limit: number, leaseMs: number, now?: number): Promise<Claimed[]>;
  /** Deletes the rows: the enrollments have been nudged. */
  done(ids: number[]): Promise<void>;
  /** Gives the rows back before their lease ends. */
  giveBack(ids: number[]): Promise<void>;
  /** How many rows wait, claimed or not. */
  size(): Promise<number>;
}

const ADD = 'INSERT INTO outbox (enrollment_id) VALUES ($1)';
// By lease, not by a cursor on ids: ids are given at insert and become visible at commit, so a cursor would pass over
// rows whose transaction committed late. SKIP LOCKED: two claimants never wait for, nor get, the same row.
const CLAIM = `
  WITH free AS (
    SELECT id FROM outbox WHERE lease_until IS NULL OR lease_until <= $1 ORDER BY id LIMIT $2 FOR UPDATE SKIP LOCKED
  ), claimed AS (
    UPDATE outbox o SET lease_until = $3 FROM free WHERE o.id = free.id RETURNING o.id, o.enrollment_id
  )
  SELECT e.id AS "enrollmentId", e.journey, array_agg(c.id::float8 ORDER BY c.id) AS ids
    FROM claimed c JOIN enrollments e ON e.id = c.enrollment_id
   GROUP BY e.id, e.journey ORDER BY min(c.id)`;
const DONE = 'DELETE FROM outbox WHERE id = ANY ($1::bigint[])';
const GIVE_BACK = 'UPDATE outbox SET lease_until = NULL WHERE id = ANY ($1::bigint[])';
const SIZE = 'SELECT count(*) AS size FROM outbox';

/** Asks for a turn of this enrollment, within the transaction that gives it something to do. */
export async function look(session: Session, enrollmentId: string): Promise<void> {
  await session.send(ADD, [enrollmentId]);
}

export function createOutbox(pool: pg.Pool): Outbox {
  const session = openSession(pool);
  return {
    claim: (limit, leaseMs, now = Date.now()) => session.rows(CLAIM, [time(now), limit, time(now + leaseMs)]),
    async done(ids) {
      if (ids.length > 0) await session.run(DONE, [ids]);
    },
    async giveBack(ids) {
      if (ids.length > 0) await session.run(GIVE_BACK, [ids]);
    },
    size: async () => (await session.row<{ size: number }>(SIZE, []))!.size,
  };
}
