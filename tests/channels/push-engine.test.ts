// Push through the engine: from the device that a browser subscribed with to the message that it decrypts, and on to the next
// channel when the devices are gone.
import { afterEach, expect, it } from 'vitest';
import webpush from 'web-push';
import { pushChannel } from '../../activities/channels/push.ts';
import type { Channel } from '../../engine/channel.ts';
import { subscribe } from '../../engine/push-subscription.ts';
import { day, planWith } from '../core/plans.ts';
import { createRig, reachable, settings } from '../engine/rig.ts';
import { type WebPushReceiver, webPushReceiver } from './webpush-receiver.ts';

let receiver: WebPushReceiver;
let channel: Channel;
afterEach(async () => {
  await receiver.close();
  await channel.close();
});

async function rigWithDevices(count: number) {
  receiver = await webPushReceiver();
  const vapid = { subject: 'mailto:shop@shop.example', ...webpush.generateVAPIDKeys() };
  const by = ['push', 'email'];
  const plan = planWith({ first: { kind: 'send', message: 'hi', by, with: {}, expiresMs: day, next: null } });
  plan.messages.hi!.channels.push = { '': { title: 'お忘れもの', body: 'カート', url: 'https://shop.example/cart' } };
  const policies = { channels: { ...settings.channels, push: {} } };
  const rig = await createRig([plan], undefined, undefined, policies);
  const { store } = rig.ports;
  channel = pushChannel({
    ...{ vapid, reach: 'public or loopback', now: () => rig.time.now },
    subscriptionsOf: (id) => store.transaction((tx) => tx.pushSubscriptions(id)),
    dropSubscription: async (id) => {
      await store.transaction((tx) => tx.dropPushSubscription({ id }));
    },
  });
  rig.ports.channels.push = channel;
  await rig.receive(reachable);
  await rig.receive({
    kind: 'identify',
    grants: [
      { channel: 'push', purpose: 'marketing' },
      { channel: 'email', purpose: 'marketing' },
    ],
  });
  const devices = Array.from({ length: count }, () => receiver.subscribe(vapid.publicKey));
  for (const device of devices) await subscribe(rig.ports, { userId: 'u1' }, device);
  return { rig, devices };
}

const states = async ({ rig }: Awaited<ReturnType<typeof rigWithDevices>>) =>
  (await rig.rows()).deliveries.map(({ channel, state, reason }) => [channel, state, reason]);

it('a message reaches every device of a customer, once', async () => {
  const made = await rigWithDevices(2);
  await made.rig.receive({ kind: 'event', name: 'signed_up' });
  await made.rig.runAll();
  expect(await states(made)).toEqual([['push', 'accepted', null]]);
  expect(receiver.taken.map((text) => JSON.parse(text).title)).toEqual(['お忘れもの', 'お忘れもの']);
});

it('when the last device is gone the next channel takes over, and nothing stands in the way of another device', async () => {
  const made = await rigWithDevices(1);
  receiver.expire(made.devices[0]!.endpoint);
  await made.rig.receive({ kind: 'event', name: 'signed_up' });
  await made.rig.runAll();
  expect(await states(made)).toEqual([
    ['push', 'failed', 'gone'],
    ['email', 'accepted', null],
  ]);
  const { customerId } = (await made.rig.rows()).enrollments[0]!;
  const left = await made.rig.store.transaction(async (tx) => [
    await tx.pushSubscriptions(customerId),
    await tx.suppression('push', customerId),
  ]);
  expect(left).toEqual([[], null]);
});
