// What ingest put before an enrollment, in the order in which it was acknowledged; and the wish to be looked at.
import type { StoredEvent } from '../engine/core/event.ts';
import { storedEvent } from './events.ts';
import { type Session, time } from './session.ts';

const ADD = `
  INSERT INTO inbox (enrollment_id, event_id, received_at) VALUES ($1, $2, $3)
  ON CONFLICT (enrollment_id, event_id) DO NOTHING`;
const ALL = `
  SELECT ${storedEvent} FROM inbox i JOIN events e ON e.id = i.event_id
   WHERE i.enrollment_id = $1 ORDER BY i.received_at, i.id`;
const UNREAD = ALL.replace('$1', '$1 AND NOT i.read');
const MARK = 'UPDATE inbox SET read = true WHERE enrollment_id = $1 AND event_id = ANY ($2)';

/** The same event twice is there once. */
export async function addToInbox(session: Session, enrollmentId: string, event: StoredEvent): Promise<void> {
  await session.run(ADD, [enrollmentId, event.id, time(event.receivedAt)]);
}

export function inbox(session: Session, enrollmentId: string, which: 'unread' | 'all'): Promise<StoredEvent[]> {
  return session.rows(which === 'all' ? ALL : UNREAD, [enrollmentId]);
}

export async function markRead(session: Session, enrollmentId: string, eventIds: string[]): Promise<void> {
  if (eventIds.length > 0) await session.run(MARK, [enrollmentId, eventIds]);
}
