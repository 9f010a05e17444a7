// A chat on a shop's pages, over HTTP and a real database: opened by browsers, followed as a stream.
import pino from 'pino';
import { expect, onTestFinished, vi } from 'vitest';
import { loadFolder } from '../../language/load.ts';
import { createApp } from '../../server/app.ts';
import { startChat } from '../../server/chat/start-chat.ts';
import { keyedHash } from '../../server/keyed-hash.ts';
import { storeDeps } from '../../server/store-deps.ts';
import { newId } from '../../store/id.ts';
import { createStore } from '../../store/postgres.ts';
import { openTestDatabase } from '../database.ts';
import { keys, secret, start } from './server-under-test.ts';

export const ann = 'browser-of-ann-0123456789';
export const bob = 'browser-of-bob-0123456789';
export const logger = pino({ level: 'silent' });

export interface Read {
  id: number;
  from: string;
  by: string;
  key: string;
  text?: string;
  title?: string;
}

export type ChatRig = Awaited<ReturnType<typeof openChat>>;

/** With the shipped journeys published; it closes itself when the test is over. */
export async function openChat(browserRate?: number) {
  const clock = {
    at: start,
    aheadMs: 0,
    now: () => clock.at + clock.aheadMs,
    real: () => clock.at,
    sleepMs: () => null,
  };
  const ends = new AbortController();
  const database = await openTestDatabase();
  const { pool } = database;
  const stored = storeDeps({ pool, clock, newId, secret });
  await stored.publications.publish(await loadFolder('journeys'), 'test', start);
  const chat = startChat({ pool, clock, newId, secret, logger, receiveAnswer: stored.answers.receive, everyMs: 20 });
  const app = createApp({
    ...stored,
    ...{ wakeDispatcher: () => {}, wakeSweeper: () => {}, keys, secret, logger },
    ...{ readiness: { outboxSize: async () => 0, temporalHealthy: () => true }, chat, browserRate },
  });
  const url = await app.listen({ port: 0, host: '127.0.0.1' });
  onTestFinished(async () => {
    ends.abort();
    await app.close();
    await chat.stop();
    await database.close();
  });

  async function call(path: string, key: string, body: object) {
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
    const answer = await fetch(`${url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
    return { status: answer.status, json: (await answer.json()) as { token: string; status: string } };
  }

  /** A browser's token. */
  async function open(anonymousId: string): Promise<string> {
    const { status, json } = await call('/chat/sessions', keys.browser, { anonymousId });
    expect(status).toBe(200);
    return json.token;
  }

  /** What the stream tells, as it comes. */
  async function follow(token: string, after = 0): Promise<Read[]> {
    const headers = { authorization: `Bearer ${token}`, 'last-event-id': String(after) };
    const answer = await fetch(`${url}/chat/messages`, { headers, signal: ends.signal });
    expect(answer.status).toBe(200);
    const read: Read[] = [];
    void readInto(read, answer.body!).catch(() => {});
    return read;
  }

  const say = (token: string, text: string, id = newId()) => call('/chat/messages', token, { id, text });
  const ports = {
    ...{ store: createStore(pool), clock, newId },
    ...{ keyedHash: (text: string) => keyedHash(secret, text), between: () => {} },
  };
  return { pool, clock, url, stored, ports, call, open, follow, say };
}

async function readInto(read: Read[], body: ReadableStream): Promise<void> {
  let rest = '';
  for await (const part of body.pipeThrough(new TextDecoderStream())) {
    const events = (rest + part).split('\n\n');
    rest = events.pop()!;
    for (const event of events) {
      const data = /^data: (.*)$/m.exec(event)?.[1];
      if (data) read.push({ id: Number(/^id: (\d+)$/m.exec(event)![1]), ...JSON.parse(data) });
    }
  }
}

export const until = (isSo: () => boolean) => vi.waitUntil(isSo, { timeout: 60_000 });
