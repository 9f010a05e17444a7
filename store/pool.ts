// Connections to the database. One pool a process; the store, the outbox and the pages share it.
import pg from 'pg';
import { asStoreError, type StoreError } from './error.ts';

export interface PoolOptions {
  /** Connections at most. On PGlite all of them share one backend, so more than a few only queue there. */
  max?: number;
  /** Told when an idle connection is lost; the pool replaces it. Without it the loss is silent. */
  onLost?: (error: StoreError) => void;
}

/** A pool on this address; nothing is connected before the first query. `end()` closes it. */
export function openPool(url: string, { max = 10, onLost = () => {} }: PoolOptions = {}): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    max,
    connectionTimeoutMillis: 10_000,
    // Prepared statements live as long as their connection, and on PGlite beyond it: keep connections.
    idleTimeoutMillis: 0,
    // What is asked together leaves together (see session.ts); the answers come in order.
    pipeline: true,
    application_name: 'tabiji',
  });
  // Unheard, a lost connection would end the process: an idle one's error comes through the pool, and that of one in a
  // transaction, between two statements, through the connection alone (the next statement then fails).
  pool.on('error', (error) => onLost(asStoreError(error)));
  pool.on('connect', (client) => void client.on('error', () => {}));
  return pool;
}
