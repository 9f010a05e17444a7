// POST /hooks/shopify, /hooks/woocommerce, /hooks/ecwid: what a shop system tells; signed, and answered once it is committed.
import { createHash } from 'node:crypto';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { momentOf } from '../../engine/core/local-time.ts';
import type { AppDeps } from '../deps.ts';
import { CallerError } from '../errors.ts';
import type { InFlight } from '../ingest/in-flight.ts';
import { isKeyedSignature } from '../keyed-signature.ts';
import { exactJsonOf } from '../shops/exact-json.ts';
import { readShop } from '../shops/read-shop.ts';
import { mapIn, type Shop, type ShopCall } from '../shops/shop-call.ts';
import { type ShopDeps, type ShopTaken, takeShop } from '../shops/take-shop.ts';

/** An order of hundreds of lines has some hundred kilobytes. */
const bodyLimit = 1024 * 1024;

/** Topics become names of events. */
const topicName = /^[a-z][a-z0-9_]*([./][a-z0-9_]+)+$/;

type Headers = { [name: string]: string | string[] | undefined };
type Hook = (raw: Buffer, headers: Headers) => Promise<ShopTaken>;

export function shopRoutes(
  app: FastifyInstance,
  deps: ShopDeps & Pick<AppDeps, 'clock' | 'shopKeys'>,
  inFlight: InFlight,
): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  app.addHook('onRequest', async (request, reply) => {
    // A body is what its bytes are, with or without a type.
    request.raw.headers['content-type'] = 'application/octet-stream';
    const announced = Number(request.headers['content-length']);
    const entered = inFlight.enter(Math.min(Number.isNaN(announced) ? bodyLimit : announced, bodyLimit), false);
    reply.raw.once('close', entered.release);
  });

  const { shopify, woocommerce, ecwid } = deps.shopKeys ?? {};
  const take = async (call: ShopCall) => takeShop(deps, call, await readShop(call, deps.shopKeys));
  const set = (secret: string | undefined, name: string) => {
    if (!secret) throw new CallerError('not_found', `webhooks of this shop are not taken here; set ${name}`);
    return secret;
  };

  post('shopify', 'What Shopify tells; signed', async (raw, headers) => {
    const secret = set(shopify?.secret, 'SHOPIFY_WEBHOOK_SECRET');
    verify(isKeyedSignature(secret, raw, headers['x-shopify-hmac-sha256']), 'SHOPIFY_WEBHOOK_SECRET');
    const id = headers['x-shopify-event-id'] ?? headers['x-shopify-webhook-id'];
    return take(
      callOf('shopify', raw, headers['x-shopify-topic'], id, {
        origin: wordOf(headers['x-shopify-shop-domain']) ?? null,
        at: momentOf(wordOf(headers['x-shopify-triggered-at']) ?? '', 'UTC'),
      }),
    );
  });

  post('woocommerce', 'What WooCommerce tells; signed', async (raw, headers) => {
    const secret = set(woocommerce?.secret, 'WOOCOMMERCE_WEBHOOK_SECRET');
    const signature = headers['x-wc-webhook-signature'];
    // The first call tells that there is a webhook, without a signature, and must be answered with 200.
    if (signature === undefined && /^webhook_id=\d{1,20}$/.test(raw.toString('latin1', 0, 40)))
      return { status: 'pinged' };
    verify(isKeyedSignature(secret, raw, signature), 'WOOCOMMERCE_WEBHOOK_SECRET');
    const origin = wordOf(headers['x-wc-webhook-source']) ?? null;
    return take(
      callOf('woocommerce', raw, headers['x-wc-webhook-topic'], headers['x-wc-webhook-delivery-id'], { origin }),
    );
  });

  post('ecwid', 'What Ecwid tells; signed, and looked up at Ecwid', async (raw, headers) => {
    const secret = set(ecwid?.secret, 'ECWID_CLIENT_SECRET');
    const { eventId, eventCreated, eventType } = mapIn(parsed(raw));
    const signature = headers['x-ecwid-webhook-signature'];
    const isComplete = typeof eventId === 'string' && typeof eventCreated === 'number';
    verify(isComplete && isKeyedSignature(secret, `${eventCreated}.${eventId}`, signature), 'ECWID_CLIENT_SECRET');
    return take(callOf('ecwid', raw, eventType, eventId, { at: Number(eventCreated) * 1000 }));
  });

  function post(shop: Shop, summary: string, hook: Hook): void {
    app.post(`/hooks/${shop}`, { bodyLimit, config: { needs: 'public', summary } }, async (request, reply) => {
      const raw = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
      return answer(await hook(raw, request.headers), reply);
    });
  }

  function callOf(
    shop: Shop,
    raw: Buffer,
    topic: unknown,
    id: unknown,
    more: { origin?: string | null; at?: number | null },
  ): ShopCall {
    const body = parsed(raw);
    const known = typeof topic === 'string' && topic.length <= 100 && topicName.test(topic) ? topic : '';
    const digest = createHash('sha256').update(`${known}\n`).update(raw).digest('hex');
    const call = { shop, topic: known, id: wordOf(id) ?? digest, body, receivedAt: deps.clock.now() };
    return { ...call, origin: more.origin ?? null, at: more.at ?? null };
  }
}

/** What is signed and no JSON is set aside like any other that cannot be read. */
function parsed(raw: Buffer): unknown {
  try {
    return exactJsonOf(raw);
  } catch {
    return undefined;
  }
}

function wordOf(value: unknown): string | undefined {
  return typeof value === 'string' && /^[\x21-\x7e]{1,200}$/.test(value) ? value : undefined;
}

function verify(isSigned: boolean, variable: string): void {
  if (!isSigned) throw new CallerError('unauthorized', `the signature does not fit; check ${variable}`);
}

/** Only what may succeed when it comes again is refused: shops end a subscription that fails too often. */
function answer(taken: ShopTaken, reply: FastifyReply) {
  switch (taken.status) {
    case 'quarantined':
      reply.code(202);
      return { status: taken.status, message: taken.sentence, quarantine_id: taken.quarantineId };
    case 'exportable':
      return { status: taken.status, event_id: taken.eventId, export: taken.export };
    case 'erased':
    case 'unknown':
    case 'pinged':
      return { status: taken.status };
    default:
      return { status: taken.status, event_id: taken.eventId };
  }
}
