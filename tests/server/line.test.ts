// LINE's webhook: signed over the very bytes, read once however often it comes, and handed on as events, consent and answers.
import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { postbackData } from '../../activities/channels/line.ts';
import type { IncomingAnswer } from '../../engine/answer.ts';
import { lineNonce, userOfLineNonce } from '../../server/line-nonce.ts';
import { isLineSignature } from '../../server/routes/line.ts';
import { Away, keys, secret, serverUnderTest, start } from './server-under-test.ts';

const lineChannelSecret = '8c570fa6dd201bb328f1c1eac23a96d8';
const lineUserId = `U${'0a'.repeat(16)}`;

const event = (type: string, more: object = {}) => ({
  ...{ type, mode: 'active', timestamp: start, webhookEventId: `01${type}` },
  ...{ source: { type: 'user', userId: lineUserId }, deliveryContext: { isRedelivery: false } },
  ...more,
});

function lineUnderTest(changed: Parameters<typeof serverUnderTest>[0] = {}) {
  const answers: IncomingAnswer[] = [];
  const server = serverUnderTest({
    lineChannelSecret,
    answers: {
      question: async () => null,
      async receive(answer) {
        answers.push(answer);
        return { status: 'accepted' };
      },
    },
    ...changed,
  });
  const hook = (body: unknown, signature?: string) => {
    const raw = typeof body === 'string' ? body : JSON.stringify(body);
    const own = createHmac('sha256', lineChannelSecret).update(raw).digest('base64');
    return server.post('/hooks/line', raw, null, { 'x-line-signature': signature ?? own });
  };
  const told = () => server.received.map(({ name, sourceId, identity, data }) => [name, sourceId, identity, data]);
  return { ...server, hook, told, answers };
}

// The inputs of LINE's own example.
const example = '{"destination":"U8e742f61d673b39c7fff3cecb7536ef0","events":[]}';
const exampleSignature = 'GhRKmvmHys4Pi8DxkF4+EayaH0OqtJtaZxgTD9fMDLs=';

describe('a signature of LINE', () => {
  it('is the HMAC of the very bytes', () => {
    expect(isLineSignature(lineChannelSecret, Buffer.from(example), exampleSignature)).toBe(true);
    expect(isLineSignature(lineChannelSecret, Buffer.from(`${example} `), exampleSignature)).toBe(false);
    expect(isLineSignature('another secret', Buffer.from(example), exampleSignature)).toBe(false);
    for (const signature of [undefined, '', exampleSignature.slice(1), `${exampleSignature}=`])
      expect(isLineSignature(lineChannelSecret, Buffer.from(example), signature)).toBe(false);
  });

  it('is asked for before anything is read', async () => {
    const { hook, post, received } = lineUnderTest();
    expect((await hook({ events: [event('follow')] }, exampleSignature)).status).toBe(401);
    expect((await post('/hooks/line', { events: [event('follow')] }, null)).status).toBe(401);
    expect((await hook('{ not JSON', 'x')).status).toBe(401);
    expect(received).toEqual([]);
  });

  it('cannot be checked where LINE is not set up', async () => {
    const { hook } = lineUnderTest({ lineChannelSecret: undefined });
    expect((await hook({ events: [] })).status).toBe(404);
  });
});

