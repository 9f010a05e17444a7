// The seven calls of Segment: what they become, what is refused, what is set aside.
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { Away, keys, serverUnderTest, start } from './server-under-test.ts';

const track = { userId: 'u1', event: 'Cart Updated', properties: { total: 12 }, messageId: 'm1' };

describe('calls', () => {
  test('a track call becomes an event with the name as sent', async () => {
    const { post, received, wakes } = serverUnderTest();
    const answer = await post('/v1/track', track);
    expect(answer.json).toEqual({ status: 'accepted', event_id: 'evt-1' });
    expect(received[0]).toMatchObject({
      source: 'segment',
      sourceId: 'm1',
      kind: 'event',
      name: 'Cart Updated',
      identity: { userId: 'u1' },
      data: { total: 12 },
      occurredAt: start,
      trusted: true,
    });
    expect(wakes()).toBe(1);
  });

  test.each([
    ['page', { name: 'Home', properties: { url: '/' } }, 'page_viewed', { url: '/', name: 'Home' }],
    ['screen', { name: 'Cart', category: 'Shop' }, 'screen_viewed', { name: 'Cart', category: 'Shop' }],
    ['group', { groupId: 7, traits: { plan: 'a' } }, 'group_joined', { plan: 'a', group_id: '7' }],
  ])('%s becomes an event of ours', async (call, body, name, data) => {
    const { post, received } = serverUnderTest();
    expect((await post(`/v1/${call}`, { anonymousId: 'a1', ...body })).status).toBe(200);
    expect(received[0]).toMatchObject({ kind: 'event', name, data, identity: { anonymousId: 'a1' } });
  });

  test('identify carries traits, locale, zone and consents', async () => {
    const { post, received } = serverUnderTest();
    const context = {
      timezone: 'Europe/Paris',
      locale: 'fr-FR',
      consent: { email: ['marketing'], categoryPreferences: { Ads: true } },
    };
    await post('/v1/identify', { userId: 'u1', traits: { email: 'a@example.com', tier: null }, context });
    expect(received[0]).toMatchObject({
      kind: 'identify',
      name: null,
      traits: { email: 'a@example.com', tier: null },
      context: { timeZone: 'Europe/Paris', locale: 'fr-FR' },
      grants: [{ channel: 'email', purpose: 'marketing' }],
    });
  });

  test('alias names the previous id', async () => {
    const { post, received } = serverUnderTest();
    await post('/v1/alias', { userId: 'u1', previousId: 'anon-1', anonymousId: 'anon-2' });
    expect(received[0]).toMatchObject({ kind: 'alias', previousId: 'anon-1' });
    expect(received[0]!.identity).toEqual({ userId: 'u1' });
  });

  test('the paths of the client for browsers are the same calls', async () => {
    const { post, received } = serverUnderTest();
    for (const path of ['t', 'i', 'p', 's', 'g']) {
      const body = { anonymousId: 'a1', event: 'E', writeKey: keys.browser };
      expect((await post(`/v1/${path}`, body, null, { 'content-type': 'text/plain' })).status).toBe(200);
    }
    expect(received.map((one) => one.name)).toEqual(['E', null, 'page_viewed', 'screen_viewed', 'group_joined']);
  });

  test('a repeated messageId is acknowledged again', async () => {
    const { post, received } = serverUnderTest();
    expect((await post('/v1/track', track)).json.status).toBe('accepted');
    expect((await post('/v1/track', track)).json).toEqual({ status: 'duplicate', event_id: null });
    expect(received).toHaveLength(1);
  });

  test('without a messageId every call is an event of its own', async () => {
    const { post, received } = serverUnderTest();
    const { messageId: _, ...unnamed } = track;
    await post('/v1/track', unnamed);
    await post('/v1/track', unnamed);
    expect(new Set(received.map((one) => one.sourceId)).size).toBe(2);
  });
});

