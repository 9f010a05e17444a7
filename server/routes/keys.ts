// GET /keys: what the storefront developer pastes into the shop, and what comes in with it. The browser's key stands in every
// page of the shop anyway; the server's key is never told by anybody but whoever set it.
import type { FastifyInstance } from 'fastify';
import type { AppDeps } from '../deps.ts';
import type { BrowserRate } from '../ingest/browser-rate.ts';
import type { Refusals } from '../ingest/refusals.ts';

const dayMs = 86_400_000;

export function keyRoutes(app: FastifyInstance, deps: AppDeps, refusals: Refusals, rate: BrowserRate): void {
  const config = {
    needs: 'mend_events',
    summary: "The browser's write key, the events that are declared, and what came in with each key in a day",
  } as const;
  app.get('/keys', { config }, async () => {
    const since = deps.clock.now() - dayMs;
    const [{ settings }, use, left] = await Promise.all([deps.catalog(), deps.pageReads.keyUse(since), rate.left()]);
    const events = Object.entries(settings.events).map(([name, { from }]) => ({ name, from }));
    const refused = refusals.list().map(({ lastAt, ...one }) => ({ ...one, lastAt: iso(lastAt) }));
    return {
      browser_key: deps.keys.browser,
      events,
      use: {
        since: iso(since),
        ...use,
        refused: { since: iso(refusals.since), calls: refused },
        browserRate: { perSecond: left.of, left: left.left },
      },
    };
  });
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
