// docs/ingest.md: its commands are run as they stand, and answer what it says.
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import pino from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createApp } from '../../server/app.ts';
import { realClock } from '../../server/real-clock.ts';
import { storeDeps } from '../../server/store-deps.ts';
import { newId } from '../../store/id.ts';
import { publish } from '../../store/publications.ts';
import { openTestDatabase, type TestDatabase } from '../database.ts';
import { keys, secret } from './server-under-test.ts';

const text = readFileSync(new URL('../../docs/ingest.md', import.meta.url), 'utf8');
const examples = [...text.matchAll(/```sh\n(curl [\s\S]*?)```\s*```json\n([\s\S]*?)```/g)];

let database: TestDatabase;
let app: ReturnType<typeof createApp>;
let url: string;
beforeAll(async () => {
  database = await openTestDatabase();
  const settings = {
    format: 1 as const,
    brand: { name: 'Shop' },
    timeZone: 'UTC',
    locale: 'en',
    purposes: ['marketing'],
    customer: {},
    channels: {},
    events: {},
  };
  await publish(database.pool, { settings, plans: [], by: 'test', at: 0 });
  const { outboxSize, ...deps } = storeDeps({ pool: database.pool, clock: realClock, newId, secret });
  const readiness = { outboxSize, temporalHealthy: () => true };
  app = createApp({
    ...deps,
    readiness,
    keys,
    secret,
    wakeDispatcher: () => {},
    wakeSweeper: () => {},
    logger: pino({ level: 'silent' }),
  });
  url = await app.listen({ host: '127.0.0.1', port: 0 });
});
afterAll(async () => {
  await app.close();
  await database.close();
});

test('every command of the page is run', () => {
  expect(examples).toHaveLength(text.split('```sh\ncurl').length - 1);
  expect(examples.length).toBeGreaterThan(5);
});

test.each(examples.map(([, command, answer]) => [command!, answer!]))('%s', async (command, answer) => {
  const env = { ...process.env, TABIJI_URL: url, TABIJI_WRITE_KEY: keys.server, TABIJI_BROWSER_KEY: keys.browser };
  const { stdout } = await promisify(execFile)('sh', ['-c', command], { env });
  const expected = JSON.parse(answer);
  expect(withoutWhatChanges(JSON.parse(stdout), expected)).toEqual(expected);
});

/** Puts `…` where the page has it. */
function withoutWhatChanges(given: unknown, page: unknown): unknown {
  if (page === '…') return given === undefined ? given : '…';
  if (typeof given !== 'object' || given === null || typeof page !== 'object' || page === null) return given;
  const on = (key: string) => (page as { [key: string]: unknown })[key];
  if (Array.isArray(given)) return given.map((item, i) => withoutWhatChanges(item, on(String(i))));
  return Object.fromEntries(Object.entries(given).map(([key, value]) => [key, withoutWhatChanges(value, on(key))]));
}
