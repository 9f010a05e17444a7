// GET /customers/:id/timeline: a customer's record, a page at a time. GET /enrollments/:id: one enrollment as its picture.
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { locales } from '../../engine/core/sentences.ts';
import type { AppDeps } from '../deps.ts';
import { CallerError } from '../errors.ts';
import { isPlainText, shaped } from '../shape.ts';

const spoken = {
  locale: z
    .enum(locales, { error: `must be one of ${locales.join(', ')}` })
    .nullable()
    .default(null),
};
export const enrollmentQuery = z.looseObject(spoken);
export const timelineQuery = z.looseObject({
  ...spoken,
  before: z.string({ error: 'must be the "next" of the page before' }).max(256).nullable().default(null),
  limit: z.coerce.number({ error: 'must be a number from 1 to 200' }).int().min(1).max(200).default(50),
});

export function timelineRoutes(app: FastifyInstance, { projections }: AppDeps): void {
  const tells = {
    needs: 'read_customers',
    summary: 'What happened to a customer, newest first: events, decisions, consents, what people did',
  } as const;
  app.get<{ Params: { id: string } }>('/customers/:id/timeline', { config: tells }, async (request) => {
    const { before, limit, locale } = shaped(timelineQuery, request.query);
    const { id } = request.params;
    const found = isPlainText(id) ? await projections.customerId(id) : null;
    if (!found) throw new CallerError('not_found', 'no customer has this id; search with /customers?q=');
    const rows = await projections.timeline(found, before, limit, locale);
    if (!rows) throw new CallerError('invalid', 'before: must be the "next" of the page before');
    return { rows, next: rows.length < limit ? null : rows.at(-1)!.cursor };
  });

  const draws = {
    needs: 'read_customers',
    summary: "An enrollment: its journey's steps, where it stands, what comes next and when",
  } as const;
  app.get<{ Params: { id: string } }>('/enrollments/:id', { config: draws }, async (request) => {
    const { locale } = shaped(enrollmentQuery, request.query);
    const { id } = request.params;
    const found = isPlainText(id) ? await projections.enrollment(id, locale) : null;
    if (!found) throw new CallerError('not_found', 'no enrollment has this id');
    return found;
  });
}
