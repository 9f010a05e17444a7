// One connection inside one transaction, as the nouns' files see it: constant statements in, plain rows out.
// The one place where database types become the engine's: timestamptz and bigint are numbers, times are milliseconds.
import { randomBytes } from 'node:crypto';
import type { Writable } from 'node:stream';
import pg from 'pg';
import { asStoreError } from './error.ts';

export interface Session {
  /** `text` must be a constant: each distinct text is prepared once on each connection, and kept. */
  rows<R>(text: string, values: unknown[]): Promise<R[]>;
  /** The first row, or null. */
  row<R>(text: string, values: unknown[]): Promise<R | null>;
  /** How many rows it changed. */
  run(text: string, values: unknown[]): Promise<number>;
}

/** Whatever `pg` can query with: a connection of its own, or the pool for single statements. */
export function openSession(client: pg.PoolClient | pg.Pool): Session {
  const query = async (text: string, values: unknown[]) => {
    gather(client);
    try {
      return await client.query({ name: nameOf(client, text), text, values, types });
    } catch (error) {
      throw asStoreError(error);
    }
  };
  return {
    rows: async (text, values) => (await query(text, values)).rows,
    row: async (text, values) => (await query(text, values)).rows[0] ?? null,
    run: async (text, values) => (await query(text, values)).rowCount ?? 0,
  };
}

const gathering = new WeakSet<object>();

/**
 * What is asked together leaves together: a write to the socket costs more than a small statement does. The socket is
 * pg's own; without it, statements leave one by one.
 */
export function gather(client: pg.PoolClient | pg.Pool): void {
  const { stream } = (client as { connection?: { stream?: Writable } }).connection ?? {};
  if (!stream?.cork || gathering.has(stream)) return;
  gathering.add(stream);
  stream.cork();
  process.nextTick(() => {
    gathering.delete(stream);
    stream.uncork();
  });
}

/** Milliseconds to what PostgreSQL reads as timestamptz. */
export function time(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}

/** Any JSON value to what PostgreSQL takes as jsonb, which knows neither U+0000 nor half a surrogate pair: U+FFFD. */
export function json(value: unknown): string {
  const text = JSON.stringify(value ?? null);
  return text.includes('\\u0000') || text.includes('\\ud') ? text.replace(UNSTORABLE, '$1\ufffd') : text;
}

// An escape that no other backslash escapes. JSON.stringify writes \ud… for lone halves only.
const UNSTORABLE = /(?<!\\)((?:\\\\)*)\\u(?:0000|d[89a-f][0-9a-f]{2})/g;

const toDate = pg.types.getTypeParser(pg.types.builtins.TIMESTAMPTZ) as (text: string) => Date;
const parsers = new Map<number, (text: string) => unknown>([
  [pg.types.builtins.TIMESTAMPTZ, (text) => toDate(text).getTime()],
  [pg.types.builtins.INT8, Number],
]);
const types = {
  getTypeParser: (oid: number) => parsers.get(oid) ?? pg.types.getTypeParser(oid),
} as pg.CustomTypesConfig;

// PGlite serves every connection from one backend, where two statements of one name collide, even after the
// connection that prepared the first has gone. So a name carries its connection.
const tags = new WeakMap<object, string>();
const numbers = new Map<string, number>();

function nameOf(client: object, text: string): string | undefined {
  // The pool hands out any connection, so a name would not know which one it carries.
  if (client instanceof pg.Pool) return undefined;
  return `${tagOf(client)}_${numberOf(text)}`;
}

function tagOf(client: object): string {
  const known = tags.get(client);
  if (known !== undefined) return known;
  const tag = randomBytes(6).toString('hex');
  tags.set(client, tag);
  return tag;
}

function numberOf(text: string): number {
  const known = numbers.get(text);
  if (known !== undefined) return known;
  numbers.set(text, numbers.size + 1);
  return numbers.size;
}