describe('ids', () => {
  test.each([
    ['日本語 👩‍👩‍👧', '日本語 👩‍👩‍👧'],
    ["'; DROP TABLE customers; --", "'; DROP TABLE customers; --"],
    ['__proto__', '__proto__'],
    [42, '42'],
    ['👍'.repeat(256), '👍'.repeat(256)],
  ])('%j is an id', async (sent, stored) => {
    const { post, received } = serverUnderTest();
    expect((await post('/v1/track', { userId: sent, event: 'E' })).status).toBe(200);
    expect(received[0]!.identity.userId).toBe(stored);
  });

  test.each([['a\u0000b'], ['a\nb'], ['a\ud800'], ['x'.repeat(257)], [1.5], [2 ** 60], [true], [{}], [['u1']]])(
    '%j is no id',
    async (sent) => {
      const { post, quarantined } = serverUnderTest();
      const answer = await post('/v1/track', { userId: sent, event: 'E' });
      expect(answer.status).toBe(400);
      expect(answer.json.error.message).toContain('userId: must be text');
      expect(quarantined.size).toBe(1);
    },
  );

  test.each([[undefined], [null], [''], ['  ']])('%j is as good as no id', async (userId) => {
    const { post } = serverUnderTest();
    const answer = await post('/v1/track', { userId, event: 'E' });
    expect(answer.json.error).toEqual({ code: 'invalid', message: 'userId or anonymousId must be there' });
    expect((await post('/v1/track', { userId, anonymousId: 'a', event: 'E' })).status).toBe(200);
  });
});

describe('time', () => {
  const hour = 3_600_000;
  test.each([
    ['nothing said', {}, start],
    ['a moment', { timestamp: '2026-11-20T09:00:00Z' }, start - hour],
    ['an offset', { timestamp: '2026-11-20T18:00:00+09:00' }, start - hour],
    ['no offset is UTC', { timestamp: '2026-11-20T09:00:00' }, start - hour],
    ['unix seconds', { timestamp: (start - hour) / 1000 }, start - hour],
    ['unix milliseconds', { timestamp: start - hour }, start - hour],
    ['a clock an hour fast', { timestamp: '2026-11-20T10:59:00Z', sentAt: '2026-11-20T11:00:00Z' }, start - 60_000],
    ['a clock a year slow', { timestamp: '2025-11-20T09:59:00Z', sentAt: '2025-11-20T10:00:00Z' }, start - 60_000],
    ['a clock of 1970', { timestamp: '1970-01-01T00:00:00Z', sentAt: '1970-01-01T00:00:01Z' }, start - 1000],
    ['a year to come', { timestamp: '2027-11-20T10:00:00Z' }, start],
    ['a sentAt nobody can read', { timestamp: '2026-11-20T09:00:00Z', sentAt: 'soon' }, start - hour],
  ])('%s', async (_what, times, occurredAt) => {
    const { post, received } = serverUnderTest();
    expect((await post('/v1/track', { ...track, ...times })).status).toBe(200);
    expect(received[0]!.occurredAt).toBe(occurredAt);
  });

  test.each([['yesterday'], ['2026-02-30T00:00:00Z'], [{}], [true], ['2010-01-01T00:00:00Z'], [1e300]])(
    'refuses the time %j',
    async (timestamp) => {
      const { post, quarantined } = serverUnderTest();
      const answer = await post('/v1/track', { ...track, timestamp });
      expect(answer.status).toBe(400);
      expect(answer.json.error.message).toContain('timestamp: ');
      expect(quarantined.size).toBe(1);
    },
  );
});

describe('batches', () => {
  test('bad events are set aside and named, the others are taken in their order', async () => {
    const { post, received, quarantined } = serverUnderTest();
    const batch = [
      { type: 'track', userId: 'u1', event: 'A', messageId: '1' },
      { type: 'track', userId: 'u1' },
      { type: 'nonsense', userId: 'u1' },
      null,
      { type: 'track', userId: 'u1', event: 'B', messageId: '2' },
      { type: 'track', userId: 'u1', event: 'B', messageId: '2' },
      { type: 'track', userId: 'u1', event: 'C', properties: { big: 'x'.repeat(33 * 1024) } },
    ];
    const answer = await post('/v1/batch', { batch });
    expect(answer.status).toBe(200);
    expect(answer.json).toMatchObject({ accepted: 2, duplicates: 1 });
    expect(answer.json.quarantined.map((one: { index: number; code: string }) => [one.index, one.code])).toEqual([
      [1, 'invalid'],
      [2, 'invalid'],
      [3, 'invalid'],
      [6, 'too_large'],
    ]);
    expect(received.map((one) => one.name)).toEqual(['A', 'B']);
    expect(quarantined.size).toBe(4);
  });

  test("the batch's sentAt corrects its events", async () => {
    const { post, received } = serverUnderTest();
    const event = { type: 'track', userId: 'u1', event: 'A', timestamp: '2026-11-20T11:59:00Z' };
    await post('/v1/import', { batch: [event], sentAt: '2026-11-20T12:00:00Z' });
    expect(received[0]!.occurredAt).toBe(start - 60_000);
  });

  test.each([[{}], [{ batch: {} }], [[]], ['null'], ['7'], ['"text"']])('%j is no batch', async (body) => {
    const { post } = serverUnderTest();
    expect((await post('/v1/batch', body)).json.error.code).toBe('invalid');
  });

  test('more than 2500 events are too many', async () => {
    const { post } = serverUnderTest();
    expect((await post('/v1/batch', { batch: Array(2501).fill(1) })).status).toBe(413);
  });
});

