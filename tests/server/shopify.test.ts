// Shopify's webhooks: signed over the very bytes, taken once, read as what events.yaml declares; the rest is set aside.
import { describe, expect, it } from 'vitest';
import { isKeyedSignature } from '../../server/keyed-signature.ts';
import { guestId } from '../../server/shops/shop-call.ts';
import { Away, keys, serverUnderTest, start } from './server-under-test.ts';
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

const userId = '706405506930370000';
const cartVisitor = `shopify-cart:${cartToken}`;
const orderVisitor = `shopify-order:${orderId}`;
const item = { sku: 'T1', name: '煎茶', quantity: 2, price: 1500.5, product_id: '788032119674292900' };

function shopifyUnderTest(changed: Parameters<typeof serverUnderTest>[0] = {}) {
  const server = serverUnderTest({ shopKeys: { shopify: { secret: shopifySecret } }, ...changed });
  const hook = (topic: string, body: unknown, id = 'e1', headers: Record<string, string> = {}) => {
    const raw = typeof body === 'string' ? body : JSON.stringify(body);
    return server.post('/hooks/shopify', raw, null, { ...shopifyHeaders(topic, raw, id), ...headers });
  };
  return { ...server, hook };
}

describe('a signature', () => {
  // The vectors of the shops' own documentation.
  it.each([
    ['hush', '{"id":1}', 'VnKUjZsLuN5iZWjn5EntcBVCF9kMN43LglzCE1/GSeY='],
    ['secret', '{"id":1}', 'A971iWIMgT8Zj9A9eWfikrFj7wQ16/Qwcc4OlRl2PLc='],
    [
      'abcde123456789',
      '1634209655.95ed494f-362d-4fca-933d-f5c7064b04bb',
      'NoLsApTwIZWkNZqX2Bi85FLwQkjL6WSGBoUs7unubrM=',
    ],
  ])('under %s is the HMAC of the very bytes', (secret, signed, signature) => {
    expect(isKeyedSignature(secret, signed, signature)).toBe(true);
    expect(isKeyedSignature(secret, Buffer.from(signed), signature)).toBe(true);
    expect(isKeyedSignature(`${secret}x`, signed, signature)).toBe(false);
    expect(isKeyedSignature(secret, `${signed} `, signature)).toBe(false);
    for (const wrong of [undefined, '', [signature], signature.slice(1), `${signature}=`, signature.toLowerCase()])
      expect(isKeyedSignature(secret, signed, wrong)).toBe(false);
  });

  it('is asked for before anything is kept', async () => {
    const { hook, post, received, quarantined } = shopifyUnderTest();
    expect((await hook('carts/update', cart(), 'e1', { 'x-shopify-hmac-sha256': 'AAAA' })).status).toBe(401);
    expect((await hook('carts/update', '{ not JSON', 'e1', { 'x-shopify-hmac-sha256': '' })).status).toBe(401);
    const answer = await post('/hooks/shopify', cart(), keys.server);
    expect([answer.status, answer.json.error.code]).toEqual([401, 'unauthorized']);
    expect(answer.text).not.toContain(cartToken);
    const raw = JSON.stringify(cart());
    const changed = raw.replace('3001.00', '1.00');
    expect((await post('/hooks/shopify', changed, null, shopifyHeaders('carts/update', raw, 'e1'))).status).toBe(401);
    expect([received.length, quarantined.size]).toEqual([0, 0]);
  });

  it('cannot be checked where no secret is set', async () => {
    const answer = await shopifyUnderTest({ shopKeys: {} }).hook('carts/update', cart());
    expect([answer.status, answer.json.error.message]).toEqual([
      404,
      'webhooks of this shop are not taken here; set SHOPIFY_WEBHOOK_SECRET',
    ]);
  });
});

