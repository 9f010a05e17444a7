import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { freePort } from '../../embedded/ports.ts';
import { type Postgres, startPostgres } from '../../embedded/postgres.ts';
import { runChild } from './child.ts';
import { testFolder } from './folder.ts';

let database: Postgres;
let pool: pg.Pool;

beforeAll(async () => {
  database = await startPostgres();
  pool = new pg.Pool({ connectionString: database.url, max: 10 });
  pool.on('error', () => {});
});

afterAll(async () => {
  await pool.end();
  await database.stop();
});

async function inTransaction<T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  try {
    await client.query('begin');
    const result = await work(client);
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback');
    throw error;
  } finally {
    client.release();
  }
}

const messageOf = (error: Error) => error.message;

// Behind pglite-socket 0.2.17 a failed statement of one connection made another's insert vanish without an error.
test('ten connections that insert while two others fail lose nothing and get their own answers', async () => {
  await pool.query('create table busy (k int, i int, primary key (k, i))');
  const inserts = Array.from({ length: 8 }, async (_, k) => {
    for (let i = 0; i < 50; i++) {
      const { rows } = await pool.query('insert into busy values ($1, $2) returning k, i', [k, i]);
      expect(rows).toEqual([{ k, i }]);
    }
  });
  const failures = Array.from({ length: 50 }, async () => {
    expect(await pool.query('select nosuch($1)', [1]).catch(messageOf)).toContain('does not exist');
    expect(await pool.query('insert into busy values (0, 0), (0, 0)').catch(messageOf)).toContain('duplicate key');
  });
  await Promise.all([...inserts, ...failures]);
  expect((await pool.query('select count(*)::int as n from busy')).rows).toEqual([{ n: 400 }]);
});

test('a transaction has the backend to itself, and what it rolls back is gone', async () => {
  await pool.query('create table counter (n int); insert into counter values (0)');
  const add = (fails: boolean) =>
    inTransaction(async (client) => {
      const { rows } = await client.query('select n from counter');
      await client.query('update counter set n = $1', [rows[0].n + 1]);
      if (fails) throw new Error('changed my mind');
    }).catch(messageOf);
  await Promise.all(Array.from({ length: 30 }, (_, i) => add(i % 3 === 0)));
  expect((await pool.query('select n from counter')).rows).toEqual([{ n: 20 }]);
});

test('a connection that goes away within a transaction is rolled back and frees the others', async () => {
  await pool.query('create table left_open (n int)');
  const client = await pool.connect();
  await client.query('begin');
  await client.query('insert into left_open values (1)');
  client.release(new Error('closed for the test'));
  expect((await pool.query('select count(*)::int as n from left_open')).rows).toEqual([{ n: 0 }]);
});

test('values, nulls, large texts and JSON come back as they went in', async () => {
  const row = [null, 'ü漢字🎉', 'x'.repeat(3_000_000), { a: [1, { b: null }] }];
  const { rows } = await pool.query('select $1::text as a, $2::text as b, $3::text as c, $4::jsonb as d', row);
  expect(Object.values(rows[0])).toEqual(row);
});

test('another password is refused', async () => {
  const url = new URL(database.url);
  url.password = 'guess';
  const client = new pg.Client(url.href);
  await expect(client.connect()).rejects.toThrow('wrong password');
});

test('bytes that are not the protocol close their connection and nothing else', async () => {
  const socket = connect(Number(new URL(database.url).port), '127.0.0.1');
  socket.write('GET / HTTP/1.1\r\n\r\n');
  await once(socket, 'close');
  expect((await pool.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
});

test('a database begins with the dump of another', async () => {
  await pool.query('create table dumped as select generate_series(1, 3) as n');
  const copy = await startPostgres({ dump: await database.dump() });
  const client = new pg.Client(copy.url);
  await client.connect();
  expect((await client.query('select n from dumped')).rows).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }]);
  await client.end();
  await copy.stop();
});

test('a taken port is refused with what to do', async () => {
  const port = Number(new URL(database.url).port);
  await expect(startPostgres({ port })).rejects.toThrow(`port ${port} is taken by another program; stop it or set`);
});

test('a wanted port is used', async () => {
  const port = await freePort();
  const other = await startPostgres({ port });
  expect(new URL(other.url).port).toBe(String(port));
  await other.stop();
});

test('every row acknowledged before a kill is there afterwards', async () => {
  const folder = join(testFolder(), 'postgres');
  const acknowledged: string[] = [];
  for (let round = 0; round < 4; round++) {
    const child = runChild('postgres', folder, String(round));
    await child.next();
    for (let line = 0; line < 100 + 70 * round; line++) acknowledged.push(`${round}/${(await child.next())!.n}`);
    child.process.kill('SIGKILL');
    for (const { n } of await child.rest()) acknowledged.push(`${round}/${n}`);
  }
  const after = await startPostgres({ folder });
  const client = new pg.Client(after.url);
  await client.connect();
  const { rows } = await client.query("select round || '/' || n as row from rows");
  const present = new Set(rows.map(({ row }) => row));
  expect(acknowledged.length).toBeGreaterThan(800);
  expect(acknowledged.filter((row) => !present.has(row))).toEqual([]);
  await client.end();
  await after.stop();
});

test('a database whose making was killed is made anew', async () => {
  const folder = join(testFolder(), 'postgres');
  const child = runChild('postgres', folder, '0');
  await vi.waitUntil(() => existsSync(join(`${folder}.making`, 'PG_VERSION')), { timeout: 60_000, interval: 20 });
  await child.kill('SIGKILL');
  expect(existsSync(folder)).toBe(false);
  const after = await startPostgres({ folder });
  await after.stop();
});
