// Events: facts from outside, each stored once.
import type { StoredEvent } from '../engine/core/event.ts';
import { type HistoryNeed, joinedNeeds } from '../engine/core/intake.ts';
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
  trusted: 'bool',
});

/** What the engine reads of an event; `e` is the table. */
export const storedEvent = `
  e.id, e.name, e.occurred_at AS "occurredAt", e.received_at AS "receivedAt", e.data`;

// Repeats are of two kinds: the same id from the same sender, and the same fact from two senders. What the shop's server
// has reported, nobody else reports anew, whoever it is about. In one order, so that two who insert the same wait for each
// other and not crosswise.
const INSERT = `
  INSERT INTO events (${event.columns})
  SELECT given.* FROM unnest(${event.arrays}) AS given(${event.columns})
    LEFT JOIN LATERAL (
      SELECT true AS is_told FROM events e
       WHERE NOT given.trusted AND e.trusted AND e.name = given.name AND e.same = given.same LIMIT 1) known ON true
   WHERE known.is_told IS NULL ORDER BY given.source, given.source_id
  ON CONFLICT DO NOTHING RETURNING id`;
const SHARED = `
  SELECT one.id AS one, other.id AS other FROM events one
    JOIN events other ON other.customer_id = $2 AND other.name = one.name AND other.same = one.same
   WHERE one.customer_id = $1`;
const STORED = 'SELECT 1 AS found FROM events WHERE source = $1 AND source_id = $2';
const BY_ID = `
  SELECT ${storedEvent} FROM events e JOIN unnest($1::text[]) WITH ORDINALITY AS wanted(id, place) ON e.id = wanted.id
   ORDER BY wanted.place`;
const HISTORY = `
  SELECT ${storedEvent} FROM unnest($2::text[], $3::timestamptz[], $4::int[]) AS need(name, since, most),
    LATERAL (SELECT * FROM events one
              WHERE one.customer_id = $1 AND one.name = need.name AND one.occurred_at >= need.since
              ORDER BY one.occurred_at DESC LIMIT need.most) e
   ORDER BY e.occurred_at, e.received_at, e.id`;

/** The stored event, or null where it is a repeat. Waits for a concurrent insert of the same event to be decided. */
export async function insertEvent(session: Session, input: NewEvent): Promise<StoredEvent | null> {
  return (await insertEvents(session, [input]))[0]!;
}

/** The same for many in one statement, answered in their order; of repeats among them one is stored. */
export async function insertEvents(session: Session, inputs: NewEvent[]): Promise<(StoredEvent | null)[]> {
  if (inputs.length === 0) return [];
  const rows = inputs.map((input) => ({ ...input, id: newId() }));
  const stored = new Set((await session.rows<{ id: string }>(INSERT, event.lists(rows))).map(({ id }) => id));
  return rows.map(({ id, name, occurredAt, receivedAt, data }) =>
    stored.has(id) ? { id, name, occurredAt, receivedAt, data } : null,
  );
}

/** Ids of events of both that report one fact. */
export async function sharedFacts(session: Session, one: string, other: string): Promise<string[]> {
  const pairs = await session.rows<{ one: string; other: string }>(SHARED, [one, other]);
  return pairs.flatMap((pair) => [pair.one, pair.other]);
}

export async function hasEvent(session: Session, source: string, sourceId: string): Promise<boolean> {
  return (await session.row(STORED, [source, sourceId])) !== null;
}

/** In the order of `ids`; unknown ones are left out. */
export async function events(session: Session, ids: string[]): Promise<StoredEvent[]> {
  return ids.length === 0 ? [] : session.rows(BY_ID, [ids]);
}

/** Events of each name, all names together, oldest first. What several needs ask of one name is asked once. */
export async function history(session: Session, customerId: string, needs: HistoryNeed[]): Promise<StoredEvent[]> {
  const all = joinedNeeds(needs);
  if (all.length === 0) return [];
  const most = all.map((need) => need.most ?? null);
  return session.rows(HISTORY, [customerId, all.map((need) => need.event), all.map(({ since }) => time(since)), most]);
}
