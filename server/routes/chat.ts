// The chat on the shop's pages: /chat/sessions opens it for a browser, /chat/messages is read as a stream and written to.
// Pages of any origin may ask: what they show is a token that speaks for one browser.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import { z } from 'zod';
import type { ChatMessage } from '../../engine/core/chat.ts';
import { readSessionToken, sessionMs, sessionToken } from '../chat/session-token.ts';
import { openStream, type Stream } from '../chat/stream.ts';
import type { AppDeps } from '../deps.ts';
import { CallerError } from '../errors.ts';
import type { TakeShare } from '../ingest/browser-rate.ts';
import { shaped } from '../shape.ts';

// Whoever knows it reads the chat, so it must be long enough that nobody guesses it: a UUID is.
export const sessionShape = z.object({
  anonymousId: z.string({ error: 'must be the browser’s own random id' }).min(16).max(256),
});
export const messageShape = z.object({
  id: z.string({ error: 'must be an id of your own: the same for a repeat' }).regex(/^[\w-]{8,64}$/),
  text: z
    .string({ error: 'must be what the customer typed' })
    .trim()
    .min(1)
    .max(2_000, { error: 'is longer than 2,000 characters' }),
  locale: z.string().max(35).optional(),
});

export const answerShape = z.object({
  key: z.string({ error: 'must be the key of the message that asked' }).min(1).max(200),
  answer: z.string({ error: 'must be one of its answers' }).min(1).max(100),
});

/** Typing faster than this is not typing. */
const messagesPerMinute = 20;
const mostStreams = 2_000;
/** One browser has a few tabs. */
const mostStreamsEach = 6;

/** @param takeShare ids of browsers are free to make up: all of them together have the browser key's share */
export function chatRoutes(
  app: FastifyInstance,
  deps: AppDeps,
  chat: NonNullable<AppDeps['chat']>,
  takeShare: TakeShare,
): void {
  const pace = new RateLimiterMemory({ points: messagesPerMinute, duration: 60 });
  const streams = new Map<Stream, string>();
  allowPages(app);
  let isStopping = false;
  app.addHook('preClose', async () => {
    isStopping = true;
    for (const stream of streams.keys()) stream.end();
  });

  const opens = {
    needs: 'send_events',
    summary: "Opens the chat for a browser, with the browser's write key",
  } as const;
  app.post('/chat/sessions', { bodyLimit: 4 * 1024, config: opens }, async (request) => {
    if (request.principal === null)
      throw new CallerError('unauthorized', 'send the write key: Authorization: Bearer <key>');
    const { anonymousId } = shaped(sessionShape, request.body);
    await takeShare({ trusted: request.principal === 'server' }, 1);
    const { settings } = await deps.catalog();
    const token = sessionToken(deps.secret, anonymousId, deps.clock.real());
    return { token, lasts_ms: sessionMs, shop: settings.brand.name, locale: settings.locale };
  });

  const reads = {
    needs: 'public',
    summary: 'What is said to this browser’s customer, as it is said (event stream)',
  } as const;
  app.get('/chat/messages', { config: reads }, async (request, reply) => {
    const anonymousId = browserOf(request);
    // Nobody would end it any more, and the server waits until all are ended.
    if (isStopping) throw new CallerError('overloaded', 'the server is stopping; come again in a moment');
    const own = [...streams.values()].filter((other) => other === anonymousId).length;
    if (streams.size >= mostStreams || own >= mostStreamsEach)
      throw new CallerError('overloaded', 'too many chats are open; close one and come again');
    const after = Number(/^\d{1,15}$/.exec(String(request.headers['last-event-id'] ?? ''))?.[0] ?? 0);
    const stream = openStream(reply);
    const unfollow = chat.feed.follow({ anonymousId, after }, (message) => {
      stream.send(String(message.id), shown(message));
    });
    streams.set(stream, anonymousId);
    void stream.ended.then(() => {
      unfollow();
      streams.delete(stream);
    });
  });

  const writes = { needs: 'public', summary: 'Takes what the customer typed, and answers it' } as const;
  app.post('/chat/messages', { bodyLimit: 16 * 1024, config: writes }, async (request, reply) => {
    const anonymousId = browserOf(request);
    const message = shaped(messageShape, request.body);
    await keepPace(anonymousId);
    const taken = await chat.converse.type({ identity: { anonymousId }, channel: 'site', ...message });
    if (taken === 'gone') throw new CallerError('not_found', 'there is nobody any more to speak with');
    return reply.code(202).send({ status: 'taken' });
  });

  const picks = { needs: 'public', summary: 'Takes the answer that was picked under a question' } as const;
  app.post('/chat/answers', { bodyLimit: 4 * 1024, config: picks }, async (request, reply) => {
    const anonymousId = browserOf(request);
    const picked = shaped(answerShape, request.body);
    await keepPace(anonymousId);
    const taken = await chat.converse.pick({ identity: { anonymousId }, channel: 'site', ...picked });
    if (taken === 'unknown') throw new CallerError('not_found', 'this was not asked here, or it has no such answer');
    return reply.code(202).send({ status: 'taken' });
  });

  async function keepPace(anonymousId: string): Promise<void> {
    await takeShare({ trusted: false }, 1);
    await pace.consume(anonymousId).catch(() => {
      throw new CallerError('overloaded', 'that was many messages in a minute; wait for a moment');
    });
  }

  function browserOf(request: FastifyRequest): string {
    const [, token = ''] = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '') ?? [];
    const anonymousId = readSessionToken(deps.secret, token, deps.clock.real());
    if (anonymousId === null)
      throw new CallerError('unauthorized', 'this chat is over; open a new one with POST /chat/sessions');
    return anonymousId;
  }
}

/** As a page gets it: its own messages under its own ids, the shop's under those that an answer names. */
function shown({ from, content, at, key }: ChatMessage) {
  const own = from === 'customer' ? key.slice(key.indexOf('/') + 1) : key;
  return {
    from: from === 'customer' ? 'customer' : 'shop',
    by: from,
    at: new Date(at).toISOString(),
    key: own,
    ...content,
  };
}

function allowPages(app: FastifyInstance): void {
  app.addHook('onRequest', async (_request: FastifyRequest, reply: FastifyReply) => {
    reply.headers({ 'access-control-allow-origin': '*', 'access-control-expose-headers': 'retry-after' });
  });
  app.options('/chat/*', { config: { needs: 'public', summary: 'CORS' } }, async (_request, reply) =>
    reply
      .code(204)
      .header('access-control-allow-methods', 'GET, POST')
      .header('access-control-allow-headers', 'authorization, content-type, last-event-id')
      .header('access-control-max-age', '86400')
      .send(),
  );
}
