// What a preview is filled with: a real customer's traits, and the events that their enrollment began and went on with.
import type pg from 'pg';
import type { JsonMap } from '../engine/core/schema.ts';
import { openSession } from './session.ts';

export interface PreviewFacts {
  traits: JsonMap;
  entry: JsonMap;
  latest: JsonMap;
  /** Where the events are from: an enrollment of theirs, an event that would open one, or nowhere. */
  from: 'enrollment' | 'event' | 'nothing';
}

const TRAITS = 'SELECT traits FROM customers WHERE id = $1';
const ENROLLED = `
  SELECT entry.data AS entry, latest.data AS latest
    FROM enrollments e JOIN events entry ON entry.id = e.entry_event_id JOIN events latest ON latest.id = e.latest_event_id
   WHERE e.customer_id = $1 AND e.journey = $2 ORDER BY e.entered_at DESC LIMIT 1`;
const OPENING = `
  SELECT data FROM events WHERE customer_id = $1 AND name = ANY ($2) ORDER BY occurred_at DESC LIMIT 1`;

/** `opensOn`: the events that open the journey. */
export async function previewFacts(
  pool: pg.Pool,
  customerId: string,
  journey: string,
  opensOn: string[],
): Promise<PreviewFacts> {
  const session = openSession(pool);
  const traits = (await session.row<{ traits: JsonMap }>(TRAITS, [customerId]))?.traits ?? {};
  const enrolled = await session.row<{ entry: JsonMap; latest: JsonMap }>(ENROLLED, [customerId, journey]);
  if (enrolled) return { traits, ...enrolled, from: 'enrollment' };
  const opening = await session.row<{ data: JsonMap }>(OPENING, [customerId, opensOn]);
  if (opening) return { traits, entry: opening.data, latest: opening.data, from: 'event' };
  return { traits, entry: {}, latest: {}, from: 'nothing' };
}
