// POST /hooks/chatwoot: what agents do in Chatwoot, signed by it over the very bytes that come.
// https://developers.chatwoot.com/self-hosted/webhooks
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { chatwootRole, ownSource, sayAsAgent } from '../chatwoot/agent.ts';
import type { AppDeps } from '../deps.ts';
import { CallerError } from '../errors.ts';
import { jsonOf } from '../ingest/body.ts';
import { shaped } from '../shape.ts';

const number = z.number().int().positive().max(Number.MAX_SAFE_INTEGER);
const conversation = z.looseObject({
  id: number,
  inbox_id: number.optional(),
  contact_inbox: z.looseObject({ source_id: z.string().max(200).optional() }).nullish(),
});
const account = z.looseObject({ id: number }).optional();
const said = z.looseObject({
  id: number,
  account,
  message_type: z.union([z.string(), z.number()]),
  private: z.boolean().nullish(),
  source_id: z.string().nullish(),
  content: z.string().nullish(),
  conversation,
});
const changed = z.looseObject({ ...conversation.shape, account, status: z.string() });
export const chatwootHookShape = z.looseObject({ event: z.string() });

/** How far Chatwoot's clock may be from ours, either way. */
const windowMs = 5 * 60_000;

/** True for `sha256=` and the hex of HMAC-SHA256 over timestamp, dot and body, not older than five minutes. */
export function isChatwootSignature(
  secret: string,
  raw: Buffer,
  { timestamp, signature }: { timestamp: string | undefined; signature: string | undefined },
  now: number,
): boolean {
  if (!timestamp || !/^\d{1,12}$/.test(timestamp) || Math.abs(now - Number(timestamp) * 1_000) > windowMs) return false;
  const digest = createHmac('sha256', secret).update(`${timestamp}.`).update(raw).digest('hex');
  const expected = Buffer.from(`sha256=${digest}`);
  const given = Buffer.from(signature ?? '');
  return given.length === expected.length && timingSafeEqual(given, expected);
}

export function chatwootRoutes(app: FastifyInstance, deps: AppDeps): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  const config = { needs: 'public', summary: 'What agents say and resolve in Chatwoot; signed' } as const;
  app.post('/hooks/chatwoot', { bodyLimit: 1024 * 1024, config }, async ({ body, headers }) => {
    const { chatwoot } = deps;
    if (!chatwoot) throw new CallerError('not_found', 'Chatwoot is not set up here; set CHATWOOT_URL and the others');
    const raw = Buffer.isBuffer(body) ? body : Buffer.alloc(0);
    const [timestamp, signature] = ['x-chatwoot-timestamp', 'x-chatwoot-signature'].map(
      (name) => [headers[name]].flat()[0],
    );
    if (!isChatwootSignature(chatwoot.settings.secret, raw, { timestamp, signature }, deps.clock.real()))
      throw new CallerError(
        'unauthorized',
        'x-chatwoot-signature does not fit; check CHATWOOT_WEBHOOK_SECRET and the clocks',
      );
    const { event, ...rest } = shaped(chatwootHookShape, jsonOf(raw));
    if (event === 'message_created') await takeMessage(deps, shaped(said, rest));
    // Webhooks of inboxes say the first, agent bots the second.
    if (event === 'conversation_status_changed' || event === 'conversation_resolved')
      await takeStatus(deps, shaped(changed, rest));
    return {};
  });
}

/** An answer that is no success makes Chatwoot show the agent that the message has failed. */
async function takeMessage(deps: AppDeps, message: z.infer<typeof said>): Promise<void> {
  const { id, content, message_type: type, source_id: source } = message;
  if (type !== 'outgoing' && type !== 1) return;
  if (message.private || source?.startsWith(ownSource)) return;
  const ours = await ownOf(deps, message.conversation, message.account?.id);
  if (ours === null) return;
  if (!content?.trim()) throw new CallerError('conflict', 'only text reaches the customer');
  const answer = await sayAsAgent(deps.conversations, ours, id, content);
  if (answer.kind === 'not_found' || answer.kind === 'conflict') throw new CallerError(answer.kind, answer.sentence);
}

async function takeStatus(deps: AppDeps, conversationThere: z.infer<typeof changed>): Promise<void> {
  if (conversationThere.status !== 'resolved') return;
  const ours = await ownOf(deps, conversationThere, conversationThere.account?.id);
  if (ours === null) return;
  const { kind } = await deps.conversations.resolve(ours, chatwootRole);
  if (kind === 'done') deps.wakeDispatcher();
}

/** Our id of it; null: another inbox's, or one that was not begun here. */
async function ownOf(
  { chatwoot }: AppDeps,
  { id, inbox_id: inbox, contact_inbox: place }: z.infer<typeof conversation>,
  accountId: number | undefined,
): Promise<string | null> {
  const { settings, conversationOf } = chatwoot!;
  if ((inbox ?? settings.inbox) !== settings.inbox || (accountId ?? settings.account) !== settings.account) return null;
  return conversationOf(id, place?.source_id ?? null);
}
