// What people have to look at: enrollments that stand still and deliveries that are not settled, a page at a time.
import pino from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createApp } from '../../server/app.ts';
import { storeDeps } from '../../server/store-deps.ts';
import { newId } from '../../store/id.ts';
import { openTestDatabase, type TestDatabase } from '../database.ts';
import { delivery, enrolled, MINUTE, T0 } from '../store/samples.ts';
import { keys, secret } from './server-under-test.ts';

let database: TestDatabase;
let app: ReturnType<typeof createApp>;

beforeAll(async () => {
  database = await openTestDatabase();
  const clock = { now: () => T0, real: () => T0, sleepMs: () => null };
  const { outboxSize, ...deps } = storeDeps({ pool: database.pool, clock, newId, secret });
  app = createApp({
    ...{ ...deps, keys, secret, readiness: { outboxSize, temporalHealthy: () => true } },
    ...{ wakeDispatcher: () => {}, wakeSweeper: () => {}, logger: pino({ level: 'silent' }) },
  });
  await database.store.transaction(async (tx) => {
    for (const [index, needsAttention] of ['does not fit', null, 'fits neither'].entries())
      await enrolled(tx, `u${index}`, { id: `e${index}`, needsAttention });
    const over = await enrolled(tx, 'u3', {
      id: 'e3',
      needsAttention: 'but has ended',
      status: 'exited',
      reason: 'goal',
    });
    for (const [index, state] of (['unknown', 'held', 'unknown', 'accepted', 'unknown'] as const).entries())
      await tx.saveDelivery(delivery(over, { key: `e3/${index}`, state, sentAt: T0 + MINUTE }));
  });
});
afterAll(() => database.close());

async function get(url: string, key: string = keys.support) {
  const answer = await app.inject({ method: 'GET', url, headers: { authorization: `Bearer ${key}` } });
  return { status: answer.statusCode, json: answer.json() };
}

test('enrollments that stand still are listed, and no others', async () => {
  const { json } = await get('/enrollments?needs=attention');
  expect(json.enrollments).toMatchObject([
    { id: 'e0', journey: 'welcome', needsAttention: 'does not fit', enteredAt: new Date(T0 + 1).toISOString() },
    { id: 'e2', needsAttention: 'fits neither' },
  ]);
  expect(json.next).toBeNull();
});

test('deliveries of which nobody knows are listed, a page at a time', async () => {
  const first = await get('/deliveries?state=unknown&limit=2');
  expect(first.json.deliveries.map(({ key }: { key: string }) => key)).toEqual(['e3/0', 'e3/2']);
  expect(first.json.deliveries[0]).toMatchObject({ message: 'hello', sentAt: new Date(T0 + MINUTE).toISOString() });
  expect(first.json.deliveries[0]).not.toHaveProperty('rendered');
  const rest = await get(`/deliveries?state=unknown&limit=2&after=${encodeURIComponent(first.json.next)}`);
  expect(rest.json).toMatchObject({ deliveries: [{ key: 'e3/4' }], next: null });
});

test.each([
  '/enrollments',
  '/enrollments?needs=love',
  '/deliveries',
  '/deliveries?state=accepted',
  '/deliveries?state=unknown&limit=0',
  '/deliveries?state=unknown&limit=999',
  '/deliveries?state=unknown&after=%00',
])('%s is no list', async (url) => {
  expect((await get(url)).status).toBe(400);
});