describe('POST /hooks/shopify takes', () => {
  it('a cart, of whom nobody knows the owner', async () => {
    const { hook, received } = shopifyUnderTest();
    expect((await hook('carts/update', cart())).json).toEqual({ status: 'accepted', event_id: 'evt-1' });
    expect(received[0]).toMatchObject({
      ...{ source: 'shopify', sourceId: 'e1', identity: { anonymousId: cartVisitor }, kind: 'event' },
      ...{ name: 'carts/update', occurredAt: Date.parse('2026-11-20T09:50:00Z'), trusted: true },
      data: { cart_id: cartToken, total: 3001, items: [item] },
    });
  });

  it('a checkout as the cart of somebody, with its address and consent', async () => {
    const { hook, received } = shopifyUnderTest();
    await hook('checkouts/update', checkout());
    expect(received[0]).toMatchObject({
      ...{ name: 'checkouts/update', identity: { userId, anonymousId: cartVisitor }, context: { locale: 'ja' } },
      data: { cart_id: cartToken, total: 3301.1, url: 'https://shop.example/recover/chk-1', items: [item] },
      traits: { email: 'aki@example.com', phone: '+819000000000', first_name: '亜紀', last_name: '旅野' },
    });
    expect(received[0]!.consents).toEqual([
      {
        ...{ channel: 'email', purpose: 'marketing', state: 'granted', at: Date.parse('2026-10-31T15:00:00Z') },
        evidence: {
          ...{ said: 'subscribed', topic: 'checkouts/update', webhook: 'e1' },
          ...{ opt_in_level: 'confirmed_opt_in', shop: 'tabiji-shop.myshopify.com' },
        },
      },
    ]);
  });

  it('a checkout that was completed as no cart any more', async () => {
    const { hook, received } = shopifyUnderTest();
    await hook('checkouts/update', checkout({ completed_at: '2026-11-20T09:58:00Z' }));
    expect(received[0]!.name).toBe('checkouts/complete');
  });

  it('an order, whose customer takes over its cart, and whose id is exact', async () => {
    const { hook, received } = shopifyUnderTest();
    await hook('orders/create', order());
    expect(received[0]).toMatchObject({
      ...{ name: 'orders/create', identity: { userId, anonymousId: cartVisitor }, previousId: orderVisitor },
      data: { order_id: orderId, cart_id: cartToken, total: 3301.1, currency: 'JPY', items: [item] },
      occurredAt: Date.parse('2026-11-20T09:58:00Z'),
    });
  });

  it('an order of a guest under a name that cannot be read', async () => {
    const { hook, received } = shopifyUnderTest();
    await hook('orders/create', order({ customer: null, email: 'Guest@Example.com' }));
    expect(received[0]!.identity).toEqual({ userId: guestId('guest@example.com'), anonymousId: cartVisitor });
    expect(guestId('guest@example.com')).not.toContain('guest@');
  });

  it.each([
    ['fulfillments/create', fulfillment(), 'fulfillments/create', { order_id: orderId, tracking_number: '1z2345' }],
    [
      'fulfillments/update',
      fulfillment({ shipment_status: 'delivered' }),
      'fulfillments/delivered',
      { order_id: orderId, product_name: '煎茶' },
    ],
    ['refunds/create', refund(), 'refunds/create', { order_id: orderId, refund_id: '509562969', total: 3301.1 }],
  ])('%s of whoever placed the order', async (topic, body, name, data) => {
    const { hook, received } = shopifyUnderTest();
    expect((await hook(topic, body)).status).toBe(200);
    expect(received[0]).toMatchObject({ name, data, identity: { anonymousId: orderVisitor } });
  });

  it('a new customer, and what they take back', async () => {
    const { hook, received } = shopifyUnderTest();
    await hook('customers/create', { ...person, created_at: '2026-11-20T09:00:00Z' });
    const consent = { state: 'unsubscribed', opt_in_level: null, consent_updated_at: '2026-11-20T09:10:00Z' };
    await hook('customers_email_marketing_consent/update', { customer_id: 7, email_marketing_consent: consent }, 'e2');
    expect(received[0]).toMatchObject({ name: 'customers/create', identity: { userId }, data: { source: 'shopify' } });
    expect(received[1]).toMatchObject({ identity: { userId: '7' }, data: {}, traits: {} });
    expect(received[1]!.consents).toMatchObject([{ state: 'withdrawn', at: Date.parse('2026-11-20T09:10:00Z') }]);
  });

  it('no word about consent as a word: not_subscribed is none', async () => {
    const { hook, received } = shopifyUnderTest();
    await hook('customers/update', { ...person, email_marketing_consent: { state: 'not_subscribed' } });
    expect(received[0]!.consents).toEqual([]);
  });

  it('a topic that it does not know as an event of its own', async () => {
    const { hook, received } = shopifyUnderTest();
    await hook('customer_tags/update', { customer: { id: 7 }, tags: ['gold'] });
    expect(received[0]).toMatchObject({
      ...{ name: 'customer_tags/update', identity: { userId: '7' } },
      ...{ data: { customer: { id: 7 }, tags: ['gold'] }, occurredAt: Date.parse('2026-11-20T09:59:59.123Z') },
    });
  });

  it('a repeat as a duplicate, by Shopify’s id of the event', async () => {
    const { hook, received } = shopifyUnderTest();
    await hook('orders/create', order());
    const again = await hook('orders/create', order(), 'e1', { 'x-shopify-webhook-id': 'another subscription' });
    expect([again.status, again.json.status]).toEqual([200, 'duplicate']);
    expect(received).toHaveLength(1);
  });

  it('a replay without its ids as a duplicate, by what was signed', async () => {
    const { hook, received } = shopifyUnderTest();
    const bare = { 'x-shopify-event-id': '', 'x-shopify-webhook-id': '' };
    for (const _ of [1, 2]) await hook('orders/create', order(), 'e1', bare);
    expect(received).toHaveLength(1);
  });

  it('nothing for a while where the database is away, or too much is under way', async () => {
    const { hook } = shopifyUnderTest({ receive: () => Promise.reject(new Away()) });
    const away = await hook('orders/create', order());
    expect([away.status, away.headers['retry-after']]).toEqual([503, '2']);
    const full = await shopifyUnderTest({ most: { calls: 0, bytes: 0 } }).hook('orders/create', order());
    expect([full.status, full.headers['retry-after']]).toEqual([503, '2']);
  });

  it('no more than a megabyte', async () => {
    const { hook, quarantined } = shopifyUnderTest();
    const large = await hook('orders/create', `{"id":1,"note":"${'x'.repeat(1024 * 1024)}"}`);
    expect([large.status, quarantined.size]).toEqual([413, 0]);
  });
});

