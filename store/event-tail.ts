// The newest events with what each one did, for the storefront developer.
import type pg from 'pg';
import type { Decision } from '../engine/core/enrollment.ts';
import type { JsonMap } from '../engine/core/schema.ts';
import { decisionSentence, type Locale } from '../engine/core/sentences.ts';
import { openSession, time } from './session.ts';

export interface TailedEvent {
  id: string;
  name: string;
  source: string;
  receivedAt: string;
  occurredAt: string;
  customerId: string;
  data: JsonMap;
  /** Properties that are not of the declared type. */
  flags: { path: string; declared: string }[];
  did: { journey: string; kind: string; sentence: string }[];
}

type Row = Omit<TailedEvent, 'receivedAt' | 'occurredAt' | 'did'> & { receivedAt: number; occurredAt: number };
type Did = Pick<Decision, 'kind' | 'outcome' | 'inputs' | 'step' | 'message' | 'channel' | 'journey' | 'eventId'>;

// Ids are made in order of arrival.
const NEWEST = `
  SELECT id, name, source, received_at AS "receivedAt", occurred_at AS "occurredAt", customer_id AS "customerId", data, flags
    FROM events WHERE ($1::text IS NULL OR id < $1) AND ($2::text IS NULL OR name = $2) ORDER BY id DESC LIMIT $3`;
// By the customers' index; what an event did is never decided before it came.
const DID = `
  SELECT event_id AS "eventId", journey, kind, outcome, inputs, step, message, channel FROM decisions
   WHERE customer_id = ANY ($1) AND last_at >= $2 AND event_id = ANY ($3) ORDER BY id`;

/** Newest first, older than the event `before`; `name`: of this name only. */
export async function eventTail(
  pool: pg.Pool,
  { before, name, limit, locale }: { before: string | null; name: string | null; limit: number; locale: Locale },
): Promise<TailedEvent[]> {
  const session = openSession(pool);
  const events = await session.rows<Row>(NEWEST, [before, name, limit]);
  const since = Math.min(...events.map(({ receivedAt, occurredAt }) => Math.min(receivedAt, occurredAt)));
  const customers = [...new Set(events.map(({ customerId }) => customerId))];
  const ids = events.map(({ id }) => id);
  const did = events.length === 0 ? [] : await session.rows<Did>(DID, [customers, time(since), ids]);
  return events.map(({ receivedAt, occurredAt, ...event }) => ({
    ...event,
    receivedAt: new Date(receivedAt).toISOString(),
    occurredAt: new Date(occurredAt).toISOString(),
    did: did
      .filter(({ eventId }) => eventId === event.id)
      .map((one) => ({ journey: one.journey, kind: one.kind, sentence: decisionSentence(one, locale) })),
  }));
}
