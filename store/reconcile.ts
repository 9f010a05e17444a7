// What the reconciler asks: which enrollments should have moved and did not, and which are alive, to hold against what
// Temporal knows.
import type pg from 'pg';
import { openSession, time } from './session.ts';

export interface Alive {
  enrollmentId: string;
  journey: string;
}

export interface Reconcile {
  /** Active enrollments whose due time is at or before `before` (now less a grace), longest overdue first. */
  overdue(before: number, limit: number): Promise<Alive[]>;
  /** A page of all active enrollments, by id; `after` is the last id of the page before. */
  active(after: string | null, limit: number): Promise<Alive[]>;
}

// Who needs attention is parked on purpose, and a turn would change nothing.
const OVERDUE = `
  SELECT id AS "enrollmentId", journey FROM enrollments
   WHERE status = 'active' AND due_at <= $1 AND needs_attention IS NULL ORDER BY due_at, id LIMIT $2`;
const ACTIVE = `
  SELECT id AS "enrollmentId", journey FROM enrollments WHERE status = 'active' AND id > $1 ORDER BY id LIMIT $2`;

export function createReconcile(pool: pg.Pool): Reconcile {
  const session = openSession(pool);
  return {
    overdue: (before, limit) => session.rows(OVERDUE, [time(before), limit]),
    active: (after, limit) => session.rows(ACTIVE, [after ?? '', limit]),
  };
}
