// What intake looks at for a customer where no event came: a condition is looked at by itself.
import { zoneOf } from './apply.ts';
import type { Standing } from './core/standing.ts';
import type { Catalog, Customer, Tx } from './ports.ts';

/** @param needs the past events that the conditions read; @param trigger the event that made somebody look, if one did */
export async function customerStanding(
  tx: Tx,
  customer: Customer,
  catalog: Catalog,
  needs: { event: string; since: number }[],
  trigger?: string | null,
): Promise<Standing> {
  return {
    customerId: customer.id,
    traits: customer.traits,
    zone: zoneOf(customer, catalog.settings),
    shopZone: catalog.settings.timeZone,
    live: [],
    candidates: [],
    history: needs.length === 0 ? [] : await tx.history(customer.id, needs),
    grants: await tx.grants(customer.id),
    ...(trigger !== undefined && { trigger }),
  };
}
