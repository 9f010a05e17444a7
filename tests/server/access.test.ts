// Every registered route without a key, and with every key: a route added without a capability fails here and at start.
import type { RouteOptions } from 'fastify';
import { describe, expect, test } from 'vitest';
import { access, authenticator, type Capability, type Principal } from '../../server/access.ts';
import { createApp } from '../../server/app.ts';
import { unsubscribeToken } from '../../server/unsubscribe-token.ts';
import { Away, keys, secret, serverUnderTest } from './server-under-test.ts';

const mailbox = async () => ({ status: 200, headers: {}, body: 'mail' });

/** What each route needs, written down apart from the code: a change of rights must be made twice. */
const expected: { [route: string]: Capability } = {
  ...Object.fromEntries(
    ['track', 't', 'identify', 'i', 'page', 'p', 'screen', 's', 'group', 'g', 'alias', 'a', 'batch', 'b', 'import'].map(
      (path) => [`POST /v1/${path}`, 'send_events'] as const,
    ),
  ),
  'POST /v1/events': 'send_events',
  'OPTIONS /v1/*': 'public',
  'POST /v1/consents': 'set_consent',
  'GET /c/:token': 'public',
  'GET /o/:token': 'public',
  'POST /v1/push-subscriptions': 'send_events',
  'DELETE /v1/push-subscriptions': 'send_events',
  'GET /v1/push-subscriptions/key': 'public',
  'OPTIONS /v1/push-subscriptions': 'public',
  'GET /push-sw.js': 'public',
  'POST /hooks/line': 'public',
  'POST /hooks/shopify': 'public',
  'POST /hooks/woocommerce': 'public',
  'POST /hooks/ecwid': 'public',
  'POST /v1/line-links': 'set_consent',
  'GET /u/:token': 'public',
  'POST /u/:token': 'public',
  'POST /hooks/bounces': 'public',
  'POST /hooks/chatwoot': 'public',
  'GET /customers': 'read_customers',
  'GET /customers/:id': 'read_customers',
  'GET /customers/:id/chat': 'read_messages',
  'GET /customers/:id/journeys/:journey/explanation': 'read_customers',
  'GET /customers/:id/export': 'export_customers',
  'DELETE /customers/:id': 'erase_customers',
  'GET /deliveries/:key/body': 'read_messages',
  'GET /deliveries/:enrollment/:effect/body': 'read_messages',
  'GET /journeys': 'read_journeys',
  'POST /journeys': 'publish_journeys',
  'POST /enrollments/:id/eject': 'act_on_enrollments',
  'POST /enrollments/:id/pause': 'act_on_enrollments',
  'POST /enrollments/:id/resume': 'act_on_enrollments',
  'POST /enrollments/:id/release': 'act_on_enrollments',
  'POST /deliveries/:key/cancel': 'act_on_enrollments',
  'POST /deliveries/:key/resend': 'act_on_enrollments',
  'POST /deliveries/:enrollment/:effect/cancel': 'act_on_enrollments',
  'POST /deliveries/:enrollment/:effect/resend': 'act_on_enrollments',
  'POST /deliveries/:key/resolve': 'act_on_enrollments',
  'POST /deliveries/:enrollment/:effect/resolve': 'act_on_enrollments',
  'GET /enrollments': 'read_customers',
  'GET /deliveries': 'read_customers',
  'POST /journeys/:name/pause': 'act_on_journeys',
  'POST /journeys/:name/resume': 'act_on_journeys',
  'POST /journeys/:name/stop': 'act_on_journeys',
  'POST /journeys/:name/test-sends': 'send_tests',
  'GET /quarantine': 'mend_events',
  'POST /quarantine/:id/replay': 'mend_events',
  'GET /a/:token': 'public',
  'POST /a/:token': 'public',
  'GET /conversations': 'read_messages',
  'GET /conversations/:id': 'read_messages',
  'POST /conversations/:id/reply': 'act_on_customers',
  'POST /conversations/:id/resolve': 'act_on_customers',
  'GET /webhooks': 'read_secrets',
  'GET /tabiji.js': 'public',
  'GET /widget.js': 'public',
  'GET /session': 'public',
  'POST /session': 'public',
  'DELETE /session': 'public',
  'GET /customers/:id/timeline': 'read_customers',
  'GET /enrollments/:id': 'read_customers',
  'POST /customers/:id/withdrawals': 'act_on_customers',
  'POST /customers/:id/suppression-lifts': 'act_on_customers',
  'POST /customers/:id/suppressions': 'act_on_customers',
  'GET /customers/:id/live': 'read_customers',
  'GET /live/conversations': 'read_messages',
  'GET /live/journeys': 'read_journeys',
  'GET /journeys/:name/live': 'read_journeys',
  'GET /journeys/:name': 'read_journeys',
  'GET /journeys/:name/versions': 'read_journeys',
  'GET /journeys/:name/versions/:version': 'read_journeys',
  'POST /journeys/:name/preview': 'preview_messages',
  'GET /events': 'mend_events',
  'GET /keys': 'mend_events',
  'GET /events/live': 'mend_events',
  'GET /quarantine/live': 'mend_events',
  'GET /health': 'public',
  'GET /ready': 'public',
  'GET /openapi.json': 'public',
  'GET /mailbox': 'public',
  'GET /mailbox/messages': 'public',
  'GET /mailbox/messages/:id': 'public',
};

const away = () => Promise.reject(new Away());

async function routesOf(): Promise<{ method: string; url: string; needs: Capability | undefined }[]> {
  const { deps } = serverUnderTest({ mailbox });
  const routes: RouteOptions[] = [];
  const app = createApp(deps);
  app.addHook('onRoute', (route) => void routes.push(route));
  await app.ready();
  const listed = routes.flatMap((route) =>
    [route.method].flat().map((method) => ({ method, url: route.url, needs: route.config?.needs })),
  );
  // Registered before this hook could see it.
  listed.push({ method: 'GET', url: '/openapi.json', needs: 'public' });
  return listed.filter((route) => route.method !== 'HEAD');
}

