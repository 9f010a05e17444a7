// GET and POST /u/:token: the pages behind a link that ends a consent (RFC 8058), or confirms one, with all of the customer's
// preferences. GET changes nothing: mail scanners and previews fetch links.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { errorCode } from '../../engine/error-code.ts';
import type { ConsentInput } from '../../engine/receive.ts';
import { addressHashOf, type Confirmation, readConfirmToken } from '../confirm-token.ts';
import type { AppDeps } from '../deps.ts';
import { retryAfterSeconds } from '../errors.ts';
import { pageLanguage } from '../page-words.ts';
import { type Choice, changesIn, choicesOf, readSubmission, type Submission } from '../preferences.ts';
import { type UnsubscribePage, unsubscribePage } from '../unsubscribe-page.ts';
import { readUnsubscribeToken, type Unsubscription } from '../unsubscribe-token.ts';

type TokenRoute = { Params: { token: string } };
type Content =
  | { kind: 'unknown' | 'later' | 'expired' }
  | { kind: 'saved'; customerId: string }
  | ({ kind: 'ask' | 'done' | 'confirm' | 'confirmed' } & Unsubscription);

export function unsubscribeRoutes(app: FastifyInstance, deps: AppDeps): void {
  // Mail providers post a form, url-encoded or multipart, of whatever type they say it is.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  app.addHook('onRequest', async (request) => {
    delete request.raw.headers['content-type'];
  });

  const asks = { needs: 'public', summary: 'The page with the unsubscribe button and the preferences' } as const;
  app.get<TokenRoute>('/u/:token', { config: asks }, (request, reply) => {
    const { token } = request.params;
    const asked = readUnsubscribeToken(deps.secret, token);
    if (asked) return show(request, reply, { kind: 'ask', ...asked });
    const confirmed = readConfirmToken(deps.secret, token);
    if (!confirmed) return show(request, reply, { kind: 'unknown' });
    const hasExpired = confirmed.expiresAt < deps.clock.now();
    return show(request, reply, hasExpired ? { kind: 'expired' } : { kind: 'confirm', ...confirmed });
  });

  const ends = {
    needs: 'public',
    summary: 'Unsubscribes with one click (RFC 8058), saves preferences, confirms',
  } as const;
  app.post<TokenRoute>('/u/:token', { bodyLimit: 16 * 1024, config: ends }, async (request, reply) => {
    try {
      const done = await act(deps, request);
      deps.wakeDispatcher();
      return await show(request, reply, done);
    } catch (error) {
      deps.logger.error(errorCode(error), 'a consent could not be recorded');
      return show(request, reply.header('retry-after', String(retryAfterSeconds)), { kind: 'later' });
    }
  });

  async function show(request: FastifyRequest, reply: FastifyReply, content: Content) {
    const shop = await shopOf(deps, 'customerId' in content ? content.customerId : null);
    const page = { ...content, brand: shop.brand, choices: shop.choices } as UnsubscribePage;
    const html = unsubscribePage(page, pageLanguage(request.headers['accept-language'], shop.locale));
    reply.code({ unknown: 404, expired: 410, later: 503 }[content.kind as string] ?? 200);
    return reply.type('text/html; charset=utf-8').header('content-security-policy', pagePolicy).send(html);
  }
}

const pagePolicy =
  "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

async function act(deps: AppDeps, request: FastifyRequest<TokenRoute>): Promise<Content> {
  const { token } = request.params;
  const asked = readUnsubscribeToken(deps.secret, token);
  if (!asked) {
    const confirmed = readConfirmToken(deps.secret, token);
    return confirmed ? confirm(deps, confirmed) : { kind: 'unknown' };
  }
  const submission = readSubmission(request.body);
  if (submission) return save(deps, asked.customerId, submission);
  // A customer who is gone is sent nothing, so that is a success too.
  await record(deps, asked, 'withdrawn', 'unsubscribe', 'link in a message');
  return { kind: 'done', ...asked };
}

async function save(deps: AppDeps, customerId: string, submission: Submission): Promise<Content> {
  const { settings } = await deps.catalog();
  const standing = await deps.projections.consentStanding(customerId);
  for (const choice of changesIn(choicesOf(settings, standing?.grants ?? []), submission)) {
    const state = choice.isGranted ? 'granted' : 'withdrawn';
    await record(deps, { ...choice, customerId }, state, 'preferences', 'preference page');
  }
  return { kind: 'saved', customerId };
}

/** Only for the address that the link was sent to: somebody else may have it by now. */
async function confirm(deps: AppDeps, confirmed: Confirmation): Promise<Content> {
  const standing = await deps.projections.consentStanding(confirmed.customerId);
  const isTheirs = standing?.email != null && addressHashOf(deps.secret, standing.email) === confirmed.addressHash;
  if (confirmed.expiresAt < deps.clock.now() || !isTheirs) return { kind: 'expired' };
  await record(deps, confirmed, 'granted', 'confirmation', 'link in a message to this address');
  return { kind: 'confirmed', ...confirmed };
}

/** Holds for every claim after it commits. */
async function record(
  deps: AppDeps,
  { customerId, channel, purpose }: Unsubscription,
  state: ConsentInput['state'],
  source: string,
  how: string,
): Promise<void> {
  const evidence = { how };
  await deps.recordConsent({
    customer: { id: customerId },
    channel,
    purpose,
    state,
    at: deps.clock.now(),
    source,
    evidence,
  });
}

/** The page must come even while the database does not. */
async function shopOf(deps: AppDeps, customerId: string | null) {
  try {
    const { settings } = await deps.catalog();
    const standing = customerId === null ? null : await deps.projections.consentStanding(customerId);
    const choices: Choice[] = standing ? choicesOf(settings, standing.grants) : [];
    return { brand: settings.brand.name, locale: settings.locale, choices };
  } catch {
    return { brand: '', locale: 'en', choices: [] };
  }
}
