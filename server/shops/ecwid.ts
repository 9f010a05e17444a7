// Ecwid's webhooks as events. They name an entity and no more, and only their id is signed: what is stored is what Ecwid's
// REST API says of that entity. An unfinished order is the cart, and keeps its internal id when it is placed.
// https://docs.ecwid.com/webhook-automations
import type { JsonMap } from '../../engine/core/schema.ts';
import type { SaidConsent } from '../../engine/incoming.ts';
import type { EcwidApi } from './ecwid-api.ts';
import {
  amountIn,
  type Fields,
  type Found,
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
  unreadable,
} from './shop-call.ts';

const notSetUp = 'what Ecwid tells must be looked up: set ECWID_STORE_ID and ECWID_ACCESS_TOKEN, then replay this';

/** Throws `overloaded` where Ecwid cannot be asked. */
export async function readEcwid(call: ShopCall, api: EcwidApi | null, storeId: string | undefined): Promise<Reading> {
  const notice = fieldsOf(call);
  if (typeof notice === 'string') return unreadable(notice);
  if (storeId !== undefined && idIn(notice.storeId) !== storeId) return unreadable('it is about another store');
  const what = /^(unfinished_order|order|customer)\.(created|updated)$/.exec(call.topic)?.[1];
  if (what === undefined) return ownEvent(call, { who: namedIn(call.topic, notice), occurredAt: call.at });
  const id = idIn(mapIn(notice.data).orderId) ?? idIn(notice.entityId);
  if (id === undefined) return unreadable('entityId: must be there');
  if (!api) return unreadable(notSetUp);
  const entity = await (what === 'customer' ? api.customer(id) : api.order(id));
  const found = fieldsOf({ ...call, body: entity });
  if (typeof found === 'string') return unreadable('Ecwid has nothing under this id any more');
  return incomingOf(call, what === 'customer' ? customer(call, id, found) : order(call, id, found));
}

/** A deleted order or customer cannot be looked up; that they are gone can be said. */
function namedIn(topic: string, notice: Fields): Found['who'] {
  const id = idIn(notice.entityId);
  if (id === undefined) return null;
  if (topic.startsWith('customer.')) return { userId: id, names: [] };
  return /^(unfinished_)?order\./.test(topic) ? { names: [orderName(id)] } : null;
}

function order(call: ShopCall, noticed: string, body: Fields): Found {
  const id = idIn(body.id) ?? noticed;
  const cart = idIn(body.internalId) ?? id;
  const name = orderEvent(call, body);
  const billing = { ...mapIn(body.shippingPerson), ...mapIn(body.billingPerson) };
  const email = textIn(body.email);
  const lines = listIn(body.items);
  const data = present({
    ...{ cart_id: cart, total: amountIn(body.total), url: textIn(body.cartRecoveryUrl), items: lines.map(itemOf) },
    ...(!name.startsWith('unfinished_order.') && {
      ...{ order_id: id, order_name: textIn(body.vendorOrderNumber), status: textIn(body.fulfillmentStatus) },
      ...{ payment_status: textIn(body.paymentStatus), product_name: textIn(lines[0]?.name) },
    }),
  });
  const said = acceptance(call, body, secondsIn(body.createTimestamp));
  const userId = idIn(body.customerId) ?? (email === undefined ? undefined : guestId(email));
  return {
    ...{ name, who: { userId, names: [orderName(cart)] }, data, consents: said },
    // An order is shipped once, however often it is saved afterwards; a cart changes as often as it is told.
    ...(name !== call.topic && { sourceId: `${name}:${id}` }),
    occurredAt: name === 'order.created' ? (secondsIn(body.createTimestamp) ?? call.at) : call.at,
    traits: present({ email, phone: textIn(billing.phone), ...namesIn(billing) }),
    ...localeIn(body),
  };
}

/** By what the order is now: a notice may come late, and after others. */
function orderEvent({ topic }: ShopCall, { paymentStatus, fulfillmentStatus }: Fields): string {
  const isPlaced = paymentStatus !== 'INCOMPLETE';
  if (topic.startsWith('unfinished_order.')) return isPlaced ? 'unfinished_order.placed' : topic;
  if (paymentStatus === 'REFUNDED' || paymentStatus === 'PARTIALLY_REFUNDED') return 'order.refunded';
  if (paymentStatus === 'CANCELLED') return 'order.cancelled';
  if (topic === 'order.created') return topic;
  if (fulfillmentStatus === 'DELIVERED') return 'order.delivered';
  if (fulfillmentStatus === 'SHIPPED' || fulfillmentStatus === 'OUT_FOR_DELIVERY') return 'order.shipped';
  return topic;
}

function customer(call: ShopCall, noticed: string, body: Fields): Found {
  const [first_name, ...others] = (textIn(body.name) ?? '').split(/\s+/);
  const names = first_name && others.length > 0 ? { first_name, last_name: others.join(' ') } : {};
  return {
    ...{ name: call.topic, who: { userId: idIn(body.id) ?? noticed, names: [] }, occurredAt: call.at },
    ...{ data: { source: 'ecwid' }, consents: acceptance(call, body, call.at) },
    traits: present({ email: textIn(body.email), phone: textIn(mapIn(body.billingPerson).phone), ...names }),
    ...localeIn(body),
  };
}

/** A box that is not ticked says nothing: it may never have been shown. */
function acceptance({ topic, id }: ShopCall, body: Fields, at: number | null): SaidConsent[] {
  if (body.acceptMarketing !== true || at === null) return [];
  const evidence = { said: 'acceptMarketing', topic, webhook: id };
  return [{ channel: 'email', purpose: 'marketing', state: 'granted', at, evidence }];
}

function namesIn(person: Fields): JsonMap {
  return present({ first_name: textIn(person.firstName), last_name: textIn(person.lastName) });
}

function localeIn(body: Fields): { locale?: string } {
  const locale = textIn(body.lang) ?? textIn(body.orderLanguage);
  return locale === undefined ? {} : { locale };
}

function secondsIn(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value * 1000 : null;
}

function itemOf(line: Fields): JsonMap {
  return present({
    sku: textIn(line.sku) ?? idIn(line.productId) ?? '',
    ...{ name: textIn(line.name) ?? '', quantity: amountIn(line.quantity) ?? 1, price: amountIn(line.price) },
    product_id: idIn(line.productId),
  });
}

const orderName = (id: string) => `ecwid-order:${id}`.slice(0, 256);
