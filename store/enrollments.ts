// Enrollments: locked after their customer, in ascending id, and saved only by who holds the newest turn token.
import type { Enrollment } from '../engine/core/enrollment.ts';
import type { Entry } from '../engine/ports.ts';
import { StaleTurn } from './error.ts';
import { rowShape } from './row.ts';
import { type Session, time } from './session.ts';

const enrollment = rowShape<Enrollment & { step: string | null }>({
  id: 'plain',
  customerId: 'plain',
  journey: 'plain',
  version: 'plain',
  key: 'plain',
  entryEventId: 'plain',
  latestEventId: 'plain',
  entryOccurredAt: 'time',
  enteredAt: 'time',
  entrySlot: 'plain',
  heldOut: 'plain',
  status: 'plain',
  reason: 'plain',
  endedAt: 'time',
  endedBy: 'plain',
  goalAt: 'time',
  creditUntil: 'time',
  needsAttention: 'plain',
  pausedAt: 'time',
  state: 'json',
  step: 'plain',
  waitingFor: 'plain',
  dueAt: 'time',
  flipAt: 'time',
  metAt: 'time',
  conditionErrors: 'plain',
  turn: 'plain',
  turnToken: 'plain',
});

const INSERT = `INSERT INTO enrollments (${enrollment.columns}) VALUES (${enrollment.placeholders})`;
const SAVE = `
  UPDATE enrollments SET (${enrollment.columns}) = ROW (${enrollment.placeholders})
   WHERE id = $1 AND turn_token <= ${enrollment.placeholder('turnToken')}`;
const LOCK = `SELECT ${enrollment.select} FROM enrollments WHERE id = $1 FOR UPDATE`;
const BY_ID = `SELECT ${enrollment.select} FROM enrollments WHERE id = $1`;
const CUSTOMER_OF = 'SELECT customer_id AS "customerId" FROM enrollments WHERE id = $1';
const LOCK_LIVE = `
  SELECT ${enrollment.select} FROM enrollments
   WHERE customer_id = $1 AND (status = 'active' OR (status = 'completed' AND goal_at IS NULL AND credit_until >= $2))
   ORDER BY id FOR UPDATE`;
const IN_JOURNEY = `SELECT ${enrollment.select} FROM enrollments WHERE customer_id = $1 AND journey = $2 ORDER BY id`;
const ENTRY = `
  e.id AS "enrollmentId", e.journey, e.key, e.entry_occurred_at AS "entryOccurredAt", e.entered_at AS "enteredAt",
  e.status = 'active' AS open, e.ended_by AS "endedBy"`;
const ENTRIES = `
  SELECT ${ENTRY} FROM enrollments e
   WHERE e.customer_id = $1 AND e.journey = ANY ($2) ORDER BY e.entered_at DESC, e.id DESC`;
const OF_KEY = `
  SELECT * FROM enrollments one
   WHERE one.customer_id = $1 AND one.journey = wanted.journey AND one.key IS NOT DISTINCT FROM wanted.key`;
const ENTRIES_FOR = `
  SELECT ${ENTRY} FROM unnest($2::text[], $3::text[]) AS wanted(journey, key),
    LATERAL ((${OF_KEY} ORDER BY one.entered_at DESC, one.id DESC LIMIT 1)
             UNION ALL (${OF_KEY} AND one.status = 'active' ORDER BY one.entered_at DESC, one.id DESC LIMIT $5)
             UNION ALL (SELECT DISTINCT ON (one.ended_by) * FROM enrollments one
                         WHERE one.customer_id = $1 AND one.journey = wanted.journey AND one.ended_by = ANY ($4))) e
   ORDER BY e.entered_at DESC, e.id DESC`;
/** Of one journey and key more than one is open only where its rule was another one before. */
const mostOpen = 20;
const DUE = `
  SELECT e.id, e.version FROM enrollments e
   WHERE e.customer_id = $1 AND e.status = 'active' AND e.needs_attention IS NULL AND e.paused_at IS NULL
     AND ((e.due_at > $2 AND e.due_at <= $3)
       OR EXISTS (SELECT 1 FROM inbox i JOIN events v ON v.id = i.event_id
                   WHERE i.enrollment_id = e.id AND NOT i.read AND i.received_at > $2 AND i.received_at <= $3
                     AND v.name = ANY (e.waiting_for)))
   ORDER BY e.id`;

