// Push as a channel: one message to all devices of a customer, browsers and apps, under one claim.
import type { Channel, Outbound, Outcome } from '../../engine/channel.ts';
import { isShort, type ShortMessage } from '../../engine/core/content.ts';
import type { PushSubscription } from '../../engine/ports.ts';
import { type Attempt, type CallLimits, channelOf } from './attempts.ts';
import { type Fcm, fcmSender } from './fcm.ts';
import type { Reach } from './reach.ts';
import { requireVapid, sendWebPush, type Vapid } from './webpush.ts';

export interface PushOptions extends CallLimits {
  /** The customer's devices; `Outbound.to` is the customer's id. */
  subscriptionsOf(customerId: string): Promise<PushSubscription[]>;
  /** Called for each device that is gone. */
  dropSubscription(id: string): Promise<void>;
  /** Browsers; without it they are passed over. */
  vapid?: Vapid;
  /** Apps; without it they are passed over. */
  fcm?: Fcm;
  /** Where a browser's push service may be; anything but `public` is for tests. */
  reach?: Reach;
  /** Business time, milliseconds since the epoch: what is left until a message expires. */
  now: () => number;
}

type Short = Outbound & { rendered: ShortMessage };

const day = 86_400;

/** Throws where the VAPID keys or the service account are none. */
export function pushChannel(options: PushOptions): Channel {
  const { vapid, reach = 'public' } = options;
  if (vapid) requireVapid(vapid);
  const sendFcm = options.fcm && fcmSender(options.fcm);

  function toDevice(device: PushSubscription, message: Short, attempt: Attempt): Promise<Outcome> {
    const ttlSeconds = ttlOf(message, options.now());
    if (device.kind === 'fcm') return sendFcm!(device, message, attempt, ttlSeconds);
    return sendWebPush(device, message, attempt, { vapid: vapid!, reach, ttlSeconds });
  }

  return channelOf('push', options, async (message, attempt) => {
    if (!isShort(message.rendered)) return { kind: 'message_rejected', code: 'not_a_short_message' };
    const short: Short = { ...message, rendered: message.rendered };
    const devices = await options.subscriptionsOf(message.to);
    const reachable = devices.filter(({ kind }) => (kind === 'fcm' ? sendFcm : vapid) !== undefined);
    if (reachable.length === 0) return { kind: 'recipient_gone', code: 'no_subscription' };
    const outcomes = await Promise.all(reachable.map((device) => toDevice(device, short, attempt)));
    const gone = reachable.filter((_, index) => outcomes[index]!.kind === 'recipient_gone');
    // One that cannot be dropped now is gone the next time, too.
    await Promise.allSettled(gone.map(({ id }) => options.dropSubscription(id)));
    return together(outcomes);
  });
}

// One device that shows the message is enough. What may have left on one must not be repeated for the sake of another.
const precedence: Outcome['kind'][] = [
  'accepted',
  'duplicate',
  'unknown',
  'not_claimed',
  'retry',
  'config_error',
  'message_rejected',
  'recipient_refused',
  'recipient_gone',
];

/** The one outcome of a message to several devices. */
export function together(outcomes: Outcome[]): Outcome {
  const [first] = outcomes.toSorted((a, b) => precedence.indexOf(a.kind) - precedence.indexOf(b.kind));
  return first!;
}

/** What is left until the message expires; push services keep at most four weeks. */
function ttlOf({ expiresAt }: Outbound, now: number): number {
  if (expiresAt === undefined) return day;
  return Math.min(28 * day, Math.max(0, Math.round((expiresAt - now) / 1000)));
}
