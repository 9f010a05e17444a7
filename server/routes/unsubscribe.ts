// GET and POST /u/:token: the page behind an unsubscribe link, and the withdrawal itself (RFC 8058).
// GET changes nothing: mail scanners and previews fetch links.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { errorCode } from '../../engine/error-code.ts';
import type { AppDeps } from '../deps.ts';
import { retryAfterSeconds } from '../errors.ts';
import { pageLanguage, type UnsubscribePage, unsubscribePage } from '../unsubscribe-page.ts';
import { readUnsubscribeToken, type Unsubscription } from '../unsubscribe-token.ts';

type TokenRoute = { Params: { token: string } };
type Content = { kind: 'unknown' | 'later' } | ({ kind: 'ask' | 'done' } & Unsubscription);

export function unsubscribeRoutes(app: FastifyInstance, deps: AppDeps): void {
  // Mail providers post a form, url-encoded or multipart; the token alone says what is meant, so the body is not read.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, _body, done) => done(null, null));
  app.addHook('onRequest', async (request) => {
    delete request.raw.headers['content-type'];
  });

  const asks = { needs: 'public', summary: 'The page with the unsubscribe button' } as const;
  app.get<TokenRoute>('/u/:token', { config: asks }, async (request, reply) => {
    const asked = readUnsubscribeToken(deps.secret, request.params.token);
    if (!asked) return show(request, reply.code(404), { kind: 'unknown' });
    return show(request, reply, { kind: 'ask', ...asked });
  });

  const withdraws = { needs: 'public', summary: 'Unsubscribes with one click (RFC 8058)' } as const;
  app.post<TokenRoute>('/u/:token', { bodyLimit: 16 * 1024, config: withdraws }, async (request, reply) => {
    const asked = readUnsubscribeToken(deps.secret, request.params.token);
    if (!asked) return show(request, reply.code(404), { kind: 'unknown' });
    try {
      await withdraw(deps, asked);
    } catch (error) {
      deps.logger.error(errorCode(error), 'a withdrawal could not be recorded');
      return show(request, reply.code(503).header('retry-after', String(retryAfterSeconds)), { kind: 'later' });
    }
    return show(request, reply, { kind: 'done', ...asked });
  });

  async function show(request: FastifyRequest, reply: FastifyReply, content: Content) {
    const { brand, locale } = await shopOf(deps);
    const page: UnsubscribePage = { ...content, brand };
    const html = unsubscribePage(page, pageLanguage(request.headers['accept-language'], locale));
    return reply.type('text/html; charset=utf-8').header('content-security-policy', pagePolicy).send(html);
  }
}

const pagePolicy =
  "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/** Holds for every claim after it commits. A customer who is gone is sent nothing, so that is a success too. */
async function withdraw(deps: AppDeps, asked: Unsubscription): Promise<void> {
  await deps.recordConsent({
    customer: { id: asked.customerId },
    channel: asked.channel,
    purpose: asked.purpose,
    state: 'withdrawn',
    at: deps.clock.now(),
    source: 'unsubscribe',
    evidence: { how: 'link in a message' },
  });
}

/** The page must come even while the database does not. */
async function shopOf(deps: AppDeps): Promise<{ brand: string; locale: string }> {
  try {
    const { settings } = await deps.catalog();
    return { brand: settings.brand.name, locale: settings.locale };
  } catch {
    return { brand: '', locale: 'en' };
  }
}
