// What came in and could not be taken: kept whole, listed for the storefront developer, replayed once mended.
import type pg from 'pg';
import type { Json } from '../engine/core/schema.ts';
import { newId } from './id.ts';
import { json, openSession, time } from './session.ts';

export interface Quarantined {
  id: string;
  receivedAt: number;
  /** Where it came from: `segment`, `shopify`, ... */
  source: string;
  /** What is wrong with it, in a sentence. */
  problem: string;
  /** As it was sent. */
  body: Json;
  replayedAt: number | null;
}

export interface Quarantine {
  /** Answers the new row's id. */
  add(item: { source: string; problem: string; body: Json; receivedAt: number }): Promise<string>;
  /** Newest first, without what has been replayed unless asked for; `before` is an id from the page before. */
  list(options: { limit: number; before?: string; replayed?: boolean }): Promise<Quarantined[]>;
  get(id: string): Promise<Quarantined | null>;
  /** False where there is no such row, or it has been replayed before. */
  markReplayed(id: string, at: number): Promise<boolean>;
}

const SELECT = `
  SELECT id, received_at AS "receivedAt", source, problem, body, replayed_at AS "replayedAt" FROM quarantine`;
const ADD = 'INSERT INTO quarantine (id, received_at, source, problem, body) VALUES ($1, $2, $3, $4, $5)';
// Ids are made in order of arrival (UUID version 7), so they page better than a time that several rows share.
const LIST = `${SELECT} WHERE ($1::text IS NULL OR id < $1) AND ($2 OR replayed_at IS NULL) ORDER BY id DESC LIMIT $3`;
const GET = `${SELECT} WHERE id = $1`;
const MARK = 'UPDATE quarantine SET replayed_at = $2 WHERE id = $1 AND replayed_at IS NULL';

export function createQuarantine(pool: pg.Pool): Quarantine {
  const session = openSession(pool);
  return {
    async add({ source, problem, body, receivedAt }) {
      const id = newId();
      await session.run(ADD, [id, time(receivedAt), source, problem, json(body)]);
      return id;
    },
    list: ({ limit, before, replayed = false }) => session.rows(LIST, [before ?? null, replayed, limit]),
    get: (id) => session.row(GET, [id]),
    markReplayed: async (id, at) => (await session.run(MARK, [id, time(at)])) === 1,
  };
}
