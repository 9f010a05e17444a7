// Shops' webhooks over the real engine, a real database and the shipped journeys: who becomes whom, what ends, what is kept.
import type { AddressInfo } from 'node:net';
import { Analytics } from '@segment/analytics-node';
import pino from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadFolder } from '../../language/load.ts';
import { createApp } from '../../server/app.ts';
import { storeDeps } from '../../server/store-deps.ts';
import { newId } from '../../store/id.ts';
import { openTestDatabase, type TestDatabase } from '../database.ts';
import { keys, secret, start } from './server-under-test.ts';
import {
  cart,
  cartToken,
  checkout,
  fulfillment,
  order,
  orderId,
  person,
  refund,
  shopifyHeaders,
  shopifySecret,
} from './shopify-calls.ts';

let database: TestDatabase;
let app: ReturnType<typeof createApp>;
const clock = { at: start, now: () => clock.at, real: Date.now, sleepMs: () => null };
const userId = '706405506930370000';

beforeAll(async () => {
  database = await openTestDatabase();
  const { outboxSize, ...deps } = storeDeps({ pool: database.pool, clock, newId, secret });
  app = createApp({
    ...{ ...deps, keys, secret, shopKeys: { shopify: { secret: shopifySecret } } },
    ...{ readiness: { outboxSize, temporalHealthy: () => true }, wakeDispatcher: () => {}, wakeSweeper: () => {} },
    logger: pino({ level: 'silent' }),
  });
  const files = await loadFolder('journeys');
  const headers = { authorization: `Bearer ${keys.marketer}` };
  const published = await app.inject({ method: 'POST', url: '/journeys', payload: { files }, headers });
  expect(published.statusCode).toBe(200);
});
afterAll(async () => {
  await app.close();
  await database.close();
});

let events = 0;
async function hook(topic: string, body: object | string, id = `e${++events}`) {
  const payload = typeof body === 'string' ? body : JSON.stringify(body);
  const headers = shopifyHeaders(topic, payload, id);
  const answer = await app.inject({ method: 'POST', url: '/hooks/shopify', payload, headers });
  return [answer.statusCode, answer.json().status];
}

async function get(url: string, key: string = keys.admin) {
  return (await app.inject({ method: 'GET', url, headers: { authorization: `Bearer ${key}` } })).json();
}

async function journeysOf(id: string) {
  const { enrollments } = await get(`/customers/${encodeURIComponent(id)}`);
  const own = enrollments.map(({ journey, key, status, reason }: Record<string, string>) => [
    ...[journey, key, status, reason],
  ]);
  return Object.fromEntries(own.map(([journey, ...rest]: string[]) => [journey, rest]));
}

const rows = async (text: string) => (await database.pool.query(text)).rows;

test('a cart, an order and its parcel: the shipped cart-abandonment ends by its goal, the parcel reaches post-purchase', async () => {
  const visitor = `shopify-cart:${cartToken}`;
  expect(await hook('carts/update', cart(), 'cart-1')).toEqual([200, 'accepted']);
  expect(await hook('carts/update', cart(), 'cart-1')).toEqual([200, 'duplicate']);
  expect(await journeysOf(visitor)).toEqual({ 'cart-abandonment': [cartToken, 'active', null] });

  clock.at += 60_000;
  expect(await hook('checkouts/create', checkout())).toEqual([200, 'accepted']);
  // The cart is this customer's now, and there is nobody else.
  expect(await journeysOf(userId)).toEqual({ 'cart-abandonment': [cartToken, 'active', null] });
  const { traits, consent } = await get(`/customers/${userId}`);
  expect(traits).toMatchObject({ email: 'aki@example.com', last_name: '旅野', locale: 'ja' });
  expect(consent.history).toMatchObject([
    { channel: 'email', purpose: 'marketing', state: 'granted', source: 'shopify' },
  ]);

  clock.at += 60_000;
  expect(await hook('orders/create', order())).toEqual([200, 'accepted']);
  expect(await hook('fulfillments/create', fulfillment())).toEqual([200, 'accepted']);
  expect(await journeysOf(userId)).toMatchObject({
    'cart-abandonment': [cartToken, 'exited', 'goal'],
    'post-purchase': [orderId, 'active', null],
  });
  const stored = await rows(`SELECT DISTINCT customer_id FROM events WHERE source = 'shopify'`);
  expect(stored).toHaveLength(1);
  const inbox = await rows(
    `SELECT e.name, e.data->>'order_id' AS "order" FROM inbox i JOIN events e ON e.id = i.event_id`,
  );
  expect(inbox).toContainEqual({ name: 'order_shipped', order: orderId });

  // The checkout is told once more, as over: that opens nothing anew.
  const completed = { completed_at: '2026-11-20T09:58:00Z', updated_at: '2026-11-20T09:58:01Z' };
  await hook('checkouts/update', checkout(completed));
  const carts = await rows(`SELECT status FROM enrollments WHERE journey = 'cart-abandonment'`);
  expect(carts).toEqual([{ status: 'exited' }]);
  // The same consent was told three times, and recorded once.
  expect(await rows(`SELECT state FROM consents`)).toEqual([{ state: 'granted' }]);
});

