// The whole of it, in a database: an address is left, the mail asks, a scanner opens the link, the person presses the button.
import pino from 'pino';
import PostalMime from 'postal-mime';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { linksIn } from '../../activities/channels/email-links.ts';
import { createDrive, type Drive } from '../../drive.ts';
import { loadFolder } from '../../language/load.ts';
import { createApp } from '../../server/app.ts';
import { storeDeps } from '../../server/store-deps.ts';
import { newId } from '../../store/id.ts';
import { createOutbox } from '../../store/outbox.ts';
import { type SmtpReceiver, smtpReceiver } from '../channels/smtp-receiver.ts';
import { openTestDatabase, type TestDatabase } from '../database.ts';
import { keys, secret } from './server-under-test.ts';

let database: TestDatabase;
let receiver: SmtpReceiver;
let drive: Drive;
let app: ReturnType<typeof createApp>;
const logger = pino({ level: 'silent' });
const clock = { now: Date.now, real: Date.now, sleepMs: () => null };

beforeAll(async () => {
  [database, receiver] = await Promise.all([openTestDatabase(), smtpReceiver()]);
  const publicUrl = 'https://t.example';
  drive = createDrive({ pool: database.pool, clock, smtpUrl: receiver.url, publicUrl, secret, logger });
  const { outboxSize, ...deps } = storeDeps({ pool: database.pool, clock, newId, secret });
  const readiness = { outboxSize, temporalHealthy: () => true };
  app = createApp({ ...deps, keys, secret, readiness, wakeDispatcher: () => {}, wakeSweeper: () => {}, logger });
  const { status, json } = await post('/journeys', { files: await loadFolder('journeys') }, keys.marketer);
  expect([status, json.changed]).toEqual([200, true]);
});
afterAll(async () => {
  await drive.close();
  await receiver.close();
  await database.close();
});

async function post(url: string, payload: object | string, key?: string) {
  const answer = await app.inject({
    method: 'POST',
    url,
    payload,
    headers: key ? { authorization: `Bearer ${key}` } : {},
  });
  return { status: answer.statusCode, text: answer.body, json: key ? answer.json() : null };
}

/** What the dispatcher and Temporal do. */
async function runTurns(): Promise<void> {
  const outbox = createOutbox(database.pool);
  for (;;) {
    const looks = await outbox.claim(10, 60_000);
    if (looks.length === 0) return;
    for (const { enrollmentId } of looks) await drive.turns.run(enrollmentId);
    await outbox.done(looks.flatMap(({ ids }) => ids));
  }
}

test('an address is written to again only after its owner has said so', async () => {
  await post('/v1/identify', { userId: 'hanako', traits: { email: 'hanako@example.com' } }, keys.server);
  await post('/v1/track', { userId: 'hanako', event: 'Newsletter Requested' }, keys.server);
  await runTurns();
  expect(receiver.messages).toHaveLength(1);
  const asking = await PostalMime.parse(receiver.messages[0]!);
  const [link] = linksIn(asking.html!).filter((href) => href.startsWith('https://t.example/u/'));

  const page = await app.inject({ method: 'GET', url: new URL(link!).pathname });
  expect(page.body).toContain('配信を希望する');
  await runTurns();
  expect(receiver.messages).toHaveLength(1);

  expect((await post(new URL(link!).pathname, '')).text).toContain('登録が完了しました');
  await runTurns();
  expect(receiver.messages).toHaveLength(2);
  const confirmed = await PostalMime.parse(receiver.messages[1]!);
  expect(confirmed.subject).toBe('ご登録が完了しました');
  expect(confirmed.headers.map(({ key }) => key)).toContain('list-unsubscribe');
});