describe('set aside, with its reason and an answer that ends no subscription', () => {
  const deep = `${'{"a":'.repeat(80)}1${'}'.repeat(80)}`;
  it.each([
    ['orders/create', '{ not JSON', 'the body is not JSON in UTF-8'],
    ['orders/create', '[]', 'the body is not a JSON object'],
    ['orders/create', '{}', 'id: must be there'],
    ['carts/update', '{"line_items":[]}', 'token: must be there'],
    ['checkouts/create', '{}', 'token: must be there'],
    ['fulfillments/create', '{"id":1}', 'order_id: must be there'],
    ['refunds/create', '{"id":1,"order_id":[1]}', 'order_id: must be there'],
    ['customers/create', '{"email":"a@example.com"}', 'id: must be there'],
    ['orders/create', deep, 'its maps and lists lie in each other too deep'],
    ['products/update', '{"id":1}', 'it names no customer, cart or order; end the subscription to this topic'],
    ['app/uninstalled', '{"id":1,"email":"owner@example.com"}', 'it names no customer, cart or order; end the sub'],
    ['customer_tags/update', `{"customer":{"id":1},"x":"${'x'.repeat(40_000)}"}`, 'an event may have 32768 bytes'],
    ['', '{"id":1}', 'its topic is missing, or is no topic'],
    ['<script>', '{"id":1}', 'its topic is missing, or is no topic'],
    ['shop/redact', '{"shop_id":1,"shop_domain":"a.myshopify.com"}', 'shop/redact: the shop has removed the app'],
  ])('%s %.30s', async (topic, body, problem) => {
    const { hook, received, quarantined } = shopifyUnderTest();
    const answer = await hook(topic, body);
    expect([answer.status, answer.json.status, received.length]).toEqual([202, 'quarantined', 0]);
    expect(answer.json.message).toContain(problem);
    expect(quarantined.get(answer.json.quarantine_id)).toMatchObject({ source: 'shopify' });
  });

  it('and is replayed as what it was, once', async () => {
    let isBroken = true;
    const { hook, received, deps } = shopifyUnderTest();
    const { receive } = deps;
    deps.receive = async (incoming) => {
      if (isBroken) throw new Error('cannot be processed');
      return receive(incoming);
    };
    const broken = serverUnderTest({ ...deps });
    const raw = order();
    const answer = await broken.post('/hooks/shopify', raw, null, shopifyHeaders('orders/create', raw, 'e1'));
    expect([answer.status, answer.json.status]).toEqual([202, 'quarantined']);
    isBroken = false;
    const replay = () => broken.post(`/quarantine/${answer.json.quarantine_id}/replay`, {}, keys.server);
    expect((await replay()).json.status).toBe('accepted');
    expect(received[0]).toMatchObject({ sourceId: 'e1', name: 'orders/create', data: { order_id: orderId } });
    expect((await replay()).status).toBe(409);
    expect((await hook('orders/create', raw)).json.status).toBe('duplicate');
  });
});

