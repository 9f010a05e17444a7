// Ecwid's webhooks: only their id is signed, so what is stored is what Ecwid's API says; against a stand-in of that API.
import { createHmac } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readShopKeys } from '../../server/shops/keys.ts';
import { serverUnderTest } from './server-under-test.ts';

const secret = 'abcde123456789';
const eventCreated = 1_763_632_800; // 2025-11-20T10:00:00Z

let api: Server;
let url: string;
const entities = new Map<string, unknown>();
let refusal: number | null = null;
const asked: string[] = [];

beforeAll(async () => {
  api = createServer((request, response) => {
    asked.push(`${request.headers.authorization} ${request.url}`);
    const found = entities.get(request.url ?? '');
    response.writeHead(refusal ?? (found === undefined ? 404 : 200), { 'content-type': 'application/json' });
    response.end(JSON.stringify(found ?? {}));
  });
  await new Promise<void>((resolve) => api.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(api.address() as AddressInfo).port}`;
});
afterAll(() => new Promise((resolve) => api.close(resolve)));
beforeEach(() => {
  entities.clear();
  asked.length = 0;
  refusal = null;
});

function ecwidUnderTest(env: Record<string, string> = { ECWID_STORE_ID: '1003', ECWID_ACCESS_TOKEN: 'secret_x' }) {
  const server = serverUnderTest({
    shopKeys: readShopKeys({ ECWID_CLIENT_SECRET: secret, ECWID_API_URL: url, ...env }),
  });
  const hook = (eventType: string, more: object = {}, signature?: string) => {
    const body = { eventId: 'ev-1', eventCreated, storeId: 1003, entityId: 293225803, eventType, ...more };
    const signed = `${body.eventCreated}.${body.eventId}`;
    const own = createHmac('sha256', secret).update(signed).digest('base64');
    return server.post('/hooks/ecwid', body, null, { 'x-ecwid-webhook-signature': signature ?? own });
  };
  return { ...server, hook };
}

const orderData = { data: { orderId: 'RA1SD', cartId: '320AB5DE-5EA6-4419-A4CF-0B04D2913190' } };
const order = (more: object = {}) => ({
  ...{ id: 'RA1SD', internalId: 293225803, email: 'aki@example.com', customerId: 40201284, total: 3300.5 },
  ...{ paymentStatus: 'PAID', fulfillmentStatus: 'AWAITING_PROCESSING', createTimestamp: 1_763_632_700 },
  ...{ items: [{ productId: 1, sku: 'T1', name: '煎茶', quantity: 2, price: 1500.25 }], acceptMarketing: true },
  ...{ billingPerson: { firstName: '亜紀', lastName: '旅野', phone: '+8190' }, vendorOrderNumber: 'RA1SD' },
  ...more,
});

describe('POST /hooks/ecwid', () => {
  it('refuses what is not signed, before it looks anything up', async () => {
    const { hook, post, received, quarantined } = ecwidUnderTest();
    expect((await hook('order.created', orderData, 'AAAA')).status).toBe(401);
    expect((await hook('order.created', { ...orderData, eventCreated: String(eventCreated) })).status).toBe(401);
    expect((await post('/hooks/ecwid', 'no JSON', null)).status).toBe(401);
    expect([received.length, quarantined.size, asked.length]).toEqual([0, 0, 0]);
  });

  it('takes an unfinished order as a cart, and the order that it became as that cart’s', async () => {
    const { hook, received } = ecwidUnderTest();
    entities.set('/api/v3/1003/orders/RA1SD', order({ paymentStatus: 'INCOMPLETE' }));
    expect((await hook('unfinished_order.created', orderData)).json.status).toBe('accepted');
    entities.set('/api/v3/1003/orders/RA1SD', order());
    expect((await hook('order.created', { ...orderData, eventId: 'ev-2' })).json.status).toBe('accepted');
    expect(asked[0]).toBe('Bearer secret_x /api/v3/1003/orders/RA1SD');
    const who = { userId: '40201284', anonymousId: 'ecwid-order:293225803' };
    const items = [{ sku: 'T1', name: '煎茶', quantity: 2, price: 1500.25, product_id: '1' }];
    expect(received).toMatchObject([
      {
        ...{ source: 'ecwid', name: 'unfinished_order.created', identity: who, occurredAt: eventCreated * 1000 },
        ...{
          data: { cart_id: '293225803', total: 3300.5, items },
          traits: { email: 'aki@example.com', phone: '+8190' },
        },
      },
      {
        ...{ name: 'order.created', identity: who, occurredAt: 1_763_632_700_000 },
        data: { order_id: 'RA1SD', cart_id: '293225803', total: 3300.5, items },
        consents: [{ channel: 'email', purpose: 'marketing', state: 'granted', at: 1_763_632_700_000 }],
      },
    ]);
  });

  it.each([
    ['order.updated', { fulfillmentStatus: 'SHIPPED' }, 'order.shipped'],
    ['order.updated', { fulfillmentStatus: 'DELIVERED' }, 'order.delivered'],
    ['order.updated', { paymentStatus: 'PARTIALLY_REFUNDED' }, 'order.refunded'],
    ['order.updated', { paymentStatus: 'CANCELLED' }, 'order.cancelled'],
    ['order.updated', {}, 'order.updated'],
    ['unfinished_order.updated', {}, 'unfinished_order.placed'],
  ])('reads %s with %j as %s', async (topic, more, name) => {
    const { hook, received } = ecwidUnderTest();
    entities.set('/api/v3/1003/orders/RA1SD', order(more));
    await hook(topic, orderData);
    expect(received[0]!.name).toBe(name);
  });

  it('takes a repeat once, whatever its body says, which nobody signed', async () => {
    const { hook, received } = ecwidUnderTest();
    entities.set('/api/v3/1003/customers/7', { id: 7, name: '旅野 亜紀', email: 'aki@example.com', lang: 'ja' });
    entities.set('/api/v3/1003/customers/8', { id: 8, email: 'other@example.com' });
    expect((await hook('customer.created', { entityId: 7 })).json.status).toBe('accepted');
    expect((await hook('customer.created', { entityId: 8 })).json.status).toBe('duplicate');
    expect(received).toMatchObject([{ identity: { userId: '7' }, context: { locale: 'ja' }, consents: [] }]);
  });

  it('asks Ecwid to come again while its API does not answer', async () => {
    const { hook, received, quarantined } = ecwidUnderTest();
    for (refusal of [500, 429, 401]) {
      const answer = await hook('order.created', orderData);
      expect([answer.status, answer.headers['retry-after']]).toEqual([503, '2']);
    }
    expect([received.length, quarantined.size]).toEqual([0, 0]);
  });

  it.each([
    ['order.created', orderData, 'Ecwid has nothing under this id any more'],
    ['order.created', { ...orderData, storeId: 1004 }, 'it is about another store'],
    ['product.updated', {}, 'it names no customer, cart or order'],
    ['order.created', { entityId: null }, 'entityId: must be there'],
  ])('sets aside %s %j', async (topic, more, problem) => {
    const { hook, received } = ecwidUnderTest();
    const answer = await hook(topic, more);
    expect([answer.status, received.length]).toEqual([202, 0]);
    expect(answer.json.message).toContain(problem);
  });

  it('keeps what cannot be looked up, until it can', async () => {
    const before = ecwidUnderTest({});
    const answer = await before.hook('order.created', orderData);
    expect([answer.status, answer.json.message]).toEqual([202, expect.stringContaining('set ECWID_STORE_ID')]);
    entities.set('/api/v3/1003/orders/RA1SD', order());
    const after = ecwidUnderTest();
    for (const [id, kept] of before.quarantined) after.quarantined.set(id, kept);
    const replay = await after.post(`/quarantine/${answer.json.quarantine_id}/replay`, {});
    expect([replay.json.status, after.received[0]!.sourceId]).toEqual(['accepted', 'ev-1']);
  });
});
