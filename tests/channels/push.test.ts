// Push: the contract before a push service that decrypts and verifies, and what is true of several devices at once.
import { createECDH } from 'node:crypto';
import net from 'node:net';
import ece from 'http_ece';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { pushChannel, together } from '../../activities/channels/push.ts';
import { topicOf } from '../../activities/channels/webpush.ts';
import type { Outcome } from '../../engine/channel.ts';
import { channelContract, claimOf, never, short } from './contract.ts';
import { type PushRig, pushed, pushRig } from './push-rig.ts';

channelContract('push to a browser', pushRig);

describe('a push message', () => {
  let rig: PushRig;
  beforeEach(async () => {
    rig = await pushRig();
  });
  afterEach(() => rig.stop());
  const send = (change: Partial<typeof pushed> = {}) =>
    rig.channel.attempt(
      { ...pushed, ...change },
      claimOf(() => true),
      never,
    );
  const { to: _, ...rest } = pushed;

  it('is shown as it was written, with its answers, time to live and urgency', async () => {
    const answers = [{ answer: 'yes', label: 'はい', url: 'https://shop.example/a/1' }];
    await send({ rendered: { ...short, answers }, expiresAt: pushed.date! + 90_000 });
    const { title, body, url, image } = short;
    const payload = { tag: topicOf(pushed.key), title, body, url, image, answers };
    expect(rig.receiver.shown()).toEqual([{ ttl: 90, urgency: 'normal', payload }]);
  });

  it('is urgent when it is transactional, and waits a day for the device if nothing else is said', async () => {
    await send({ unsubscribeUrl: null });
    expect(rig.receiver.shown()[0]).toMatchObject({ ttl: 86_400, urgency: 'high' });
  });

  it('replaces its own repeat, and no other message', async () => {
    await send();
    await send();
    await send({ key: 'e1/2' });
    expect(rig.receiver.taken).toHaveLength(3);
    expect(rig.receiver.shown()).toHaveLength(2);
  });

  // 4096 bytes of body are what every push service takes; encryption costs 103 of them.
  it('may have 3993 bytes, and with one more is rejected before the claim', async () => {
    const bytesOf = (body: string) =>
      Buffer.byteLength(JSON.stringify({ tag: topicOf(rest.key), ...short, body, locale: undefined, answers: [] }));
    const body = 'x'.repeat(3993 - bytesOf(''));
    expect(await send({ rendered: { ...short, body } })).toMatchObject({ kind: 'accepted' });
    expect(Buffer.byteLength(rig.receiver.taken[0]!)).toBe(3993);
    const claim = claimOf(() => true);
    const outcome = await rig.channel.attempt({ ...pushed, rendered: { ...short, body: `${body}x` } }, claim, never);
    expect(outcome).toEqual({ kind: 'message_rejected', code: 'too_large' });
    expect(claim.asked).toBe(0);
  });

  it('goes to all devices under one claim, and is accepted if one takes it; gone ones are dropped', async () => {
    const second = rig.receiver.subscribe(rig.vapid.publicKey);
    const third = rig.receiver.subscribe(rig.vapid.publicKey);
    rig.devices.push(second, third);
    rig.receiver.expire(second.endpoint);
    const claim = claimOf(() => true);
    expect((await rig.channel.attempt(pushed, claim, never)).kind).toBe('accepted');
    expect(claim.asked).toBe(1);
    expect(rig.receiver.taken).toHaveLength(2);
    expect(rig.dropped).toEqual([second.id]);
  });

  it('does not wait for a device that cannot be reached to send to the others', async () => {
    await rig.stop();
    rig = await pushRig({}, { connectMs: 1_000 });
    // It takes the connection, and never says a word of TLS.
    const mute = net.createServer(() => {});
    await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
    const { port } = mute.address() as net.AddressInfo;
    rig.devices.unshift({ ...rig.devices[0]!, id: 'mute', endpoint: `https://127.0.0.1:${port}/x` });
    let connectedAtClaim = 0;
    const claim = claimOf(() => {
      connectedAtClaim = rig.receiver.connections();
      return true;
    });
    expect((await rig.channel.attempt(pushed, claim, never)).kind).toBe('accepted');
    expect([claim.asked, connectedAtClaim]).toEqual([1, 1]);
    rig.receiver.provider({ status: 410 });
    expect(await send()).toEqual({ kind: 'retry', code: 'ETIMEDOUT' });
    mute.close();
  });

  it('finds the recipient gone when all devices are', async () => {
    rig.receiver.expire(rig.devices[0]!.endpoint);
    expect(await send()).toEqual({ kind: 'recipient_gone', code: '410' });
    expect(rig.dropped).toEqual([rig.devices[0]!.id]);
    expect(await send({ to: 'nobody' })).toEqual({ kind: 'recipient_gone', code: 'no_subscription' });
  });

  it('does not go where a browser subscribed with another key, or with keys that are none', async () => {
    const { endpoint } = rig.devices[0]!;
    rig.devices[0] = { ...rig.devices[0]!, keys: { ...rig.devices[0]!.keys, vapid: 'another' } };
    expect(await send()).toEqual({ kind: 'recipient_gone', code: 'other_vapid_key' });
    rig.devices[0] = { ...rig.devices[0]!, endpoint, keys: { p256dh: 'AAAA', auth: 'AAAA' } };
    expect(await send()).toEqual({ kind: 'recipient_gone', code: 'bad_keys' });
    expect(rig.receiver.gotAnything()).toBe(false);
  });

  it('waits as long as the push service says', async () => {
    rig.receiver.provider({ status: 429, headers: { 'retry-after': '120' } });
    expect(await send()).toEqual({ kind: 'retry', code: '429', afterMs: 120_000 });
    rig.receiver.provider({ status: 503, headers: { 'retry-after': 'soon' } });
    expect(await send()).toEqual({ kind: 'retry', code: '503' });
  });

  it.each([
    [404, 'recipient_gone'],
    [413, 'message_rejected'],
    [400, 'config_error'],
    [401, 'config_error'],
    [403, 'config_error'],
    [500, 'retry'],
    [307, 'config_error'],
  ])('answered %i is %s', async (status, kind) => {
    rig.receiver.provider({ status, headers: { location: 'http://127.0.0.1:1/' } });
    expect(await send()).toEqual({ kind, code: String(status) });
  });

  it('is sent to no private address, however it is written', async () => {
    const channel = pushChannel({
      ...{ vapid: rig.vapid, now: () => 0, dropSubscription: async () => {} },
      subscriptionsOf: async () => rig.devices,
    });
    for (const endpoint of ['https://127.0.0.1/x', 'https://[::ffff:10.0.0.1]/x', 'https://localhost/x']) {
      rig.devices.splice(0, 1, { ...rig.devices[0]!, endpoint });
      const claim = claimOf(() => true);
      expect(await channel.attempt(pushed, claim, never)).toEqual({ kind: 'config_error', code: 'EPRIVATE' });
      expect(claim.asked).toBe(0);
    }
    rig.devices.splice(0, 1, { ...rig.devices[0]!, endpoint: 'http://push.example/x' });
    expect(
      await channel.attempt(
        pushed,
        claimOf(() => true),
        never,
      ),
    ).toMatchObject({ code: 'EINSECURE' });
  });

  it('is refused by a channel whose keys are no pair, without repeating them', () => {
    const { privateKey } = rig.vapid;
    const options = { subscriptionsOf: async () => [], dropSubscription: async () => {}, now: () => 0 };
    const other = 'BNcRdreALRFXTkOOUHK1EtK2wtaz5Ry4YfYCA_0QTpQtUbVlUls0VJXg7A8u-Ts1XbjhazAkj7I99e8QcYP7DkM';
    const broken = () => pushChannel({ ...options, vapid: { ...rig.vapid, publicKey: other } });
    expect(broken).toThrow(/^TABIJI_VAPID_PUBLIC_KEY/);
    expect(broken).not.toThrow(privateKey);
  });
});

it.each<[Outcome['kind'][], Outcome['kind']]>([
  [['recipient_gone', 'retry', 'accepted'], 'accepted'],
  [['retry', 'unknown', 'recipient_gone'], 'unknown'],
  [['retry', 'not_claimed'], 'not_claimed'],
  [['recipient_gone', 'config_error', 'retry'], 'retry'],
  [['recipient_gone', 'message_rejected'], 'message_rejected'],
  [['recipient_gone', 'recipient_gone'], 'recipient_gone'],
])('devices that answer %j make it %s', (kinds, kind) => {
  expect(together(kinds.map((one) => ({ kind: one, code: 'x' }))).kind).toBe(kind);
});

// RFC 8291 §5, the values of the example.
it('the receiver of these tests decrypts what the standard gives as its example', () => {
  const body =
    'DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN';
  const privateKey = createECDH('prime256v1');
  privateKey.setPrivateKey('q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94', 'base64url');
  const authSecret = 'BTBZMqHH6r4Tts7J_aSIgg';
  const plain = ece.decrypt(Buffer.from(body, 'base64url'), { version: 'aes128gcm', privateKey, authSecret });
  expect(plain.toString()).toBe('When I grow up, I want to be a watermelon');
});
