// What the reconciler asks: which enrollments should have moved and did not, and which are alive, to hold against what
// Temporal knows. Those that need attention or are paused are parked on purpose, and a turn would change nothing: they are
// left out.
import type pg from 'pg';
import { openSession, time } from './session.ts';

/** Enrollments that are driven: active ones, and ended ones with a claim to settle. Pages by id, moments in business time. */
export interface DrivenEnrollments {
  /**
   * At most `limit` ids above `after`, ascending, of those whose due time, or whose oldest unread inbox event's
   * acknowledgement, lies before `before`; and of ended ones whose claim's lease does.
   */
  overdue(before: number, after: string, limit: number): Promise<string[]>;
  /** At most `limit` ids above `after`, ascending, of all that were entered before `before`. */
  enteredBefore(before: number, after: string, limit: number): Promise<string[]>;
  /** Writes an outbox row for each that is still driven and has none. */
  askForLooks(ids: string[]): Promise<void>;
}

const DRIVEN = `
  status = 'active' AND needs_attention IS NULL AND paused_at IS NULL
  AND journey NOT IN (SELECT name FROM journeys WHERE status = 'paused')`;
// The three sets are small while all is well, and each has a partial index of just that.
const OVERDUE = `
  SELECT id FROM enrollments
   WHERE id IN (
           SELECT id FROM enrollments WHERE status = 'active' AND due_at < $1
           UNION SELECT enrollment_id FROM inbox WHERE NOT read AND received_at < $1)
     AND ${DRIVEN} AND id > $2
   UNION
  SELECT e.id FROM enrollments e JOIN deliveries d ON d.enrollment_id = e.id
   WHERE d.state = 'sending' AND d.lease_until < $1 AND e.status <> 'active' AND e.id > $2
   ORDER BY id LIMIT $3`;
const ENTERED_BEFORE = `
  SELECT id FROM enrollments
   WHERE ${DRIVEN} AND entered_at < $1 AND id > $2 ORDER BY id LIMIT $3`;
const ASK = `
  INSERT INTO outbox (enrollment_id)
  SELECT e.id FROM enrollments e
   WHERE e.id = ANY ($1)
     AND (e.status = 'active' OR EXISTS (SELECT 1 FROM deliveries d WHERE d.enrollment_id = e.id AND d.state = 'sending'))
     AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.enrollment_id = e.id)
   ORDER BY e.id`;

export function createDrivenEnrollments(pool: pg.Pool): DrivenEnrollments {
  const session = openSession(pool);
  const ids = async (text: string, values: unknown[]) =>
    (await session.rows<{ id: string }>(text, values)).map(({ id }) => id);
  return {
    overdue: (before, after, limit) => ids(OVERDUE, [time(before), after, limit]),
    enteredBefore: (before, after, limit) => ids(ENTERED_BEFORE, [time(before), after, limit]),
    async askForLooks(asked) {
      if (asked.length > 0) await session.run(ASK, [asked]);
    },
  };
}
