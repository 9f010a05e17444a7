// What support, marketers, storefront developers and operators ask for.
import { describe, expect, test } from 'vitest';
import { phrase } from '../../language/phrase.ts';
import type { Publication } from '../../server/deps.ts';
import { Away, keys, serverUnderTest, start } from './server-under-test.ts';

describe('customers and messages', () => {
  test('are found and read', async () => {
    const { get } = serverUnderTest();
    expect((await get('/customers?q=%20c1%20', keys.support)).json).toEqual({
      customers: [{ id: 'c1', found_by: 'c1' }],
    });
    expect((await get('/customers/c1', keys.support)).json).toEqual({ id: 'c1' });
    expect((await get('/deliveries/enr-1/1/body', keys.support)).json).toEqual({ to: 'a@example.com', subject: 'Hi' });
    expect((await get('/deliveries/enr-1%2F1/body', keys.support)).status).toBe(200);
  });

  test.each(['/customers/c2', '/customers/%00', '/deliveries/enr-2/1/body', '/deliveries/%00/body'])(
    '%s is not there',
    async (url) => {
      const { get } = serverUnderTest();
      const answer = await get(url, keys.admin);
      expect([answer.status, answer.json.error.code]).toEqual([404, 'not_found']);
    },
  );

  test.each(['/customers?q=', '/customers?q=a&q=b', `/customers?q=${'x'.repeat(257)}`, '/customers?q=%00'])(
    '%s is no search',
    async (url) => {
      const { get } = serverUnderTest();
      expect((await get(url, keys.support)).status).toBe(400);
    },
  );

  test('a database that is away is a 503, a mistake of ours a 500 without its text', async () => {
    const failing = (error: Error) => ({
      ...serverUnderTest().deps.projections,
      customer: async () => Promise.reject(error),
    });
    expect(
      (await serverUnderTest({ projections: failing(new Away()) }).get('/customers/c1', keys.support)).status,
    ).toBe(503);
    const { get, log } = serverUnderTest({ projections: failing(new Error('duplicate a@example.com')) });
    const answer = await get('/customers/c1', keys.support);
    expect([answer.status, answer.json.error.code]).toEqual([500, 'broken']);
    expect(answer.text + log.join('')).not.toMatch(/a@example\.com/);
    expect(answer.text).not.toContain('.ts:');
  });
});

describe('an explanation', () => {
  test.each([
    ['/customers/c1/journeys/welcome/explanation', 200],
    ['/customers/c1/journeys/welcome/explanation?locale=ja', 200],
    ['/customers/c1/journeys/welcome/explanation?locale=fr', 400],
    ['/customers/c1/journeys/none/explanation', 404],
    ['/customers/none/journeys/welcome/explanation', 404],
    ['/customers/c1/journeys/%00/explanation', 404],
  ])('%s answers %i', async (url, status) => {
    const { get } = serverUnderTest();
    expect((await get(url, keys.support)).status).toBe(status);
  });
});

