// What a platform took and did not carry out after all is told again, and what it could not use is written down.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type CheckPorts, checkPlatform } from '../../engine/audience-check.ts';
import type { AudienceCheck } from '../../engine/audience-platform.ts';
import { type SyncPorts, tellPlatform } from '../../engine/audience-sync.ts';
import { createAudienceLedger } from '../../store/audience-ledger.ts';
import { createRequestLedger } from '../../store/audience-requests.ts';
import { openTestDatabase, type TestDatabase } from '../database.ts';
import { type FakePlatform, fakePlatform } from './fake-platform.ts';
import { catalog, type People, peopleIn } from './people.ts';

const minute = 60_000;
const hour = 60 * minute;
const list = '987654321';

let database: TestDatabase;
let people: People;
let tells: SyncPorts;
let checks: CheckPorts;
let now: number;
let platform: FakePlatform;
let says: { [requestId: string]: AudienceCheck };

beforeEach(async () => {
  database = await openTestDatabase();
  people = peopleIn(database);
  now = Date.UTC(2026, 4, 1);
  const real = () => now;
  const common = { real, between: () => undefined };
  const { pool } = database;
  tells = { ...common, ledger: createAudienceLedger({ pool, catalog: async () => catalog, real }) };
  checks = { ...common, ledger: createRequestLedger(pool, real) };
  says = {};
  platform = fakePlatform('google');
  platform.check = async (requestId) => says[requestId] ?? { kind: 'working' };
});
afterEach(() => database.close());

const email = (name: string) => ({ email: `${name}@shop.example` });
const tell = () => tellPlatform(tells, platform);
const check = () => checkPlatform(checks, platform);
const requests = async () => (await database.pool.query('SELECT * FROM audience_requests ORDER BY request_id')).rows;

/** Adds somebody, and tells it. */
async function told(name: string): Promise<string> {
  const id = await people.add(name, email(name));
  await people.want(id, 'google');
  await tell();
  return id;
}

test('it is asked about after half an hour, then every hour, and what was carried out is forgotten', async () => {
  await told('a');
  expect(await check()).toEqual({ taken: 0, calls: 0, pause: null });
  now += 30 * minute;
  expect(await check()).toEqual({ taken: 1, calls: 1, pause: null });
  now += 59 * minute;
  expect(await check()).toMatchObject({ taken: 0 });
  now += minute;
  says.r1 = { kind: 'done', refused: 0, code: null };
  expect(await check()).toMatchObject({ taken: 1 });
  expect(await requests()).toEqual([]);
  expect(await tell()).toMatchObject({ taken: 0 });
});

test('an addition that failed is made again an hour later, and once', async () => {
  await told('a');
  await told('b');
  says.r1 = { kind: 'failed', code: 'INTERNAL_ERROR' };
  now += hour;
  await check();
  expect((await people.rows()).map(({ isTold, code }) => [isTold, code])).toEqual([
    [false, 'INTERNAL_ERROR'],
    [true, null],
  ]);
  expect(await requests()).toMatchObject([
    { state: 'failed', code: 'INTERNAL_ERROR', members: [] },
    { state: 'working' },
  ]);
  expect(await tell()).toMatchObject({ taken: 0 });
  now += hour;
  expect(await tell()).toMatchObject({ taken: 1 });
  expect(platform.calls.at(-1)).toMatchObject({ change: 'add', members: [{ email: 'a@shop.example' }] });
  await check();
  expect(await tell()).toMatchObject({ taken: 0 });
});

test('a removal that failed is made again, also of somebody who was erased meanwhile', async () => {
  const a = await told('a');
  await people.unwant(a, 'google');
  await people.change(a, {});
  await tell();
  expect(await people.rows()).toMatchObject([{ sent: [] }]);
  // The platform took it and did nothing.
  const members = platform.members(list);
  expect(members).toEqual([]);
  says.r2 = { kind: 'failed', code: 'INTERNAL_ERROR' };
  now += hour;
  await check();
  expect(await people.rows()).toMatchObject([{ isTold: false, sent: [{ list, ids: { email: 'a@shop.example' } }] }]);
  now += hour;
  await tell();
  expect(platform.calls.at(-1)).toMatchObject({ change: 'remove', members: [{ email: 'a@shop.example' }] });
});

