// Streams that say when something has changed: what a page that comes, stays, goes and comes again is told.
import type { AddressInfo } from 'node:net';
import { afterEach, expect, onTestFinished, test } from 'vitest';
import { createLive, type Live } from '../../server/live.ts';
import { keys, serverUnderTest } from './server-under-test.ts';

const live: Live[] = [];
afterEach(() => {
  for (const one of live.splice(0)) one.stop();
});

function following(print: () => Promise<string>) {
  const created = createLive(() => Date.UTC(2026, 4, 1));
  live.push(created);
  const topic = { name: 'a page', fingerprint: print, everyMs: 60_000 };
  return {
    live: created,
    follow(seen: string | null = null) {
      const told: string[] = [];
      const listener = { write: (chunk: string) => void told.push(chunk), end: () => void told.push('end') };
      const stop = created.follow(topic, listener, seen);
      return { told, stop, said: () => told.map((chunk) => /event: (\w+)/.exec(chunk)?.[1] ?? chunk) };
    },
  };
}

const soon = (check: () => void) => expect.poll(check, { interval: 10 });

test('who comes for the first time is told to look, of which state, and what time it is in the shop', async () => {
  const { follow } = following(async () => 'p1');
  const { told } = follow();
  const now = '{"now":"2026-05-01T00:00:00.000Z"}';
  await soon(() => told).toEqual([`id: p1\nevent: changed\ndata: ${now}\n\n`, `event: beat\ndata: ${now}\n\n`]);
});

test('who comes again is told nothing new if nothing is, and of a change that was missed', async () => {
  const { follow } = following(async () => 'p2');
  const same = follow('p2');
  const missed = follow('p1');
  await soon(() => same.said()).toContain('live');
  await soon(() => missed.said()).toContain('changed');
  expect(same.said()).not.toContain('changed');
});

test('one who comes again while others follow is greeted, too', async () => {
  const { follow } = following(async () => 'p2');
  const first = follow();
  await soon(() => first.said()).toContain('changed');
  const second = follow('p2');
  await soon(() => second.said()).toContain('live');
});

test('a ring tells of a change at once, and each change is told once', async () => {
  let print = 'p1';
  const { follow, live: rung } = following(async () => print);
  const { told } = follow();
  await soon(() => told.filter((chunk) => chunk.includes('p1')).length).toBe(1);
  print = 'p2';
  rung.ring();
  await soon(() => told.filter((chunk) => chunk.includes('p2')).length).toBe(1);
  rung.ring();
  const other = follow('p2');
  await soon(() => other.said()).toContain('live');
  expect(told.filter((chunk) => chunk.includes('p2'))).toHaveLength(1);
});

test('while the database does not answer, streams are ended rather than left to look live', async () => {
  let isAway = false;
  const { follow, live: rung } = following(async () => {
    if (isAway) throw new Error('away');
    return 'p1';
  });
  const { told } = follow();
  await soon(() => told.length).toBeGreaterThan(0);
  isAway = true;
  rung.ring();
  await soon(() => told.at(-1)).toBe('end');
  isAway = false;
  const again = follow('p1');
  await soon(() => again.said()).toContain('live');
});

test('nothing is looked at for nobody', async () => {
  let looks = 0;
  const { follow, live: rung } = following(async () => {
    looks += 1;
    return `p${looks}`;
  });
  const { told, stop } = follow();
  await soon(() => told.length).toBeGreaterThan(0);
  stop();
  const before = looks;
  for (let rings = 0; rings < 10; rings += 1) {
    rung.ring();
    await new Promise(setImmediate);
  }
  expect(looks).toBe(before);
});

test('more pages than it can carry are sent away', () => {
  const { follow } = following(async () => 'p1');
  for (let count = 0; count < 500; count += 1) follow();
  expect(() => follow()).toThrow('come again');
});

async function streamed(server: ReturnType<typeof serverUnderTest>, headers: Record<string, string> = {}) {
  await server.app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = server.app.server.address() as AddressInfo;
  const answer = await fetch(`http://127.0.0.1:${port}/customers/c1/live`, {
    headers: { authorization: `Bearer ${keys.support}`, ...headers },
  });
  const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  const until = async (part: string) => {
    while (!text.includes(part)) {
      const { value, done } = await reader.read();
      if (done) return 'ended';
      text += value;
    }
    return 'found';
  };
  return { answer, until };
}

test('over HTTP: a stream that nobody keeps, resumed by Last-Event-ID, ended when the server stops', async () => {
  const server = serverUnderTest();
  onTestFinished(() => server.app.close());
  const { answer, until } = await streamed(server, { 'last-event-id': 'as it was' });
  expect(answer.headers.get('content-type')).toBe('text/event-stream');
  expect(answer.headers.get('cache-control')).toBe('no-store');
  expect(await until('event: live')).toBe('found');
  server.change('otherwise');
  await server.post('/enrollments/e1/eject', {}, keys.support);
  expect(await until('id: otherwise\nevent: changed')).toBe('found');
  await server.app.close();
  expect(await until('never')).toBe('ended');
});

test('a customer who is not there has no stream, and a key without the right gets none', async () => {
  const { get } = serverUnderTest();
  expect((await get('/customers/nobody/live', keys.support)).status).toBe(404);
  expect((await get('/customers/c1/live', keys.server)).status).toBe(403);
  expect((await get('/events/live', keys.support)).status).toBe(403);
});

// A page that came while its server was stopping held the stop up for more than a minute.
test('who comes while the server is stopping is sent away', async () => {
  const { live, follow } = following(async () => 'p1');
  live.stop();
  expect(() => follow()).toThrow('the server is stopping');
});