test('the routes are those that are written down, with these rights', async () => {
  const routes = await routesOf();
  expect(Object.fromEntries(routes.map(({ method, url, needs }) => [`${method} ${url}`, needs]))).toEqual(expected);
});

describe.each(Object.entries(expected).filter(([, needs]) => needs !== 'public'))('%s', (route, needs) => {
  const [method, pattern] = route.split(' ') as ['GET' | 'POST' | 'DELETE', string];
  const url = pattern.replace(/:\w+/g, 'x');

  async function statusWith(authorization: string | undefined): Promise<number> {
    // A stream would have no end.
    const { app } = serverUnderTest({
      pulse: { journey: away, inbox: away, customer: away, journeys: away, events: away, quarantine: away },
    });
    const isPost = method === 'POST';
    const headers = { ...(authorization && { authorization }), ...(isPost && { 'content-type': 'application/json' }) };
    return (await app.inject({ method, url, headers, ...(isPost && { payload: '{}' }) })).statusCode;
  }

  test.each([
    undefined,
    'Bearer wrong',
    'Bearer ',
    'Bearer',
    'Basic !!!',
    `Basic ${Buffer.from('wrong:').toString('base64')}`,
    `Digest ${keys.admin}`,
    `Bearer ${keys.admin}x`,
    `Bearer ${secret}`,
  ])('refuses %j', async (authorization) => {
    expect(await statusWith(authorization)).toBe(401);
  });

  test.each(Object.keys(keys) as Principal[])('answers the key of %s as the table says', async (principal) => {
    const holders: readonly Principal[] = access[needs];
    const status = await statusWith(`Bearer ${keys[principal]}`);
    if (holders.includes(principal)) expect([401, 403]).not.toContain(status);
    else expect(status).toBe(403);
  });
});

test('a route that says no capability stops the application from being built', async () => {
  const { app } = serverUnderTest();
  expect(() => app.get('/open', async () => 'everything')).toThrow('/open does not say what it needs');
});

test.each([
  ['as Basic user', { authorization: `Basic ${Buffer.from(`${keys.server}:`).toString('base64')}` }, {}],
  ['as Basic user without a colon', { authorization: `Basic ${Buffer.from(keys.server).toString('base64')}` }, {}],
  ['as Bearer', { authorization: `bearer ${keys.server}` }, {}],
  ['in the body', {}, { writeKey: keys.server }],
])('a write key is taken %s', async (_how, headers, inBody) => {
  const { app, received } = serverUnderTest();
  const payload = { userId: 'u1', event: 'E', ...inBody };
  expect((await app.inject({ method: 'POST', url: '/v1/track', headers, payload })).statusCode).toBe(200);
  expect(received[0]!.trusted).toBe(true);
});

test('the header is what counts where header and body carry keys', async () => {
  const { post, received } = serverUnderTest();
  await post('/v1/track', { userId: 'u1', event: 'E', writeKey: keys.server }, keys.browser);
  expect(received[0]!.trusted).toBe(false);
  expect((await post('/v1/track', { userId: 'u1', event: 'E', writeKey: keys.support }, null)).status).toBe(403);
  expect((await post('/v1/track', { userId: 'u1', event: 'E', writeKey: 5 }, null)).status).toBe(401);
});

test('nothing of an unauthenticated body is kept', async () => {
  const { post, quarantined } = serverUnderTest();
  await post('/v1/track', { junk: true }, null);
  await post('/v1/batch', { batch: [1, 2] }, 'wrong');
  expect(quarantined.size).toBe(0);
});

test('short and shared keys are refused at start', () => {
  expect(() => authenticator({ ...keys, admin: 'short' })).toThrow('the key of admin has fewer than 16 characters');
  expect(() => authenticator({ ...keys, admin: keys.support })).toThrow('two keys or tokens are the same');
});

test('logs hold no address, query, key, token or body', async () => {
  const { post, get, log } = serverUnderTest();
  await post('/v1/identify', { userId: 'u1', traits: { email: 'person@example.com' } });
  await get('/customers?q=person@example.com', keys.support);
  await get('/customers/person@example.com', keys.support);
  await get(`/u/${unsubscribeToken(secret, { customerId: 'c1', channel: 'email', purpose: 'marketing' })}`);
  await get('/nowhere/person@example.com?token=xyz');
  expect(log.length).toBeGreaterThanOrEqual(5);
  const text = log.join('');
  for (const leak of ['person', 'xyz', '/u/1', 'wk_', 'support_', 'q=']) expect(text).not.toContain(leak);
});

test('answers carry a request id, and no header that helps to frame, sniff or cache them', async () => {
  const { get, log } = serverUnderTest();
  const answer = await get('/health', null, { 'x-request-id': 'forged\nline' });
  expect(answer.headers).toMatchObject({
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'no-referrer',
    'cache-control': 'no-store',
  });
  expect(log.join('')).toContain(String(answer.headers['x-request-id']));
  expect(answer.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
});

test.each(['/nowhere', '/%zz', '/customers/%00', '/../../etc/passwd'])(
  '%s is answered in our words, without repeating it',
  async (url) => {
    const { app } = serverUnderTest();
    const answer = await app.inject({ method: 'GET', url, headers: { authorization: `Bearer ${keys.admin}` } });
    expect([400, 404]).toContain(answer.statusCode);
    expect(Object.keys(answer.json().error)).toEqual(['code', 'message']);
    expect(answer.body).not.toMatch(/zz|passwd|nowhere/);
  },
);
