// Decisions: recorded answers with their inputs, append-only. Repeats of one `fold` are one row with a count.
import type { Decision } from '../engine/core/enrollment.ts';
import { rowShape } from './row.ts';
import { json, type Session, time } from './session.ts';

type Recorded = Decision & { fold?: string };

const decision = rowShape<Decision>({
  kind: 'plain',
  customerId: 'plain',
  journey: 'plain',
  version: 'plain',
  enrollmentId: 'plain',
  turn: 'plain',
  seq: 'plain',
  at: 'time',
  step: 'plain',
  outcome: 'plain',
  inputs: 'json',
  needed: 'plain',
  eventId: 'plain',
  message: 'plain',
  channel: 'plain',
  effectKey: 'plain',
});

// One statement for any number of rows: they arrive as one JSON array whose keys are the engine's.
const RECORD = `
  INSERT INTO decisions (${decision.columns}, fold, count, last_at)
  SELECT ${decision.columns.replaceAll(/"(\w+)"/g, (_, column: string) => `"${fieldOf(column)}"`)}, fold, count, "lastAt"
    FROM jsonb_to_recordset($1::jsonb) AS given(
      kind text, "customerId" text, journey text, version text, "enrollmentId" text, turn int, seq int,
      at timestamptz, step text, outcome text, inputs jsonb, needed text, "eventId" text, message text, channel text,
      "effectKey" text, fold text, count int, "lastAt" timestamptz)
  ON CONFLICT (fold) DO UPDATE SET count = decisions.count + EXCLUDED.count, last_at = EXCLUDED.last_at`;
const JOURNAL = `SELECT ${decision.select} FROM decisions WHERE enrollment_id = $1 AND turn = $2 ORDER BY seq`;
const REPORTS = `SELECT ${decision.select} FROM decisions WHERE effect_key = $1 AND kind = 'reported' ORDER BY id`;

// An index by enrollment stands on (enrollment, turn, seq).
const OF_ENROLLMENT = `
  SELECT * FROM (
    SELECT ${decision.select}, count, last_at AS "lastAt", id FROM decisions
     WHERE enrollment_id = $1 ORDER BY id DESC LIMIT $2) AS newest
   ORDER BY id`;
// The newest, in the order of recording.
const ABOUT = `
  SELECT * FROM (
    SELECT ${decision.select}, count, last_at AS "lastAt", id FROM decisions
     WHERE customer_id = $1 AND journey = $2 ORDER BY id DESC LIMIT $3) AS newest
   ORDER BY id`;

/** Appends, all or none. Refused (23505) where this turn has already journaled a decision of the same `seq`. */
export async function record(session: Session, decisions: Recorded[]): Promise<void> {
  if (decisions.length > 0) await session.run(RECORD, [json(folded(decisions).map(toJson))]);
}

/** Decisions journaled for this turn, in order of `seq`. */
export function journal(session: Session, enrollmentId: string, turn: number): Promise<Decision[]> {
  return session.rows(JOURNAL, [enrollmentId, turn]);
}

/** What was heard of a delivery, oldest first. */
export function reportsOn(session: Session, key: string): Promise<Decision[]> {
  return session.rows(REPORTS, [key]);
}

/** The newest decisions about a customer in a journey, at most `limit`, oldest first; with the count of repeats. */
export async function decisionsAbout(session: Session, customerId: string, journey: string, limit: number) {
  const rows = await session.rows<Decision & { count: number; lastAt: number; id: number }>(ABOUT, [
    customerId,
    journey,
    limit,
  ]);
  return rows.map(({ id: _, ...row }) => row);
}

/** The newest decisions about one enrollment, at most `limit`, oldest first. */
export async function decisionsOf(session: Session, enrollmentId: string, limit: number) {
  const rows = await session.rows<Decision & { count: number; lastAt: number; id: number }>(OF_ENROLLMENT, [
    enrollmentId,
    limit,
  ]);
  return rows.map(({ id: _, ...row }) => row);
}

/** One statement cannot touch one row twice: repeats within one call are counted here. */
function folded(decisions: Recorded[]): (Recorded & { count: number; lastAt: number })[] {
  const rows: (Recorded & { count: number; lastAt: number })[] = [];
  for (const next of decisions) {
    const first = next.fold === undefined ? undefined : rows.find(({ fold }) => fold === next.fold);
    if (first) Object.assign(first, { count: first.count + 1, lastAt: next.at });
    else rows.push({ ...next, count: 1, lastAt: next.at });
  }
  return rows;
}

function toJson(row: Recorded & { count: number; lastAt: number }) {
  return { ...row, at: time(row.at), lastAt: time(row.lastAt) };
}

function fieldOf(column: string): string {
  return column.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
