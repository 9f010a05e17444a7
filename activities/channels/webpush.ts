// One push message to one browser: encrypted for it (RFC 8291), signed by us (RFC 8292), posted to its push service (RFC 8030).
import { createECDH, createHash } from 'node:crypto';
import webpush from 'web-push';
import type { Outbound, Outcome } from '../../engine/channel.ts';
import type { ShortMessage } from '../../engine/core/content.ts';
import type { PushSubscription } from '../../engine/ports.ts';
import type { Attempt } from './attempts.ts';
import { callHttp, type HttpAnswer } from './http-call.ts';
import { outcomeOf, plainOutcome } from './http-outcome.ts';
import type { Reach } from './reach.ts';

/** As `TABIJI_VAPID_*` say; the keys are base64url, the subject is a mailto: or https: address of ours. */
export interface Vapid {
  subject: string;
  publicKey: string;
  privateKey: string;
}

/** A push service takes 4096 bytes of body at least; these are what encryption leaves of them. */
const mostPlainBytes = 3_993;

/** Throws, naming the variables and no value, where these are no VAPID keys. */
export function requireVapid(vapid: Vapid): void {
  try {
    const subscription = { endpoint: 'https://push.example/', keys: { p256dh: '', auth: '' } };
    webpush.generateRequestDetails(subscription, null, { vapidDetails: vapid });
    const pair = createECDH('prime256v1');
    pair.setPrivateKey(vapid.privateKey, 'base64url');
    if (pair.getPublicKey('base64url') === vapid.publicKey) return;
  } catch {
    // Its text may quote a key.
  }
  throw new Error(
    'TABIJI_VAPID_PUBLIC_KEY, TABIJI_VAPID_PRIVATE_KEY and TABIJI_VAPID_SUBJECT must be a pair of VAPID keys in base64url and an address of yours (mailto: or https:); npx web-push generate-vapid-keys makes a pair',
  );
}

/** What the service worker gets; see `server/push-worker.ts`. */
export function pushPayload(message: Outbound, content: ShortMessage): string {
  const { title, body, url, image, answers } = content;
  return JSON.stringify({ tag: topicOf(message.key), title, body, url, image, answers: answers ?? [] });
}

/** A repeat replaces what has not been shown yet, and takes the place of what has: at most 32 characters of base64url. */
export function topicOf(key: string): string {
  return createHash('sha256').update(key).digest('base64url').slice(0, 32);
}

export async function sendWebPush(
  device: PushSubscription,
  message: Outbound & { rendered: ShortMessage },
  attempt: Attempt,
  options: { vapid: Vapid; reach: Reach; ttlSeconds: number },
): Promise<Outcome> {
  const { vapid, reach, ttlSeconds } = options;
  const { p256dh = '', auth = '', vapid: madeFor } = device.keys;
  // A push service takes only the key that the browser subscribed with.
  if (madeFor !== undefined && madeFor !== vapid.publicKey) return { kind: 'recipient_gone', code: 'other_vapid_key' };
  const payload = pushPayload(message, message.rendered);
  if (Buffer.byteLength(payload) > mostPlainBytes) return { kind: 'message_rejected', code: 'too_large' };
  let details: ReturnType<typeof webpush.generateRequestDetails>;
  try {
    details = webpush.generateRequestDetails({ endpoint: device.endpoint, keys: { p256dh, auth } }, payload, {
      vapidDetails: vapid,
      contentEncoding: 'aes128gcm',
      TTL: ttlSeconds,
      urgency: message.unsubscribeUrl === null ? 'high' : 'normal',
      topic: topicOf(message.key),
    });
  } catch {
    return { kind: 'recipient_gone', code: 'bad_keys' };
  }
  const headers: { [name: string]: string } = {};
  for (const [name, value] of Object.entries(details.headers)) headers[name.toLowerCase()] = String(value);
  return outcomeOf(await callHttp({ ...attempt, url: device.endpoint, headers, body: details.body!, reach }), judge);
}

/** RFC 8030 §5 and §7.3, RFC 8292 §4.2. */
function judge(answer: HttpAnswer): Outcome {
  const { status } = answer;
  const code = String(status);
  if (status >= 200 && status < 300) {
    const providerId = answer.header('location');
    return { kind: 'accepted', code, ...(providerId !== null && { providerId }) };
  }
  if (status === 404 || status === 410) return { kind: 'recipient_gone', code };
  // 400 is about VAPID or the format, both of which are ours.
  return plainOutcome(answer) ?? { kind: 'config_error', code };
}
