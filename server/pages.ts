// The pages for people: one HTML document for every address that a browser may open, and the files that it loads.
// What they show they fetch from the same addresses as JSON.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';

/** The addresses that are pages for a browser (design §7). */
const addresses = /^\/(?:|customers(?:\/[^/]+)?|journeys(?:\/[^/]+)?|events|quarantine|inbox|keys)$/;

/**
 * No script and no picture from elsewhere, and none that stands in the document. Styles may: the components set theirs
 * as they are drawn. A mail is shown in a frame that inherits this: it loads nothing, so that looking at it is no open.
 */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "font-src 'self'",
  'img-src data:',
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

/**
 * Answers browsers with the document, before anybody is asked for a key: it holds nothing but the way to ask.
 *
 * @param folder the built bundle; null: not built, which is said to browsers
 */
export function answerBrowsers(app: FastifyInstance, folder: string | null): void {
  const document = folder === null ? notBuilt : readFileSync(join(folder, 'index.html'), 'utf8');
  app.addHook('onRequest', async (request, reply) => {
    if (request.method !== 'GET' || !isBrowser(request.headers.accept)) return;
    if (!addresses.test(request.url.split('?', 1)[0]!)) return;
    reply.code(folder === null ? 503 : 200);
    reply.headers({ 'content-type': 'text/html; charset=utf-8', 'content-security-policy': policy, vary: 'accept' });
    return reply.send(document);
  });
}

/** The files that the document loads. Their names change with what is in them, so a browser may keep them for good. */
export async function pageFiles(app: FastifyInstance, folder: string): Promise<void> {
  await app.register(fastifyStatic, { root: join(folder, 'assets'), serve: false, preCompressed: true });
  const config = { needs: 'public', summary: 'A file of the pages' } as const;
  app.get<{ Params: { '*': string } }>('/pages/assets/*', { config }, (request, reply) =>
    reply.sendFile(request.params['*'], { maxAge: '365d', immutable: true }),
  );
}

/** A browser that opens an address names HTML; what fetches JSON says so. */
function isBrowser(accept = ''): boolean {
  return accept.includes('text/html') && !accept.includes('application/json');
}

const notBuilt = '<!doctype html><title>Tabiji</title><p>The pages are not built yet: run npm run build.</p>';
