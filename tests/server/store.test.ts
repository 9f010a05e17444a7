// The server over the real engine and a real database: a call in, rows out.

import fc from 'fast-check';
import pino from 'pino';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createApp } from '../../server/app.ts';
import { storeDeps } from '../../server/store-deps.ts';
import { unsubscribeToken } from '../../server/unsubscribe-token.ts';
import { newId } from '../../store/id.ts';
import { openPool } from '../../store/pool.ts';
import { openTestDatabase, type TestDatabase } from '../database.ts';
import { keys, secret, start } from './server-under-test.ts';

const folder = [
  {
    path: 'journeys/settings.yaml',
    text: `brand: { name: 旅路商店, url: "https://shop.example", postal_address: 東京都, contact: support@shop.example }
time_zone: Asia/Tokyo
locale: ja
purposes: [marketing]
customer: { first_name: "string?", tier: "string?" }
channels: { email: { from: "旅路商店 <hello@shop.example>" } }
`,
  },
  {
    path: 'journeys/events.yaml',
    text: `signed_up:
  from: [Signed Up]
  properties: { plan: "string?" }
order_completed:
  from: [Order Completed]
  properties: { order_id: string, total: number }
  same: order_id
  buys: true
`,
  },
  {
    path: 'journeys/welcome.yaml',
    text: `journey: welcome
title: Welcome
stage: awareness
purpose: marketing
enter: { on: signed_up }
goal: { on: order_completed }
steps:
  - wait: 1 day
  - exit: done
`,
  },
];

let database: TestDatabase;
let app: ReturnType<typeof createApp>;
const clock = { at: start, now: () => clock.at, real: Date.now, sleepMs: () => null };

beforeAll(async () => {
  database = await openTestDatabase();
});
beforeEach(async () => {
  clock.at = start;
  const { outboxSize, ...deps } = storeDeps({ pool: database.pool, clock, newId, secret });
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
});
afterAll(() => database.close());

async function call(method: 'GET' | 'POST', url: string, key: string | null, body?: unknown) {
  const headers = key === null ? {} : { authorization: `Bearer ${key}` };
  const answer = await app.inject({ method, url, headers, ...(body !== undefined && { payload: body as object }) });
  const isJson = String(answer.headers['content-type']).includes('json');
  return { status: answer.statusCode, json: isJson ? answer.json() : null };
}
const post = (url: string, body: unknown, key: string = keys.server) => call('POST', url, key, body);

test('before anything is published, events are asked to come back', async () => {
  const answer = await post('/v1/track', { userId: 'u1', event: 'Signed Up' });
  expect(answer.status).toBe(503);
  expect(answer.json.error.message).toContain('nothing is published yet');
});

test('a broken folder publishes nothing, a good one does, the same one again changes nothing', async () => {
  const broken = folder.map((file) => ({ ...file, text: file.text.replace('on: signed_up', 'on: signd_up') }));
  const refused = await post('/journeys', { files: broken }, keys.marketer);
  expect(refused.status).toBe(422);
  expect(refused.json.rendered).toContain('did you mean "signed_up"? [unknown-event]');
  expect((await call('GET', '/journeys', keys.support)).json).toEqual({ journeys: [] });

  const published = await post('/journeys', { files: folder }, keys.marketer);
  expect(published.json).toMatchObject({
    publication: 1,
    changed: true,
    journeys: [{ journey: 'welcome', change: 'new' }],
  });
  expect((await post('/journeys', { files: folder }, keys.marketer)).json).toMatchObject({
    publication: 1,
    changed: false,
  });
  expect((await post('/journeys', { files: broken }, keys.marketer)).status).toBe(422);
  const version = published.json.journeys[0].version;
  expect((await call('GET', '/journeys', keys.support)).json.journeys).toMatchObject([
    { journey: 'welcome', title: 'Welcome', version },
  ]);
});

test('a call becomes a customer, an enrollment and a row for the dispatcher, once', async () => {
  const signedUp = { userId: 'u1', event: 'Signed Up', messageId: 'm1', properties: { plan: 'a' } };
  expect((await post('/v1/track', signedUp)).json.status).toBe('accepted');
  expect((await post('/v1/track', signedUp)).json.status).toBe('duplicate');
  expect((await call('GET', '/ready', null)).json).toMatchObject({ status: 'ready', outbox: { waiting: 1 } });
  const found = await call('GET', '/customers?q=u1', keys.support);
  const [{ id }] = found.json.customers;
  const view = (await call('GET', `/customers/${id}`, keys.support)).json;
  expect(view.enrollments).toMatchObject([{ journey: 'welcome', title: 'Welcome', status: 'active' }]);
  expect(view.events).toMatchObject([{ name: 'signed_up', data: { plan: 'a' } }]);
  expect((await call('GET', '/customers/u1', keys.support)).json.id).toBe(id);
});

