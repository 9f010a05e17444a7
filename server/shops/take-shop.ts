// Takes a shop's webhook in: stored with all it causes, carried out, or set aside with the reason. When it resolves, that
// is committed; where it could not be, it throws, and the shop sends again.
import { convertMap } from '../../engine/core/convert.ts';
import type { JsonMap } from '../../engine/core/schema.ts';
import type { AppDeps } from '../deps.ts';
import { isTooDeep } from '../ingest/calls.ts';
import { type TakeDeps, takeAlone } from '../ingest/take.ts';
import type { Reading, ShopCall } from './shop-call.ts';

export type ShopDeps = TakeDeps & Pick<AppDeps, 'eraseCustomer' | 'projections'>;

export type ShopTaken =
  | { status: 'accepted' | 'duplicate' | 'dropped'; eventId: string | null }
  /** `unknown`: nothing is kept of that person. */
  | { status: 'erased' | 'unknown' }
  /** The call with which WooCommerce tries the address. */
  | { status: 'pinged' }
  | { status: 'exportable'; eventId: string | null; export: string }
  | { status: 'quarantined'; sentence: string; quarantineId: string };

/** Kept for a look and a replay up to this size. */
const mostKept = 256 * 1024;

export async function takeShop(deps: ShopDeps, call: ShopCall, reading: Reading): Promise<ShopTaken> {
  switch (reading.kind) {
    case 'event': {
      const receipt = await takeAlone(deps, reading.incoming);
      if (!receipt) return setAside(deps, call, 'it could not be processed; it is kept and can be replayed');
      return { status: receipt.status, eventId: receipt.eventId };
    }
    case 'erase':
      return erase(deps, reading.ids);
    case 'export':
      return makeExportable(deps, call, reading);
    case 'unreadable':
      return setAside(deps, call, reading.sentence);
    default:
      return reading satisfies never;
  }
}

async function erase(deps: ShopDeps, ids: string[]): Promise<ShopTaken> {
  let isErased = false;
  for (const id of ids) isErased = (await deps.eraseCustomer(id)) || isErased;
  if (isErased) deps.wakeDispatcher();
  return { status: isErased ? 'erased' : 'unknown' };
}

/** The request stands in the customer's story, with the address at which all that is kept of them can be had. */
async function makeExportable(
  deps: ShopDeps,
  { shop, topic, id, receivedAt }: ShopCall,
  { ids, request }: Reading & { kind: 'export' },
): Promise<ShopTaken> {
  for (const userId of ids) {
    const own = await deps.projections.customerId(userId);
    if (own === null) continue;
    const path = `/customers/${own}/export`;
    const receipt = await takeAlone(deps, {
      ...{ source: shop, sourceId: id, identity: { userId }, kind: 'event', name: topic, occurredAt: receivedAt },
      ...{ data: { export: path, ...(request !== null && { request_id: request }) }, traits: {} },
      ...{ context: {}, grants: [], trusted: true },
    });
    if (receipt && receipt.status !== 'dropped')
      return { status: 'exportable', eventId: receipt.eventId, export: path };
  }
  return { status: 'unknown' };
}

async function setAside(deps: ShopDeps, call: ShopCall, problem: string): Promise<ShopTaken> {
  const { shop, topic, id, origin, at, body, receivedAt } = call;
  const kept = isTooDeep(body) ? undefined : JSON.stringify(body ?? null);
  const isSmall = kept !== undefined && Buffer.byteLength(kept) <= mostKept;
  const row: JsonMap = { call: topic, delivery: { id, origin, at }, ...(isSmall && { event: JSON.parse(kept) }) };
  // Storable whatever it holds: `convertMap` takes out what PostgreSQL refuses.
  const storable = convertMap(null, row, 'UTC').data;
  const quarantineId = await deps.quarantine.add({ source: shop, problem, body: storable, receivedAt });
  return { status: 'quarantined', sentence: problem, quarantineId };
}
