// CloudEvents 1.0 over HTTP: binary, structured, batch.
import { describe, expect, test } from 'vitest';
import { keys, serverUnderTest, start } from './server-under-test.ts';

const event = {
  specversion: '1.0',
  id: 'e1',
  source: '/shop/orders',
  type: 'Order Completed',
  subject: 'u1',
  time: '2026-11-20T09:30:00Z',
  datacontenttype: 'application/json',
  data: { order_id: 'o1', total: 12000 },
};
const structured = { 'content-type': 'application/cloudevents+json; charset=utf-8' };
const expected = {
  source: 'cloudevents:/shop/orders',
  sourceId: 'e1',
  identity: { userId: 'u1' },
  kind: 'event',
  name: 'Order Completed',
  occurredAt: Date.parse('2026-11-20T09:30:00Z'),
  data: { order_id: 'o1', total: 12000 },
  trusted: true,
};

describe('a CloudEvent', () => {
  test('in the structured form', async () => {
    const { post, received } = serverUnderTest();
    const answer = await post('/v1/events', event, keys.server, structured);
    expect(answer.json).toEqual({ status: 'accepted', event_id: 'evt-1' });
    expect(received).toMatchObject([expected]);
  });

  test('in the binary form, with percent-encoded attributes', async () => {
    const { post, received } = serverUnderTest();
    const headers = {
      ...{ 'ce-specversion': '1.0', 'ce-id': 'e1', 'ce-source': '/shop/orders', 'ce-type': 'Order%20Completed' },
      ...{ 'ce-subject': encodeURIComponent('花子 "1"'), 'ce-time': event.time, 'ce-someextension': 'x' },
    };
    expect((await post('/v1/events', event.data, keys.server, headers)).status).toBe(200);
    expect(received).toMatchObject([{ ...expected, identity: { userId: '花子 "1"' } }]);
  });

  test('in the binary form without data', async () => {
    const { post, received } = serverUnderTest();
    const headers = { 'ce-specversion': '1.0', 'ce-id': 'e1', 'ce-source': 's', 'ce-type': 'Seen', 'ce-subject': 'u1' };
    expect((await post('/v1/events', '', keys.server, headers)).status).toBe(200);
    expect(received).toMatchObject([{ name: 'Seen', data: {}, occurredAt: start }]);
  });

  test('in a batch, where a bad one is set aside and named', async () => {
    const { post, received, quarantined } = serverUnderTest();
    const batch = [event, { ...event, id: 'e2', subject: undefined }, event, { ...event, id: 'e3' }];
    const headers = { 'content-type': 'application/cloudevents-batch+json' };
    const answer = await post('/v1/events', batch, keys.server, headers);
    expect(answer.json).toMatchObject({ accepted: 2, duplicates: 1, quarantined: [{ index: 1, code: 'invalid' }] });
    expect(received.map(({ sourceId }) => sourceId)).toEqual(['e1', 'e3']);
    expect([...quarantined.values()][0]).toMatchObject({
      source: 'cloudevents',
      problem: expect.stringContaining('subject'),
    });
  });

  test('with its data in base64', async () => {
    const { post, received } = serverUnderTest();
    const { data, ...rest } = event;
    const encoded = { ...rest, data_base64: Buffer.from(JSON.stringify(data)).toString('base64') };
    expect((await post('/v1/events', encoded, keys.server, structured)).status).toBe(200);
    expect(received).toMatchObject([expected]);
  });

  test('is known by source and id: another source may use the same id', async () => {
    const { post } = serverUnderTest();
    const statusOf = async (more: object) => (await post('/v1/events', { ...event, ...more })).json.status;
    expect(await statusOf({})).toBe('accepted');
    expect(await statusOf({ data: {} })).toBe('duplicate');
    expect(await statusOf({ source: '/shop/returns' })).toBe('accepted');
  });

  test('from a page cannot take the place of one from a server', async () => {
    const { post, received } = serverUnderTest();
    expect((await post('/v1/events', event, keys.browser)).json.status).toBe('accepted');
    expect((await post('/v1/events', event, keys.server)).json.status).toBe('accepted');
    expect(received.map(({ trusted }) => trusted)).toEqual([false, true]);
  });

  test.each([
    ['specversion', { specversion: '0.3' }],
    ['id', { id: '' }],
    ['id', { id: undefined }],
    ['source', { source: 5 }],
    ['type', { type: ' ' }],
    ['subject', { subject: null }],
    ['subject', { subject: 'a\u0000' }],
    ['time', { time: 'yesterday' }],
    ['time', { time: '2001-01-01T00:00:00Z' }],
    ['data', { data: 'text' }],
    ['data', { data: [1] }],
    ['data_base64', { data: undefined, data_base64: 'bm8ganNvbg==' }],
  ])('with a wrong %s is refused and kept', async (field, wrong) => {
    const { post, received, quarantined } = serverUnderTest();
    const answer = await post('/v1/events', { ...event, ...wrong }, keys.server, structured);
    expect(answer.status).toBe(400);
    expect(answer.json).toMatchObject({ error: { code: 'invalid' }, quarantine_id: 'q1' });
    expect(answer.json.error.message).toMatch(new RegExp(`^${field}`));
    expect(received).toEqual([]);
    expect(quarantined.size).toBe(1);
  });

  test.each([[5], ['text'], [null]])('that is %j is refused', async (body) => {
    const { post } = serverUnderTest();
    expect((await post('/v1/events', JSON.stringify(body))).status).toBe(400);
  });

  test('of more than 32 KB is refused, and a batch may hold more', async () => {
    const { post } = serverUnderTest();
    const big = { ...event, data: { a: 'x'.repeat(33_000) } };
    expect((await post('/v1/events', big)).status).toBe(413);
    expect(
      (
        await post(
          '/v1/events',
          Array.from({ length: 100 }, (_, i) => ({ ...event, id: `${i}` })),
        )
      ).json.accepted,
    ).toBe(100);
  });

  test('that was set aside is replayed as what it was', async () => {
    const { post, received, quarantined } = serverUnderTest();
    await post('/v1/events', { ...event, time: 'x' });
    (quarantined.get('q1')!.body.event as { time: unknown }).time = event.time;
    expect((await post('/quarantine/q1/replay', {}, keys.admin)).status).toBe(200);
    expect(received).toMatchObject([expected]);
  });

  test('needs a key', async () => {
    const { post } = serverUnderTest();
    expect((await post('/v1/events', event, null)).status).toBe(401);
    expect((await post('/v1/events', event, keys.support)).status).toBe(403);
  });
});
