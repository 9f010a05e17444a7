// WooCommerce's webhooks as events. It has no topic for carts: pages and plug-ins tell those, and leave the cart's id with
// the order, in its meta data. What becomes of an order comes as `order.updated`, and its status says what happened.
// https://woocommerce.github.io/woocommerce-rest-api-docs/#webhooks
import type { JsonMap } from '../../engine/core/schema.ts';
import {
  amountIn,
  type Fields,
  fieldsOf,
  guestId,
  idIn,
  incomingOf,
  listIn,
  mapIn,
  ownEvent,
  present,
  type Reading,
  type ShopCall,
  textIn,
  timeIn,
  unreadable,
} from './shop-call.ts';

/** Under these an order has been placed; `pending` and `failed` ones have not been paid. */
const placed = ['processing', 'on-hold', 'completed'];

export function readWooCommerce(call: ShopCall): Reading {
  const body = fieldsOf(call);
  if (typeof body === 'string') return unreadable(body);
  if (/^order\.(created|updated|restored)$/.test(call.topic)) return order(call, body);
  if (/^customer\.(created|updated)$/.test(call.topic)) return customer(call, body);
  const userId = idIn(body.customer_id) ?? (call.topic.startsWith('customer.') ? idIn(body.id) : undefined);
  const names = call.topic.startsWith('order.') ? namesOf(body) : [];
  const who = userId === undefined && names.length === 0 ? null : { userId, names };
  return ownEvent(call, { who, occurredAt: timeOf(body), sourceId: changeId(call, body) });
}

/**
 * What a delivery is known again by: its own id is the same for all that one webhook tells in one second.
 * https://github.com/woocommerce/woocommerce/blob/trunk/plugins/woocommerce/includes/class-wc-webhook.php
 */
export function changeId({ topic, id }: Pick<ShopCall, 'topic' | 'id'>, body: Fields): string {
  const [entity, changed] = [idIn(body.id), textIn(body.date_modified_gmt)];
  return entity === undefined || changed === undefined ? `${topic}:${id}` : `${topic}:${entity}:${changed}`;
}

function order(call: ShopCall, body: Fields): Reading {
  const id = idIn(body.id);
  if (id === undefined) return unreadable('id: must be there');
  const name = orderEvent(call, body);
  const billing = mapIn(body.billing);
  const data = present({
    ...{ order_id: id, cart_id: metaIn(body, 'tabiji_cart_id'), total: amountIn(body.total) },
    ...{ currency: textIn(body.currency), order_name: textIn(body.number), status: textIn(body.status) },
    ...{ product_name: nameOf(listIn(body.line_items)[0] ?? {}), items: listIn(body.line_items).map(itemOf) },
  });
  const email = textIn(billing.email);
  const userId = idIn(body.customer_id) ?? (email === undefined ? undefined : guestId(email));
  return incomingOf(call, {
    name,
    // An order is shipped once, however often it is saved afterwards.
    sourceId: name === call.topic ? changeId(call, body) : `${name}:${id}`,
    who: { userId, names: namesOf(body) },
    occurredAt: name === 'order.created' ? (timeIn(body.date_created_gmt) ?? timeOf(body)) : timeOf(body),
    data,
    traits: present({ email, phone: textIn(billing.phone), ...namesIn(billing) }),
  });
}

function orderEvent({ topic }: ShopCall, body: Fields): string {
  const status = textIn(body.status) ?? '';
  if (status === 'refunded' || listIn(body.refunds).length > 0) return 'order.refunded';
  if (status === 'completed' && topic !== 'order.created') return 'order.shipped';
  if (placed.includes(status)) return 'order.created';
  return /^[a-z-]{1,40}$/.test(status) ? `order.${status}` : 'order.updated';
}

function customer(call: ShopCall, body: Fields): Reading {
  const id = idIn(body.id);
  if (id === undefined) return unreadable('id: must be there');
  const billing = mapIn(body.billing);
  const names = { ...namesIn(billing), ...namesIn(body) };
  return incomingOf(call, {
    ...{ name: call.topic, sourceId: changeId(call, body), who: { userId: id, names: [] }, occurredAt: timeOf(body) },
    ...{ data: { source: 'woocommerce' } },
    traits: present({ email: textIn(body.email) ?? textIn(billing.email), phone: textIn(billing.phone), ...names }),
  });
}

/** The cart, or the visitor, that the shop's pages left with the order; and the order itself. */
function namesOf(body: Fields): string[] {
  const visitor = metaIn(body, 'tabiji_anonymous_id');
  const id = idIn(body.id);
  return [...(visitor === undefined ? [] : [visitor]), ...(id === undefined ? [] : [`woocommerce-order:${id}`])];
}

function metaIn(body: Fields, key: string): string | undefined {
  const found = listIn(body.meta_data).find((meta) => meta.key === key || meta.key === `_${key}`);
  return idIn(found?.value);
}

function timeOf(body: Fields): number | null {
  return timeIn(body.date_modified_gmt, body.date_created_gmt);
}

function namesIn(fields: Fields): JsonMap {
  return present({ first_name: textIn(fields.first_name), last_name: textIn(fields.last_name) });
}

function itemOf(line: Fields): JsonMap {
  return present({
    sku: textIn(line.sku) ?? idIn(line.variation_id) ?? idIn(line.product_id) ?? '',
    ...{ name: nameOf(line) ?? '', quantity: amountIn(line.quantity) ?? 1, price: amountIn(line.price) },
    product_id: idIn(line.product_id),
  });
}

function nameOf(line: Fields): string | undefined {
  return textIn(line.name);
}