test('what was suppressed for somebody erased is seen and lifted where they came back with their address', async () => {
  const known = (userId: string) => post('/v1/identify', { userId, traits: { email: 'Back@example.com' } });
  const idOf = async (q: string) => (await call('GET', `/customers?q=${q}`, keys.support)).json.customers[0].id;
  await known('gone');
  const gone = await idOf('gone');
  await post(`/customers/${gone}/suppressions`, { channel: 'email' }, keys.support);
  await app.inject({ method: 'DELETE', url: `/customers/${gone}`, headers: { authorization: `Bearer ${keys.admin}` } });
  await known('back');
  const back = await idOf('back');
  const standing = async () => (await call('GET', `/customers/${back}`, keys.support)).json.suppressions;
  expect(await standing()).toMatchObject([{ channel: 'email', address: 'back@example.com', reason: 'requested' }]);
  const lift = () => post(`/customers/${back}/suppression-lifts`, { channel: 'email', because: 'asked' }, keys.support);
  expect((await lift()).json).toEqual({ status: 'done' });
  expect(await standing()).toEqual([]);
  expect((await lift()).json).toEqual({ status: 'unchanged' });
  const { rows } = (await call('GET', `/customers/${back}/timeline`, keys.support)).json;
  expect(JSON.stringify(rows)).toContain('"because":"asked"');
});

test('an unsubscribe link ends what a consent began', async () => {
  const evidence = { form: 'footer' };
  await post('/v1/consents', { userId: 'u2', channel: 'email', purpose: 'marketing', state: 'granted', evidence });
  const [{ id }] = (await call('GET', '/customers?q=u2', keys.support)).json.customers;
  const grants = () => database.store.transaction((tx) => tx.grants(id));
  expect(await grants()).toEqual([{ channel: 'email', purpose: 'marketing' }]);
  const token = unsubscribeToken(secret, { customerId: id, channel: 'email', purpose: 'marketing' });
  clock.at += 1000;
  expect((await call('GET', `/u/${token}`, null)).status).toBe(200);
  expect(await grants()).toHaveLength(1);
  expect((await call('POST', `/u/${token}`, null)).status).toBe(200);
  expect(await grants()).toEqual([]);
  // A page that was open since before the unsubscribe must not undo it.
  const context = { consent: { email: ['marketing'] } };
  await post('/v1/identify', { userId: 'u2', context, timestamp: new Date(start).toISOString() });
  expect(await grants()).toEqual([]);
});

test('the browser key changes no trait, address or consent of a customer through a visitor joined to them', async () => {
  const traits = async (identity: { userId?: string; anonymousId?: string }) =>
    (await database.store.transaction((tx) => tx.lockCustomerOf(identity, start))).traits;
  await post('/v1/identify', { userId: 'victim', traits: { tier: 'basic', email: 'victim@example.com' } });
  await post('/v1/identify', { anonymousId: 'mine', traits: { tier: 'free' } }, keys.browser);
  expect(await traits({ anonymousId: 'mine' })).toEqual({ tier: 'free' });

  await post('/v1/identify', { userId: 'victim', anonymousId: 'mine' }, keys.browser);
  const mine = { tier: 'vip', first_name: 'Mallory', email: 'mallory@example.com' };
  const context = { consent: { email: ['marketing'] } };
  const attack = await post('/v1/identify', { anonymousId: 'mine', traits: mine, context }, keys.browser);
  expect(attack.json.ignored).toContain("traits: of a customer with a user id they need the server's write key");
  expect(await traits({ userId: 'victim' })).toEqual({ tier: 'basic', email: 'victim@example.com' });
  const { id } = await database.store.transaction((tx) => tx.lockCustomerOf({ userId: 'victim' }, start));
  expect(await database.store.transaction((tx) => tx.grants(id))).toEqual([]);

  await post('/v1/identify', { anonymousId: 'mine', traits: { tier: 'gold' } });
  expect((await traits({ userId: 'victim' })).tier).toBe('gold');
});

