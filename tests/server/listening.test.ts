// What only a listening server shows: real clients, broken HTTP, clients that go away.
import { spawnSync } from 'node:child_process';
import { connect } from 'node:net';
import { Analytics } from '@segment/analytics-node';
import { Client, Connection } from '@temporalio/client';
import pino from 'pino';
import { afterEach, describe, expect, test } from 'vitest';
import { readServerEnvironment } from '../../server/environment.ts';
import { realClock } from '../../server/real-clock.ts';
import { startServer } from '../../server/start-server.ts';
import { newId } from '../../store/id.ts';
import { publish } from '../../store/publications.ts';
import { openTestDatabase } from '../database.ts';
import { Away, keys, secret, serverUnderTest } from './server-under-test.ts';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function listening(changed: Parameters<typeof serverUnderTest>[0] = {}) {
  const server = serverUnderTest(changed);
  const url = await server.app.listen({ host: '127.0.0.1', port: 0 });
  closers.push(() => server.app.close());
  return { ...server, url };
}

describe("Segment's client for Node", () => {
  test('delivers all seven kinds of call as it is', async () => {
    const { url, received, clock } = await listening();
    clock.at = Date.now();
    const analytics = new Analytics({ writeKey: keys.server, host: url, maxRetries: 0 });
    const problems: unknown[] = [];
    analytics.on('error', (problem) => problems.push(problem));
    analytics.identify({ userId: 'u1', traits: { email: 'a@example.com' }, context: { locale: 'ja' } });
    analytics.track({ userId: 'u1', event: 'Cart Updated', properties: { cart_id: 'k1' } });
    analytics.page({ anonymousId: 'a1', name: 'Home' });
    analytics.screen({ anonymousId: 'a1', name: 'Cart' });
    analytics.group({ userId: 'u1', groupId: 'g1' });
    analytics.alias({ userId: 'u1', previousId: 'a1' });
    await analytics.closeAndFlush({ timeout: 60_000 });
    expect(problems).toEqual([]);
    expect(received.map(({ kind, name }) => name ?? kind)).toEqual([
      'identify',
      'Cart Updated',
      'page_viewed',
      'screen_viewed',
      'group_joined',
      'alias',
    ]);
    expect(new Set(received.map((one) => one.sourceId)).size).toBe(6);
    for (const one of received) expect(Math.abs(one.occurredAt - clock.at)).toBeLessThan(60_000);
  });

  test('sends again after a 503, with the same ids, and nothing is lost or doubled', async () => {
    let failures = 2;
    const inner = serverUnderTest();
    const receive: typeof inner.deps.receive = async (incoming) => {
      if (incoming.name === 'B' && failures-- > 0) throw new Away();
      return inner.deps.receive(incoming);
    };
    const { url } = await listening({ receive });
    const analytics = new Analytics({ writeKey: keys.server, host: url, maxRetries: 5 });
    for (const event of ['A', 'B', 'C']) analytics.track({ userId: 'u1', event });
    await analytics.closeAndFlush({ timeout: 60_000 });
    expect(inner.received.map((one) => one.name)).toEqual(['A', 'B', 'C']);
  });
});

describe('broken connections', () => {
  test('what is no HTTP is answered in our words and closed', async () => {
    const { app } = await listening();
    const { port } = app.server.address() as { port: number };
    const answer = await new Promise<string>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => socket.write('nonsense secret-word\r\n\r\n'));
      let text = '';
      socket.on('data', (chunk) => {
        text += chunk;
      });
      socket.on('close', () => resolve(text));
    });
    expect(answer).toMatch(/^HTTP\/1\.1 400 Bad Request/);
    expect(answer).toContain('"code":"invalid"');
    expect(answer).not.toContain('secret-word');
  });

  test('a client that leaves in the middle of its body gives its room back', async () => {
    const { app, url } = await listening({ most: { calls: 1, bytes: 1_000_000 } });
    const { port } = app.server.address() as { port: number };
    const head = `POST /v1/track HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${keys.server}\r\nContent-Length: 1000\r\n\r\n{`;
    const socket = connect(port, '127.0.0.1', () => socket.write(head));
    const status = async () => {
      const body = JSON.stringify({ userId: 'u1', event: 'E' });
      return (
        await fetch(`${url}/v1/track`, { method: 'POST', headers: { authorization: `Bearer ${keys.server}` }, body })
      ).status;
    };
    await expect.poll(status).toBe(503);
    socket.destroy();
    await expect.poll(status).toBe(200);
  });

  test('slow clients are cut off', () => {
    const { server } = serverUnderTest().app;
    expect([server.headersTimeout, server.requestTimeout, server.timeout]).toEqual([15_000, 30_000, 60_000]);
  });
});

