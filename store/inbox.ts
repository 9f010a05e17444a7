// What ingest put before an enrollment, in the order in which it was acknowledged; and the wish to be looked at.
import type { StoredEvent } from '../engine/core/event.ts';
import { storedEvent } from './events.ts';
import { type Session, time } from './session.ts';

const ADD = `
  INSERT INTO inbox (enrollment_id, event_id, received_at) VALUES ($1, $2, $3)
  ON CONFLICT (enrollment_id, event_id) DO NOTHING`;
const UNREAD = `
  SELECT ${storedEvent} FROM inbox i JOIN events e ON e.id = i.event_id
   WHERE i.enrollment_id = $1 AND NOT i.read ORDER BY i.received_at, i.id LIMIT $2`;
const HAS_UNREAD = `
  SELECT EXISTS (SELECT 1 FROM inbox WHERE enrollment_id = $1 AND NOT read AND event_id <> ALL ($2)) AS found`;
const HEARD = `
  SELECT ${storedEvent} FROM (
    SELECT e.*, i.id AS place FROM inbox i JOIN events e ON e.id = i.event_id
     WHERE i.enrollment_id = $1 AND e.name = ANY ($2) ORDER BY i.received_at DESC, i.id DESC LIMIT $3) e
   ORDER BY e.received_at, e.place`;
const MARK = 'UPDATE inbox SET read = true WHERE enrollment_id = $1 AND event_id = ANY ($2)';

/** The same event twice is there once. */
export async function addToInbox(session: Session, enrollmentId: string, event: StoredEvent): Promise<void> {
  await session.run(ADD, [enrollmentId, event.id, time(event.receivedAt)]);
}

/** What no turn has taken, the oldest first. */
export function inbox(session: Session, enrollmentId: string, limit: number): Promise<StoredEvent[]> {
  return session.rows(UNREAD, [enrollmentId, limit]);
}

export async function hasUnread(session: Session, enrollmentId: string, besides: string[]): Promise<boolean> {
  return (await session.row<{ found: boolean }>(HAS_UNREAD, [enrollmentId, besides]))?.found === true;
}

/** Read or not, the newest of these names, in the order of the inbox. */
export function heard(session: Session, enrollmentId: string, names: string[], limit: number): Promise<StoredEvent[]> {
  return session.rows(HEARD, [enrollmentId, names, limit]);
}

export async function markRead(session: Session, enrollmentId: string, eventIds: string[]): Promise<void> {
  if (eventIds.length > 0) await session.run(MARK, [enrollmentId, eventIds]);
}