test('an alias joins what it names, whatever visitor it came with', async () => {
  const found = (identity: { userId?: string; anonymousId?: string }) =>
    database.store.transaction((tx) => tx.lockCustomerOf(identity, start)).then(({ id }) => id);
  await post('/v1/track', { anonymousId: 'before', event: 'Seen' });
  await post('/v1/alias', { userId: 'u-alias', previousId: 'before', anonymousId: 'now' });
  expect(await found({ anonymousId: 'before' })).toBe(await found({ userId: 'u-alias' }));
});

test('support and marketers act on what stands in the database, once, and are told why not', async () => {
  await post('/v1/track', { userId: 'acted', event: 'Signed Up', messageId: 'acted-1' });
  const found = async () => (await call('GET', '/customers/acted', keys.support)).json;
  const [{ id }] = (await found()).enrollments;
  const act = async (url: string, key: string = keys.support) => {
    const { status, json } = await post(url, {}, key);
    return `${status} ${json.status ?? json.error.code}`;
  };
  expect(await act(`/enrollments/${id}/pause`)).toBe('200 done');
  expect(await act(`/enrollments/${id}/pause`)).toBe('200 unchanged');
  expect(await act(`/enrollments/${id}/resume`)).toBe('200 done');
  expect(await act(`/deliveries/${id}/1/cancel`)).toBe('404 not_found');
  expect(await act('/journeys/welcome/pause', keys.marketer)).toBe('200 done');
  expect(await act(`/enrollments/${id}/resume`)).toBe('409 conflict');
  expect(await act(`/enrollments/${id}/eject`)).toBe('200 done');
  expect(await act(`/enrollments/${id}/eject`)).toBe('200 unchanged');
  expect(await act(`/enrollments/${id}/pause`)).toBe('409 conflict');
  expect((await found()).decisions[0]).toMatchObject({ kind: 'exited', outcome: 'ejected', inputs: { by: 'support' } });
  expect((await call('GET', '/journeys', keys.support)).json.journeys).toMatchObject([
    { journey: 'welcome', status: 'paused', statusBy: 'marketer' },
  ]);
  await post('/v1/track', { userId: 'kept out', event: 'Signed Up', messageId: 'acted-2' });
  const kept = (await call('GET', '/customers/kept%20out', keys.support)).json;
  expect(kept).toMatchObject({ enrollments: [], decisions: [{ kind: 'not_entered', outcome: 'paused' }] });
  const why = async (who: string) =>
    (await call('GET', `/customers/${who}/journeys/welcome/explanation?locale=en`, keys.support)).json;
  expect((await why('kept%20out')).notEntered).toMatchObject([{ outcome: 'paused', count: 1, event: 'signed_up' }]);
  expect(await why('acted')).toMatchObject({
    title: 'Welcome',
    summary: expect.stringContaining('support took the customer out of the journey.'),
    enrollments: [{ id, lines: [{ kind: 'entered' }, { kind: 'paused' }, { kind: 'resumed' }, { kind: 'exited' }] }],
  });
  expect((await call('GET', '/customers/acted/journeys/none/explanation', keys.support)).status).toBe(404);
  expect(await act('/journeys/welcome/resume', keys.marketer)).toBe('200 done');
  const { rows } = await database.pool.query('SELECT action, by FROM journey_actions ORDER BY id');
  expect(rows).toEqual([
    { action: 'pause', by: 'marketer' },
    { action: 'resume', by: 'marketer' },
  ]);
});

test('hostile ids, names and data are stored or quarantined, never a failure', async () => {
  const odd = ["'; DROP TABLE events; --", '日本\u202e語', '%00', '__proto__', '{"a":1}', '\\u0000', 'x'.repeat(256)];
  for (const userId of odd) {
    expect(
      (
        await post('/v1/track', {
          userId,
          event: userId.slice(0, 200),
          properties: { [userId]: '\u0000\ud800', n: 1e308 },
        })
      ).status,
    ).toBe(200);
    expect(
      (await call('GET', `/customers?q=${encodeURIComponent(userId)}`, keys.support)).json.customers.length,
    ).toBeGreaterThan(0);
  }
  const batch = [{ type: 'track', userId: 'a\u0000', event: 'b\u0000\udfff', properties: { '\u0000': ['\ud800'] } }];
  expect((await post('/v1/batch', { batch })).json.quarantined).toHaveLength(1);
  const [listed] = (await call('GET', '/quarantine', keys.server)).json.events;
  expect(listed.problem).toContain('must be text');
});

