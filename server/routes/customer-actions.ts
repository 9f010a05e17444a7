// What support records for a customer who asked for it: POST /customers/:id/withdrawals, /customers/:id/suppressions and
// /customers/:id/suppression-lifts.
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { addressedChannels } from '../../engine/suppress.ts';
import type { AppDeps } from '../deps.ts';
import { CallerError } from '../errors.ts';
import { isPlainText, shaped } from '../shape.ts';
import { channels, requirePurpose } from './consents.ts';

export const withdrawalShape = z.strictObject({
  channel: z.enum(channels, { error: `must be one of ${channels.join(', ')}` }),
  purpose: z.string({ error: 'must be a purpose of settings.yaml, such as marketing' }).max(64),
});
export const suppressionShape = z.strictObject({
  channel: z.enum(addressedChannels, { error: `must be one of ${addressedChannels.join(', ')}` }),
});
export const liftShape = suppressionShape.extend({
  because: z
    .string({ error: 'must say why, for the record' })
    .trim()
    .min(1, { error: 'must say why, for the record' })
    .max(300, { error: 'must be at most 300 characters long' })
    .refine(isPlainText, { error: 'must be plain text' }),
});
const small = { bodyLimit: 1024 };

export function customerActionRoutes(app: FastifyInstance, deps: AppDeps): void {
  const find = async (id: string) => {
    const found = isPlainText(id) ? await deps.projections.customerId(id) : null;
    if (!found) throw new CallerError('not_found', 'no customer has this id; search with /customers?q=');
    return found;
  };

  const withdraws = {
    needs: 'act_on_customers',
    summary: 'Records that a customer took a consent back; nothing that needs it is sent any more',
  } as const;
  app.post<{ Params: { id: string } }>(
    '/customers/:id/withdrawals',
    { config: withdraws, ...small },
    async (request) => {
      const { channel, purpose } = shaped(withdrawalShape, request.body);
      await requirePurpose(deps, purpose);
      const done = await deps.recordConsent({
        customer: { id: await find(request.params.id) },
        ...{ channel, purpose, state: 'withdrawn', at: deps.clock.now(), source: 'support' },
        evidence: { by: request.actor },
      });
      if (!done) throw new CallerError('not_found', 'nothing is left of this customer');
      deps.wakeDispatcher();
      return { status: 'done' };
    },
  );

  const suppresses = {
    needs: 'act_on_customers',
    summary: "Ends all messages to a customer's address, transactional ones too",
  } as const;
  app.post<{ Params: { id: string } }>(
    '/customers/:id/suppressions',
    { config: suppresses, ...small },
    async (request) => {
      const { channel } = shaped(suppressionShape, request.body);
      const done = await deps.commands.suppress(await find(request.params.id), channel, request.actor);
      if (done.kind === 'not_found' || done.kind === 'conflict') throw new CallerError(done.kind, done.sentence);
      deps.wakeDispatcher();
      return { status: done.kind === 'done' ? 'done' : 'unchanged' };
    },
  );

  const lifts = {
    needs: 'act_on_customers',
    summary: "Lets a customer's address be written to again, as far as consents allow",
  } as const;
  app.post<{ Params: { id: string } }>(
    '/customers/:id/suppression-lifts',
    { config: lifts, bodyLimit: 4096 },
    async (request) => {
      const { channel, because } = shaped(liftShape, request.body);
      const id = await find(request.params.id);
      const done = await deps.commands.liftSuppression(id, channel, request.actor, because);
      if (done.kind === 'not_found' || done.kind === 'conflict') throw new CallerError(done.kind, done.sentence);
      deps.wakeDispatcher();
      return { status: done.kind === 'done' ? 'done' : 'unchanged' };
    },
  );
}