test('with Temporal away a server takes events, says that it is degraded, and stops', async () => {
  const database = await openTestDatabase();
  closers.push(() => database.close());
  const settings = {
    format: 1 as const,
    brand: { name: 'Shop' },
    timeZone: 'UTC',
    locale: 'en',
    purposes: [],
    customer: {},
    channels: {},
    events: {},
  };
  await publish(database.pool, { settings, plans: [], by: 'test', at: 0 });
  // Nothing listens on port 9 of loopback.
  const client = new Client({ connection: Connection.lazy({ address: '127.0.0.1:9' }) });
  const server = await startServer({
    pool: database.pool,
    client,
    taskQueue: 'tabiji',
    clock: realClock,
    newId,
    keys,
    secret,
    logger: pino({ level: 'silent' }),
    host: '127.0.0.1',
    port: 0,
  });
  closers.push(() => server.stop());
  const url = `http://127.0.0.1:${server.port}`;
  const headers = { authorization: `Bearer ${keys.server}` };
  const body = JSON.stringify({ userId: 'u1', event: 'E' });
  expect((await fetch(`${url}/v1/track`, { method: 'POST', headers, body })).status).toBe(200);
  const ready = await fetch(`${url}/ready`);
  expect([ready.status, await ready.json()]).toMatchObject([
    200,
    { status: 'degraded', database: 'ok', temporal: 'unreachable' },
  ]);
});

describe('the environment', () => {
  const complete = {
    DATABASE_URL: 'postgresql://db/tabiji',
    TEMPORAL_ADDRESS: 'temporal:7233',
    TABIJI_WRITE_KEY: keys.server,
    TABIJI_BROWSER_KEY: keys.browser,
    TABIJI_SUPPORT_TOKEN: keys.support,
    TABIJI_MARKETER_TOKEN: keys.marketer,
    TABIJI_ADMIN_TOKEN: keys.admin,
    TABIJI_SECRET: secret,
  };

  test('is read with its defaults', () => {
    expect(readServerEnvironment(complete)).toMatchObject({
      port: 3000,
      host: '127.0.0.1',
      temporalNamespace: 'default',
      keys,
      secret,
    });
  });

  test('ends the process with a sentence and status 1 where it lacks everything', () => {
    const { PATH } = process.env;
    const ended = spawnSync(process.execPath, ['--import', 'tsx', 'server/main.ts'], {
      env: { PATH },
      encoding: 'utf8',
    });
    expect([ended.status, ended.stdout]).toEqual([1, '']);
    expect(ended.stderr).toMatch(/^the server cannot start:\n {2}DATABASE_URL is not set: .*\n {2}TEMPORAL_ADDRESS/);
  });

  test('that lacks something is refused with everything it lacks, and no value', () => {
    const wrong = { ...complete, DATABASE_URL: undefined, TABIJI_SECRET: 'hush', PORT: 'http' };
    expect(() => readServerEnvironment(wrong)).toThrow(
      /DATABASE_URL is not set[\s\S]*PORT is no port[\s\S]*TABIJI_SECRET has fewer/,
    );
    expect(() => readServerEnvironment(wrong)).not.toThrow(/hush/);
  });
});
