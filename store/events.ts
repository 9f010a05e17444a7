// Events: facts from outside, each stored once.
import type { StoredEvent } from '../engine/core/event.ts';
import type { NewEvent } from '../engine/ports.ts';
import { newId } from './id.ts';
import { rowShape } from './row.ts';
import { type Session, time } from './session.ts';

const event = rowShape<NewEvent & { id: string }>({
  id: 'plain',
  customerId: 'plain',
  source: 'plain',
  sourceId: 'plain',
  name: 'plain',
  occurredAt: 'time',
  receivedAt: 'time',
  data: 'json',
  flags: 'json',
  same: 'plain',
});

/** What the engine reads of an event; `e` is the table. */
export const storedEvent = `
  e.id, e.name, e.occurred_at AS "occurredAt", e.received_at AS "receivedAt", e.data`;

// Both kinds of repeat: the same id from the same sender, and the same fact from two senders.
const INSERT = `INSERT INTO events (${event.columns}) VALUES (${event.placeholders}) ON CONFLICT DO NOTHING`;
const STORED = 'SELECT 1 AS found FROM events WHERE source = $1 AND source_id = $2';
const BY_ID = `
  SELECT ${storedEvent} FROM events e JOIN unnest($1::text[]) WITH ORDINALITY AS wanted(id, place) ON e.id = wanted.id
   ORDER BY wanted.place`;
const HISTORY = `
  SELECT ${storedEvent} FROM events e
    JOIN unnest($2::text[], $3::timestamptz[]) AS need(name, since) ON e.name = need.name AND e.occurred_at >= need.since
   WHERE e.customer_id = $1 ORDER BY e.occurred_at, e.received_at, e.id`;

/** The stored event, or null where it is a repeat. Waits for a concurrent insert of the same event to be decided. */
export async function insertEvent(session: Session, input: NewEvent): Promise<StoredEvent | null> {
  const id = newId();
  if ((await session.run(INSERT, event.values({ ...input, id }))) === 0) return null;
  const { name, occurredAt, receivedAt, data } = input;
  return { id, name, occurredAt, receivedAt, data };
}

export async function hasEvent(session: Session, source: string, sourceId: string): Promise<boolean> {
  return (await session.row(STORED, [source, sourceId])) !== null;
}

/** In the order of `ids`; unknown ones are left out. */
export async function events(session: Session, ids: string[]): Promise<StoredEvent[]> {
  return ids.length === 0 ? [] : session.rows(BY_ID, [ids]);
}

/** Events of each name that happened at or after its `since`, all names together, oldest first. */
export async function history(
  session: Session,
  customerId: string,
  needs: { event: string; since: number }[],
): Promise<StoredEvent[]> {
  const earliest = new Map<string, number>();
  for (const { event: name, since } of needs) earliest.set(name, Math.min(since, earliest.get(name) ?? since));
  if (earliest.size === 0) return [];
  return session.rows(HISTORY, [customerId, [...earliest.keys()], [...earliest.values()].map(time)]);
}