// The last turn is the one that put it there: whoever finds it there again says nothing new.
const QUEUED = `
  SELECT e.id, e.version FROM enrollments e
    JOIN deliveries d ON d.enrollment_id = e.id AND d.state = 'queued' AND d.retry_at IS NULL
    JOIN turns t ON t.enrollment_id = e.id AND t.number = e.turn
   WHERE e.customer_id = $1 AND e.status = 'active' AND e.needs_attention IS NULL AND e.paused_at IS NULL AND t.at > $2
   ORDER BY e.id`;

/** Refused (code 23505, constraint `enrollments_entry_slot_key`) where another enrollment holds the entry slot. */
export async function insertEnrollment(session: Session, record: Enrollment): Promise<void> {
  await session.run(INSERT, enrollment.values(withStep(record)));
}

/** Refused with `StaleTurn` where the row carries a newer turn token, and where there is no row. */
export async function saveEnrollment(session: Session, record: Enrollment): Promise<void> {
  if ((await session.run(SAVE, enrollment.values(withStep(record)))) === 0) throw new StaleTurn(record.id);
}

/** Whose it is, without a lock. */
export async function customerOf(session: Session, id: string): Promise<string | null> {
  const row = await session.row<{ customerId: string }>(CUSTOMER_OF, [id]);
  return row?.customerId ?? null;
}

export function lockEnrollment(session: Session, id: string): Promise<Enrollment | null> {
  return session.row<Enrollment & { step?: unknown }>(LOCK, [id]).then((row) => row && withoutStep(row));
}

/** Without a lock, for people. */
export function enrollmentById(session: Session, id: string): Promise<Enrollment | null> {
  return session.row<Enrollment & { step?: unknown }>(BY_ID, [id]).then((row) => row && withoutStep(row));
}

/** Open ones, and completed ones whose goal may still be credited at `at`; by id. */
export async function lockLiveEnrollments(session: Session, customerId: string, at: number): Promise<Enrollment[]> {
  const rows = await session.rows<Enrollment & { step?: unknown }>(LOCK_LIVE, [customerId, time(at)]);
  return rows.map(withoutStep);
}

/** A customer's enrollments in a journey, without a lock. */
export async function enrollmentsIn(session: Session, customerId: string, journey: string): Promise<Enrollment[]> {
  const rows = await session.rows<Enrollment & { step?: unknown }>(IN_JOURNEY, [customerId, journey]);
  return rows.map(withoutStep);
}

/** Every entry into these journeys, newest first. */
export async function entries(session: Session, customerId: string, journeys: string[]): Promise<Entry[]> {
  return journeys.length === 0 ? [] : session.rows(ENTRIES, [customerId, journeys]);
}

/** The newest and the open ones of each journey and key, and one for each of these events that has ended any. */
export async function entriesFor(
  session: Session,
  customerId: string,
  wanted: { journey: string; key: string | null }[],
  events: string[],
): Promise<Entry[]> {
  if (wanted.length === 0) return [];
  const [journeys, keys] = [wanted.map(({ journey }) => journey), wanted.map(({ key }) => key)];
  const rows = await session.rows<Entry>(ENTRIES_FOR, [customerId, journeys, keys, events, mostOpen]);
  return rows.filter(({ enrollmentId }, index) => enrollmentId !== rows[index - 1]?.enrollmentId);
}

/** Driven enrollments that should have moved after `from` and by `to`: by time, or by an event that they wait for. */
export function dueEnrollments(
  session: Session,
  customerId: string,
  from: number,
  to: number,
): Promise<{ id: string; version: string }[]> {
  return session.rows(DUE, [customerId, time(from), time(to)]);
}

/** Driven enrollments whose message went into its channel's queue after `since`, and is still there. */
export function queuedEnrollments(
  session: Session,
  customerId: string,
  since: number,
): Promise<{ id: string; version: string }[]> {
  return session.rows(QUEUED, [customerId, time(since)]);
}

function withStep(record: Enrollment): Enrollment & { step: string | null } {
  return { ...record, step: record.state.step };
}

function withoutStep({ step, ...record }: Enrollment & { step?: unknown }): Enrollment {
  return record;
}
