// The channels of an installation: email and the site always, the others where their keys are there.
import { type EmailOptions, emailChannel } from './activities/channels/email.ts';
import type { ChannelKeys } from './activities/channels/keys.ts';
import { lineChannel } from './activities/channels/line.ts';
import { pushChannel } from './activities/channels/push.ts';
import { siteChannel } from './activities/channels/site.ts';
import { smsChannel } from './activities/channels/sms.ts';
import type { Channel } from './engine/channel.ts';
import type { Clock, Store } from './engine/ports.ts';

export interface ChannelsInput {
  email: EmailOptions;
  keys: ChannelKeys;
  store: Store;
  clock: Clock;
  newId: () => string;
}

/** Refuses, by throwing, keys and addresses that are none. */
export function createChannels({ email, keys, store, clock, newId }: ChannelsInput): { [name: string]: Channel } {
  const now = () => clock.now();
  const { vapid, fcm, lineAccessToken, twilio } = keys;
  const push = {
    ...{ now, vapid, fcm: fcm && { account: fcm } },
    // Merged since the message was claimed: their devices have moved with them.
    subscriptionsOf: (customerId: string) =>
      store.transaction(async (tx) => tx.pushSubscriptions((await tx.customer(customerId))?.id ?? customerId)),
    dropSubscription: async (id: string) => {
      await store.transaction((tx) => tx.dropPushSubscription({ id }));
    },
  };
  return {
    email: emailChannel({ now, ...email }),
    site: siteChannel({ store, clock, newId }),
    ...((vapid || fcm) && { push: pushChannel(push) }),
    ...(twilio && { sms: smsChannel({ now, twilio }) }),
    ...(lineAccessToken && { line: lineChannel({ now, accessToken: lineAccessToken }) }),
  };
}