describe('bodies', () => {
  const gzip = (body: unknown) => gzipSync(JSON.stringify(body));

  test.each([
    ['no content type', ''],
    ['a form type', 'application/x-www-form-urlencoded'],
    ['plain text', 'text/plain;charset=UTF-8'],
    ['nonsense', 'nonsense'],
  ])('are read by content, under %s', async (_what, type) => {
    const { post, received } = serverUnderTest();
    expect((await post('/v1/track', track, keys.server, { 'content-type': type })).status).toBe(200);
    expect(
      (await post('/v1/track', gzip({ ...track, messageId: 'm2' }), keys.server, { 'content-type': type })).status,
    ).toBe(200);
    expect(received).toHaveLength(2);
  });

  test.each([
    ['/v1/track', 31, 200],
    ['/v1/track', 33, 413],
    ['/v1/batch', 499, 200],
    ['/v1/batch', 501, 413],
  ])('%s of %d KB is answered with %d', async (url, kilobytes, status) => {
    const { post } = serverUnderTest();
    const body = url === '/v1/track' ? track : { batch: [] };
    const padded = JSON.stringify(body) + ' '.repeat(kilobytes * 1024 - JSON.stringify(body).length);
    const answer = await post(url, padded);
    expect(answer.status).toBe(status);
    const most = url === '/v1/track' ? 32 * 1024 : 500 * 1024;
    const tooLarge = { code: 'too_large', message: `the body may have ${most} bytes; send less at a time` };
    if (status === 413) expect(answer.json.error).toEqual(tooLarge);
  });

  test('a gzip bomb is refused when it passes the limit', async () => {
    const { post } = serverUnderTest();
    const bomb = gzipSync(Buffer.alloc(300 * 1024 * 1024));
    expect(bomb.length).toBeLessThan(500 * 1024);
    const before = process.memoryUsage().rss;
    expect((await post('/v1/batch', bomb)).json.error.code).toBe('too_large');
    expect(process.memoryUsage().rss - before).toBeLessThan(100 * 1024 * 1024);
  });

  test.each([
    ['broken gzip', Buffer.from([0x1f, 0x8b, 8, 0, 1, 2, 3])],
    ['broken JSON', '{"userId": "u1", "event": "secret-word'],
    ['bytes that are not UTF-8', Buffer.from([0x7b, 0xff, 0xfe, 0x7d])],
    ['nothing', ''],
  ])('%s is refused without being repeated', async (_what, body) => {
    const { post, log } = serverUnderTest();
    const answer = await post('/v1/track', body);
    expect(answer.status).toBe(400);
    expect(answer.text + log.join('')).not.toContain('secret-word');
  });

  test('deep nesting is set aside without its content', async () => {
    const { post, quarantined } = serverUnderTest();
    const deep = `{"type":"track","userId":"u1","event":"E","properties":${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}}`;
    expect((await post('/v1/track', deep)).json.error.message).toContain('too deep');
    expect((await post('/v1/batch', `{"batch":[${deep}]}`)).json.quarantined).toHaveLength(1);
    const lists = `{"batch":[${'['.repeat(240_000)}${']'.repeat(240_000)}]}`;
    expect((await post('/v1/batch', lists)).json.quarantined).toHaveLength(1);
    expect([...quarantined.values()].every((one) => one.body.event === undefined)).toBe(true);
  });

  test('keys that reach into prototypes change nothing', async () => {
    const { post } = serverUnderTest();
    const body =
      '{"userId":"u1","event":"E","properties":{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}},"__proto__":{"polluted":1}}';
    expect((await post('/v1/track', body)).status).toBe(200);
    expect((await post('/v1/identify', body.replace('properties', 'traits'), keys.browser)).status).toBe(200);
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });

  test('what PostgreSQL cannot hold does not reach the quarantine', async () => {
    const { post, quarantined } = serverUnderTest();
    await post('/v1/track', { userId: 'u1', event: 'a\u0000b', properties: { note: 'x\u0000\ud800' } });
    expect(JSON.stringify([...quarantined.values()])).not.toMatch(/\\u0000|\\ud800/);
  });
});

