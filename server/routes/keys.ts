// GET /keys: what the storefront developer pastes into the shop. The browser's key stands in every page of the shop anyway;
// the server's key is never told by anybody but whoever set it.
import type { FastifyInstance } from 'fastify';
import type { AppDeps } from '../deps.ts';

export function keyRoutes(app: FastifyInstance, deps: AppDeps): void {
  const config = {
    needs: 'mend_events',
    summary: "The browser's write key, and the events that are declared",
  } as const;
  app.get('/keys', { config }, async () => {
    const { settings } = await deps.catalog();
    const events = Object.entries(settings.events).map(([name, { from }]) => ({ name, from }));
    return { browser_key: deps.keys.browser, events };
  });
}
