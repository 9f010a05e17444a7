// GET /events: the newest events that came in, with what each one did, for the storefront developer.
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { locales } from '../../engine/core/sentences.ts';
import type { AppDeps } from '../deps.ts';
import { isPlainText, shaped } from '../shape.ts';

const plain = (what: string) =>
  z
    .string({ error: `must be ${what}` })
    .max(256)
    .refine(isPlainText, { error: `must be ${what}` })
    .nullable()
    .default(null);
export const eventsQuery = z.looseObject({
  before: plain('the "next" of the page before'),
  name: plain('the name of an event'),
  limit: z.coerce.number({ error: 'must be a number from 1 to 200' }).int().min(1).max(200).default(50),
  locale: z
    .enum(locales, { error: `must be one of ${locales.join(', ')}` })
    .nullable()
    .default(null),
});

export function eventRoutes(app: FastifyInstance, { pageReads }: AppDeps): void {
  const config = { needs: 'mend_events', summary: 'The newest events that came in, and what each one did' } as const;
  app.get('/events', { config }, async (request) => {
    const asked = shaped(eventsQuery, request.query);
    const events = await pageReads.events(asked);
    return { events, next: events.length < asked.limit ? null : events.at(-1)!.id };
  });
}
