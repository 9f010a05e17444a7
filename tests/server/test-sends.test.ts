// A message that a marketer sends to themselves: over real SMTP, marked, recorded, and nobody's delivery.

import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import pino from 'pino';
import { SMTPServer } from 'smtp-server';
import { afterAll, afterEach, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import { emailChannel } from '../../activities/channels/email.ts';
import { type Mailbox, startMailbox } from '../../embedded/mailbox.ts';
import { loadFolder } from '../../language/load.ts';
import { createApp } from '../../server/app.ts';
import { publishFolder } from '../../server/publish-folder.ts';
import { storeDeps } from '../../server/store-deps.ts';
import { newId } from '../../store/id.ts';
import { openTestDatabase, type TestDatabase } from '../database.ts';
import { keys, secret } from './server-under-test.ts';

const clock = { now: Date.now, real: Date.now, sleepMs: () => null };
let database: TestDatabase;
let mailbox: Mailbox;
let files: Awaited<ReturnType<typeof loadFolder>>;
beforeAll(async () => {
  [mailbox, files] = await Promise.all([startMailbox(), loadFolder(join(import.meta.dirname, '../../journeys'))]);
});
afterAll(() => mailbox.stop());
beforeEach(async () => {
  database = await openTestDatabase();
  await publishFolder(database.pool, files, 'marketer', clock.now());
});
afterEach(() => database.close());

/** A server that sends by this address; one customer who agreed to everything. */
async function shop(smtpUrl: string | null = mailbox.smtpUrl) {
  const channel = smtpUrl === null ? null : emailChannel({ smtpUrl, limits: { connectMs: 2000 } });
  const { outboxSize, sweep: _, ...stored } = storeDeps({ pool: database.pool, clock, newId, secret });
  const app = createApp({
    ...{ ...stored, keys, secret, wakeDispatcher: () => {}, wakeSweeper: () => {} },
    readiness: { outboxSize, temporalHealthy: () => true },
    logger: pino({ level: 'silent' }),
    ...(channel && { testMail: { channel } }),
  });
  onTestFinished(async () => {
    await app.close();
    await channel?.close();
  });
  const post = async (url: string, payload: object, key: string = keys.marketer) => {
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
    const answer = await app.inject({ method: 'POST', url, payload, headers });
    return { status: answer.statusCode, headers: answer.headers, json: answer.json() };
  };
  const person = {
    userId: 'hanako',
    traits: { email: 'hanako@example.com', last_name: '旅野' },
    context: { consent: { email: ['marketing'] } },
  };
  await post('/v1/identify', person, keys.server);
  await post('/v1/track', { userId: 'hanako', event: 'Signed Up' }, keys.server);
  const send = (more: object = {}, key: string = keys.marketer) =>
    post(
      '/journeys/welcome/test-sends',
      { message: 'welcome-greeting', channel: 'email', customer: 'hanako', to: 'mika@shop.example', ...more },
      key,
    );
  return { send };
}

const recorded = async () =>
  (await database.pool.query('SELECT message, host, by, outcome FROM test_messages ORDER BY id')).rows;

test('the mail arrives at the address, marked as a test, with the customer’s data and no link that acts for them', async () => {
  const { send } = await shop();
  expect(await send()).toMatchObject({ status: 200, json: { status: 'sent' } });
  const [mail] = await mailbox.messages(1);
  expect(mail).toMatchObject({ to: ['mika@shop.example'], from: '旅路商店 <hello@shop.example>' });
  expect(mail!.subject).toMatch(/^【テスト】/);
  expect(mail!.html).toContain('旅野');
  expect(mail!.headers).not.toHaveProperty('list-unsubscribe');
  expect(mail!.html + mail!.text).not.toMatch(/\/u\/|\/a\/|\/c\/|\/t\/|hanako@example\.com/);
  expect(mail!.html).toContain('https://preview.invalid/');
});

test('it is no delivery of the customer’s, and counts nowhere; who sent what stands with the journey, without the address', async () => {
  const { send } = await shop();
  await send({ customer: 'HANAKO@example.com' });
  expect((await database.pool.query('SELECT kind FROM decisions')).rows).toEqual([{ kind: 'entered' }]);
  expect((await database.pool.query('SELECT 1 FROM deliveries')).rowCount).toBe(0);
  expect(await recorded()).toEqual([
    { message: 'welcome-greeting', host: 'shop.example', by: 'marketer', outcome: 'accepted' },
  ]);
  const rows = await database.pool.query('SELECT t::text AS text FROM test_messages t');
  expect(rows.rows[0].text).not.toContain('mika');
});

test('support may look, but not send', async () => {
  const { send } = await shop();
  expect((await send({}, keys.support)).status).toBe(403);
  expect(await recorded()).toEqual([]);
});

test('an address that must not be written to is refused, and so is one that is none', async () => {
  const { send } = await shop();
  await database.pool.query(
    `INSERT INTO suppressions (channel, address, reason, at) VALUES ('email', 'mika@shop.example', 'complaint', now())`,
  );
  expect(await send({ to: 'Mika@shop.example' })).toMatchObject({
    status: 409,
    json: { error: { message: expect.stringContaining('suppressed') } },
  });
  expect((await send({ to: 'mika' })).status).toBe(400);
  expect(await recorded()).toEqual([]);
});

test('another channel than mail says why it cannot be tested so', async () => {
  const { send } = await shop();
  expect(await send({ channel: 'line' })).toMatchObject({
    status: 409,
    json: { error: { message: expect.stringContaining('only mail') } },
  });
});

test.each([
  [{ customer: 'nobody' }, 'no customer'],
  [{ message: 'nothing' }, 'no such message'],
])('%j is not found', async (more, sentence) => {
  const { send } = await shop();
  expect(await send(more)).toMatchObject({
    status: 404,
    json: { error: { message: expect.stringContaining(sentence) } },
  });
});

test('a mail server that is away is said to be, and nothing has left', async () => {
  const { send } = await shop('smtp://127.0.0.1:1');
  expect(await send()).toMatchObject({
    status: 503,
    json: { error: { message: expect.stringContaining('does not answer (ECONNREFUSED)') } },
  });
  expect(await recorded()).toMatchObject([{ outcome: 'retry' }]);
});

test('a mail server that refuses the address is quoted by its code', async () => {
  const refusing = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    onRcptTo: (_to, _session, answer) =>
      answer(Object.assign(new Error('5.1.1 mika is not known here'), { responseCode: 550 })),
  });
  await new Promise<void>((resolve) => refusing.listen(0, '127.0.0.1', () => resolve()));
  onTestFinished(() => new Promise((resolve) => refusing.close(() => resolve())));
  const { port } = refusing.server.address() as AddressInfo;
  const { send } = await shop(`smtp://127.0.0.1:${port}`);
  const { status, json } = await send();
  expect(status).toBe(409);
  expect(json.error.message).toContain('does not take mail for this address (5.1.1)');
  expect(json.error.message).not.toContain('mika');
  expect(await recorded()).toMatchObject([{ outcome: 'recipient_gone' }]);
});

test('a server without SMTP_URL says so', async () => {
  const { send } = await shop(null);
  expect(await send()).toMatchObject({
    status: 409,
    json: { error: { message: expect.stringContaining('set SMTP_URL') } },
  });
});

test('twenty in ten minutes, then one is asked to wait', async () => {
  const { send } = await shop();
  for (let count = 0; count < 20; count += 1) expect((await send()).status).toBe(200);
  const refused = await send();
  expect(refused.status).toBe(429);
  expect(Number(refused.headers['retry-after'])).toBeGreaterThan(1);
  expect(await recorded()).toHaveLength(20);
});
