// A browser's session: what its cookie opens, what it does not, and when it ends.
import { expect, test } from 'vitest';
import { createSessions } from '../../server/session.ts';
import { keys, secret, serverUnderTest, start } from './server-under-test.ts';

type Server = ReturnType<typeof serverUnderTest>;

async function signedIn({ app }: Server, token: string, name?: string) {
  const answer = await app.inject({ method: 'POST', url: '/session', payload: { token, name } });
  const cookie = String(answer.headers['set-cookie']).split(';')[0]!;
  const told = await app.inject({ url: '/session', headers: { cookie } });
  return { cookie, answer, session: told.json().session as { role: string; csrf: string; can: string[] } };
}

test('a session may do what its role may, and is told so', async () => {
  const server = serverUnderTest();
  const { cookie, session } = await signedIn(server, keys.support);
  expect(session).toMatchObject({ role: 'support', can: expect.arrayContaining(['read_customers', 'read_messages']) });
  expect(session.can).not.toContain('publish_journeys');
  expect((await server.get('/customers/c1', null, { cookie })).status).toBe(200);
  expect((await server.get('/quarantine', null, { cookie })).status).toBe(403);
});

test('what changes something needs the token of the session as well', async () => {
  const server = serverUnderTest();
  const { cookie, session } = await signedIn(server, keys.support);
  expect((await server.post('/enrollments/e1/eject', {}, null, { cookie })).status).toBe(403);
  const other = await signedIn(server, keys.admin);
  const borrowed = { cookie, 'x-csrf-token': other.session.csrf };
  expect((await server.post('/enrollments/e1/eject', {}, null, borrowed)).status).toBe(403);
  expect(server.commanded).toEqual([]);
  const own = { cookie, 'x-csrf-token': session.csrf };
  expect((await server.post('/enrollments/e1/eject', {}, null, own)).status).toBe(200);
});

test('the record says who did it by the name given at sign-in', async () => {
  const server = serverUnderTest();
  const { cookie, session } = await signedIn(server, keys.support, ' 愛子 ');
  await server.post('/enrollments/e1/eject', {}, null, { cookie, 'x-csrf-token': session.csrf });
  await server.post('/enrollments/e2/eject', {}, keys.support);
  expect(server.commanded).toEqual(['eject e1 愛子 (support)', 'sweep', 'eject e2 support', 'sweep']);
});

test('a session sends no events and sets no consent: those are for keys', async () => {
  const server = serverUnderTest();
  const { cookie, session } = await signedIn(server, keys.server);
  const headers = { cookie, 'x-csrf-token': session.csrf };
  const event = { userId: 'u1', event: 'Signed Up' };
  expect((await server.post('/v1/track', event, null, headers)).status).toBe(401);
  expect(server.received).toEqual([]);
});

test.each([
  ['one that nobody has', 'x'.repeat(30)],
  ['the browser’s write key', keys.browser],
  ['none', ''],
])('no session begins with %s', async (_which, token) => {
  const { answer, session } = await signedIn(serverUnderTest(), token);
  expect(answer.statusCode).toBe(401);
  expect(answer.headers['set-cookie']).toBeUndefined();
  expect(session).toBeNull();
});

test('a name that is markup or too long: the one is kept as text, the other refused', async () => {
  const server = serverUnderTest();
  expect((await signedIn(server, keys.support, '<b>x</b>')).session).toMatchObject({ name: '<b>x</b>' });
  expect((await signedIn(server, keys.support, 'x'.repeat(61))).answer.statusCode).toBe(400);
  expect((await signedIn(server, keys.support, 'a\nb')).answer.statusCode).toBe(400);
});

test('a browser that fetches is not asked for a password by itself', async () => {
  const { get } = serverUnderTest();
  expect((await get('/customers/c1')).headers['www-authenticate']).toBeDefined();
  expect((await get('/customers/c1', null, { 'sec-fetch-mode': 'cors' })).headers['www-authenticate']).toBeUndefined();
});

test('where business goes by a clock of its own, probes and pages are told so', async () => {
  const own = serverUnderTest({ speed: () => 1440 });
  const now = new Date(start).toISOString();
  expect((await own.get('/health')).json).toEqual({ status: 'ok', time: { now, speed: 1440 } });
  expect((await own.get('/session')).json).toMatchObject({ now, speed: 1440 });
  const { get } = serverUnderTest();
  expect((await get('/health')).json).toEqual({ status: 'ok' });
  expect((await get('/session')).json).not.toHaveProperty('speed');
});

const clock = { at: 1_000_000 };
const sessions = (given = keys as Parameters<typeof createSessions>[1]) =>
  createSessions(secret, given, () => clock.at);
const cookieOf = (header: string) => header.split(';')[0]!;

test('a session ends after twelve hours', () => {
  clock.at = 1_000_000;
  const cookie = cookieOf(sessions().open('support', null, false));
  clock.at += 12 * 3_600_000;
  expect(sessions().read(cookie)).toMatchObject({ principal: 'support' });
  clock.at += 1;
  expect(sessions().read(cookie)).toBeNull();
});

test('a session ends when its token is changed, and others go on', () => {
  const support = cookieOf(sessions().open('support', null, false));
  const admin = cookieOf(sessions().open('admin', null, false));
  const after = sessions({ ...keys, support: 'another_support_token' as typeof keys.support });
  expect(after.read(support)).toBeNull();
  expect(after.read(admin)).not.toBeNull();
});

test('a cookie that was changed, cut or made up opens nothing', () => {
  const cookie = cookieOf(sessions().open('support', 'Aiko', false));
  const [body, seal] = cookie.split('=')[1]!.split('.') as [string, string];
  const raised = Buffer.from(body, 'base64url').toString().replace('support', 'admin');
  const forged = [
    `${Buffer.from(raised).toString('base64url')}.${seal}`,
    `${body}.${seal.slice(0, -1)}`,
    `${body}.`,
    body,
    '.',
    `${Buffer.from('null').toString('base64url')}.${seal}`,
    `${Buffer.from('{"principal":"__proto__"}').toString('base64url')}.${seal}`,
  ];
  for (const value of forged) expect(sessions().read(`tabiji_session=${value}`)).toBeNull();
  expect(sessions().read(undefined)).toBeNull();
  expect(sessions().read(cookie)).not.toBeNull();
});

test('the cookie is out of reach of scripts and other sites, and stays off plain HTTP where there is TLS', () => {
  expect(sessions().open('support', null, true)).toMatch(/; HttpOnly; Secure; SameSite=Strict$/);
  expect(sessions().open('support', null, false)).not.toContain('Secure');
});
