// Shopify's webhooks as events. A cart tells nobody's name, so it stands for a visitor of its own; the checkout and the
// order that came of it carry its token and the customer, and join the two.
// https://shopify.dev/docs/api/admin-rest/latest/resources/webhook and https://shopify.dev/docs/apps/build/privacy-law-compliance
import type { JsonMap } from '../../engine/core/schema.ts';
import type { SaidConsent } from '../../engine/incoming.ts';
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
  sumOf,
  textIn,
  timeIn,
  unreadable,
} from './shop-call.ts';

type Reader = (call: ShopCall, body: Fields) => Found | string;

/** Reads one webhook. Topics that are not known are events of their own. */
export function readShopify(call: ShopCall): Reading {
  const body = fieldsOf(call);
  if (typeof body === 'string') return unreadable(body);
  if (call.topic === 'customers/data_request') return dataRequest(body);
  if (call.topic === 'customers/redact') return redaction(body);
  if (call.topic === 'shop/redact') return unreadable(shopRedaction);
  const reader = readers.find(([topic]) => topic.test(call.topic))?.[1];
  if (!reader) return ownEvent(call, { who: namedIn(body), occurredAt: timeOf(call, body) });
  const found = reader(call, body);
  return typeof found === 'string' ? unreadable(found) : incomingOf(call, found);
}

const shopRedaction =
  'shop/redact: the shop has removed the app; erase its customers or this installation within 30 days (docs/shops.md)';