describe('publishing', () => {
  const files = [{ path: 'journeys/welcome.yaml', text: 'journey: welcom\n' }];
  const problem = { file: files[0]!.path, line: 1, col: 10, message: phrase`no such journey`, rule: 'a-rule' } as const;

  function publishing(publication: Publication) {
    const asked: unknown[] = [];
    const publish = async (...input: unknown[]) => {
      asked.push(input);
      return publication;
    };
    return { ...serverUnderTest({ publications: { publish, list: async () => [] } }), asked };
  }

  test('answers the versions, and the warnings', async () => {
    const journeys = [{ journey: 'welcome', version: 'abc', change: 'new' as const }];
    const publication = {
      diagnostics: [{ ...problem, severity: 'warning' as const }],
      published: { number: 3, changed: true, journeys },
    };
    const { post, asked } = publishing(publication);
    const answer = await post('/journeys', { files }, keys.marketer);
    expect(answer.status).toBe(200);
    expect(answer.json).toMatchObject({ publication: 3, changed: true, journeys, diagnostics: [{ rule: 'a-rule' }] });
    expect(answer.json.rendered).toContain('journeys/welcome.yaml:1:10: warning: no such journey [a-rule]');
    expect(asked).toEqual([[files, 'marketer', start]]);
  });

  test.each([
    ['ja', 'ja', '型は', '警告1件'],
    ['ja-JP,ja;q=0.9,en;q=0.8', 'ja', '型は', '警告1件'],
    ['fr, en;q=0.5', 'en', 'the trait', '1 warning'],
    [undefined, 'en', 'the trait', '1 warning'],
  ])('speaks %s', async (asked, language, said, count) => {
    const message = phrase`the trait "${'tier'}" is of type ${'string'}`;
    const { post } = publishing({
      diagnostics: [{ ...problem, message, severity: 'warning' }],
      published: { number: 3, changed: true, journeys: [] },
    });
    const answer = await post('/journeys', { files }, keys.marketer, asked ? { 'accept-language': asked } : {});
    expect(answer.json.diagnostics).toMatchObject([{ message: expect.stringContaining(said), rule: 'a-rule' }]);
    expect(answer.json.rendered).toContain(count);
    expect([answer.headers['content-language'], answer.headers.vary]).toEqual([language, 'accept-language']);
  });

  test('refuses in the language that is asked for, too', async () => {
    const { post } = publishing({ diagnostics: [{ ...problem, severity: 'error' }], published: null });
    const answer = await post('/journeys', { files }, keys.admin, { 'accept-language': 'ja' });
    expect([answer.status, answer.headers['content-language']]).toEqual([422, 'ja']);
    expect(answer.json.error.message).toBe(
      '何も公開しませんでした。示された箇所を直してから、もう一度公開してください',
    );
    expect(answer.json.rendered).toContain('エラー1件');
  });

  test('of broken journeys is a 422 with every diagnostic', async () => {
    const { post } = publishing({ diagnostics: [{ ...problem, severity: 'error' }], published: null });
    const answer = await post('/journeys', { files }, keys.admin);
    expect(answer.status).toBe(422);
    expect(answer.json).toMatchObject({
      error: { code: 'rejected' },
      diagnostics: [{ line: 1, col: 10, rule: 'a-rule' }],
    });
    expect(answer.json.rendered).toContain('1 error');
  });

  test.each([
    [{}],
    [{ files: [] }],
    [{ files: [{ path: '../secrets.yaml', text: '' }] }],
    [{ files: [{ path: '/etc/passwd', text: '' }] }],
    [{ files: [{ path: 'a\\b', text: '' }] }],
    [{ files: [{ path: 'a', text: 1 }] }],
    [{ files: [...files, ...files] }],
    [{ files, force: true }],
    ['[]'],
    ['{'],
    [''],
  ])('refuses %j', async (body) => {
    const { post, asked } = publishing({ diagnostics: [], published: null });
    const answer = await post('/journeys', body, keys.marketer);
    expect([answer.status, answer.json.error.code]).toEqual([400, 'invalid']);
    expect(asked).toEqual([]);
  });
});

describe('consents', () => {
  const granted = {
    userId: 'u1',
    channel: 'email',
    purpose: 'marketing',
    state: 'granted',
    evidence: { form: 'footer' },
  };

  test('are recorded with their evidence and moment', async () => {
    const { post, consents } = serverUnderTest();
    expect((await post('/v1/consents', { ...granted, at: '2026-11-19T10:00:00Z' })).json).toEqual({
      status: 'recorded',
    });
    await post('/v1/consents', {
      ...granted,
      userId: null,
      anonymousId: 7,
      state: 'withdrawn',
      evidence: undefined,
      at: '2027-01-01',
    });
    expect(consents).toEqual([
      {
        customer: { userId: 'u1' },
        channel: 'email',
        purpose: 'marketing',
        state: 'granted',
        at: start - 86_400_000,
        source: 'consents',
        evidence: { form: 'footer' },
      },
      {
        customer: { anonymousId: '7' },
        channel: 'email',
        purpose: 'marketing',
        state: 'withdrawn',
        at: start,
        source: 'consents',
        evidence: {},
      },
    ]);
  });

  test.each([
    ['no evidence', { evidence: {} }, 'evidence'],
    ['evidence as text', { evidence: 'yes' }, 'evidence'],
    ['nobody', { userId: '' }, 'userId or anonymousId'],
    ['an unknown channel', { channel: 'pigeon' }, 'channel: must be one of'],
    ['an unknown purpose', { purpose: 'marketting' }, 'purpose: must be one of marketing, ads'],
    ['an unknown state', { state: 'maybe' }, 'state'],
    ['a moment nobody can read', { at: 'today' }, 'at: '],
    ['an unknown key', { channels: ['email'] }, 'unknown key'],
  ])('%s is refused', async (_what, changed, sentence) => {
    const { post, consents } = serverUnderTest();
    const answer = await post('/v1/consents', { ...granted, ...changed });
    expect(answer.status).toBe(400);
    expect(answer.json.error.message).toContain(sentence);
    expect(consents).toEqual([]);
  });
});

