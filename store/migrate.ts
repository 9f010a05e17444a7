// Brings a database to this version's tables at start, without the Prisma command, which agrees with it afterwards:
// the same advisory lock, the same checksums, the same `_prisma_migrations`.
import { createHash, randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import pg from 'pg';
import { asStoreError } from './error.ts';

const MIGRATIONS = new URL('../prisma/migrations/', import.meta.url);
/** The number that `prisma migrate` locks by, so that neither runs beside the other. */
const PRISMA_LOCK = 72707369;

interface Migration {
  name: string;
  sql: string;
  checksum: string;
}

/** The database does not fit this version of Tabiji; the message says what to do. */
export class MigrationError extends Error {
  override name = 'MigrationError';
}

/**
 * Applies what is missing, in order, each migration in a transaction of its own; several processes may call it at once.
 * Answers the names of those it applied. Refuses a database that a newer version has migrated, one in which a migration
 * failed half-way, and one whose applied migrations differ from the files.
 */
export async function migrate(url: string): Promise<string[]> {
  const known = await readMigrations();
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  try {
    await client.connect();
    await client.query('SELECT pg_advisory_lock($1)', [PRISMA_LOCK]);
    await client.query(TABLE);
    const missing = missingFrom(known, await appliedIn(client));
    for (const migration of missing) await apply(client, migration);
    await client.query('SELECT pg_advisory_unlock($1)', [PRISMA_LOCK]);
    return missing.map(({ name }) => name);
  } catch (error) {
    throw error instanceof MigrationError ? error : asStoreError(error);
  } finally {
    await client.end().catch(() => {});
  }
}

/** The migrations of this version, oldest first. */
export async function readMigrations(): Promise<Migration[]> {
  const entries = await readdir(MIGRATIONS, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  return Promise.all(
    names.sort().map(async (name) => {
      const sql = await readFile(new URL(`${name}/migration.sql`, MIGRATIONS), 'utf8');
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') };
    }),
  );
}

interface Applied {
  name: string;
  checksum: string;
  finished: boolean;
}

async function appliedIn(client: pg.Client): Promise<Applied[]> {
  const { rows } = await client.query<Applied>(
    `SELECT migration_name AS name, checksum, finished_at IS NOT NULL AS finished
       FROM _prisma_migrations WHERE rolled_back_at IS NULL ORDER BY migration_name`,
  );
  return rows;
}

function missingFrom(known: Migration[], applied: Applied[]): Migration[] {
  for (const { name, checksum, finished } of applied) {
    const own = known.find((migration) => migration.name === name);
    if (!own)
      throw new MigrationError(
        `the database was migrated by a newer version of Tabiji (${name}). start that version, or use another database`,
      );
    if (!finished)
      throw new MigrationError(
        `the migration ${name} began and did not finish. repair the database, then say so with "npx prisma migrate resolve"`,
      );
    if (own.checksum !== checksum)
      throw new MigrationError(
        `the migration ${name} was changed after it was applied. restore prisma/migrations from the release`,
      );
  }
  return known.filter(({ name }) => !applied.some((row) => row.name === name));
}

async function apply(client: pg.Client, { name, sql, checksum }: Migration): Promise<void> {
  const startedAt = new Date();
  try {
    await client.query(`BEGIN;\n${sql}`);
    await client.query(
      `INSERT INTO _prisma_migrations (id, checksum, migration_name, started_at, finished_at, applied_steps_count)
       VALUES ($1, $2, $3, $4, $5, 1)`,
      [randomUUID(), checksum, name, startedAt, new Date()],
    );
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK');
    const { code } = asStoreError(error);
    throw new MigrationError(`the migration ${name} failed (${code}); nothing of it was applied`);
  }
}

// As Prisma makes it.
const TABLE = `CREATE TABLE IF NOT EXISTS _prisma_migrations (
  id                  VARCHAR(36) PRIMARY KEY NOT NULL,
  checksum            VARCHAR(64) NOT NULL,
  finished_at         TIMESTAMPTZ,
  migration_name      VARCHAR(255) NOT NULL,
  logs                TEXT,
  rolled_back_at      TIMESTAMPTZ,
  started_at          TIMESTAMPTZ NOT NULL DEFAULT now(),
  applied_steps_count INTEGER NOT NULL DEFAULT 0
)`;