describe("the browser's key", () => {
  test('may send events and its own visitor’s traits, but no email, phone or consent', async () => {
    const { post, received } = serverUnderTest();
    const traits = { first_name: 'Aki', email: 'victim@example.com', phone: '1' };
    const answer = await post(
      '/v1/identify',
      { anonymousId: 'a1', traits, context: { consent: { email: ['marketing'] } } },
      keys.browser,
    );
    expect(answer.json.ignored).toEqual([
      "traits email and phone: need the server's write key",
      "context.consent: needs the server's write key",
    ]);
    expect(received[0]).toMatchObject({
      source: 'segment-browser',
      traits: { first_name: 'Aki' },
      grants: [],
      trusted: false,
    });
    expect((await post('/v1/track', { userId: 'u1', event: 'E' }, keys.browser)).json).toEqual({
      status: 'accepted',
      event_id: 'evt-2',
    });
  });

  test('sets no traits of somebody whose id it names, yet binds the visitor', async () => {
    const { post, received } = serverUnderTest();
    const answer = await post(
      '/v1/identify',
      { userId: 'u1', anonymousId: 'a1', traits: { tier: 'vip' } },
      keys.browser,
    );
    expect(answer.json.ignored).toEqual(["traits: with a userId they need the server's write key"]);
    expect(received[0]).toMatchObject({ traits: {}, identity: { userId: 'u1', anonymousId: 'a1' } });
  });

  test('moves nobody’s past by an alias', async () => {
    const { post, received } = serverUnderTest();
    const answer = await post('/v1/alias', { userId: 'u1', previousId: 'u2' }, keys.browser);
    expect(answer.status).toBe(403);
    expect(received).toHaveLength(0);
  });

  test('does not take the place of a server’s event by its messageId', async () => {
    const { post, received } = serverUnderTest();
    await post('/v1/track', track, keys.browser);
    expect((await post('/v1/track', track)).json.status).toBe('accepted');
    expect(received).toHaveLength(2);
  });
});

describe('when something fails', () => {
  test('a database that is away is a 503 with Retry-After, for single calls and batches', async () => {
    const receive = async () => Promise.reject(new Away('cannot reach a@example.com'));
    const { post, log } = serverUnderTest({ receive });
    for (const [url, body] of [
      ['/v1/track', track],
      ['/v1/batch', { batch: [{ ...track, type: 'track' }] }],
    ] as const) {
      const answer = await post(url, body);
      expect(answer.status).toBe(503);
      expect(answer.headers['retry-after']).toBe('2');
      expect(answer.json.error.code).toBe('overloaded');
    }
    expect(log.join('')).not.toContain('a@example.com');
  });

  test('so is one that cannot even quarantine', async () => {
    const quarantine = { ...serverUnderTest().deps.quarantine, add: async () => Promise.reject(new Error('away')) };
    const { post } = serverUnderTest({ quarantine });
    expect((await post('/v1/track', { event: 1 })).status).toBe(503);
  });

  test('an event that fails by itself is kept and named, and the batch goes on', async () => {
    const { deps } = serverUnderTest();
    const receive: typeof deps.receive = async (incoming) => {
      if (incoming.name === 'Poison') throw new TypeError('cannot read a@example.com');
      return deps.receive(incoming);
    };
    const { post, quarantined, log } = serverUnderTest({ receive });
    const batch = ['A', 'Poison', 'B'].map((event) => ({ type: 'track', userId: 'u1', event }));
    const answer = await post('/v1/batch', { batch });
    expect(answer.json).toMatchObject({ accepted: 2, quarantined: [{ index: 1 }] });
    expect([...quarantined.values()][0]!.problem).toContain('could not be processed');
    expect(log.join('')).not.toContain('a@example.com');
  });

  test('what is beyond the room is asked to come back, and room is given back', async () => {
    let open = () => {};
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    const receive = async () => {
      await gate;
      return { status: 'duplicate', eventId: null } as const;
    };
    const { post } = serverUnderTest({ receive, most: { calls: 2, bytes: 10_000 } });
    const first = [post('/v1/track', track), post('/v1/track', track)];
    await new Promise(setImmediate);
    const refused = await post('/v1/track', track);
    expect([refused.status, refused.headers['retry-after']]).toEqual([503, '2']);
    open();
    expect((await Promise.all(first)).map((answer) => answer.status)).toEqual([200, 200]);
    for (let i = 0; i < 5; i++) expect((await post('/v1/track', track)).status).toBe(200);
    expect((await post('/v1/batch', `{"batch":[]}${' '.repeat(10_000)}`)).status).toBe(503);
    expect((await post('/v1/batch', gzipSync(`{"batch":[]}${' '.repeat(10_000)}`))).status).toBe(503);
  });
});
