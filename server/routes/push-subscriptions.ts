// POST and DELETE /v1/push-subscriptions: the devices that push messages go to; and the service worker that shows them.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { DeviceOwner } from '../../engine/push-subscription.ts';
import { type Authenticate, authorize } from '../access.ts';
import type { AppDeps } from '../deps.ts';
import { CallerError } from '../errors.ts';
import { id } from '../ingest/calls.ts';
import { pushWorker } from '../push-worker.ts';
import { shaped } from '../shape.ts';

const endpoint = z
  .string({ error: 'must be text' })
  .max(2048, { error: 'must have at most 2048 characters' })
  .refine((text) => URL.canParse(text) && new URL(text).protocol === 'https:', { error: 'must be an https address' });

/** Base64url of so many bytes, padded or not. */
const bytes = (length: number) =>
  z
    .string({ error: 'must be text' })
    .max(256)
    .refine((text) => /^[\w-]+=*$/.test(text) && Buffer.from(text, 'base64url').length === length, {
      error: `must be base64url of ${length} bytes`,
    });

const owner = { userId: id, anonymousId: id };

export const pushSubscriptionShape = z.object({
  ...owner,
  /** A browser: what `pushManager.subscribe()` gives, as JSON. */
  subscription: z.object({ endpoint, keys: z.object({ p256dh: bytes(65), auth: bytes(16) }) }).nullish(),
  /** An app: its registration token of Firebase. */
  fcmToken: z
    .string({ error: 'must be text' })
    .regex(/^[\x21-\x7e]{1,4096}$/, { error: 'must be a token' })
    .nullish(),
});

export const goneShape = z.object({ ...owner, endpoint: z.string({ error: 'must be text' }).min(1).max(4096) });

const path = '/v1/push-subscriptions';

export function pushRoutes(app: FastifyInstance, deps: AppDeps, authenticate: Authenticate): void {
  const { devices, vapidPublicKey } = deps;
  allowBrowsers(app);
  // The key is in the header or nowhere.
  app.addHook('onRequest', async (request) => {
    if (request.routeOptions.config?.needs === 'send_events')
      request.principal ??= authorize(authenticate, 'send_events', null);
  });
  app.get('/push-sw.js', { config: { needs: 'public', summary: 'Shows push messages in a shop' } }, (_request, reply) =>
    reply.type('text/javascript; charset=utf-8').header('cache-control', 'public, max-age=3600').send(pushWorker),
  );
  const keyConfig = {
    needs: 'public',
    summary: 'The key that browsers subscribe with (applicationServerKey)',
  } as const;
  app.get(`${path}/key`, { config: keyConfig }, async () => ({ key: requireKey() }));

  const addConfig = { needs: 'send_events', summary: 'Keeps a device that push messages may go to' } as const;
  app.post(path, { bodyLimit: 8 * 1024, config: addConfig }, async (request) => {
    const sent = shaped(pushSubscriptionShape, request.body);
    const who = ownerOf(request, sent);
    await devices.subscribe(who, deviceOf(sent));
    return { status: 'subscribed' };
  });

  const dropConfig = { needs: 'send_events', summary: 'Lets go of a device, by its endpoint or token' } as const;
  app.delete(path, { bodyLimit: 8 * 1024, config: dropConfig }, async (request) => {
    const sent = shaped(goneShape, request.body);
    const wasThere = await devices.unsubscribe(ownerOf(request, sent), sent.endpoint);
    return { status: wasThere ? 'unsubscribed' : 'unchanged' };
  });

  function requireKey(): string {
    if (vapidPublicKey === undefined)
      throw new CallerError('not_found', 'push to browsers is not set up; set TABIJI_VAPID_PUBLIC_KEY');
    return vapidPublicKey;
  }

  function deviceOf({ subscription, fcmToken }: z.infer<typeof pushSubscriptionShape>) {
    if ((subscription ?? null) !== null && (fcmToken ?? null) !== null)
      throw new CallerError('invalid', 'either subscription or fcmToken must be there, not both');
    // A push service takes messages for this browser with this key only, so it is kept with the subscription.
    if (subscription)
      return {
        ...{ kind: 'webpush' as const, endpoint: subscription.endpoint },
        keys: { ...subscription.keys, vapid: requireKey() },
      };
    if (fcmToken) return { kind: 'fcm' as const, endpoint: fcmToken, keys: {} };
    throw new CallerError('invalid', 'subscription or fcmToken must be there');
  }

  /** Whoever reads the page has the browser's key, so it speaks for a visitor by their anonymous id only. */
  function ownerOf(
    request: FastifyRequest,
    sent: { userId?: string | null; anonymousId?: string | null },
  ): DeviceOwner {
    const { userId, anonymousId } = sent;
    if (userId && request.principal !== 'server')
      throw new CallerError('forbidden', "userId: needs the server's write key");
    if (userId && anonymousId) throw new CallerError('invalid', 'either userId or anonymousId must be there, not both');
    if (userId) return { userId };
    if (anonymousId) return { anonymousId };
    throw new CallerError('invalid', 'userId or anonymousId must be there');
  }
}

/** The shop's pages are another origin. */
function allowBrowsers(app: FastifyInstance): void {
  app.addHook('onRequest', async (_request, reply) => {
    reply.header('access-control-allow-origin', '*');
  });
  const preflight = (_request: FastifyRequest, reply: FastifyReply) =>
    reply
      .code(204)
      .header('access-control-allow-methods', 'POST, DELETE')
      .header('access-control-allow-headers', 'authorization, content-type')
      .header('access-control-max-age', '86400')
      .send();
  app.options(path, { config: { needs: 'public', summary: 'CORS' } }, preflight);
}
