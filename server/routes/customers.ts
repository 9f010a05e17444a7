// GET /customers, /customers/:id and its export: what is known of a person in the shop. DELETE: so that nothing is any more.
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { type Locale, locales } from '../../engine/core/sentences.ts';
import { phrase, speak } from '../../language/phrase.ts';
import type { AppDeps } from '../deps.ts';
import { CallerError } from '../errors.ts';
import { isPlainText, shaped } from '../shape.ts';

export const searchQuery = z.looseObject({
  q: z
    .string({ error: 'must be a search text, as in /customers?q=tanaka' })
    .refine((text) => text.trim() !== '' && text.length <= 256 && isPlainText(text), {
      error: 'must be a search text of 1 to 256 characters',
    })
    .optional(),
});

export const explanationQuery = z.looseObject({
  locale: z
    .enum(locales, { error: `must be one of ${locales.join(', ')}` })
    .nullable()
    .default(null),
});

export function customerRoutes(app: FastifyInstance, deps: AppDeps): void {
  const finds = {
    needs: 'read_customers',
    summary: 'Customers by id, email address, order or cart, whole, not in part; without q, who was seen lately',
  } as const;
  app.get('/customers', { config: finds }, async (request) => {
    const { q } = shaped(searchQuery, request.query);
    const { searchCustomers, lateCustomers } = deps.projections;
    return { customers: q === undefined ? await lateCustomers() : await searchCustomers(q.trim()) };
  });

  const reads = {
    needs: 'read_customers',
    summary: 'One customer: traits, consents, enrollments, events, decisions, deliveries',
  } as const;
  app.get<{ Params: { id: string } }>('/customers/:id', { config: reads }, async (request) => {
    const { id } = request.params;
    const found = isPlainText(id) ? await deps.projections.customer(id) : null;
    if (!found) throw noCustomer();
    return found;
  });

  const explains = {
    needs: 'read_customers',
    summary: 'Why a customer is in a journey or not, why each message went or did not, and what comes next',
  } as const;
  app.get<{ Params: { id: string; journey: string } }>(
    '/customers/:id/journeys/:journey/explanation',
    { config: explains },
    async (request) => {
      const { locale } = shaped(explanationQuery, request.query);
      const { id, journey } = request.params;
      const found = isPlainText(id + journey) ? await deps.projections.explanation(id, journey, locale) : 'no_customer';
      if (found === 'no_customer') throw noCustomer(locale);
      if (found === 'no_journey')
        throw new CallerError(
          'not_found',
          speak(phrase`no journey of this name was ever published; GET /journeys lists them`, locale ?? 'en'),
        );
      return found;
    },
  );

  const exports = {
    needs: 'export_customers',
    summary: 'All that is kept of one customer, to hand over to them',
  } as const;
  app.get<{ Params: { id: string } }>('/customers/:id/export', { config: exports }, async (request, reply) => {
    const { id } = request.params;
    const found = isPlainText(id) ? await deps.projections.exportCustomer(id) : null;
    if (!found) throw noCustomer();
    return reply.header('content-disposition', 'attachment; filename="customer.json"').send(found);
  });

  const erases = {
    needs: 'erase_customers',
    summary: 'Erases a customer: ends what is open, takes out all that is personal, keeps them from coming back',
  } as const;
  app.delete<{ Params: { id: string } }>('/customers/:id', { config: erases }, async (request) => {
    const { id } = request.params;
    if (!isPlainText(id) || !(await deps.eraseCustomer(id))) throw noCustomer();
    deps.wakeDispatcher();
    return { status: 'erased' };
  });
}

function noCustomer(locale: Locale | null = null): CallerError {
  return new CallerError(
    'not_found',
    speak(phrase`no customer has this id; search with /customers?q=`, locale ?? 'en'),
  );
}
