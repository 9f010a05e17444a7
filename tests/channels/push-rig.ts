// A push channel before a push service, and the limits of channels in tests.
import webpush from 'web-push';
import { type PushOptions, pushChannel } from '../../activities/channels/push.ts';
import type { Outbound } from '../../engine/channel.ts';
import type { PushSubscription } from '../../engine/ports.ts';
import { hastyMs, patientMs, type Rig, type RigOptions, short } from './contract.ts';
import { type WebPushReceiver, webPushReceiver } from './webpush-receiver.ts';

export interface PushRig extends Rig {
  receiver: WebPushReceiver;
  devices: PushSubscription[];
  dropped: string[];
  vapid: { subject: string; publicKey: string; privateKey: string };
  message: Outbound;
}

export const limitsOf = ({ isHasty, claimTooLate }: RigOptions) => ({
  ...{ connectMs: patientMs, longestCallMs: isHasty ? hastyMs : patientMs },
  ...(claimTooLate && { stopwatch: () => () => 10 * patientMs }),
});

export const pushed: Outbound = {
  ...{ key: 'e1/1', to: 'c1', rendered: short, date: Date.UTC(2026, 10, 21, 9, 30) },
  unsubscribeUrl: 'https://shop.example/u/token',
};

/** One device, which the test may join by others. */
export async function pushRig(options: RigOptions = {}, push: Partial<PushOptions> = {}): Promise<PushRig> {
  const receiver = await webPushReceiver();
  const vapid = { subject: 'mailto:shop@shop.example', ...webpush.generateVAPIDKeys() };
  const devices = [receiver.subscribe(vapid.publicKey)];
  const dropped: string[] = [];
  const channel = pushChannel({
    ...{ vapid, reach: 'public or loopback', now: () => pushed.date! },
    subscriptionsOf: async (customerId) => devices.filter((device) => device.customerId === customerId),
    dropSubscription: async (id) => {
      dropped.push(id);
    },
    ...limitsOf(options),
    ...push,
  });
  return {
    ...{ channel, receiver, devices, dropped, vapid, message: pushed },
    provider: (behaviour) => receiver.provider(behaviour),
    taken: () => receiver.taken,
    gotAnything: receiver.gotAnything,
    stop: async () => {
      await receiver.close();
      await channel.close();
    },
  };
}