describe('POST /hooks/line', () => {
  it('answers 200 to the check without events', async () => {
    const { hook, wakes } = lineUnderTest();
    expect((await hook(example, exampleSignature)).status).toBe(200);
    expect(wakes()).toBe(0);
  });

  it('takes follows and blocks as consent and as events, in the order in which they happened', async () => {
    const { hook, told, follows, wakes } = lineUnderTest();
    const blocked = event('unfollow', { timestamp: start + 1 });
    expect((await hook({ events: [blocked, event('follow')] })).status).toBe(200);
    expect(follows).toEqual([
      { eventId: '01follow', lineUserId, at: start, follows: true },
      { eventId: '01unfollow', lineUserId, at: start + 1, follows: false },
    ]);
    expect(told()).toEqual([
      ['line_followed', '01follow', { lineUserId }, {}],
      ['line_unfollowed', '01unfollow', { lineUserId }, {}],
    ]);
    expect(wakes()).toBe(1);
  });

  it('takes a message, with its text as text', async () => {
    const { hook, told } = lineUnderTest();
    const text = '<script>alert(1)</script> ありがとう';
    await hook({ events: [event('message', { message: { id: '1', type: 'text', text }, replyToken: 'r' })] });
    await hook({ events: [event('message', { webhookEventId: '02', message: { id: '2', type: 'sticker' } })] });
    expect(told()).toEqual([
      ['line_message_received', '01message', { lineUserId }, { message_id: '1', type: 'text', text }],
      ['line_message_received', '02', { lineUserId }, { message_id: '2', type: 'sticker' }],
    ]);
  });

  it('takes a tap on an answer of ours as the answer, and any other as the shop knows it', async () => {
    const { hook, told, answers } = lineUnderTest();
    const data = postbackData('enr-1/2', 'とても良い');
    await hook({ events: [event('postback', { postback: { data } })] });
    await hook({ events: [event('postback', { webhookEventId: '02', postback: { data: 'menu=1' } })] });
    expect(answers).toEqual([
      { key: 'enr-1/2', answer: 'とても良い', source: 'line', sourceId: '01postback', at: start },
    ]);
    expect(told()).toEqual([['line_postback_received', '02', { lineUserId }, { data: 'menu=1' }]]);
  });

  it('ignores a repeat, by LINE’s id of the event', async () => {
    const { hook, received } = lineUnderTest();
    const again = event('follow', { deliveryContext: { isRedelivery: true } });
    await hook({ events: [event('follow')] });
    expect((await hook({ events: [again] })).status).toBe(200);
    expect(received).toHaveLength(1);
  });

  it('passes over groups, and events that it does not know', async () => {
    const { hook, received } = lineUnderTest();
    const source = { type: 'group', groupId: 'C1', userId: lineUserId };
    const events = [
      event('message', { source, message: { id: '1', type: 'text', text: 'x' } }),
      event('beacon'),
      7,
      {},
    ];
    expect((await hook({ events })).status).toBe(200);
    expect(received).toEqual([]);
  });

  it('asks to be told again when the database is away', async () => {
    const { hook } = lineUnderTest({ receive: () => Promise.reject(new Away()) });
    expect((await hook({ events: [event('follow')] })).status).toBe(503);
  });
});

describe('a LINE account is linked', () => {
  const link = (nonce: string, result = 'ok') => event('accountLink', { link: { result, nonce } });

  it('with the customer for whom the shop asked for the nonce', async () => {
    const { hook, post, received } = lineUnderTest();
    expect((await post('/v1/line-links', { userId: 'u1' }, keys.browser)).status).toBe(403);
    const { nonce } = (await post('/v1/line-links', { userId: 'u1' })).json;
    expect((await hook({ events: [link(nonce)] })).status).toBe(200);
    expect(received).toMatchObject([
      {
        kind: 'identify',
        identity: { userId: 'u1', lineUserId },
        source: 'line',
        sourceId: '01accountLink',
        trusted: true,
      },
    ]);
  });

  it('by no nonce that is forged, old, of another installation, or failed', async () => {
    const { hook, received } = lineUnderTest();
    const nonce = lineNonce(secret, 'u1', start + 1)!;
    const forged = `${Buffer.from('["u2",99999999999999]').toString('base64url')}.${nonce.split('.')[1]}`;
    const foreign = lineNonce('another secret', 'u1', start + 1)!;
    const old = lineNonce(secret, 'u1', start)!;
    const events = [link(forged), link(foreign), link(old), link(nonce, 'failed'), link(`${nonce}.x`), link('')];
    expect((await hook({ events })).status).toBe(200);
    expect(received).toEqual([]);
    expect(userOfLineNonce(secret, nonce, start)).toBe('u1');
  });

  it('unless its id is too long for a nonce', async () => {
    const { post } = lineUnderTest();
    expect((await post('/v1/line-links', { userId: 'x'.repeat(200) })).status).toBe(400);
    expect((await post('/v1/line-links', {})).status).toBe(400);
  });
});
