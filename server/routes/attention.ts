// GET /enrollments?needs=attention and GET /deliveries?state=unknown: what people have to look at, a page at a time.
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { unsettledStates } from '../../store/attention.ts';
import type { AppDeps } from '../deps.ts';
import { isPlainText, shaped } from '../shape.ts';

const page = {
  after: z
    .string({ error: 'must be the "next" of the page before' })
    .refine((text) => text.length <= 256 && isPlainText(text), { error: 'must be the "next" of the page before' })
    .default(''),
  limit: z.coerce.number({ error: 'must be a number from 1 to 200' }).int().min(1).max(200).default(50),
};
export const stuckQuery = z.looseObject({ needs: z.literal('attention', { error: 'must be attention' }), ...page });
export const unsettledQuery = z.looseObject({
  state: z.enum(unsettledStates, { error: `must be one of ${unsettledStates.join(', ')}` }),
  ...page,
});

export function attentionRoutes(app: FastifyInstance, deps: AppDeps): void {
  const { projections } = deps;
  const stands = {
    needs: 'read_customers',
    summary: 'Enrollments that stand still until somebody releases them',
  } as const;
  app.get('/enrollments', { config: stands }, async (request) => {
    const { after, limit } = shaped(stuckQuery, request.query);
    const rows = await projections.enrollmentsNeedingAttention(after, limit);
    return { enrollments: rows.map(withTimes), next: rows.length < limit ? null : rows.at(-1)!.id };
  });

  const open = {
    needs: 'read_customers',
    summary: 'Deliveries that are not settled: unknown, sending, queued or held',
  } as const;
  app.get('/deliveries', { config: open }, async (request) => {
    const { state, after, limit } = shaped(unsettledQuery, request.query);
    const rows = await projections.deliveriesIn(state, after, limit);
    return { deliveries: rows.map(withTimes), next: rows.length < limit ? null : rows.at(-1)!.key };
  });
}

/** Moments as ISO strings, as everywhere in our JSON. */
function withTimes(row: object): { [field: string]: unknown } {
  const entries = Object.entries(row).map(([field, value]) => {
    return [field, field.endsWith('At') && typeof value === 'number' ? new Date(value).toISOString() : value];
  });
  return Object.fromEntries(entries);
}