test('a refund finds the order’s customer and ends its journey', async () => {
  expect(await hook('refunds/create', refund())).toEqual([200, 'accepted']);
  expect(await journeysOf(userId)).toMatchObject({ 'post-purchase': [orderId, 'exited', 'refunded'] });
});

test('a parcel told before its order waits for the customer', async () => {
  const late = (text: string) => text.replaceAll(orderId, '5555555555555');
  expect(await hook('fulfillments/create', late(fulfillment()))).toEqual([200, 'accepted']);
  const [before] = (await get('/customers?q=shopify-order:5555555555555')).customers;
  expect(await hook('orders/create', late(order({ cart_token: null, checkout_token: null })))).toEqual([
    200,
    'accepted',
  ]);
  const { id, events: known } = await get(`/customers/${userId}`);
  expect(known.filter(({ name }: { name: string }) => name === 'order_shipped')).toHaveLength(2);
  expect((await get(`/customers/${before.id}`)).id).toBe(id);
});

test('Segment’s client and Shopify report one order: it is one fact', async () => {
  await app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.server.address() as AddressInfo;
  const analytics = new Analytics({ writeKey: keys.server, host: `http://127.0.0.1:${port}` });
  const items = [{ sku: 'T1', name: '煎茶', quantity: 1 }];
  analytics.track({ userId: 'u-9', event: 'Order Completed', properties: { order_id: '9001', total: 3000, items } });
  await analytics.closeAndFlush();
  const person9 = { ...person, id: 'u-9', email: 'nine@example.com' };
  const told = order({ customer: person9, cart_token: null, checkout_token: 'chk-9' }).replace(orderId, '9001');
  expect(await hook('orders/create', told)).toEqual([200, 'duplicate']);
  expect(await rows(`SELECT source FROM events WHERE name = 'order_completed' AND same = '9001'`)).toEqual([
    { source: 'segment' },
  ]);
  const { enrollments, traits, consent } = await get('/customers/u-9');
  // What only the shop knows of the person counts all the same, once.
  expect(traits).toMatchObject({ email: 'nine@example.com', last_name: '旅野' });
  expect(await hook('orders/create', told)).toEqual([200, 'duplicate']);
  expect(consent.current).toMatchObject([{ channel: 'email', purpose: 'marketing', state: 'granted' }]);
  expect(await rows(`SELECT 1 FROM consents WHERE customer_id = '${(await get('/customers/u-9')).id}'`)).toHaveLength(
    1,
  );
  expect(enrollments.filter(({ journey }: { journey: string }) => journey === 'post-purchase')).toHaveLength(1);
});

test('an unsubscribe at the shop ends marketing, and an older subscription that comes late does not undo it', async () => {
  const said = (state: string, at: string) => ({
    ...{ customer_id: userId, email_address: 'aki@example.com' },
    email_marketing_consent: { state, opt_in_level: 'single_opt_in', consent_updated_at: at },
  });
  const topic = 'customers_email_marketing_consent/update';
  const { id } = await get(`/customers/${userId}`);
  const grants = () => database.store.transaction((tx) => tx.grants(id));
  expect(await grants()).toEqual([{ channel: 'email', purpose: 'marketing' }]);
  await hook(topic, said('unsubscribed', '2026-11-20T09:00:00Z'));
  await hook(topic, said('subscribed', '2026-11-20T08:00:00Z'));
  expect(await grants()).toEqual([]);
});

test('a redaction erases; what still comes of that customer is dropped', async () => {
  const shop = { shop_id: 1, shop_domain: 'tabiji-shop.myshopify.com' };
  const customer = { id: userId, email: 'aki@example.com' };
  const asked = { ...shop, customer, orders_requested: [], data_request: { id: 5 } };
  expect(await hook('customers/data_request', asked)).toEqual([200, 'exportable']);
  const { id, events: known } = await get(`/customers/${userId}`);
  expect(known).toContainEqual(expect.objectContaining({ name: 'customers/data_request' }));
  expect((await get(`/customers/${id}/export`)).customer.id).toBe(id);

  expect(await hook('customers/redact', { ...shop, customer, orders_to_redact: [] })).toEqual([200, 'erased']);
  expect(await hook('customers/redact', { ...shop, customer, orders_to_redact: [] })).toEqual([200, 'unknown']);
  expect(await hook('customers/update', { ...person, id: userId })).toEqual([200, 'dropped']);
  expect(await hook('refunds/create', refund())).toEqual([200, 'dropped']);
  expect(JSON.stringify(await rows('SELECT * FROM events'))).not.toContain('aki@example.com');
  expect(JSON.stringify(await rows('SELECT * FROM customers'))).not.toContain('aki@example.com');
});
