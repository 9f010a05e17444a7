// What people have to look at: enrollments that stand still, and deliveries that are not settled. Paged by id, oldest first;
// each list has a partial index of just its rows.
import type pg from 'pg';
import { openSession } from './session.ts';

export const unsettledStates = ['held', 'queued', 'sending', 'unknown'] as const;
export type UnsettledState = (typeof unsettledStates)[number];

export interface StuckEnrollment {
  id: string;
  customerId: string;
  journey: string;
  version: string;
  key: string | null;
  step: string | null;
  /** What did not fit. */
  needsAttention: string;
  enteredAt: number;
  dueAt: number | null;
}

export interface UnsettledDelivery {
  key: string;
  enrollmentId: string;
  customerId: string;
  journey: string;
  step: string;
  message: string;
  channel: string;
  state: UnsettledState;
  reason: string | null;
  code: string | null;
  attempt: number;
  createdAt: number;
  sentAt: number | null;
  retryAt: number | null;
}

const STUCK = `
  SELECT id, customer_id AS "customerId", journey, version, key, step, needs_attention AS "needsAttention",
         entered_at AS "enteredAt", due_at AS "dueAt"
    FROM enrollments WHERE needs_attention IS NOT NULL AND status = 'active' AND id > $1 ORDER BY id LIMIT $2`;
// The states stand in the text, so that the planner knows the partial index.
const UNSETTLED = `
  SELECT key, enrollment_id AS "enrollmentId", customer_id AS "customerId", journey, step, message, channel, state,
         reason, code, attempt, created_at AS "createdAt", sent_at AS "sentAt", retry_at AS "retryAt"
    FROM deliveries
   WHERE state IN ('held', 'queued', 'sending', 'unknown') AND state = $1 AND key > $2 ORDER BY key LIMIT $3`;

/** Open enrollments that an agent must release; at most `limit` with an id above `after`. */
export function enrollmentsNeedingAttention(pool: pg.Pool, after: string, limit: number): Promise<StuckEnrollment[]> {
  return openSession(pool).rows(STUCK, [after, limit]);
}

/** Deliveries in one of the states that are no end; at most `limit` with a key above `after`. */
export function deliveriesIn(
  pool: pg.Pool,
  state: UnsettledState,
  after: string,
  limit: number,
): Promise<UnsettledDelivery[]> {
  return openSession(pool).rows(UNSETTLED, [state, after, limit]);
}