test('whatever JSON comes to whichever route, no answer is a 5xx', async () => {
  const paths = ['track', 'identify', 'page', 'screen', 'group', 'alias', 'batch', 'import', 'consents', 'events'];
  const key = fc.constantFrom(
    'userId',
    'anonymousId',
    'previousId',
    'groupId',
    'event',
    'type',
    'traits',
    'properties',
    'context',
    'timestamp',
    'sentAt',
    'messageId',
    'batch',
    'channel',
    'purpose',
    'state',
    'evidence',
    'email',
    'time_zone',
    '__proto__',
    'consent',
  );
  const text = fc.string({ unit: fc.constantFrom('a', '0', '\u0000', '\ud800', '-', '漢', ':', 'Z') });
  const leaf = fc.oneof(
    text,
    fc.double(),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.constantFrom(
      'track',
      'identify',
      'alias',
      'email',
      'marketing',
      'granted',
      'u1',
      '2026-11-20T10:00:00Z',
      'Order Completed',
    ),
  );
  const { any } = fc.letrec<{ any: unknown }>((tie) => ({
    any: fc.oneof(
      { maxDepth: 5 },
      leaf,
      fc.array(tie('any'), { maxLength: 4 }),
      fc.dictionary(key, tie('any'), { maxKeys: 8 }),
    ),
  }));
  const body = fc.oneof(fc.dictionary(key, any, { minKeys: 2, maxKeys: 10 }), any);
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...paths),
      fc.constantFrom(keys.server, keys.browser),
      body,
      async (path, write, sent) => {
        const headers = { authorization: `Bearer ${write}`, 'content-type': 'application/json' };
        const { statusCode } = await app.inject({
          method: 'POST',
          url: `/v1/${path}`,
          headers,
          payload: JSON.stringify(sent) ?? 'null',
        });
        expect(statusCode).toBeLessThan(500);
      },
    ),
    { numRuns: 600 },
  );
  // Those would be mistakes of ours that the quarantine hides.
  const { rows } = await database.pool.query(
    "SELECT body FROM quarantine WHERE problem LIKE '%could not be processed%'",
  );
  expect(rows).toEqual([]);
});

test('with the database away, every route that needs it says to come back, and the unsubscribe page still shows', async () => {
  // Nothing listens on port 9 of loopback.
  const pool = openPool('postgresql://127.0.0.1:9/nothing');
  const { outboxSize, ...deps } = storeDeps({ pool, clock, newId, secret });
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
  const token = unsubscribeToken(secret, { customerId: 'c1', channel: 'email', purpose: 'marketing' });
  const consent = { userId: 'u1', channel: 'email', purpose: 'marketing', state: 'withdrawn' };
  const answers = {
    track: await post('/v1/track', { userId: 'u1', event: 'E' }),
    malformed: await post('/v1/track', { userId: 'u1' }),
    batch: await post('/v1/batch', { batch: [{ type: 'track', userId: 'u1', event: 'E' }] }),
    consents: await post('/v1/consents', consent),
    customer: await call('GET', '/customers/c1', keys.support),
    explanation: await call('GET', '/customers/c1/journeys/welcome/explanation', keys.support),
    search: await call('GET', '/customers?q=c1', keys.support),
    message: await call('GET', '/deliveries/e/1/body', keys.support),
    journeys: await call('GET', '/journeys', keys.support),
    eject: await post('/enrollments/e1/eject', {}, keys.support),
    cancel: await post('/deliveries/e1/1/cancel', {}, keys.support),
    stop: await post('/journeys/welcome/stop', {}, keys.marketer),
    publish: await post('/journeys', { files: folder }, keys.marketer),
    quarantine: await call('GET', '/quarantine', keys.server),
    ready: await call('GET', '/ready', null),
    unsubscribe: await call('POST', `/u/${token}`, null),
  };
  expect(Object.entries(answers).filter(([, { status }]) => status !== 503)).toEqual([]);
  expect((await call('GET', `/u/${token}`, null)).status).toBe(200);
  expect((await call('GET', '/health', null)).status).toBe(200);
  await pool.end();
});
