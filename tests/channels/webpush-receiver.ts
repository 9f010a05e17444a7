// A push service as browsers have one: it makes subscriptions, checks what RFC 8030, 8188 and 8292 demand, and decrypts
// what it gets as the browser would (RFC 8291).
import { createECDH, randomBytes } from 'node:crypto';
import ece from 'http_ece';
import { importJWK, jwtVerify } from 'jose';
import type { PushSubscription } from '../../engine/ports.ts';
import { type Answer, type HttpReceiver, httpReceiver, type Received } from './http-receiver.ts';

export interface WebPushReceiver extends HttpReceiver {
  /** A browser that subscribes with this public key of ours. */
  subscribe(vapidPublicKey: string, customerId?: string): PushSubscription;
  /** Messages as the browser decrypted them; a newer one of the same topic has replaced the older. */
  shown(): { ttl: number; urgency: string; payload: { [name: string]: unknown } }[];
  /** Decrypted, each as it came. */
  taken: string[];
  /** The endpoint answers 410 from now on. */
  expire(endpoint: string): void;
}

interface Browser {
  ecdh: ReturnType<typeof createECDH>;
  auth: Buffer;
  vapid: string;
  isGone: boolean;
}

export async function webPushReceiver(): Promise<WebPushReceiver> {
  const browsers = new Map<string, Browser>();
  const taken: string[] = [];
  const shown = new Map<string, ReturnType<WebPushReceiver['shown']>[number]>();

  async function take({ path, headers, body }: Received): Promise<Answer> {
    const browser = browsers.get(path);
    if (!browser || browser.isGone) return { status: 410 };
    const ttl = Number(headers.ttl);
    if (headers.ttl === undefined || !Number.isInteger(ttl) || ttl < 0) return { status: 400, body: 'TTL' };
    if (body.length > 4096) return { status: 413 };
    if (headers['content-encoding'] !== 'aes128gcm') return { status: 400, body: 'Content-Encoding' };
    if (!(await isSigned(headers.authorization ?? '', browser.vapid))) return { status: 403 };
    const topic = headers.topic as string | undefined;
    if (topic !== undefined && !/^[A-Za-z0-9_-]{1,32}$/.test(topic)) return { status: 400, body: 'Topic' };
    const authSecret = browser.auth.toString('base64url');
    const plain = ece.decrypt(body, { version: 'aes128gcm', privateKey: browser.ecdh, authSecret });
    taken.push(plain.toString());
    shown.set(topic ?? String(taken.length), {
      ...{ ttl, urgency: String(headers.urgency) },
      payload: JSON.parse(plain.toString()),
    });
    return { status: 201, headers: { location: `${receiver.url}/message/${taken.length}` } };
  }

  async function isSigned(authorization: string, subscribedWith: string): Promise<boolean> {
    const [, token, key] = /^vapid t=([^,]+), k=(.+)$/.exec(authorization) ?? [];
    if (!token || key !== subscribedWith) return false;
    const point = Buffer.from(key, 'base64url');
    const jwk = { kty: 'EC', crv: 'P-256', x: coordinate(point, 1), y: coordinate(point, 33) };
    const { payload } = await jwtVerify(token, await importJWK(jwk, 'ES256'), { audience: receiver.url });
    const longest = Date.now() / 1000 + 24 * 3600;
    return payload.exp! <= longest && /^(mailto|https):/.test(payload.sub!);
  }

  const refusals = {
    'refuses for now': { status: 429, headers: { 'retry-after': '30' } },
    'says the recipient is gone': { status: 410 },
    'rejects our credentials': { status: 403 },
  };
  const receiver = await httpReceiver({ take, refusals });
  return {
    ...receiver,
    taken,
    shown: () => [...shown.values()],
    subscribe(vapid, customerId = 'c1') {
      const ecdh = createECDH('prime256v1');
      ecdh.generateKeys();
      const path = `/push/${randomBytes(9).toString('base64url')}`;
      const auth = randomBytes(16);
      browsers.set(path, { ecdh, auth, vapid, isGone: false });
      const keys = { p256dh: ecdh.getPublicKey('base64url'), auth: auth.toString('base64url'), vapid };
      const seen = { createdAt: 0, lastSeenAt: 0 };
      return { id: `d${browsers.size}`, customerId, kind: 'webpush', endpoint: receiver.url + path, keys, ...seen };
    },
    expire(endpoint) {
      browsers.get(new URL(endpoint).pathname)!.isGone = true;
    },
  };
}

function coordinate(point: Buffer, start: number): string {
  return point.subarray(start, start + 32).toString('base64url');
}
