// GET and POST /a/:token: the page behind an answer's link, and the answer itself. GET changes nothing: mail scanners and
// previews fetch links; a person's click on the page it shows answers.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { errorCode } from '../../engine/error-code.ts';
import { type AnswerPage, answerPage } from '../answer-page.ts';
import { type AnswerLink, readAnswerToken } from '../answer-token.ts';
import type { AppDeps } from '../deps.ts';
import { retryAfterSeconds } from '../errors.ts';
import { pageLanguage } from '../page-words.ts';

type TokenRoute = { Params: { token: string } };

export function answerRoutes(app: FastifyInstance, deps: AppDeps): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));

  const shows = { needs: 'public', summary: 'The page with a question and its answers' } as const;
  app.get<TokenRoute>('/a/:token', { config: shows }, async (request, reply) => {
    return orLater(request, reply, async () => {
      const link = readAnswerToken(deps.secret, request.params.token);
      if (!link) return show(request, reply.code(404), { kind: 'unknown' });
      if (link.untilAt < deps.clock.now()) return show(request, reply.code(410), { kind: 'expired' });
      const question = await deps.answers.question(link.key);
      if (!question) return show(request, reply.code(410), { kind: 'expired' });
      return show(request, reply, { kind: 'ask', question, chosen: link.answer, id: deps.newId() });
    });
  });

  const takes = { needs: 'public', summary: 'Answers a question' } as const;
  app.post<TokenRoute>('/a/:token', { bodyLimit: 16 * 1024, config: takes }, async (request, reply) => {
    return orLater(request, reply, async () => {
      const link = readAnswerToken(deps.secret, request.params.token);
      if (!link) return show(request, reply.code(404), { kind: 'unknown' });
      if (link.untilAt < deps.clock.now()) return show(request, reply.code(410), { kind: 'expired' });
      return answer(link, request, reply);
    });
  });

  async function answer(link: AnswerLink, request: FastifyRequest, reply: FastifyReply) {
    const form = new URLSearchParams(typeof request.body === 'string' ? request.body : '');
    const given = form.get('answer') ?? '';
    // One showing of the page answers once, however often its button is pressed.
    const sourceId = `${link.key} ${(form.get('id') ?? '').slice(0, 100)}`;
    const { key } = link;
    const receipt = await deps.answers.receive({ key, answer: given, source: 'link', sourceId, at: deps.clock.now() });
    if (receipt.status === 'accepted') deps.wakeDispatcher();
    const question = receipt.status === 'unknown' ? null : await deps.answers.question(key);
    if (!question) return show(request, reply.code(410), { kind: 'expired' });
    if (receipt.status === 'invalid')
      return show(request, reply.code(422), { kind: 'again', question, chosen: link.answer, id: deps.newId() });
    return show(request, reply, { kind: 'done', question, answer: given.trim() });
  }

  async function orLater(request: FastifyRequest, reply: FastifyReply, work: () => Promise<FastifyReply>) {
    try {
      return await work();
    } catch (error) {
      deps.logger.error(errorCode(error), 'an answer could not be taken');
      return show(request, reply.code(503).header('retry-after', String(retryAfterSeconds)), { kind: 'later' });
    }
  }

  async function show(request: FastifyRequest, reply: FastifyReply, page: AnswerPage) {
    const { brand, locale } = await shopOf(deps);
    const html = answerPage(page, brand, pageLanguage(request.headers['accept-language'], locale));
    return reply.type('text/html; charset=utf-8').header('content-security-policy', pagePolicy).send(html);
  }
}

const pagePolicy =
  "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/** The page must come even while the database does not. */
async function shopOf(deps: AppDeps): Promise<{ brand: string; locale: string }> {
  try {
    const { settings } = await deps.catalog();
    return { brand: settings.brand.name, locale: settings.locale };
  } catch {
    return { brand: '', locale: 'en' };
  }
}
