// A migrated, empty database for a test, quickly: PGlite in memory from a migrated dump, or a database of a real
// PostgreSQL made from a template. Databases are emptied and used again within a test file.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { startPostgres as startPglite } from '../embedded/postgres.ts';
import type { Store } from '../engine/ports.ts';
import { migrate, readMigrations } from '../store/migrate.ts';
import { openPool } from '../store/pool.ts';
import { createStore } from '../store/postgres.ts';
import { sharedPostgres } from './postgres.ts';

export type Kind = 'pglite' | 'postgres';

export interface TestDatabase {
  url: string;
  pool: pg.Pool;
  store: Store;
  /** Empties it for the next one who asks. */
  close(): Promise<void>;
}

/** What TABIJI_TEST_DATABASE asks for; PGlite if it says nothing. */
export const testDatabaseKind: Kind = process.env.TABIJI_TEST_DATABASE === 'postgres' ? 'postgres' : 'pglite';

const free: { [kind in Kind]: string[] } = { pglite: [], postgres: [] };

/** An empty database with all tables. */
export async function openTestDatabase(kind: Kind = testDatabaseKind): Promise<TestDatabase> {
  const url = free[kind].pop() ?? (await (kind === 'postgres' ? newPostgresDatabase() : newPgliteDatabase()));
  const pool = openPool(url, { max: kind === 'postgres' ? 10 : 4 });
  const close = async () => {
    await empty(pool);
    await pool.end();
    free[kind].push(url);
  };
  return { url, pool, store: createStore(pool), close };
}

/** A database without tables, for tests of the migrations themselves. */
export async function openBareDatabase(kind: Kind): Promise<{ url: string; close(): Promise<void> }> {
  if (kind === 'postgres') return { url: await createDatabase('template1'), close: async () => {} };
  const { url, stop } = await startPglite();
  return { url, close: stop };
}

async function newPgliteDatabase(): Promise<string> {
  return (await startPglite({ dump: await migratedDump() })).url;
}

/** Made once for each set of migrations, and kept where a fresh install clears it away. */
async function migratedDump(): Promise<Uint8Array> {
  const file = `${CACHE}pglite-${await migrationsHash()}.tar`;
  if (!existsSync(file)) {
    const bare = await startPglite();
    await migrate(bare.url);
    mkdirSync(CACHE, { recursive: true });
    // Written beside and renamed: another test process may be making the same one.
    writeFileSync(`${file}.${process.pid}`, await bare.dump());
    renameSync(`${file}.${process.pid}`, file);
    await bare.stop();
  }
  return readFileSync(file);
}

const CACHE = fileURLToPath(new URL('../node_modules/.cache/tabiji/', import.meta.url));

async function migrationsHash(): Promise<string> {
  const checksums = (await readMigrations()).map(({ checksum }) => checksum);
  const { version } = JSON.parse(readFileSync(PGLITE_PACKAGE, 'utf8')) as { version: string };
  return createHash('sha256')
    .update([version, ...checksums].join())
    .digest('hex')
    .slice(0, 16);
}

const PGLITE_PACKAGE = new URL('../node_modules/@electric-sql/pglite/package.json', import.meta.url);

async function newPostgresDatabase(): Promise<string> {
  const template = `tabiji_${await migrationsHash()}`;
  await withAdmin(async (admin) => {
    // Test processes that share a server make the template one after another.
    await admin.query('SELECT pg_advisory_lock(7)');
    const { rowCount } = await admin.query('SELECT 1 FROM pg_database WHERE datname = $1', [template]);
    if (rowCount === 0) {
      await admin.query(`CREATE DATABASE ${template}_new`);
      await migrate(await postgresUrl(`${template}_new`));
      await admin.query(`ALTER DATABASE ${template}_new RENAME TO ${template}`);
    }
    await admin.query('SELECT pg_advisory_unlock(7)');
  });
  return createDatabase(template);
}

async function createDatabase(template: string): Promise<string> {
  const name = `test_${process.pid}_${createHash('sha256').update(`${Math.random()}`).digest('hex').slice(0, 12)}`;
  await withAdmin((admin) => admin.query(`CREATE DATABASE ${name} TEMPLATE ${template}`));
  return postgresUrl(name);
}

async function postgresUrl(database: string): Promise<string> {
  const url = new URL((await sharedPostgres()).url);
  url.pathname = `/${database}`;
  return url.href;
}

async function withAdmin(work: (admin: pg.Client) => Promise<unknown>): Promise<void> {
  const admin = new pg.Client({ connectionString: (await sharedPostgres()).url });
  await admin.connect();
  try {
    await work(admin);
  } finally {
    await admin.end();
  }
}

// DELETE: TRUNCATE gives every table and index a new file, which costs more than the few rows of a test.
async function empty(pool: pg.Pool): Promise<void> {
  await pool.query(TABLES.map((table) => `DELETE FROM ${table};`).join('\n'));
}

const TABLES = [
  ...[
    'test_messages',
    'lifted_suppressions',
    'journey_actions',
    'audience_requests',
    'audience_members',
    'ad_conversions',
    'outbox',
    'inbox',
    'turns',
    'deliveries',
    'decisions',
    'draws',
    'enrollments',
    'events',
    'consents',
    'erased_identities',
    'identities',
  ],
  ...['customers', 'suppressions', 'quarantine', 'publications', 'journey_versions', 'journeys', 'settings_versions'],
];
