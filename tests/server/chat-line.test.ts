// What customers type on LINE is answered there, once, whatever happens on the way.
import pino from 'pino';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { loadFolder } from '../../language/load.ts';
import { startChat } from '../../server/chat/start-chat.ts';
import { storeDeps } from '../../server/store-deps.ts';
import { newId } from '../../store/id.ts';
import type { Behaviour } from '../channels/contract.ts';
import { accessToken, type LineReceiver, lineReceiver } from '../channels/line-receiver.ts';
import { openTestDatabase, type TestDatabase } from '../database.ts';
import { secret, start } from './server-under-test.ts';

const lineUserId = `U${'0a'.repeat(16)}`;
const clock = { at: start, now: () => clock.at, real: () => clock.at, sleepMs: () => null };

let database: TestDatabase;
let line: LineReceiver;
let chat: ReturnType<typeof startChat>;
const open = () => {
  const { pool } = database;
  const { answers } = storeDeps({ pool, clock, newId, secret });
  const logger = pino({ level: 'silent' });
  const account = { accessToken, baseUrl: line.url };
  return startChat({ pool, clock, newId, secret, logger, receiveAnswer: answers.receive, line: account, everyMs: 20 });
};

beforeEach(async () => {
  clock.at = start;
  [database, line] = await Promise.all([openTestDatabase(), lineReceiver()]);
  const { publications } = storeDeps({ pool: database.pool, clock, newId, secret });
  await publications.publish(await loadFolder('journeys'), 'test', start);
  chat = open();
});
afterEach(async () => {
  await chat.stop();
  await line.close();
  await database.close();
});

const type = (text: string, id = newId()) =>
  chat.converse.type({ identity: { lineUserId }, channel: 'line', id, text });
const texts = () => line.taken.map((body) => JSON.parse(body).messages[0].text as string);
const left = async () =>
  (await database.pool.query('SELECT code, sent_at FROM chat_messages WHERE "from" <> $1 ORDER BY id', ['customer']))
    .rows;

const until = (isSo: () => boolean | Promise<boolean>) => vi.waitUntil(isSo, { timeout: 60_000 });

test('the FAQ answers on LINE, and calls a person for the rest', async () => {
  await type('送料はいくらですか');
  await type('店長の好きな音楽は何ですか');
  await until(() => line.taken.length === 2);
  expect(texts()).toEqual([expect.stringContaining('600円'), expect.stringContaining('担当者')]);
  expect(JSON.parse(line.taken[0]!).to).toBe(lineUserId);
  expect((await database.pool.query('SELECT channel, note FROM conversations')).rows).toEqual([
    { channel: 'line', note: '店長の好きな音楽は何ですか' },
  ]);
  await until(async () => (await left()).every(({ sent_at }) => sent_at !== null));
});

test.each<Behaviour>(['takes the message and hangs up', 'hangs up without taking the message', 'refuses for now'])(
  'when LINE %s, the answer comes once, and those after it after it',
  async (behaviour) => {
    // Both stand there when the first of them is tried.
    await chat.stop();
    await type('送料はいくらですか');
    await type('返品したい');
    line.provider(behaviour, 1);
    chat = open();
    await until(() => line.connections() > 0);
    // The next attempt is seconds away.
    const moving = setInterval(() => {
      clock.at += 1_000;
    }, 20);
    await until(async () => (await left()).every(({ sent_at }) => sent_at !== null));
    clearInterval(moving);
    expect(texts()).toEqual([expect.stringContaining('600円'), expect.stringContaining('14日以内')]);
  },
);

test('an answer that was written before a kill is handed over by the next process, and by two at once only once', async () => {
  await chat.stop();
  await type('送料はいくらですか');
  const [one, two] = [open(), open()];
  await until(async () => (await left()).every(({ sent_at }) => sent_at !== null));
  await Promise.all([one.stop(), two.stop()]);
  expect(texts()).toHaveLength(1);
});

test('who has gone is written off, and what is a day old is left', async () => {
  line.provider('says the recipient is gone', 1);
  await type('送料はいくらですか');
  await until(async () => (await left())[0].code !== null);
  await chat.stop();
  await type('返品したい');
  clock.at += 24 * 60 * 60 * 1000;
  chat = open();
  await type('送料はいくらですか');
  await until(async () => (await left())[2].sent_at !== null);
  expect(texts()).toHaveLength(1);
});
