// How journeys stand by what people have done to them: columns of the journey's row, and the record of who did it.
import type { JourneyAction, JourneyStand } from '../engine/core/journey-status.ts';
import { type Session, time } from './session.ts';

const STAND = `name AS journey, status, status_since AS since, status_by AS "by", swept`;
// Shared between claims, and against the update of a pause or stop.
const HOLD = `SELECT ${STAND} FROM journeys WHERE name = $1 FOR SHARE`;
const LOCK = `SELECT ${STAND} FROM journeys WHERE name = $1 FOR UPDATE`;
const SAVE = 'UPDATE journeys SET status = $2, status_since = $3, status_by = $4, swept = $5 WHERE name = $1';
const RECORD = 'INSERT INTO journey_actions (journey, action, at, by) VALUES ($1, $2, $3, $4)';
const UNSWEPT = `SELECT ${STAND} FROM journeys WHERE swept IS NOT NULL ORDER BY name`;
const OPEN = `
  SELECT id FROM enrollments WHERE status = 'active' AND journey = $1 AND id > $2 ORDER BY id LIMIT $3`;
const PARKED = `
  SELECT id FROM enrollments e
   WHERE status = 'active' AND journey = $1 AND id > $2 AND paused_at IS NULL AND needs_attention IS NULL
     AND (due_at <= $3 OR EXISTS (SELECT 1 FROM inbox i WHERE i.enrollment_id = e.id AND NOT i.read))
   ORDER BY id LIMIT $4`;

export async function holdJourney(session: Session, journey: string): Promise<JourneyStand> {
  const found = await session.row<JourneyStand>(HOLD, [journey]);
  return found ?? { journey, status: 'live', since: null, by: null, swept: null };
}

export function lockJourney(session: Session, journey: string): Promise<JourneyStand | null> {
  return session.row(LOCK, [journey]);
}

export async function saveJourney(session: Session, stand: JourneyStand): Promise<void> {
  const { journey, status, since, by, swept } = stand;
  await session.run(SAVE, [journey, status, time(since), by, swept]);
}

export async function recordAction(session: Session, { journey, action, at, by }: JourneyAction): Promise<void> {
  await session.run(RECORD, [journey, action, time(at), by]);
}

export function unsweptJourneys(session: Session): Promise<JourneyStand[]> {
  return session.rows(UNSWEPT, []);
}

export function openEnrollments(session: Session, journey: string, after: string, limit: number): Promise<string[]> {
  return ids(session, OPEN, [journey, after, limit]);
}

export function parkedEnrollments(
  session: Session,
  journey: string,
  now: number,
  after: string,
  limit: number,
): Promise<string[]> {
  return ids(session, PARKED, [journey, after, time(now), limit]);
}

async function ids(session: Session, text: string, values: unknown[]): Promise<string[]> {
  return (await session.rows<{ id: string }>(text, values)).map(({ id }) => id);
}
