// LINE: the contract, the retry key that makes a repeat harmless, what messages look like, the table of answers.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type LineOptions, lineChannel, retryKeyOf } from '../../activities/channels/line.ts';
import type { Outbound } from '../../engine/channel.ts';
import { channelContract, claimOf, never, type Rig, type RigOptions, short } from './contract.ts';
import { accessToken, type LineReceiver, lineReceiver, refused } from './line-receiver.ts';
import { limitsOf, pushed } from './push-rig.ts';

const message: Outbound = { ...pushed, to: `U${'0a'.repeat(16)}` };

async function lineRig(
  options: RigOptions = {},
  line: Partial<LineOptions> = {},
): Promise<Rig & { receiver: LineReceiver }> {
  const receiver = await lineReceiver();
  const channel = lineChannel({
    ...{ accessToken, baseUrl: receiver.url, now: () => message.date! },
    ...limitsOf(options),
    ...line,
  });
  return {
    ...{ channel, receiver, message, knowsRepeats: true },
    provider: (behaviour) => receiver.provider(behaviour),
    taken: () => receiver.taken,
    gotAnything: receiver.gotAnything,
    stop: async () => {
      await receiver.close();
      await channel.close();
    },
  };
}

channelContract('line', lineRig);

describe('a message by LINE', () => {
  let rig: Awaited<ReturnType<typeof lineRig>>;
  beforeEach(async () => {
    rig = await lineRig();
  });
  afterEach(() => rig.stop());
  const send = (change: Partial<Outbound> = {}, rendered: Partial<typeof short> = {}) =>
    rig.channel.attempt(
      { ...message, ...change, rendered: { ...short, ...rendered } },
      claimOf(() => true),
      never,
    );

  it('has a picture, a text, and answers that come back as postbacks', async () => {
    const image = 'https://shop.example/bag.jpg';
    const rendered = { ...short, image, answers: [{ answer: 'yes', label: 'はい' }] };
    const outcome = await rig.channel.attempt(
      { ...message, rendered },
      claimOf(() => true),
      never,
    );
    expect(outcome).toEqual({ kind: 'accepted', code: '200', providerId: '46123000001' });
    const action = { type: 'postback', label: 'はい', data: 'delivery=e1%2F1&answer=yes', displayText: 'はい' };
    expect(JSON.parse(rig.receiver.taken[0]!)).toEqual({
      to: message.to,
      messages: [
        { type: 'image', originalContentUrl: image, previewImageUrl: image },
        {
          type: 'text',
          text: `${short.title}\n\n${short.body}\n\n${short.url}`,
          quickReply: { items: [{ type: 'action', action }] },
        },
      ],
    });
  });

  it('carries its retry key from the first attempt on, the same for the same delivery only', async () => {
    rig.receiver.provider('takes the message and hangs up', 1);
    const first = await send();
    expect(first).toMatchObject({ kind: 'unknown', repeatableUntil: message.date! + 23.75 * 3_600_000 });
    expect(await send({ mayHaveLeft: true })).toEqual({ kind: 'duplicate', code: '409', providerId: '46123000001' });
    await send({ key: 'e1/2' });
    const key = retryKeyOf('e1/1');
    expect(rig.receiver.retryKeys).toEqual([key, key, retryKeyOf('e1/2')]);
    expect(key).not.toBe(retryKeyOf('e1/2'));
    expect(rig.receiver.taken).toHaveLength(2);
  });

  it('is not repeated when LINE has forgotten the key, but may still be sent for the first time', async () => {
    await rig.stop();
    rig = await lineRig({}, { now: () => message.date! + 24 * 3_600_000 });
    expect(await send({ mayHaveLeft: true })).toEqual({ kind: 'unknown', code: 'key_expired' });
    expect(rig.receiver.gotAnything()).toBe(false);
    expect((await send()).kind).toBe('accepted');
  });

  it.each([
    [refused('Failed to send messages'), { kind: 'recipient_gone', code: '400' }],
    [refused('The request body has 1 error(s)', [{ property: 'to' }]), { kind: 'recipient_gone', code: '400' }],
    [refused('The request body has 1 error(s)'), { kind: 'message_rejected', code: '400' }],
    [
      { status: 403, body: {} },
      { kind: 'config_error', code: '403' },
    ],
    [
      { status: 413, body: {} },
      { kind: 'message_rejected', code: '413' },
    ],
    [
      { status: 429, body: { message: 'You have reached your monthly limit.' } },
      { kind: 'config_error', code: 'monthly_limit' },
    ],
    [
      { status: 429, body: { message: 'The API rate limit has been exceeded. Try again later.' } },
      { kind: 'retry', code: '429' },
    ],
    [
      { status: 409, body: { message: 'The retry key is already accepted' } },
      { kind: 'duplicate', code: '409' },
    ],
  ])('answered with %j is %j', async (answer, outcome) => {
    rig.receiver.provider(answer);
    expect(await send()).toEqual(outcome);
  });

  it('may have been taken when LINE says 500, and is asked about again', async () => {
    rig.receiver.provider({ status: 500, body: { message: 'Internal error' } });
    expect(await send()).toMatchObject({ kind: 'unknown', code: '500', repeatableUntil: expect.any(Number) });
  });

  it.each<[string, Partial<Outbound>, string, string]>([
    ['a user id that is none', { to: 'hanako' }, 'recipient_gone', 'invalid_address'],
    [
      '5001 characters',
      { rendered: { ...short, title: '', url: null, body: 'あ'.repeat(5001) } },
      'message_rejected',
      'too_large',
    ],
    ['nothing to say', { rendered: { ...short, title: '', url: null, body: '' } }, 'message_rejected', 'empty'],
    [
      'a label of 21 characters',
      { rendered: { ...short, answers: [{ answer: 'a', label: 'あ'.repeat(21) }] } },
      'message_rejected',
      'label_too_long',
    ],
    [
      '14 answers',
      { rendered: { ...short, answers: Array.from({ length: 14 }, (_, i) => ({ answer: `${i}`, label: 'x' })) } },
      'message_rejected',
      'too_many_answers',
    ],
    [
      'an answer that no postback holds',
      { rendered: { ...short, answers: [{ answer: 'あ'.repeat(100), label: 'x' }] } },
      'message_rejected',
      'answer_too_long',
    ],
  ])('%s is refused before the claim', async (_, change, kind, code) => {
    const claim = claimOf(() => true);
    expect(await rig.channel.attempt({ ...message, ...change }, claim, never)).toEqual({ kind, code });
    expect(claim.asked).toBe(0);
  });

  it('may have 5000 characters', async () => {
    expect((await send({}, { title: '', url: null as never, body: 'あ'.repeat(5000) })).kind).toBe('accepted');
  });
});
