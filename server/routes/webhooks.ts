// GET /webhooks: the systems of the shop that journeys call, each with the secret that its calls are signed with.
import type { FastifyInstance } from 'fastify';
import type { AppDeps } from '../deps.ts';
import { webhookSecret } from '../webhook-secret.ts';

export function webhookRoutes(app: FastifyInstance, deps: AppDeps): void {
  const lists = {
    needs: 'read_secrets',
    summary: 'The webhooks of the settings, and the secrets that calls of them are signed with (Standard Webhooks)',
  } as const;
  app.get('/webhooks', { config: lists }, async () => {
    const { settings } = await deps.catalog();
    const webhooks = Object.entries(settings.webhooks ?? {});
    return { webhooks: webhooks.map(([name, { url }]) => ({ name, url, secret: webhookSecret(deps.secret, name) })) };
  });
}