const readers: [RegExp, Reader][] = [
  [/^carts\//, cart],
  [/^checkouts\/(create|update)$/, checkout],
  [/^orders\//, order],
  [/^fulfillments\//, fulfillment],
  [/^refunds\//, refund],
  [/^customers\/(create|update|enable|disable)$/, customer],
  [/^customers_(email|sms)_marketing_consent\/update$/, consentOnly],
];

function cart(call: ShopCall, body: Fields): Found | string {
  const token = tokenIn(body.token ?? body.id);
  if (token === undefined) return 'token: must be there';
  const lines = listIn(body.line_items);
  const total = sumOf(lines.map((line) => amountIn(line.line_price) ?? priceOf(line) * quantityOf(line)));
  const data = { cart_id: token, total, items: lines.map(itemOf) };
  return { name: call.topic, who: { names: [cartName(token)] }, occurredAt: timeOf(call, body), data };
}

/** The cart of which a person is known. One that was completed is no cart any more, and its order tells the rest. */
function checkout(call: ShopCall, body: Fields): Found | string {
  const token = tokenIn(body.cart_token) ?? tokenIn(body.token);
  if (token === undefined) return 'token: must be there';
  const isOver = textIn(body.completed_at) !== undefined;
  const person = mapIn(body.customer);
  const lines = listIn(body.line_items);
  const data = present({
    ...{ cart_id: token, checkout_id: tokenIn(body.token), total: amountIn(body.total_price) },
    ...{ currency: textIn(body.currency), url: textIn(body.abandoned_checkout_url), items: lines.map(itemOf) },
  });
  return {
    name: isOver ? 'checkouts/complete' : call.topic,
    who: whoOf(person, {}, [cartName(token)]),
    occurredAt: timeOf(call, body),
    data,
    ...knownOf(call, person, body),
  };
}

/** `orders/create`, and what becomes of an order: `orders/paid`, `orders/cancelled`, ... */
function order(call: ShopCall, body: Fields): Found | string {
  const id = idIn(body.id);
  if (id === undefined) return 'id: must be there';
  const token = tokenIn(body.cart_token) ?? tokenIn(body.checkout_token);
  const person = mapIn(body.customer);
  const data = present({
    ...{ order_id: id, cart_id: token, total: amountIn(body.total_price), currency: textIn(body.currency) },
    ...{ order_name: textIn(body.name), financial_status: textIn(body.financial_status) },
    items: listIn(body.line_items).map(itemOf),
  });
  const names = [...(token === undefined ? [] : [cartName(token)]), orderName(id)];
  return {
    ...{ name: call.topic, who: whoOf(person, body, names), occurredAt: timeOf(call, body), data },
    ...knownOf(call, person, body),
  };
}

/** Names its order only: whoever placed that is the customer. */
function fulfillment(call: ShopCall, body: Fields): Found | string {
  const orderId = idIn(body.order_id);
  if (orderId === undefined) return 'order_id: must be there';
  const isDelivered = call.topic === 'fulfillments/update' && body.shipment_status === 'delivered';
  const lines = listIn(body.line_items);
  const data = present({
    ...{ order_id: orderId, status: textIn(body.shipment_status) ?? textIn(body.status) },
    ...{ tracking_number: textIn(body.tracking_number), tracking_url: textIn(body.tracking_url) },
    ...{ product_name: nameOf(lines[0] ?? {}), items: lines.map(itemOf) },
  });
  return {
    name: isDelivered ? 'fulfillments/delivered' : call.topic,
    // A parcel is delivered once, however often its tracking says so.
    ...(isDelivered && { sourceId: `fulfillments/delivered:${idIn(body.id) ?? orderId}` }),
    ...{ who: { names: [orderName(orderId)] }, occurredAt: timeOf(call, body), data },
  };
}

function refund(call: ShopCall, body: Fields): Found | string {
  const orderId = idIn(body.order_id);
  if (orderId === undefined) return 'order_id: must be there';
  const amounts = listIn(body.transactions).map(({ amount }) => amountIn(amount) ?? 0);
  const data = present({ order_id: orderId, refund_id: idIn(body.id), total: sumOf(amounts) });
  return { name: call.topic, who: { names: [orderName(orderId)] }, occurredAt: timeOf(call, body), data };
}

function customer(call: ShopCall, body: Fields): Found | string {
  if (idIn(body.id) === undefined) return 'id: must be there';
  const known = knownOf(call, body, {});
  return {
    ...{ name: call.topic, who: whoOf(body, {}, []), occurredAt: timeOf(call, body) },
    ...{ data: { source: 'shopify' }, ...known },
  };
}

function consentOnly(call: ShopCall, body: Fields): Found | string {
  const id = idIn(body.customer_id);
  if (id === undefined) return 'customer_id: must be there';
  const consents = consentsIn(call, body, call.at ?? call.receivedAt);
  return { name: call.topic, who: { userId: id, names: [] }, occurredAt: null, data: {}, consents };
}

/** Of a topic that is not known, an address may be anybody's: the shop's own, for one. */
function namedIn(body: Fields): Found['who'] {
  return whoOf(mapIn(body.customer), { customer_id: body.customer_id }, []);
}

function whoOf(person: Fields, body: Fields, names: string[]): Found['who'] {
  const email = emailOf(body);
  const userId = idIn(person.id) ?? idIn(body.customer_id) ?? (email === undefined ? undefined : guestId(email));
  return userId === undefined && names.length === 0 ? null : { userId, names };
}

/** Traits and consents of a customer; what the checkout or order itself says fills what the customer does not. */
function knownOf(call: ShopCall, person: Fields, body: Fields): Pick<Found, 'traits' | 'locale' | 'consents'> {
  const place = mapIn(body.billing_address ?? body.shipping_address);
  const locale = textIn(body.customer_locale) ?? textIn(person.locale);
  return {
    traits: present({
      ...{ email: emailOf(person) ?? emailOf(body), phone: textIn(person.phone) ?? textIn(body.phone) },
      first_name: textIn(person.first_name) ?? textIn(place.first_name),
      last_name: textIn(person.last_name) ?? textIn(place.last_name),
    }),
    ...(locale !== undefined && { locale }),
    consents: [...consentsIn(call, person, timeOf(call, body)), ...acceptanceIn(call, person, body)],
  };
}

/** `not_subscribed` is no withdrawal: nobody has said anything. */
function consentsIn({ topic, origin, id }: ShopCall, person: Fields, otherwise: number): SaidConsent[] {
  return (['email', 'sms'] as const).flatMap((channel) => {
    const { state: said, opt_in_level, consent_updated_at } = mapIn(person[`${channel}_marketing_consent`]);
    if (said !== 'subscribed' && said !== 'unsubscribed') return [];
    const state = said === 'subscribed' ? 'granted' : 'withdrawn';
    const how: JsonMap = present({ opt_in_level: textIn(opt_in_level), shop: origin ?? undefined });
    const evidence = { said, topic, webhook: id, ...how };
    return [{ channel, purpose: 'marketing', state, at: timeIn(consent_updated_at) ?? otherwise, evidence } as const];
  });
}

/** The box at the checkout, where the customer's own consent is not told. */
function acceptanceIn({ topic, origin, id }: ShopCall, person: Fields, body: Fields): SaidConsent[] {
  if (body.buyer_accepts_marketing !== true || person.email_marketing_consent) return [];
  const at = timeIn(body.created_at);
  if (at === null) return [];
  const evidence = { said: 'buyer_accepts_marketing', topic, webhook: id, ...(origin !== null && { shop: origin }) };
  return [{ channel: 'email', purpose: 'marketing', state: 'granted', at, evidence }];
}

/** By the signed body and not by the header, which is not signed. */
function timeOf({ topic, at, receivedAt }: ShopCall, body: Fields): number {
  const { created_at: created, updated_at: updated } = body;
  const said = topic.endsWith('/create') ? timeIn(created, updated) : timeIn(updated, created);
  return said ?? at ?? receivedAt;
}

function itemOf(line: Fields): JsonMap {
  return present({
    sku: textIn(line.sku) ?? idIn(line.variant_id) ?? idIn(line.product_id) ?? '',
    ...{ name: nameOf(line) ?? '', quantity: quantityOf(line), price: priceOf(line) },
    product_id: idIn(line.product_id),
  });
}

function nameOf(line: Fields): string | undefined {
  return textIn(line.title) ?? textIn(line.name) ?? textIn(line.presentment_title);
}

const quantityOf = (line: Fields) => amountIn(line.quantity) ?? 1;
const priceOf = (line: Fields) => amountIn(line.price) ?? 0;

function emailOf(fields: Fields): string | undefined {
  return textIn(fields.email) ?? textIn(fields.contact_email);
}

/** Some say a cart's token with its key, as in `hWN…?key=…`: the token before it is the same everywhere. */
function tokenIn(value: unknown): string | undefined {
  return idIn(typeof value === 'string' ? value.split('?')[0] : value);
}

const cartName = (token: string) => `shopify-cart:${token}`.slice(0, 256);
const orderName = (id: string) => `shopify-order:${id}`.slice(0, 256);

/** The topic is not signed: what does not have this topic's own shape is some other webhook under a false name. */
function dataRequest(body: Fields): Reading {
  const ids = Array.isArray(body.orders_requested) ? privacyIds(body) : [];
  if (ids.length === 0) return unreadable('this is no customers/data_request: it needs customer and orders_requested');
  return { kind: 'export', ids, request: idIn(mapIn(body.data_request).id) ?? null };
}

function redaction(body: Fields): Reading {
  const ids = Array.isArray(body.orders_to_redact) ? privacyIds(body) : [];
  if (ids.length === 0) return unreadable('this is no customers/redact: it needs customer and orders_to_redact');
  return { kind: 'erase', ids };
}

function privacyIds(body: Fields): string[] {
  const person = mapIn(body.customer);
  const [id, email] = [idIn(person.id), emailOf(person)];
  if (textIn(body.shop_domain) === undefined) return [];
  return [...(id === undefined ? [] : [id]), ...(email === undefined ? [] : [guestId(email)])];
}
