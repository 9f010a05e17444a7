// GET /quarantine and POST /quarantine/:id/replay: events that were not understood, for the storefront developer.
import type { FastifyInstance } from 'fastify';
import type { JsonMap } from '../../engine/core/schema.ts';
import type { Quarantined } from '../../store/quarantine.ts';
import type { AppDeps } from '../deps.ts';
import { CallerError } from '../errors.ts';
import { calls } from '../ingest/calls.ts';
import { type Form, type TakeDeps, take } from '../ingest/take.ts';
import { isPlainText } from '../shape.ts';
import { readShop, setAsideCall } from '../shops/read-shop.ts';
import type { ShopCall } from '../shops/shop-call.ts';
import { takeShop } from '../shops/take-shop.ts';

const mostListed = 200;

export function quarantineRoutes(app: FastifyInstance, deps: AppDeps, taking: TakeDeps): void {
  const lists = {
    needs: 'mend_events',
    summary: `Events that were not understood and not yet replayed, newest first, ${mostListed} at a time`,
  } as const;
  app.get<{ Querystring: { before?: unknown } }>('/quarantine', { config: lists }, async ({ query: { before } }) => {
    if (before !== undefined && (typeof before !== 'string' || !isPlainText(before)))
      throw new CallerError('invalid', 'before: must be the `next` of the page before');
    const listed = await deps.quarantine.list({ limit: mostListed + 1, before });
    const events = listed.slice(0, mostListed);
    return { events: events.map(shown), next: listed.length > mostListed ? events.at(-1)!.id : null };
  });

  const replays = { needs: 'mend_events', summary: 'Takes a quarantined event in again' } as const;
  app.post<{ Params: { id: string } }>(
    '/quarantine/:id/replay',
    { config: replays, bodyLimit: 1024 },
    async (request) => {
      const found = await findQuarantined(deps, request.params.id);
      if (!found) throw new CallerError('not_found', 'no quarantined event has this id; GET /quarantine lists them');
      return replay(deps, taking, found);
    },
  );
}

/** With the key, the clock and the moment it first came with; so a replay cannot be a way around the browser's limits. */
async function replay(deps: AppDeps, taking: TakeDeps, found: Quarantined) {
  const { call, sentAt, event } = found.body as JsonMap;
  if (found.replayedAt !== null) throw new CallerError('conflict', 'this event was replayed already');
  if (event === undefined)
    throw new CallerError('conflict', 'this event was too large to keep; send it again in smaller parts');
  const fromShop = setAsideCall(found.source, found.body as JsonMap, found.receivedAt);
  if (fromShop) return replayShop(deps, taking, found, fromShop);
  const arrival = {
    receivedAt: found.receivedAt,
    sentAt: typeof sentAt === 'number' ? sentAt : null,
    trusted: found.source === 'segment' || found.source === 'cloudevents',
  };
  // Without a messageId of its own, the row's id makes two replays one event.
  // What is still not understood lies here already.
  const quarantine = { ...deps.quarantine, add: async () => found.id };
  const named = { ...taking, quarantine, newId: () => `quarantine:${found.id}` };
  const taken = await take(named, callOf(call, event), event, arrival);
  if (taken.status === 'quarantined')
    throw new CallerError('conflict', `it is still not understood: ${taken.sentence}`);
  await deps.quarantine.markReplayed(found.id, deps.clock.now());
  return { status: taken.status, event_id: taken.eventId };
}

/** A shop's webhook, whose signature was checked as it came. */
async function replayShop(deps: AppDeps, taking: TakeDeps, found: Quarantined, call: ShopCall) {
  const quarantine = { ...deps.quarantine, add: async () => found.id };
  const taken = await takeShop({ ...deps, ...taking, quarantine }, call, await readShop(call, deps.shopKeys));
  if (taken.status === 'quarantined')
    throw new CallerError('conflict', `it is still not understood: ${taken.sentence}`);
  await deps.quarantine.markReplayed(found.id, deps.clock.now());
  return { status: taken.status, event_id: 'eventId' in taken ? taken.eventId : null };
}

/** An event of a batch says its call itself. */
function callOf(call: unknown, event: unknown): Form {
  if (call === 'cloudevent') return call;
  const type = (event as { type?: unknown } | null)?.type;
  return calls.find((one) => one === type) ?? calls.find((one) => one === call) ?? 'track';
}

function shown(event: Quarantined) {
  const { id, receivedAt, source, problem, body, replayedAt } = event;
  return {
    id,
    received_at: new Date(receivedAt).toISOString(),
    source,
    problem,
    body,
    replayed_at: replayedAt === null ? null : new Date(replayedAt).toISOString(),
  };
}

async function findQuarantined(deps: AppDeps, id: string): Promise<Quarantined | null> {
  return isPlainText(id) ? deps.quarantine.get(id) : null;
}
