// What support records for a customer, and the record that they read: what is refused, and who is named.
import { expect, test } from 'vitest';
import { keys, serverUnderTest, start } from './server-under-test.ts';

test('a withdrawal is recorded at once, with who recorded it', async () => {
  const { post, consents, wakes } = serverUnderTest();
  const answer = await post('/customers/c1/withdrawals', { channel: 'email', purpose: 'marketing' }, keys.support);
  expect(answer.status).toBe(200);
  expect(consents).toEqual([
    {
      ...{ customer: { id: 'c1' }, channel: 'email', purpose: 'marketing', state: 'withdrawn', at: start },
      ...{ source: 'support', evidence: { by: 'support' } },
    },
  ]);
  expect(wakes()).toBe(1);
});

test.each([
  ['a purpose that no message has', { channel: 'email', purpose: 'fun' }, 400],
  ['a channel that there is not', { channel: 'fax', purpose: 'marketing' }, 400],
  ['a grant, which only the customer gives', { channel: 'email', purpose: 'marketing', state: 'granted' }, 400],
])('refuses %s', async (_what, body, status) => {
  const { post, consents } = serverUnderTest();
  expect((await post('/customers/c1/withdrawals', body, keys.support)).status).toBe(status);
  expect(consents).toEqual([]);
});

test('nothing is recorded for a customer who is not there', async () => {
  const { post, consents, commanded } = serverUnderTest();
  const body = { channel: 'email', purpose: 'marketing' };
  expect((await post('/customers/nobody/withdrawals', body, keys.support)).status).toBe(404);
  expect((await post('/customers/nobody/suppressions', { channel: 'email' }, keys.support)).status).toBe(404);
  expect([consents, commanded]).toEqual([[], []]);
});

test('a suppression names who recorded it', async () => {
  const { post, commanded } = serverUnderTest();
  expect((await post('/customers/c1/suppressions', { channel: 'email' }, keys.admin)).status).toBe(200);
  expect(commanded).toEqual(['suppress c1 email admin']);
});

test('a suppression is lifted for a reason only, by who may, and the record names them', async () => {
  const { post, commanded } = serverUnderTest();
  const lift = (body: object, key: string) => post('/customers/c1/suppression-lifts', body, key);
  expect((await lift({ channel: 'email', because: '  ' }, keys.support)).status).toBe(400);
  expect((await lift({ channel: 'email', because: 'x'.repeat(301) }, keys.support)).status).toBe(400);
  expect((await lift({ channel: 'email', because: 'asked' }, keys.marketer)).status).toBe(403);
  expect(commanded).toEqual([]);
  expect((await lift({ channel: 'email', because: ' they asked ' }, keys.support)).status).toBe(200);
  expect(commanded).toEqual(['liftSuppression c1 email support they asked']);
});

test('the timeline takes its own cursors only, and pages of a size that can be carried', async () => {
  const { get } = serverUnderTest();
  expect((await get('/customers/c1/timeline', keys.support)).json).toEqual({ rows: [], next: null });
  expect((await get('/customers/c1/timeline?before=wrong', keys.support)).status).toBe(400);
  expect((await get('/customers/c1/timeline?limit=1000', keys.support)).status).toBe(400);
  expect((await get('/customers/nobody/timeline', keys.support)).status).toBe(404);
});
