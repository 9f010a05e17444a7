// What comes in masses: a flood with the browser's key, many about one customer, and more refused events than a page of a list.
import { afterEach, describe, expect, test, vi } from 'vitest';
import { keys, serverUnderTest } from './server-under-test.ts';

afterEach(() => void vi.useRealTimers());

const page = (more: object = {}) => ({ anonymousId: 'a1', event: 'E', ...more });

describe('a flood with the browser’s key', () => {
  test('is answered 429 with Retry-After, takes nothing in, and leaves the server’s key alone', async () => {
    vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout'] });
    const { post, received, quarantined } = serverUnderTest({ browserRate: 3 });
    const answers = [];
    for (let index = 0; index < 5; index += 1) answers.push(await post('/v1/track', page(), keys.browser));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 429, 429]);
    expect(answers[3]!.headers['retry-after']).toBe('1');
    expect(answers[3]!.json.error.code).toBe('limited');
    expect([received.length, quarantined.size]).toEqual([3, 0]);
    expect((await post('/v1/track', page())).status).toBe(200);
    vi.advanceTimersByTime(1_001);
    expect((await post('/v1/track', page({ writeKey: keys.browser }), null)).status).toBe(200);
  });

  test('counts the events of a batch', async () => {
    vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout'] });
    const { post } = serverUnderTest({ browserRate: 3 });
    const batch = { batch: Array.from({ length: 3 }, () => ({ type: 'track', ...page() })) };
    expect((await post('/v1/batch', batch, keys.browser)).json.accepted).toBe(3);
    expect((await post('/v1/batch', batch, keys.browser)).status).toBe(429);
    expect((await post('/v1/events', [], keys.browser)).status).toBe(429);
    expect((await post('/v1/batch', batch)).status).toBe(200);
  });
});

test('pages that fill what is in flight leave a quarter of it to the server’s key', async () => {
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const { post } = serverUnderTest({
    most: { calls: 4, bytes: 1_000_000 },
    receiveMany: async (incomings) => {
      await held;
      return incomings.map(() => ({ status: 'accepted' as const, eventId: 'e', ignored: [], flags: [] }));
    },
  });
  const pages = Array.from({ length: 5 }, () => post('/v1/track', page(), keys.browser));
  const refused = await Promise.race(pages);
  expect(refused.status).toBe(503);
  const shop = post('/v1/track', page());
  release();
  expect((await shop).status).toBe(200);
  expect((await Promise.all(pages)).map(({ status }) => status).sort()).toEqual([200, 200, 200, 503, 503]);
});

test('a batch of nothing but what concerns nobody is one call of the store', async () => {
  const groups: number[] = [];
  const { post, received } = serverUnderTest({
    receiveMany: async (incomings) => {
      groups.push(incomings.length);
      return incomings.map(({ name }) =>
        name === 'heard' ? null : { status: 'accepted' as const, eventId: 'e', ignored: [], flags: [] },
      );
    },
  });
  const events = ['a', 'b', 'heard', 'c', 42].map((event) => ({ type: 'track', userId: 'u1', event }));
  const answer = await post('/v1/batch', { batch: events });
  expect(answer.json).toMatchObject({ accepted: 4, quarantined: [{ index: 4 }] });
  expect(groups).toEqual([4]);
  expect(received.map(({ name }) => name)).toEqual(['heard']);
});

test('the quarantine is listed a page at a time', async () => {
  const all = Array.from({ length: 450 }, (_, index) => `q${String(999 - index)}`);
  const shown = (id: string) => ({
    ...{ id, receivedAt: 0, source: 'segment', problem: 'p', body: {}, replayedAt: null },
  });
  const { get, deps } = serverUnderTest();
  deps.quarantine.list = async ({ limit, before }) =>
    all
      .filter((id) => before === undefined || id < before)
      .slice(0, limit)
      .map(shown);
  const seen: string[] = [];
  let next: string | null = '';
  const sizes: number[] = [];
  while (next !== null) {
    const { json } = await get(next ? `/quarantine?before=${next}` : '/quarantine', keys.server);
    sizes.push(json.events.length);
    seen.push(...json.events.map(({ id }: { id: string }) => id));
    next = json.next;
  }
  expect(sizes).toEqual([200, 200, 50]);
  expect(seen).toEqual(all);
  expect((await get('/quarantine?before=a&before=b', keys.server)).status).toBe(400);
});
