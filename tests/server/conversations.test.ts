// Conversations with people: who may see them, what is taken, and over the real store how one is opened, answered and resolved.
import pino from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createApp } from '../../server/app.ts';
import { storeDeps } from '../../server/store-deps.ts';
import { planWith } from '../core/plans.ts';
import { openTestDatabase, type TestDatabase } from '../database.ts';
import { createRig, type Rig, reachable } from '../engine/rig.ts';
import { databaseBacking } from '../store/backing.ts';
import { keys, secret, serverUnderTest } from './server-under-test.ts';

describe('the routes', () => {
  test('are for support', async () => {
    const { get, post } = serverUnderTest();
    for (const key of [null, keys.browser, keys.server, keys.marketer]) {
      expect((await get('/conversations', key)).status).toBeGreaterThanOrEqual(401);
      expect((await get('/conversations/cv1', key)).status).toBeGreaterThanOrEqual(401);
      expect((await post('/conversations/cv1/reply', { text: 'Hi' }, key)).status).toBeGreaterThanOrEqual(401);
      expect((await post('/conversations/cv1/resolve', {}, key)).status).toBeGreaterThanOrEqual(401);
    }
    expect((await get('/conversations', keys.support)).json).toEqual({ conversations: [], next: null });
    expect((await get('/conversations/cv1', keys.support)).json).toEqual({ id: 'cv1' });
  });

  test('say what they cannot take, and that there is none', async () => {
    const { get, post } = serverUnderTest();
    expect((await get('/conversations?status=lost', keys.support)).json.error.message).toContain('open or resolved');
    expect((await get('/conversations/cv2', keys.support)).status).toBe(404);
    expect((await get('/conversations/%00', keys.support)).status).toBe(404);
    for (const body of [{}, { text: ' ' }, { text: 'x'.repeat(4001) }, { text: 'x', more: 1 }])
      expect((await post('/conversations/cv1/reply', body, keys.support)).status).toBe(400);
    expect((await post('/conversations/late/resolve', {}, keys.support)).status).toBe(409);
    expect((await post('/conversations/none/resolve', {}, keys.support)).status).toBe(404);
    expect((await post('/conversations/same/resolve', {}, keys.support)).json.status).toBe('unchanged');
  });

  test('tell the engine who does it', async () => {
    const { post, commanded, wakes } = serverUnderTest();
    expect((await post('/conversations/cv1/reply', { text: ' Hello ', id: 'm1' }, keys.support)).status).toBe(200);
    expect((await post('/conversations/cv1/resolve', {}, keys.support)).status).toBe(200);
    expect(commanded).toEqual(['reply cv1 m1 Hello support', 'resolveConversation cv1 support']);
    expect(wakes()).toBe(2);
  });
});

describe('over the store', () => {
  let database: TestDatabase;
  let rig: Rig;
  let app: ReturnType<typeof createApp>;
  const call = async (method: 'GET' | 'POST', url: string, payload?: object) => {
    const headers = { authorization: `Bearer ${keys.support}` };
    const answer = await app.inject({ method, url, headers, ...(payload && { payload }) });
    return { status: answer.statusCode, json: answer.json() };
  };

  beforeAll(async () => {
    database = await openTestDatabase();
    const help = { kind: 'handoff', queue: 'support', note: 'Gift?', withinMs: 86_400_000, next: null } as const;
    rig = await createRig([planWith({ help })], databaseBacking(database));
    const deps = serverUnderTest().deps;
    const own = storeDeps({ pool: database.pool, clock: rig.ports.clock, newId: rig.ports.newId, secret });
    app = createApp({ ...deps, ...own, logger: pino({ level: 'silent' }) });
    await rig.receive(reachable);
    await rig.receive({ kind: 'event', name: 'signed_up' });
    const [id] = await rig.takeLooks();
    await rig.turns.run(id!);
  });
  afterAll(async () => {
    await app.close();
    await database.close();
  });

  test('a handoff is listed with its note and shown with its story, answered once, and its resolution moves the journey on', async () => {
    const { json } = await call('GET', '/conversations?queue=support');
    expect(json.conversations).toMatchObject([{ queue: 'support', status: 'open', note: 'Gift?', journey: 'test' }]);
    expect((await call('GET', '/conversations?queue=sales')).json.conversations).toEqual([]);
    const { id } = json.conversations[0];
    const shown = (await call('GET', `/conversations/${id}`)).json;
    expect(shown).toMatchObject({ id, messages: [], story: { journey: 'test' } });
    expect(JSON.stringify(shown.story)).toContain('was handed over to support');

    expect((await call('POST', `/conversations/${id}/reply`, { text: 'Hello <b>', id: 'm1' })).json.status).toBe(
      'done',
    );
    expect((await call('POST', `/conversations/${id}/reply`, { text: 'Hello', id: 'm1' })).json.status).toBe(
      'unchanged',
    );
    const { messages } = (await call('GET', `/conversations/${id}`)).json;
    expect(messages).toMatchObject([{ from: 'agent', content: { text: 'Hello <b>' } }]);

    expect((await call('POST', `/conversations/${id}/resolve`)).json.status).toBe('done');
    expect((await call('POST', `/conversations/${id}/resolve`)).json.status).toBe('unchanged');
    expect((await call('POST', `/conversations/${id}/reply`, { text: 'Too late' })).status).toBe(409);
    await rig.runAll();
    expect((await rig.rows()).enrollments).toMatchObject([{ status: 'completed', endedAt: rig.time.now }]);
    expect((await call('GET', '/conversations')).json.conversations).toEqual([]);
    const [resolved] = (await call('GET', '/conversations?status=resolved')).json.conversations;
    expect(resolved).toMatchObject({ id, resolvedBy: 'support' });
  });
});
