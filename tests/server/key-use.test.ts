// GET /keys: what came in with each key is counted by key, name and reason, and so is what was refused.
import { expect, test } from 'vitest';
import { keys, serverUnderTest } from './server-under-test.ts';

const page = { anonymousId: 'visitor-7', event: 'E' };

test('whole calls that were refused are counted by key and reason, wherever the key stood', async () => {
  const { post, get, clock } = serverUnderTest({ browserRate: 2 });
  const none = await get('/keys', keys.server);
  expect(none.json.use.refused.calls).toEqual([]);
  await post('/v1/track', page, 'a wrong key');
  await post('/v1/track', page, null);
  await post('/v1/track', page, keys.support);
  await post('/v1/track', 'no json');
  for (let n = 0; n < 4; n += 1) {
    clock.at += 1000;
    await post('/v1/track', { ...page, writeKey: keys.browser }, null);
  }
  const { json } = await get('/keys', keys.server);
  const lastAt = new Date(clock.at).toISOString();
  expect(json.use.refused.calls).toEqual([
    { key: null, code: 'unauthorized', count: 2, lastAt: expect.any(String) },
    { key: 'browser', code: 'limited', count: 2, lastAt },
    { key: null, code: 'forbidden', count: 1, lastAt: expect.any(String) },
    { key: 'server', code: 'invalid', count: 1, lastAt: expect.any(String) },
  ]);
  expect(json.use.browserRate).toEqual({ perSecond: 2, left: 0 });
});

test('what is refused elsewhere, and what was taken or set aside, is no refused call', async () => {
  const { post, get } = serverUnderTest();
  await get('/customers/nobody', keys.support);
  await get('/customers/c1', 'a wrong key');
  await post('/v1/track', page);
  expect((await post('/v1/track', { event: 'E' })).status).toBe(400);
  expect((await get('/keys', keys.admin)).json.use.refused.calls).toEqual([]);
});

test('a day is looked at', async () => {
  const asked: number[] = [];
  const empty = { isWhole: true, events: [], wrongTypes: [], setAside: [] };
  const { pageReads } = serverUnderTest().deps;
  const keyUse = async (since: number) => {
    asked.push(since);
    return empty;
  };
  const { get, clock } = serverUnderTest({ pageReads: { ...pageReads, keyUse } });
  const { json } = await get('/keys', keys.server);
  expect(asked).toEqual([clock.at - 86_400_000]);
  expect(json.use).toMatchObject({ ...empty, since: new Date(clock.at - 86_400_000).toISOString() });
});
