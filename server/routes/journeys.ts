// GET and POST /journeys: what is published, and publishing a folder of journeys.
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { hasErrors, renderDiagnostics, tellDiagnostics } from '../../language/diagnostic.ts';
import { phrase, speak } from '../../language/phrase.ts';
import type { AppDeps } from '../deps.ts';
import { CallerError } from '../errors.ts';
import { pageLanguage } from '../page-words.ts';
import { isPlainText, shaped } from '../shape.ts';

const path = z
  .string({ error: 'must be a path such as journeys/welcome.yaml' })
  .refine(
    (text) =>
      text.length <= 300 &&
      isPlainText(text) &&
      !text.includes('\\') &&
      !text.split('/').some((part) => part === '..' || part === ''),
    {
      error: 'must be a path inside the folder, such as journeys/welcome.yaml',
    },
  );

export const publishShape = z.strictObject({
  files: z
    .array(z.strictObject({ path, text: z.string({ error: 'must be the text of the file' }) }))
    .min(1, { error: 'must hold at least one file' })
    .max(1000),
});

export function journeyRoutes(app: FastifyInstance, deps: AppDeps): void {
  const lists = { needs: 'read_journeys', summary: 'The published journeys' } as const;
  app.get('/journeys', { config: lists }, async () => ({ journeys: await deps.publications.list() }));

  const publishes = {
    needs: 'publish_journeys',
    summary: 'Checks a folder of journeys and publishes it as a whole',
  } as const;
  app.post('/journeys', { bodyLimit: 4 * 1024 * 1024, config: publishes }, async (request, reply) => {
    const { files } = shaped(publishShape, request.body);
    if (new Set(files.map((file) => file.path)).size < files.length)
      throw new CallerError('invalid', 'files: two have the same path');
    const { diagnostics, published } = await deps.publications.publish(files, request.actor, deps.clock.now());
    const locale = pageLanguage(request.headers['accept-language'], 'en');
    reply.header('content-language', locale).header('vary', 'accept-language');
    const said = {
      diagnostics: tellDiagnostics(diagnostics, locale),
      rendered: renderDiagnostics(diagnostics, files, locale),
    };
    if (published === null || hasErrors(diagnostics)) {
      throw new CallerError(
        'rejected',
        speak(phrase`nothing was published; mend what the diagnostics name and publish again`, locale),
        said,
      );
    }
    return { publication: published.number, changed: published.changed, journeys: published.journeys, ...said };
  });
}
