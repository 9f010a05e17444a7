// GET /journeys/:name and what lies below it: a journey as it runs, its versions and their text, its messages beforehand.
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { AppDeps } from '../deps.ts';
import { CallerError } from '../errors.ts';
import { isPlainText, shaped } from '../shape.ts';
import { notFound, unfilled } from '../test-sends.ts';

export const windowQuery = z.looseObject({
  /** Counted are the last so many days; without it, all. */
  days: z.coerce.number({ error: 'must be a number of days' }).int().min(1).max(3650).nullable().default(null),
});
const word = (what: string) =>
  z
    .string({ error: `must be ${what}` })
    .min(1)
    .max(256);
export const previewShape = z.strictObject({
  message: word('the name of a message'),
  channel: word('a channel'),
  customer: word('the id of a customer'),
  locale: z.string({ error: 'must be a locale such as ja' }).max(35).nullish(),
});

type Named = { Params: { name: string } };

export function journeyPageRoutes(app: FastifyInstance, { pageReads, clock }: AppDeps): void {
  const shows = {
    needs: 'read_journeys',
    summary: 'A journey: its map, who stands where, what was sent and not sent, how it ends, holdout against the rest',
  } as const;
  app.get<Named>('/journeys/:name', { config: shows }, async (request) => {
    const { days } = shaped(windowQuery, request.query);
    const { name } = request.params;
    const since = days === null ? null : clock.now() - days * 86_400_000;
    const found = isPlainText(name) ? await pageReads.journey(name, since) : null;
    if (!found) throw notFound.no_journey();
    return found;
  });

  const lists = {
    needs: 'read_journeys',
    summary: 'Which version of a journey stood since when, and by whom',
  } as const;
  app.get<Named>('/journeys/:name/versions', { config: lists }, async (request) => {
    const { name } = request.params;
    return { versions: isPlainText(name) ? await pageReads.history(name) : [] };
  });

  const reads = { needs: 'read_journeys', summary: 'What the author of a version wrote' } as const;
  app.get<{ Params: { name: string; version: string } }>(
    '/journeys/:name/versions/:version',
    { config: reads },
    async (request) => {
      const { name, version } = request.params;
      const found = isPlainText(name + version) ? await pageReads.versionText(name, version) : null;
      if (!found) throw new CallerError('not_found', 'this journey never had such a version');
      return found;
    },
  );

  const previews = {
    needs: 'preview_messages',
    summary: "A message as it stands now, filled with a customer's data; sends nothing",
  } as const;
  app.post<Named>('/journeys/:name/preview', { config: previews, bodyLimit: 4096 }, async (request) => {
    const { message, channel, customer, locale } = shaped(previewShape, request.body);
    const journey = request.params.name;
    if (!isPlainText(journey + customer)) throw notFound.no_journey();
    const found = await pageReads.preview({
      journey,
      message,
      channel,
      customer: customer.trim(),
      locale: locale ?? null,
    });
    if (found === 'no_journey' || found === 'no_customer') throw notFound[found]();
    if (found.kind === 'no_message') throw notFound.no_message();
    if (found.kind === 'unrendered') throw unfilled(found.detail);
    return { ...found.rendered, filled_from: found.from };
  });
}
