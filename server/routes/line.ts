// POST /hooks/line: what LINE tells of people; signed. POST /v1/line-links: the nonce with which a customer links their account.
// https://developers.line.biz/en/reference/messaging-api/#webhooks
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { JsonMap } from '../../engine/core/schema.ts';
import type { AppDeps } from '../deps.ts';
import { CallerError } from '../errors.ts';
import { jsonOf } from '../ingest/body.ts';
import { id } from '../ingest/calls.ts';
import { isKeyedSignature } from '../keyed-signature.ts';
import { lineNonce, nonceMs, userOfLineNonce } from '../line-nonce.ts';
import { shaped } from '../shape.ts';

const eventShape = z.looseObject({
  type: z.string(),
  webhookEventId: z.string().min(1).max(128),
  timestamp: z.number(),
  source: z
    .looseObject({
      type: z.string(),
      userId: z
        .string()
        .regex(/^U[0-9a-f]{32}$/)
        .optional(),
    })
    .optional(),
  message: z.looseObject({ id: z.string(), type: z.string(), text: z.string().optional() }).optional(),
  postback: z.looseObject({ data: z.string() }).optional(),
  link: z.looseObject({ result: z.string(), nonce: z.string() }).optional(),
});
type LineEvent = z.infer<typeof eventShape>;

/** LINE lets people write 5,000 characters; the rest of a longer one stands in the event. */
const longestText = 2_000;

export const lineHookShape = z.looseObject({ events: z.array(z.unknown()) });
export const lineLinkShape = z.object({ userId: id });

/** True for the base64 of HMAC-SHA256 over the very bytes that came. */
export function isLineSignature(channelSecret: string, raw: Buffer, signature: string | undefined): boolean {
  return isKeyedSignature(channelSecret, raw, signature);
}

export function lineRoutes(app: FastifyInstance, deps: AppDeps): void {
  app.register(async (hook) => {
    hook.removeAllContentTypeParsers();
    hook.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
    const config = { needs: 'public', summary: 'What LINE tells: follows, messages, answers; signed' } as const;
    hook.post('/hooks/line', { bodyLimit: 1024 * 1024, config }, async (request) => {
      const raw = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
      verify(deps, raw, request.headers['x-line-signature']);
      const { events } = shaped(lineHookShape, jsonOf(raw));
      // Without any, it is LINE's own check of this address. What has no shape that we know is none of ours.
      const known = events.flatMap((event) => eventShape.safeParse(event).data ?? []);
      for (const event of known.toSorted((a, b) => a.timestamp - b.timestamp)) await take(deps, event);
      if (known.length > 0) deps.wakeDispatcher();
      return {};
    });
  });

  const config = { needs: 'set_consent', summary: 'A nonce with which a customer links their LINE account' } as const;
  app.post('/v1/line-links', { bodyLimit: 4 * 1024, config }, async (request) => {
    const { userId } = shaped(lineLinkShape, request.body);
    if (!userId) throw new CallerError('invalid', 'userId must be there');
    const nonce = lineNonce(deps.secret, userId, deps.clock.real() + nonceMs);
    if (nonce === null) throw new CallerError('invalid', 'userId: is too long to be linked');
    return { nonce };
  });
}

function verify({ lineChannelSecret }: AppDeps, raw: Buffer, signature: string | string[] | undefined): void {
  if (!lineChannelSecret) throw new CallerError('not_found', 'LINE is not set up here; set LINE_CHANNEL_SECRET');
  if (!isLineSignature(lineChannelSecret, raw, [signature].flat()[0]))
    throw new CallerError('unauthorized', 'x-line-signature does not fit the body; check LINE_CHANNEL_SECRET');
}

/** Each part of it may be repeated: LINE sends again what was not answered in time. */
async function take(deps: AppDeps, event: LineEvent): Promise<void> {
  const { type, timestamp: at, webhookEventId: eventId, source, message, postback, link } = event;
  const lineUserId = source?.type === 'user' ? source.userId : undefined;
  if (lineUserId === undefined) return;
  const call = { eventId, lineUserId, at };
  if (type === 'follow' || type === 'unfollow') {
    const follows = type === 'follow';
    await deps.recordFollow({ ...call, follows });
    return tell(deps, call, follows ? 'line_followed' : 'line_unfollowed', {});
  }
  if (type === 'message' && message) {
    const text: JsonMap = message.type === 'text' && message.text !== undefined ? { text: message.text } : {};
    await tell(deps, call, 'line_message_received', { message_id: message.id, type: message.type, ...text });
    if (message.text) await talk(deps, lineUserId, message.id, message.text);
    return;
  }
  if (type === 'postback' && postback) return takePostback(deps, call, postback.data);
  if (type === 'accountLink' && link) return takeLink(deps, call, link);
}

interface Call {
  eventId: string;
  lineUserId: string;
  at: number;
}

/** What is typed there is answered like in the chat on the site. */
async function talk({ chat }: AppDeps, lineUserId: string, id: string, text: string): Promise<void> {
  await chat?.converse.type({
    identity: { lineUserId },
    channel: 'line',
    id: `line-${id}`,
    text: text.slice(0, longestText),
  });
}

/** An answer to a question of ours, as `postbackData` of the channel writes it; any other is the shop's own. */
async function takePostback(deps: AppDeps, call: Call, data: string): Promise<void> {
  const said = new URLSearchParams(data);
  const [key, answer] = [said.get('delivery'), said.get('answer')];
  if (key === null || answer === null) return tell(deps, call, 'line_postback_received', { data });
  await deps.answers.receive({ key, answer, source: 'line', sourceId: call.eventId, at: call.at });
}

async function takeLink(
  deps: AppDeps,
  call: Call,
  { result, nonce }: { result: string; nonce: string },
): Promise<void> {
  const userId = result === 'ok' ? userOfLineNonce(deps.secret, nonce, call.at) : null;
  if (userId === null) return;
  const { eventId: sourceId, lineUserId, at: occurredAt } = call;
  const identity = { userId, lineUserId };
  await deps.receive({ ...nothing, kind: 'identify', name: null, data: {}, sourceId, identity, occurredAt });
}

async function tell(deps: AppDeps, call: Call, name: string, data: JsonMap): Promise<void> {
  const { eventId: sourceId, lineUserId, at: occurredAt } = call;
  await deps.receive({ ...nothing, kind: 'event', name, data, sourceId, identity: { lineUserId }, occurredAt });
}

const nothing = { source: 'line', traits: {}, context: {}, grants: [], trusted: true };