test('a removal that failed after its customer was merged is made again', async () => {
  const visitor = await told('visitor');
  await people.unwant(visitor, 'google');
  await tell();
  const known = await told('known');
  await database.store.transaction(async (tx) => {
    const [[into], [from]] = [await tx.audienceMembers(known), await tx.audienceMembers(visitor)];
    await tx.joinAudienceMembers(into!, from!.id);
  });
  says.r2 = { kind: 'failed', code: 'INTERNAL_ERROR' };
  now += hour;
  await check();
  now += hour;
  await tell();
  expect(platform.calls.slice(3).map(({ change, members }) => [change, ...members])).toEqual([
    ['remove', { email: 'visitor@shop.example' }],
    ['add', { email: 'known@shop.example' }],
  ]);
});

test('a removal of several addresses of one customer that failed is made again for all of them', async () => {
  const a = await told('a');
  await database.pool.query('UPDATE audience_members SET sent = sent || $1::jsonb', [
    JSON.stringify([{ list, account: '1234567890', ids: email('a-before') }]),
  ]);
  await people.unwant(a, 'google');
  await tell();
  expect(await people.rows()).toMatchObject([{ sent: [] }]);
  says.r2 = { kind: 'failed', code: 'INTERNAL_ERROR' };
  now += hour;
  await check();
  now += hour;
  await tell();
  const again = platform.calls.at(-1)!;
  expect(again.change).toBe('remove');
  expect(again.members.map((ids) => ids.email).toSorted()).toEqual(['a-before@shop.example', 'a@shop.example']);
});

test('what is wanted by then is told, not what failed', async () => {
  const a = await told('a');
  await people.unwant(a, 'google');
  await tell();
  await people.want(a, 'google');
  await tell();
  says.r2 = { kind: 'failed', code: 'INTERNAL_ERROR' };
  now += hour;
  await check();
  now += hour;
  await tell();
  expect(platform.calls.map(({ change }) => change)).toEqual(['add', 'remove', 'add', 'add']);
  expect(platform.members(list)).toEqual(['a@shop.example']);
});

test('how many a platform could not use, and why, is kept', async () => {
  await told('a');
  says.r1 = { kind: 'done', refused: 3, code: 'INVALID_FORMAT' };
  now += hour;
  await check();
  expect(await requests()).toMatchObject([{ state: 'partly', refused: 3, code: 'INVALID_FORMAT', members: [] }]);
  expect(await tell()).toMatchObject({ taken: 0 });
});

test('one that is not answered for within a day is told again', async () => {
  await told('a');
  for (let hours = 0; hours < 25; hours++) {
    now += hour;
    await check();
  }
  expect(await requests()).toMatchObject([{ state: 'lost', code: 'no_status' }]);
  expect(await tell()).toMatchObject({ taken: 1, calls: 1 });
});

test('a platform that cannot be asked is left alone for a while, and asked again', async () => {
  await told('a');
  now += minute;
  await told('b');
  says.r1 = { kind: 'retry', code: '503' };
  now += hour;
  expect(await check()).toEqual({ taken: 1, calls: 1, pause: { ms: 30_000, code: '503' } });
  says = { r1: { kind: 'done', refused: 0, code: null }, r2: { kind: 'done', refused: 0, code: null } };
  now += hour;
  expect(await check()).toMatchObject({ taken: 2 });
  expect(await requests()).toEqual([]);
});

test('of two processes one asks, and one that died while asking loses nothing', async () => {
  await told('a');
  now += hour;
  says.r1 = { kind: 'failed', code: 'INTERNAL_ERROR' };
  const between = () => {
    throw new Error('crash');
  };
  await expect(checkPlatform({ ...checks, between }, platform)).rejects.toThrow('crash');
  expect(await check()).toMatchObject({ taken: 0 });
  now += minute;
  expect(await check()).toMatchObject({ taken: 1 });
  expect(await people.rows()).toMatchObject([{ isTold: false }]);
});

test('a platform whose word is final is asked nothing', async () => {
  delete platform.check;
  await told('a');
  expect(await requests()).toEqual([]);
  expect(await check()).toEqual({ taken: 0, calls: 0, pause: null });
});
