// What a page shows, as one short text that differs when it may have changed. Asked twice a second for each page that
// somebody looks at, so every part is a look at an index or at one customer's rows.
import type pg from 'pg';
import { openSession } from './session.ts';

/** The newest rows tell of every append; of what is updated in place, all that is shown goes in. */
const CUSTOMER = `
  SELECT md5(concat_ws('|',
    (SELECT concat_ws(',', traits::text, merged_into, erased_at) FROM customers WHERE id = $1),
    (SELECT max(id) FROM consents WHERE customer_id = $1),
    (SELECT count(*) FROM identities WHERE customer_id = $1),
    (SELECT id FROM events WHERE customer_id = $1 ORDER BY received_at DESC, id DESC LIMIT 1),
    (SELECT concat_ws(',', id, count, last_at) FROM decisions
      WHERE customer_id = $1 ORDER BY last_at DESC, id DESC LIMIT 1),
    (SELECT string_agg(concat_ws(',', id, status, version, turn, turn_token, step, due_at, paused_at, needs_attention,
                                 reason, goal_at), ';' ORDER BY id)
       FROM enrollments WHERE customer_id = $1),
    (SELECT string_agg(concat_ws(',', key, state, attempt, retry_at, reason), ';')
       FROM (SELECT * FROM deliveries WHERE customer_id = $1 ORDER BY created_at DESC, key DESC LIMIT 200) newest),
    (SELECT string_agg(concat_ws(',', channel, reason, at), ';') FROM suppressions
      WHERE address IN (SELECT lower(traits ->> named) FROM customers, unnest(ARRAY['email', 'phone']) named
                         WHERE id = $1)),
    (SELECT concat_ws(',', max(id), count(*)) FROM conversations WHERE customer_id = $1 AND status = 'open'),
    (SELECT max(resolved_at) FROM conversations WHERE customer_id = $1),
    (SELECT max(id) FROM chat_messages WHERE customer_id = $1),
    (SELECT string_agg(concat_ws(',', name, status), ';' ORDER BY name) FROM journeys))) AS print`;
const JOURNEYS = `
  SELECT md5(concat_ws('|', (SELECT max(number) FROM publications),
    (SELECT string_agg(concat_ws(',', name, status, status_since), ';' ORDER BY name) FROM journeys),
    (SELECT string_agg(concat_ws(',', journey, open), ';' ORDER BY journey)
       FROM (SELECT journey, count(*) AS open FROM enrollments WHERE status = 'active' GROUP BY journey) counts)))
    AS print`;
const JOURNEY = `
  SELECT md5(concat_ws('|', (SELECT max(number) FROM publications),
    (SELECT concat_ws(',', status, status_since) FROM journeys WHERE name = $1),
    (SELECT max(id) FROM journey_actions WHERE journey = $1),
    (SELECT concat_ws(',', id, outcome) FROM test_messages WHERE journey = $1 ORDER BY at DESC, id DESC LIMIT 1),
    (SELECT id FROM decisions WHERE kind IN ('sent', 'not_sent') AND journey = $1 ORDER BY last_at DESC LIMIT 1),
    (SELECT string_agg(concat_ws(',', step, open), ';' ORDER BY step)
       FROM (SELECT step, count(*) AS open FROM enrollments WHERE status = 'active' AND journey = $1 GROUP BY step) counts)))
    AS print`;
// Ids are made in order of arrival, but commit in any: of the newest, each one counts.
const EVENTS = `
  SELECT md5(string_agg(id, ',')) AS print FROM (SELECT id FROM events ORDER BY id DESC LIMIT 200) newest`;
const QUARANTINE = `
  SELECT md5(string_agg(concat_ws(',', id, replayed_at), ';')) AS print
    FROM (SELECT id, replayed_at FROM quarantine ORDER BY id DESC LIMIT 200) newest`;

// A message is only ever added, and a conversation opened or resolved.
const INBOX = `
  SELECT md5(concat_ws('|', (SELECT max(id) FROM chat_messages),
    (SELECT string_agg(id, ',') FROM (SELECT id FROM conversations WHERE status = 'open' ORDER BY opened_at, id LIMIT 500) open)))
    AS print`;

export interface Pulse {
  customer(id: string): Promise<string>;
  journeys(): Promise<string>;
  journey(name: string): Promise<string>;
  events(): Promise<string>;
  quarantine(): Promise<string>;
  inbox(): Promise<string>;
}

export function createPulse(pool: pg.Pool): Pulse {
  const session = openSession(pool);
  const ask = async (text: string, values: unknown[]) =>
    (await session.row<{ print: string | null }>(text, values))?.print ?? 'none';
  return {
    customer: (id) => ask(CUSTOMER, [id]),
    journeys: () => ask(JOURNEYS, []),
    journey: (name) => ask(JOURNEY, [name]),
    events: () => ask(EVENTS, []),
    quarantine: () => ask(QUARANTINE, []),
    inbox: () => ask(INBOX, []),
  };
}
