// Push to apps through Firebase: the contract, what a message looks like, the table of error codes, access tokens.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { serviceAccountOf } from '../../activities/channels/fcm.ts';
import { pushChannel } from '../../activities/channels/push.ts';
import { topicOf } from '../../activities/channels/webpush.ts';
import type { PushSubscription } from '../../engine/ports.ts';
import { channelContract, claimOf, never, type Rig, type RigOptions, short } from './contract.ts';
import { error, type FcmReceiver, fcmError, fcmReceiver, fieldError } from './fcm-receiver.ts';
import { limitsOf, pushed } from './push-rig.ts';

const app: PushSubscription = {
  ...{ id: 'd1', customerId: 'c1', kind: 'fcm', endpoint: 'registration-token', keys: {} },
  ...{ createdAt: 0, lastSeenAt: 0 },
};

async function fcmRig(options: RigOptions = {}): Promise<Rig & { receiver: FcmReceiver; dropped: string[] }> {
  const receiver = await fcmReceiver();
  const dropped: string[] = [];
  const channel = pushChannel({
    fcm: { account: receiver.account, baseUrl: receiver.url },
    now: () => pushed.date!,
    subscriptionsOf: async () => [app],
    dropSubscription: async (id) => {
      dropped.push(id);
    },
    ...limitsOf(options),
  });
  return {
    ...{ channel, receiver, dropped, message: pushed },
    provider: (behaviour) => receiver.provider(behaviour),
    taken: () => receiver.taken,
    // The call for the access token carries nothing of the message.
    gotAnything: () => receiver.taken.length > 0 || receiver.messageBytes() > 0,
    stop: async () => {
      await receiver.close();
      await channel.close();
    },
  };
}

channelContract('push to an app', fcmRig);

describe('a message to an app', () => {
  let rig: Awaited<ReturnType<typeof fcmRig>>;
  beforeEach(async () => {
    rig = await fcmRig();
  });
  afterEach(() => rig.stop());
  const send = (change: Partial<typeof pushed> = {}) =>
    rig.channel.attempt(
      { ...pushed, ...change },
      claimOf(() => true),
      never,
    );

  it('says title, body and picture, and carries the address and the answers as data', async () => {
    const answers = [{ answer: 'yes', label: 'はい' }];
    const image = 'https://shop.example/bag.jpg';
    const outcome = await send({ rendered: { ...short, image, answers }, expiresAt: pushed.date! + 60_000 });
    expect(outcome).toEqual({ kind: 'accepted', code: '200', providerId: 'projects/shop-1/messages/1' });
    expect(JSON.parse(rig.receiver.taken[0]!)).toEqual({
      token: 'registration-token',
      notification: { title: short.title, body: short.body, image },
      data: { url: short.url, answers: JSON.stringify(answers) },
      android: { priority: 'NORMAL', ttl: '60s', collapse_key: topicOf(pushed.key) },
      apns: { headers: { 'apns-priority': '5', 'apns-collapse-id': topicOf(pushed.key) } },
    });
  });

  it.each([
    [fcmError(404, 'UNREGISTERED'), { kind: 'recipient_gone', code: 'UNREGISTERED' }],
    [fcmError(403, 'SENDER_ID_MISMATCH'), { kind: 'recipient_gone', code: 'SENDER_ID_MISMATCH' }],
    [fcmError(400, 'INVALID_ARGUMENT'), { kind: 'recipient_gone', code: 'INVALID_ARGUMENT' }],
    [fieldError(), { kind: 'message_rejected', code: 'INVALID_ARGUMENT' }],
    [fcmError(401, 'THIRD_PARTY_AUTH_ERROR'), { kind: 'config_error', code: 'THIRD_PARTY_AUTH_ERROR' }],
    [error(403, 'PERMISSION_DENIED'), { kind: 'config_error', code: '403' }],
    [fcmError(429, 'QUOTA_EXCEEDED'), { kind: 'retry', code: '429', afterMs: 60_000 }],
    [
      { ...error(429, ''), headers: { 'retry-after': '90' } },
      { kind: 'retry', code: '429', afterMs: 90_000 },
    ],
    [error(500, 'INTERNAL'), { kind: 'retry', code: '500' }],
    [
      { status: 503, body: 'not even JSON' },
      { kind: 'retry', code: '503' },
    ],
  ])('refused with %j is %j', async (answer, outcome) => {
    rig.receiver.provider(answer);
    expect(await send()).toEqual(outcome);
    expect(rig.dropped).toEqual(outcome.kind === 'recipient_gone' ? ['d1'] : []);
  });

  it('is sent with one access token for as long as that is good', async () => {
    await Promise.all([send(), send({ key: 'e1/2' })]);
    await send({ key: 'e1/3' });
    expect(rig.receiver.tokens).toEqual(['at1']);
    rig.receiver.revoke();
    expect((await send({ key: 'e1/4' })).kind).toBe('accepted');
    expect(rig.receiver.tokens).toEqual(['at1', 'at2']);
  });

  it('above 4096 bytes is rejected before the claim', async () => {
    const claim = claimOf(() => true);
    const long = { ...pushed, rendered: { ...short, body: '長'.repeat(1_400) } };
    expect(await rig.channel.attempt(long, claim, never)).toEqual({ kind: 'message_rejected', code: 'too_large' });
    expect(claim.asked).toBe(0);
  });
});

it('a service account that is none is refused without repeating it', () => {
  expect(serviceAccountOf(JSON.stringify({ ...account, more: 1 }))).toEqual(account);
  for (const text of ['', 'secret', '{}', JSON.stringify({ ...account, token_uri: 'nowhere' })]) {
    expect(() => serviceAccountOf(text)).toThrow(/^FCM_SERVICE_ACCOUNT must hold/);
    expect(() => serviceAccountOf(text)).not.toThrow(/secret/);
  }
});

const account = {
  ...{ project_id: 'p', client_email: 'a@b.example', private_key: 'secret', token_uri: 'https://t.example/token' },
};
