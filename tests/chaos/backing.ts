// Where a case keeps its rows: in memory, where everything is decided by the scheduler alone, or in PostgreSQL, where
// transactions truly wait for each other's locks.
import { setImmediate, setTimeout } from 'node:timers/promises';
import pg from 'pg';
import type { Decision, Delivery, Enrollment } from '../../engine/core/enrollment.ts';
import type { Catalog, Store } from '../../engine/ports.ts';
import { createMemoryStore } from '../../simulator/memory-store.ts';
import { createOutbox } from '../../store/outbox.ts';
import { createStore } from '../../store/postgres.ts';
import { publish } from '../../store/publications.ts';
import { openTestDatabase } from '../database.ts';
import { recordOf } from '../record.ts';
import type { Tracked } from './observed-store.ts';

export interface StoredRows {
  events: { id: string }[];
  enrollments: Enrollment[];
  deliveries: Delivery[];
  decisions: (Decision & { count: number })[];
  turns: { enrollmentId: string; number: number; isFinished: boolean }[];
}

/** Looks that a dispatcher has taken; `ids` are given back by `done`. */
export interface TakenLook {
  enrollmentId: string;
  ids: string[];
}

export interface Backing {
  name: 'memory' | 'postgres';
  store: Store;
  tracked: Tracked;
  /** Resolves when nothing runs: all is parked, ended, or waits for a lock. */
  settled(): Promise<void>;
  publish(catalog: Catalog, at: number): Promise<void>;
  rows(): Promise<StoredRows>;
  takeLooks(real: number, leaseMs: number): Promise<TakenLook[]>;
  done(ids: string[]): Promise<void>;
  close(): Promise<void>;
}

export function memoryBacking(): Backing {
  let ids = 0;
  const store = createMemoryStore(() => `id${String(++ids).padStart(4, '0')}`);
  let held: { enrollmentId: string; ids: string[]; leaseUntil: number }[] = [];
  return {
    name: 'memory',
    store,
    tracked: { inFlight: 0, restarts: 0 },
    settled: () => setImmediate(),
    publish: async (catalog) => store.publish(catalog),
    async rows() {
      const { events, enrollments, deliveries, decisions, turns } = store.tables();
      return {
        events: [...events.values()],
        enrollments: [...enrollments.values()],
        deliveries: [...deliveries.values()],
        decisions,
        turns: [...turns.values()].map(({ enrollmentId, number, result }) => {
          return { enrollmentId, number, isFinished: result !== null };
        }),
      };
    },
    async takeLooks(real, leaseMs) {
      // Within a transaction, for only there is every look committed.
      const fresh = await store.transaction(async () => store.takeLooks());
      held.push(...fresh.map((enrollmentId) => ({ enrollmentId, ids: [`look${++ids}`], leaseUntil: 0 })));
      const free = held.filter(({ leaseUntil }) => leaseUntil <= real);
      for (const look of free) look.leaseUntil = real + leaseMs;
      return free;
    },
    async done(done) {
      held = held.filter((look) => !look.ids.some((id) => done.includes(id)));
    },
    close: async () => undefined,
  };
}

export async function postgresBacking(): Promise<Backing> {
  const database = await openTestDatabase('postgres');
  // Cases hold many transactions open at once; deadlocks are to be found soon.
  const url = new URL(database.url);
  url.searchParams.set('options', '-c deadlock_timeout=50ms');
  const pool = new pg.Pool({ connectionString: url.href, max: 60, application_name: 'chaos' });
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  const monitor = new pg.Client({ connectionString: database.url });
  await monitor.connect();
  const tracked: Tracked = { inFlight: 0, restarts: 0 };
  let real = 0;
  const outbox = createOutbox(pool, () => real);
  return {
    name: 'postgres',
    store: createStore(pool),
    tracked,
    settled: () => settledOn(monitor, tracked),
    async publish({ settings, journeys }, at) {
      const plans = journeys.map(({ version, plan }) => ({ version, plan, source: [] }));
      await publish(pool, { settings, plans, by: 'chaos', at });
    },
    async rows() {
      const events = await pool.query('SELECT id FROM events');
      const turns = await pool.query(
        'SELECT enrollment_id AS "enrollmentId", number, result IS NOT NULL AS "isFinished" FROM turns',
      );
      return { ...(await recordOf(pool)), events: events.rows, turns: turns.rows };
    },
    async takeLooks(now, leaseMs) {
      real = now;
      return outbox.claim(100, leaseMs);
    },
    done: (ids) => outbox.done(ids),
    async close() {
      // A case that failed leaves transactions open, whose connections nobody gives back.
      const ended = pool.end();
      await Promise.race([ended, setTimeout(1_000, undefined, { ref: false })]);
      await monitor.query(END_OTHERS);
      await monitor.end();
      await database.close();
    },
  };
}

const END_OTHERS = `
  SELECT pg_terminate_backend(pid) FROM pg_stat_activity
   WHERE datname = current_database() AND application_name = 'chaos'`;
const WAITING = `
  SELECT count(*)::int AS n FROM pg_stat_activity
   WHERE datname = current_database() AND wait_event_type = 'Lock' AND state = 'active'`;

/** A statement that neither answers nor waits for a lock is still at work. */
async function settledOn(monitor: pg.Client, tracked: Tracked): Promise<void> {
  for (let looks = 0; ; looks += 1) {
    for (let spins = 0; spins < 60 && tracked.inFlight > 0; spins += 1) await setImmediate();
    await setImmediate();
    if (tracked.inFlight === 0) return;
    const before = tracked.inFlight;
    const { rows } = await monitor.query(WAITING);
    await setImmediate();
    if (rows[0].n === tracked.inFlight && before === tracked.inFlight) return;
    if (looks > 20_000) throw new Error('the database does not answer');
  }
}
