// The calls that ad platforms took and work on: who asks about them, and what is told again because it was not done.
import type pg from 'pg';
import { firstCheckMs, type RequestLedger, type RequestState } from '../engine/audience-check.ts';
import type { OpenRequest } from '../engine/audience-sync.ts';
import { newId } from './id.ts';
import { inTransaction } from './postgres.ts';
import { json, type Session, time } from './session.ts';

/** In one round: each is a call. */
const most = 5;

const OPEN = `
  INSERT INTO audience_requests (id, platform, request_id, change, members, told_at, state, check_at)
  VALUES ($1, $2, $3, $4, $5, $6, 'working', $7)`;
const TAKE = `
  UPDATE audience_requests SET check_at = $3
   WHERE id IN (SELECT id FROM audience_requests WHERE platform = $1 AND state = 'working' AND check_at <= $2
                 ORDER BY check_at, id LIMIT ${most} FOR UPDATE SKIP LOCKED)
  RETURNING id, request_id AS "requestId", told_at AS "toldAt"`;
/** Requests are large, so they are looked through only for one that a platform has ever taken. */
const MOVE = `
  UPDATE audience_requests SET members = (
           SELECT jsonb_agg(CASE WHEN one->>'id' = $2 THEN one || jsonb_build_object('id', $1::text) ELSE one END)
             FROM jsonb_array_elements(members) AS one)
   WHERE EXISTS (SELECT 1 FROM audience_members WHERE id = $2 AND request_id IS NOT NULL)
     AND state = 'working' AND members @> jsonb_build_array(jsonb_build_object('id', $2::text))`;
const LATER = `UPDATE audience_requests SET check_at = $2 WHERE id = $1 AND state = 'working'`;
/** Hashes stay no longer than they are needed: whom it was about is known by the ledger of members. */
const SETTLE = `
  UPDATE audience_requests SET state = $2, code = $3, refused = $4, members = '[]' WHERE id = $1 AND state = 'working'`;
const FORGET = `DELETE FROM audience_requests WHERE id = $1`;
/**
 * A removal has taken its hashes out of what is known to be there: they are there, after all. One customer may stand in
 * a request more than once, with each address that was to be removed.
 */
const TELL_AGAIN = `
  UPDATE audience_members m
     SET version = m.version + 1, code = $2, retry_at = $3,
         sent = m.sent || (SELECT COALESCE(jsonb_agg(thing), '[]') FROM jsonb_array_elements(said.things) AS thing
                            WHERE thing NOT IN (SELECT jsonb_array_elements(m.sent)))
    FROM (SELECT one->>'id' AS id, jsonb_agg(DISTINCT one->'told') AS things
            FROM audience_requests r, jsonb_array_elements(r.members) AS one
           WHERE r.id = $1 AND r.state = 'working' GROUP BY 1) AS said
   WHERE m.id = said.id`;

/** Writes that these calls are to be asked about, in the transaction that writes what they told. */
export async function openRequests(session: Session, platform: string, requests: OpenRequest[], now: number) {
  for (const { requestId, change, members } of requests) {
    const at = [time(now), time(now + firstCheckMs)];
    await session.run(OPEN, [newId(), platform, requestId, change, json(members), ...at]);
  }
}

/** What was said of the row `from`, which is still there, was said of `into`: two customers were merged. */
export async function moveRequests(session: Session, into: string, from: string): Promise<void> {
  await session.run(MOVE, [into, from]);
}

export function createRequestLedger(pool: pg.Pool, real: () => number): RequestLedger {
  return {
    async takeRequests(platform, leaseMs) {
      const now = real();
      const { rows } = await pool.query(TAKE, [platform, time(now), time(now + leaseMs)]);
      return (
        rows
          .map(({ toldAt, ...request }) => ({ ...request, toldAt: new Date(toldAt).getTime() }))
          // In the order in which they were told, those of one moment by their ids.
          .toSorted((a, b) => a.toldAt - b.toldAt || (a.id < b.id ? -1 : 1))
      );
    },
    async settleRequest(id, state) {
      await inTransaction(pool, (session) => settle(session, id, state));
    },
  };
}

async function settle(session: Session, id: string, state: RequestState): Promise<void> {
  if (state.state === 'working') {
    await session.run(LATER, [id, time(state.checkAt)]);
    return;
  }
  if (state.state === 'done') {
    // All of it was carried out: the ledger of members says the rest.
    await session.run(FORGET, [id]);
    return;
  }
  if ('againAt' in state) await session.run(TELL_AGAIN, [id, state.code, time(state.againAt)]);
  await session.run(SETTLE, [id, state.state, state.code, 'refused' in state ? state.refused : 0]);
}