describe('privacy topics', () => {
  const shop = { shop_id: 954889, shop_domain: 'tabiji-shop.myshopify.com' };
  const customer = { id: 7, email: 'aki@example.com', phone: null };

  function privacyUnderTest() {
    const erased: string[] = [];
    const server = shopifyUnderTest({
      eraseCustomer: async (id) => (id === '7' ? erased.push(id) > 0 : false),
    });
    server.deps.projections.customerId = async (id) => (id === '7' ? 'cus-1' : null);
    return { ...server, erased };
  }

  it('a request for data stands in the story, with where to get it', async () => {
    const { hook, received } = privacyUnderTest();
    const asked = { ...shop, orders_requested: [1], customer, data_request: { id: 9999 } };
    const answer = await hook('customers/data_request', asked);
    expect(answer.json).toEqual({ status: 'exportable', event_id: 'evt-1', export: '/customers/cus-1/export' });
    expect(received[0]).toMatchObject({
      ...{ name: 'customers/data_request', identity: { userId: '7' }, occurredAt: start },
      data: { export: '/customers/cus-1/export', request_id: '9999' },
    });
    expect(JSON.stringify(received)).not.toContain('aki@');
  });

  it('a request about nobody we know makes nobody', async () => {
    const { hook, received } = privacyUnderTest();
    const asked = { ...shop, orders_requested: [], customer: { id: 8 }, data_request: { id: 1 } };
    expect((await hook('customers/data_request', asked)).json).toEqual({ status: 'unknown' });
    expect(received).toEqual([]);
  });

  it('a redaction erases, and once more does no harm', async () => {
    const { hook, erased, wakes } = privacyUnderTest();
    const redaction = { ...shop, customer, orders_to_redact: [] };
    expect((await hook('customers/redact', redaction)).json).toEqual({ status: 'erased' });
    expect([erased, wakes()]).toEqual([['7'], 1]);
    expect((await hook('customers/redact', { ...redaction, customer: { id: 8 } })).json).toEqual({ status: 'unknown' });
  });

  it('a signed body of another topic erases nobody under this one', async () => {
    const { hook, erased } = privacyUnderTest();
    expect((await hook('customers/redact', order({ customer }))).json.status).toBe('quarantined');
    expect((await hook('customers/redact', { ...customer, orders_to_redact: [] })).json.status).toBe('quarantined');
    expect(erased).toEqual([]);
  });
});
