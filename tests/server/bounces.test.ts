// POST /hooks/bounces: signed or refused, raw mail or JSON, and never anybody's word about a mail that is not ours.
import { Webhook } from 'standardwebhooks';
import { describe, expect, test } from 'vitest';
import { keys, serverUnderTest, start } from './server-under-test.ts';

const bouncesSecret = 'a secret between mail servers';
const key = '0190a5c0-7f00-7000-8000-000000000001/3';
const tag = key.replace('/', '.');
const bearer = { authorization: `Bearer ${bouncesSecret}` };
const json = { 'content-type': 'application/json' };
const rfc822 = { 'content-type': 'message/rfc822' };

const under = (changed: Parameters<typeof serverUnderTest>[0] = {}) => {
  const server = serverUnderTest({ bouncesSecret, ...changed });
  const hook = (body: unknown, headers: Record<string, string> = { ...json, ...bearer }) =>
    server.post('/hooks/bounces', body, null, headers);
  return { ...server, hook };
};

const mail = `Date: Fri, 20 Nov 2026 09:31:00 +0000
To: bounces+${tag}@mail.shop.example
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.com

Final-Recipient: rfc822; hanako@example.com
Action: failed
Status: 5.1.1

--b--
`.replaceAll('\n', '\r\n');

describe('who may', () => {
  const body = JSON.stringify({ type: 'delivered', delivery: key });
  const signed = (secret: string, at = new Date(), payload = body) => ({
    ...json,
    'webhook-id': 'msg_1',
    'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
    'webhook-signature': new Webhook(secret, { format: 'raw' }).sign('msg_1', at, payload),
  });

  test('who signs with the secret, or shows it', async () => {
    const { hook, reports } = under();
    const basic = `Basic ${Buffer.from(`postfix:${bouncesSecret}`).toString('base64')}`;
    for (const headers of [signed(bouncesSecret), { ...json, ...bearer }, { ...json, authorization: basic }])
      expect((await hook(body, headers)).status).toBe(200);
    expect(reports).toHaveLength(3);
  });

  test('a signature by the published vector of Standard Webhooks is checked as such', async () => {
    // https://www.standardwebhooks.com: the secret is base64 behind `whsec_`.
    const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
    const { hook, reports } = under({ bouncesSecret: secret });
    const at = new Date();
    const signature = new Webhook(secret).sign('m', at, body);
    const headers = {
      'webhook-id': 'm',
      'webhook-timestamp': String(Math.floor(+at / 1000)),
      'webhook-signature': signature,
    };
    expect((await hook(body, { ...json, ...headers })).status).toBe(200);
    expect(reports).toHaveLength(1);
  });

  test.each([
    ['nobody', json],
    ['who has another key of the shop', { ...json, authorization: `Bearer ${keys.admin}` }],
    ['who has another secret', signed('another secret of some length')],
    ['who signed another body', signed(bouncesSecret, new Date(), '{}')],
    ['who replays an old one', signed(bouncesSecret, new Date(Date.now() - 3_600_000))],
    ['who sends half a signature', { ...json, 'webhook-id': 'msg_1' }],
    ['who shows nothing', { ...json, authorization: 'Bearer ' }],
  ])('not %s', async (_who, headers) => {
    const { hook, reports } = under();
    expect((await hook(body, headers)).status).toBe(401);
    expect(reports).toEqual([]);
  });

  test('nobody where no secret is set', async () => {
    const { hook } = under({ bouncesSecret: null });
    expect((await hook(body)).status).toBe(404);
  });
});

describe('a raw mail', () => {
  test('is read, and wakes whoever waits for it', async () => {
    const { hook, reports, wakes } = under();
    const answer = await hook(mail, { ...rfc822, ...bearer });
    expect(answer.json).toEqual({ reports: [{ report: 'bounced', delivery: key, status: 'done' }] });
    expect(reports).toEqual([
      {
        ...{ key, kind: 'bounced', source: 'bounce', code: '5.1.1', address: 'hanako@example.com' },
        at: Date.parse('2026-11-20T09:31:00Z'),
      },
    ]);
    expect(wakes()).toBe(1);
  });

  test('that is no report is taken and forgotten', async () => {
    const { hook, reports } = under();
    const answer = await hook('Subject: Out of office\r\n\r\nBack on Monday', { ...rfc822, ...bearer });
    expect([answer.status, answer.json]).toEqual([200, { reports: [] }]);
    expect(reports).toEqual([]);
  });

  test('of two megabytes is taken, of twenty refused', async () => {
    const { hook } = under();
    expect((await hook(`${mail}${'x'.repeat(2_000_000)}`, { ...rfc822, ...bearer })).status).toBe(200);
    expect((await hook('x'.repeat(20_000_000), { ...rfc822, ...bearer })).status).toBe(413);
  });
});

describe('JSON', () => {
  test.each([
    [
      { type: 'bounce', code: '5.1.1', message_id: `<${tag}@shop.example>` },
      { kind: 'bounced', code: '5.1.1' },
    ],
    [
      { type: 'bounce', code: '5.2.2', delivery: key },
      { kind: 'returned', code: '5.2.2' },
    ],
    [
      { type: 'bounce', delivery: key },
      { kind: 'returned', code: null },
    ],
    [
      { type: 'complained', delivery: key },
      { kind: 'complained', source: 'feedback_loop' },
    ],
    [{ type: 'delivered', delivery: key, at: '2026-11-20T09:00:00Z' }, { at: Date.parse('2026-11-20T09:00:00Z') }],
    [
      { type: 'delayed', delivery: key },
      { kind: 'delayed', at: start },
    ],
  ])('%j is heard', async (body, heard) => {
    const { hook, reports } = under();
    expect((await hook(body)).status).toBe(200);
    expect(reports).toMatchObject([{ key, ...heard }]);
  });

  test('of several is taken one by one', async () => {
    const { hook, reports } = under();
    const body = {
      reports: [{ type: 'delivered', delivery: 'e1/1' }, { type: 'opened', delivery: 'same' }, { type: 'bounce' }],
    };
    expect((await hook(body)).json.reports.map(({ status }: { status: string }) => status)).toEqual([
      'done',
      'unchanged',
      'unmatched',
    ]);
    expect(reports).toHaveLength(2);
  });

  test.each([
    ['nonsense', '{'],
    ['no type', '{}'],
    ['an unknown type', '{"type":"exploded"}'],
    ['a code that is none', '{"type":"bounce","code":"no such user hanako@example.com"}'],
    ['a list of nonsense', '{"reports":[1]}'],
  ])('of %s is refused, and not repeated', async (_what, body) => {
    const { hook, reports } = under();
    const answer = await hook(body);
    expect(answer.status).toBe(400);
    expect(answer.text).not.toContain('hanako');
    expect(reports).toEqual([]);
  });
});
