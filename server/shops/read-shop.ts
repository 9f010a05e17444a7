// Which reader reads a webhook, and a webhook that was set aside as it first came.
import type { JsonMap } from '../../engine/core/schema.ts';
import { readEcwid } from './ecwid.ts';
import type { ShopKeys } from './keys.ts';
import { idIn, mapIn, type Reading, type Shop, type ShopCall, shops, unreadable } from './shop-call.ts';
import { readShopify } from './shopify.ts';
import { readWooCommerce } from './woocommerce.ts';

/** May throw `overloaded`, where Ecwid cannot be asked. */
export async function readShop(call: ShopCall, keys: ShopKeys = {}): Promise<Reading> {
  if (call.topic === '') return unreadable('its topic is missing, or is no topic');
  if (call.body === undefined) return unreadable('the body is not JSON in UTF-8');
  if (call.shop === 'shopify') return readShopify(call);
  if (call.shop === 'woocommerce') return readWooCommerce(call);
  return readEcwid(call, keys.ecwid?.api ?? null, keys.ecwid?.storeId);
}

/** Null where it came from elsewhere, or its content was too large to keep. */
export function setAsideCall(source: string, kept: JsonMap, receivedAt: number): ShopCall | null {
  const shop = shops.find((one): one is Shop => one === source);
  const { id, origin, at } = mapIn(kept.delivery);
  const [known, topic] = [idIn(id), kept.call];
  if (!shop || known === undefined || typeof topic !== 'string' || kept.event === undefined) return null;
  const said = { origin: typeof origin === 'string' ? origin : null, at: typeof at === 'number' ? at : null };
  return { shop, topic, id: known, ...said, body: kept.event, receivedAt };
}
