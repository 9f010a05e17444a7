// One customer's record in the order of time, newest first and a page at a time: what came in, what was decided, what was
// allowed and withdrawn, and what people did.
import type pg from 'pg';
import type { Decision } from '../engine/core/enrollment.ts';
import type { JsonMap } from '../engine/core/schema.ts';
import { decisionSentence, type Locale } from '../engine/core/sentences.ts';
import { openSession, time } from './session.ts';

export interface TimelineRow {
  /** Of this page and the ones before; give the last one as `before` for the next page. */
  cursor: string;
  kind: 'event' | 'decision' | 'consent' | 'conversation' | 'suppression';
  /** ISO. Of a folded decision: the last time. */
  at: string;
  /** A decision in a sentence; else null. */
  sentence: string | null;
  detail: JsonMap;
}

interface Row {
  kind: TimelineRow['kind'];
  at: number;
  id: string;
  detail: JsonMap;
}

// Each part is a walk down an index from the cursor; the ids break ties, so that no row is shown twice or left out.
const part = (kind: string, rank: number, table: string, at: string, id: string, detail: string) => `
  (SELECT '${kind}' AS kind, ${rank} AS rank, ${at} AS at, ${id} AS id, ${detail} AS detail FROM ${table}
     AND ($2::timestamptz IS NULL OR ${at} < $2 OR (${at} = $2 AND (${rank}, ${id}) < ($3::int, $4::text)))
   ORDER BY ${at} DESC, ${id} DESC LIMIT $5)`;
const THEIR_ADDRESS = `address IN (
  SELECT lower(traits ->> named) FROM customers, unnest(ARRAY['email', 'phone']) AS named WHERE id = $1)`;
const LIFTED = `customer_id = $1 OR ${THEIR_ADDRESS}`;
const PAGE = `
  SELECT kind, at, id, detail FROM (${[
    part(
      'decision',
      3,
      'decisions WHERE customer_id = $1',
      'last_at',
      "lpad(id::text, 20, '0')",
      `jsonb_build_object('kind', kind, 'journey', journey, 'enrollment', enrollment_id, 'step', step, 'outcome', outcome,
        'inputs', inputs, 'needed', needed, 'message', message, 'channel', channel, 'delivery', effect_key,
        'count', count, 'since', at)`,
    ),
    part(
      'consent',
      2,
      'consents WHERE customer_id = $1',
      'recorded_at',
      "lpad(id::text, 20, '0')",
      `jsonb_build_object('channel', channel, 'purpose', purpose, 'state', state, 'source', source, 'evidence', evidence)`,
    ),
    part(
      'event',
      1,
      'events WHERE customer_id = $1',
      'received_at',
      'id',
      `jsonb_build_object('name', name, 'occurred_at', occurred_at, 'source', source, 'data', data)`,
    ),
    part(
      'suppression',
      0,
      `(SELECT channel AS id, channel, at, jsonb_build_object('channel', channel, 'reason', reason, 'by', by) AS said
          FROM suppressions WHERE ${THEIR_ADDRESS}
        UNION ALL
        SELECT 'l-' || id, channel, at, jsonb_build_object('channel', channel, 'reason', reason, 'by', by)
          FROM lifted_suppressions WHERE ${LIFTED}
        UNION ALL
        SELECT 'u-' || id, channel, lifted_at,
               jsonb_build_object('channel', channel, 'reason', reason, 'by', lifted_by, 'because', because, 'is_lifted', true)
          FROM lifted_suppressions WHERE ${LIFTED}) AS suppressed WHERE true`,
      'at',
      'id',
      'said',
    ),
    part(
      'conversation',
      4,
      `(SELECT id || '-o' AS id, opened_at AS at, jsonb_build_object('status', 'open', 'conversation', id,
               'channel', channel, 'queue', queue, 'journey', journey) AS said
          FROM conversations WHERE customer_id = $1
        UNION ALL
        SELECT id || '-r', resolved_at, jsonb_build_object('status', 'resolved', 'conversation', id,
               'channel', channel, 'queue', queue, 'journey', journey, 'by', resolved_by)
          FROM conversations WHERE customer_id = $1 AND resolved_at IS NOT NULL) AS talks WHERE true`,
      'at',
      'id',
      'said',
    ),
  ].join(' UNION ALL ')}) AS parts
   ORDER BY at DESC, rank DESC, id DESC LIMIT $5`;
const ranks: { [kind in TimelineRow['kind']]: number } = {
  conversation: 4,
  decision: 3,
  consent: 2,
  event: 1,
  suppression: 0,
};

/** At most `limit` rows, older than `before`. Null: `before` is no cursor of ours. */
export async function timeline(
  pool: pg.Pool,
  customerId: string,
  before: string | null,
  limit: number,
  locale: Locale,
): Promise<TimelineRow[] | null> {
  const cursor = before === null ? null : /^(\d{1,15})-([0-4])-([\w-]{1,64})$/.exec(before);
  if (before !== null && !cursor) return null;
  const [, at, rank, id] = cursor ?? [];
  const from = at === undefined ? null : time(Number(at));
  const rows = await openSession(pool).rows<Row>(PAGE, [customerId, from, rank ?? 0, id ?? '', limit]);
  return rows.map((row) => ({
    cursor: `${row.at}-${ranks[row.kind]}-${row.id}`,
    kind: row.kind,
    at: new Date(row.at).toISOString(),
    sentence: row.kind === 'decision' ? decisionSentence(row.detail as unknown as Decision, locale) : null,
    detail: row.detail,
  }));
}