describe('quarantine', () => {
  test('lists what was not understood, and takes it in once it is', async () => {
    const server = serverUnderTest();
    let isBroken = true;
    const receive: typeof server.deps.receive = async (incoming) => {
      if (isBroken) throw new TypeError('our mistake');
      return server.deps.receive(incoming);
    };
    const { post, get, clock } = serverUnderTest({ receive, quarantine: server.deps.quarantine });
    await post('/v1/track', {
      userId: 'u1',
      event: 'E',
      timestamp: '2026-11-20T11:00:00Z',
      sentAt: '2026-11-20T11:30:00Z',
    });
    const [listed] = (await get('/quarantine', keys.server)).json.events;
    expect(listed).toMatchObject({
      id: 'q1',
      source: 'segment',
      body: { call: 'track', event: { userId: 'u1' } },
      replayed_at: null,
    });
    expect((await post('/quarantine/q1/replay', {}, keys.admin)).status).toBe(409);
    isBroken = false;
    clock.at += 86_400_000;
    expect((await post('/quarantine/q1/replay', {}, keys.admin)).json).toEqual({
      status: 'accepted',
      event_id: 'evt-1',
    });
    expect(server.received[0]).toMatchObject({
      occurredAt: start - 1_800_000,
      trusted: true,
      sourceId: 'quarantine:q1',
    });
    expect((await post('/quarantine/q1/replay', {}, keys.admin)).status).toBe(409);
  });

  test('a replay knows which key an event came with', async () => {
    const { post, received, quarantined } = serverUnderTest();
    await post(
      '/v1/batch',
      { batch: [{ type: 'identify', anonymousId: 'a1', timestamp: 'x', traits: { email: 'v@example.com' } }] },
      keys.browser,
    );
    (quarantined.get('q1')!.body.event as { timestamp: unknown }).timestamp = null;
    expect((await post('/quarantine/q1/replay', {}, keys.admin)).status).toBe(200);
    expect(received[0]).toMatchObject({ kind: 'identify', trusted: false, traits: {} });
  });

  test('what is not there, too large, or still wrong cannot be replayed', async () => {
    const { post } = serverUnderTest();
    await post('/v1/batch', {
      batch: [{ type: 'track', userId: 'u1', event: 'E', properties: { a: 'x'.repeat(33_000) } }, { type: 'track' }],
    });
    expect((await post('/quarantine/q9/replay', {}, keys.admin)).status).toBe(404);
    expect((await post('/quarantine/q1/replay', {}, keys.admin)).json.error.message).toContain('too large to keep');
    expect((await post('/quarantine/q2/replay', {}, keys.admin)).json.error.message).toContain('still not understood');
  });
});

describe('operators', () => {
  test.each([
    ['all is well', {}, 200, 'ready'],
    ['Temporal is away', { temporalHealthy: () => false }, 200, 'degraded'],
    ['Temporal fails', { temporalHealthy: async () => Promise.reject(new Error('away')) }, 200, 'degraded'],
    ['the database is away', { outboxSize: async () => Promise.reject(new Away()) }, 503, 'not_ready'],
  ])('when %s, /ready says so', async (_what, changed, status, said) => {
    const { get } = serverUnderTest({
      readiness: { outboxSize: async () => 4, temporalHealthy: () => true, ...changed },
    });
    const answer = await get('/ready');
    expect([answer.status, answer.json.status]).toEqual([status, said]);
    expect((await get('/health')).json).toEqual({ status: 'ok' });
  });

  test('the description lists the routes with the shapes they check', async () => {
    const { get } = serverUnderTest();
    const { paths } = (await get('/openapi.json')).json;
    expect(paths['/customers/{id}'].get.parameters).toMatchObject([{ name: 'id', in: 'path', required: true }]);
    expect(paths['/journeys'].post.parameters).toMatchObject([{ name: 'Accept-Language', in: 'header' }]);
    const consent = paths['/v1/consents'].post.requestBody.content['application/json'].schema;
    expect(consent.required).toEqual(['channel', 'purpose', 'state']);
    expect(paths['/v1/track'].post.requestBody.content['application/json'].schema.required).toEqual(['event']);
  });

  test('there is no mailbox unless one is given', async () => {
    expect((await serverUnderTest().get('/mailbox')).status).toBe(404);
    const mailbox = async (url: string) =>
      url === '/mailbox' ? { status: 200, headers: { 'content-type': 'text/html' }, body: '<p>mail</p>' } : undefined;
    const { get } = serverUnderTest({ mailbox });
    expect((await get('/mailbox')).text).toBe('<p>mail</p>');
    expect((await get('/mailbox/messages/9')).status).toBe(404);
  });
});
