// Turns: one row a wake-up, written first, so that a re-run takes the same events and the same moment.
import type { JsonMap } from '../engine/core/schema.ts';
import type { TurnRow } from '../engine/ports.ts';
import { json, type Session, time } from './session.ts';

const OPEN = `
  SELECT enrollment_id AS "enrollmentId", number, event_ids AS "eventIds", at, met_at AS "metAt" FROM turns
   WHERE enrollment_id = $1 AND result IS NULL ORDER BY number DESC LIMIT 1`;
const INSERT = 'INSERT INTO turns (enrollment_id, number, event_ids, at, met_at) VALUES ($1, $2, $3, $4, $5)';
const FINISH = 'UPDATE turns SET result = $3 WHERE enrollment_id = $1 AND number = $2';

/** The turn that was opened and not finished, if any. */
export function openTurn(session: Session, enrollmentId: string): Promise<TurnRow | null> {
  return session.row(OPEN, [enrollmentId]);
}

/** Refused (code 23505, constraint `turns_pkey`) where that number has been opened before. */
export async function insertTurn(session: Session, turn: TurnRow): Promise<void> {
  await session.run(INSERT, [turn.enrollmentId, turn.number, turn.eventIds, time(turn.at), time(turn.metAt ?? null)]);
}

export async function finishTurn(session: Session, enrollmentId: string, number: number, result: JsonMap) {
  await session.run(FINISH, [enrollmentId, number, json(result)]);
}
