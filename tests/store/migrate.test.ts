// Migrations at start: what they do to an empty database, to one that is up to date, and to one that does not fit;
// and that they make the tables which prisma/schema.prisma describes.
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MigrationError, migrate, readMigrations } from '../../store/migrate.ts';
import { openBareDatabase } from '../database.ts';
import { onPostgres } from './databases.ts';

const SCHEMA_ENGINE = fileURLToPath(new URL('schema-engine.ts', import.meta.url));

describe('migrations on PGlite', () => {
  it('are applied once, all of them', async () => {
    const bare = await openBareDatabase('pglite');
    expect(await migrate(bare.url)).toEqual((await readMigrations()).map(({ name }) => name));
    expect(await migrate(bare.url)).toEqual([]);
    await bare.close();
  });
});

onPostgres('migrations', () => {
  let bare: Awaited<ReturnType<typeof openBareDatabase>>;
  const query = async (text: string) => {
    const client = new pg.Client({ connectionString: bare.url });
    await client.connect();
    return client.query(text).finally(() => client.end());
  };

  beforeEach(async () => {
    bare = await openBareDatabase('postgres');
  });
  afterEach(() => bare.close());

  // Here only: the engine of Prisma 7.10 stumbles over the catalogs of PostgreSQL 18, which PGlite is.
  it('make the tables that the schema describes', async () => {
    await migrate(bare.url);
    const compare = [process.execPath, ['--import', 'tsx', SCHEMA_ENGINE, bare.url]] as const;
    const { stdout } = await promisify(execFile)(...compare);
    expect(stdout).toBe('-- This is an empty migration.');
  });

  it('are applied once, all of them, and Prisma is told so', async () => {
    const names = (await readMigrations()).map(({ name }) => name);
    expect(await migrate(bare.url)).toEqual(names);
    expect(await migrate(bare.url)).toEqual([]);
    const { rows } = await query('SELECT migration_name AS name, checksum FROM _prisma_migrations ORDER BY started_at');
    expect(rows).toEqual((await readMigrations()).map(({ name, checksum }) => ({ name, checksum })));
  });

  it('refuse a database of a newer version, and name the migration', async () => {
    await migrate(bare.url);
    await query(`INSERT INTO _prisma_migrations (id, checksum, migration_name, finished_at)
      VALUES ('x', 'x', '29990101000000_later', '2999-01-01')`);
    await expect(migrate(bare.url)).rejects.toThrow('migrated by a newer version of Tabiji (29990101000000_later)');
  });

  it('refuse a migration that was changed after it was applied', async () => {
    await migrate(bare.url);
    await query(`UPDATE _prisma_migrations SET checksum = 'other'`);
    await expect(migrate(bare.url)).rejects.toThrow('was changed after it was applied');
  });

  it('refuse a database in which a migration did not finish', async () => {
    await migrate(bare.url);
    await query('UPDATE _prisma_migrations SET finished_at = NULL');
    await expect(migrate(bare.url)).rejects.toThrow('began and did not finish');
  });

  it('leave nothing behind when one fails', async () => {
    await query('CREATE TABLE enrollments (id text)');
    await expect(migrate(bare.url)).rejects.toBeInstanceOf(MigrationError);
    const { rows } = await query(`SELECT to_regclass('customers') AS customers`);
    expect(rows).toEqual([{ customers: null }]);
  });

  it('wait for each other, so that several processes may start at once', async () => {
    const applied = await Promise.all([migrate(bare.url), migrate(bare.url), migrate(bare.url)]);
    expect(applied.flat()).toEqual((await readMigrations()).map(({ name }) => name));
  });
});

describe('a database that cannot be reached', () => {
  it('is said to be out of reach, without its address', async () => {
    const error = await migrate('postgresql://someone:secret@127.0.0.1:1/shop').catch((e) => e);
    expect(error).toMatchObject({ code: 'ECONNREFUSED', isTransient: true });
    expect(error.message).not.toContain('secret');
  });
});
