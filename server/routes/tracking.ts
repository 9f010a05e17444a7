// GET /c/:token and /o/:token: a link of a mail is followed, its image is fetched. What comes of it is recorded; where the
// link leads stands in the mail as it was sent.
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { isOnSite, targetOf } from '../../activities/channels/email-links.ts';
import type { HeardKind } from '../../engine/core/reasons.ts';
import { errorCode } from '../../engine/error-code.ts';
import type { AppDeps } from '../deps.ts';
import { CallerError } from '../errors.ts';
import { readClickToken, readOpenToken } from '../tracking-token.ts';

type TokenRoute = { Params: { token: string } };

/** The smallest image there is: one transparent dot. */
const dot = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64');

export function trackingRoutes(app: FastifyInstance, deps: AppDeps): void {
  const follows = { needs: 'public', summary: 'Leads to where a link of a mail leads, and counts it' } as const;
  app.get<TokenRoute>('/c/:token', { config: follows }, async (request, reply) => {
    const said = readClickToken(deps.secret, request.params.token);
    const sent = said && (await deps.projections.sentMail(said.key));
    const target = sent && targetOf(sent.html, said.link);
    if (!target) throw new CallerError('not_found', 'this link leads nowhere: it was cut off, or its mail was erased');
    // Whoever can send an event may have put an address of theirs into their own mail: we lend our name to no other site.
    const { settings } = await deps.catalog();
    if (!isOnSite(target, settings.brand.url ?? ''))
      throw new CallerError('not_found', 'this link leads to another site than the shop: open it from the mail itself');
    await record(deps, request, 'clicked', said.key, sent.sentAt, said.link);
    return reply.redirect(target, 302);
  });

  const opens = { needs: 'public', summary: 'The image by which a mail is known to be opened' } as const;
  app.get<TokenRoute>('/o/:token', { config: opens }, async (request, reply) => {
    const said = readOpenToken(deps.secret, request.params.token);
    if (said) {
      const sent = await deps.projections.sentMail(said.key).catch(() => null);
      if (sent) await record(deps, request, 'opened', said.key, sent.sentAt);
    }
    return reply.type('image/gif').header('cross-origin-resource-policy', 'cross-origin').send(dot);
  });
}

/** Whoever follows a link comes to its end, whether it can be recorded or not. */
async function record(
  deps: AppDeps,
  request: FastifyRequest,
  kind: HeardKind & ('clicked' | 'opened'),
  key: string,
  sentAt: number | null,
  link?: number,
): Promise<void> {
  if (request.method !== 'GET') return;
  const at = deps.clock.now();
  const machine = machineBehind(kind, request.headers['user-agent'] ?? '', sentAt === null ? null : at - sentAt);
  try {
    const heard = { kind, at, code: null, source: 'link', machine, ...(link !== undefined && { link }) };
    const answer = await deps.report(key, heard);
    if (answer.kind === 'done') deps.wakeDispatcher();
  } catch (error) {
    deps.logger.error(errorCode(error), `that a mail was ${kind} could not be recorded`);
  }
}

/** Nobody reads so fast. */
const tooSoonMs = 2_000;
const program =
  /bot\b|crawl|spider|preview|scan|barracuda|mimecast|proofpoint|safelinks|headless|curl|wget|python|go-http|java\//i;
/** Fetched for a person who opens the mail, as a rule. */
const proxy = /GoogleImageProxy|YahooMailProxy/i;

/**
 * Whether a program came: one that says so, one that comes too soon, or (bare `Mozilla/5.0`) Apple's, which fetches the
 * images of every mail whether it is read or not.
 */
export function machineBehind(kind: 'clicked' | 'opened', agent: string, afterMs: number | null): boolean | 'unknown' {
  if (afterMs !== null && afterMs < tooSoonMs) return true;
  if (kind === 'opened' && agent.trim() === 'Mozilla/5.0') return true;
  if (kind === 'opened' && proxy.test(agent)) return 'unknown';
  return agent === '' || program.test(agent);
}
