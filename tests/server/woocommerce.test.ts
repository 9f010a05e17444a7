// WooCommerce's webhooks: the ping, the signature, an order's course by its status, carts and guests.
import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { guestId } from '../../server/shops/shop-call.ts';
import { serverUnderTest } from './server-under-test.ts';

const secret = 'secret';

function wooUnderTest() {
  const server = serverUnderTest({ shopKeys: { woocommerce: { secret } } });
  const hook = (topic: string, body: unknown, headers: Record<string, string> = {}) => {
    const raw = typeof body === 'string' ? body : JSON.stringify(body);
    return server.post('/hooks/woocommerce', raw, null, {
      ...{ 'x-wc-webhook-source': 'https://shop.example/', 'x-wc-webhook-topic': topic, 'x-wc-webhook-id': '3' },
      ...{ 'x-wc-webhook-delivery-id': 'd1' },
      'x-wc-webhook-signature': createHmac('sha256', secret).update(raw).digest('base64'),
      ...headers,
    });
  };
  return { ...server, hook };
}

const order = (more: object = {}) => ({
  ...{ id: 727, number: '727', status: 'processing', currency: 'JPY', total: '3300.00', customer_id: 26 },
  ...{ date_created_gmt: '2026-11-20T09:00:00', date_modified_gmt: '2026-11-20T09:00:05', refunds: [] },
  billing: { first_name: '亜紀', last_name: '旅野', email: 'aki@example.com', phone: '' },
  line_items: [{ id: 315, name: '煎茶', product_id: 93, variation_id: 0, quantity: 2, sku: '', price: 1500 }],
  meta_data: [
    { id: 1, key: '_tabiji_cart_id', value: 'k1' },
    { id: 2, key: 'tabiji_anonymous_id', value: 'visitor-7' },
  ],
  ...more,
});

describe('POST /hooks/woocommerce', () => {
  it('answers the ping, which is not signed, and nothing else that is not', async () => {
    const { post, hook, received, quarantined } = wooUnderTest();
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    expect((await post('/hooks/woocommerce', 'webhook_id=3', null, form)).status).toBe(200);
    expect((await post('/hooks/woocommerce', 'webhook_id=3&a=1', null, form)).status).toBe(401);
    expect((await post('/hooks/woocommerce', order(), null)).status).toBe(401);
    expect((await hook('order.created', order(), { 'x-wc-webhook-signature': 'AAAA' })).status).toBe(401);
    expect([received.length, quarantined.size]).toEqual([0, 0]);
  });

  it('takes an order of a customer, who takes over the cart’s visitor', async () => {
    const { hook, received } = wooUnderTest();
    expect((await hook('order.created', order())).json.status).toBe('accepted');
    expect(received[0]).toMatchObject({
      ...{ source: 'woocommerce', name: 'order.created', previousId: 'woocommerce-order:727' },
      ...{ identity: { userId: '26', anonymousId: 'visitor-7' }, occurredAt: Date.parse('2026-11-20T09:00:00Z') },
      data: {
        order_id: '727',
        cart_id: 'k1',
        total: 3300,
        items: [{ sku: '93', name: '煎茶', quantity: 2, price: 1500 }],
      },
      traits: { email: 'aki@example.com', first_name: '亜紀', last_name: '旅野' },
    });
    expect(received[0]!.traits).not.toHaveProperty('phone');
  });

  it('takes a guest’s order, by the address', async () => {
    const { hook, received } = wooUnderTest();
    await hook('order.created', order({ customer_id: 0, meta_data: [] }));
    expect(received[0]!.identity).toEqual({ userId: guestId('aki@example.com'), anonymousId: 'woocommerce-order:727' });
  });

  it.each([
    ['order.created', { status: 'on-hold' }, 'order.created'],
    ['order.created', { status: 'completed' }, 'order.created'],
    ['order.created', { status: 'pending' }, 'order.pending'],
    ['order.updated', { status: 'processing' }, 'order.created'],
    ['order.updated', { status: 'completed' }, 'order.shipped'],
    ['order.updated', { status: 'failed' }, 'order.failed'],
    ['order.updated', { status: 'cancelled' }, 'order.cancelled'],
    ['order.updated', { status: 'refunded' }, 'order.refunded'],
    ['order.updated', { status: 'completed', refunds: [{ id: 1, total: '-100.00' }] }, 'order.refunded'],
    ['order.updated', { status: 'My Status!' }, 'order.updated'],
  ])('reads %s with %j as %s', async (topic, more, name) => {
    const { hook, received } = wooUnderTest();
    await hook(topic, order(more));
    expect(received[0]!.name).toBe(name);
  });

  it('takes each step of an order once, however often the order is saved', async () => {
    const { hook, received } = wooUnderTest();
    const save = (status: string, second: string) =>
      hook('order.updated', order({ status, date_modified_gmt: `2026-11-20T09:00:${second}` }));
    expect((await save('completed', '10')).json.status).toBe('accepted');
    expect((await save('completed', '11')).json.status).toBe('duplicate');
    expect((await save('refunded', '12')).json.status).toBe('accepted');
    expect(received.map(({ sourceId }) => sourceId)).toEqual(['order.shipped:727', 'order.refunded:727']);
  });

  it('tells two changes in one second apart, and knows one again, which have the same delivery id', async () => {
    const { hook, received } = wooUnderTest();
    const changed = (id: number) => ({ id, email: 'a@example.com', date_modified_gmt: '2026-11-20T09:00:05' });
    for (const id of [1, 2, 1]) await hook('customer.updated', changed(id));
    expect(received.map(({ identity }) => identity.userId)).toEqual(['1', '2']);
  });

  it('takes a new customer', async () => {
    const { hook, received } = wooUnderTest();
    const body = { id: 26, email: 'aki@example.com', first_name: '', billing: { first_name: '亜紀', phone: '+8190' } };
    await hook('customer.created', body);
    expect(received[0]).toMatchObject({
      ...{ name: 'customer.created', identity: { userId: '26' }, data: { source: 'woocommerce' } },
      traits: { email: 'aki@example.com', first_name: '亜紀', phone: '+8190' },
    });
  });

  it.each([
    ['order.created', '{', 'the body is not JSON in UTF-8'],
    ['order.created', { status: 'processing' }, 'id: must be there'],
    ['product.updated', { id: 1 }, 'it names no customer, cart or order'],
    ['', order(), 'its topic is missing'],
  ])('sets aside %s %j', async (topic, body, problem) => {
    const { hook, received } = wooUnderTest();
    const answer = await hook(topic, body);
    expect([answer.status, received.length]).toEqual([202, 0]);
    expect(answer.json.message).toContain(problem);
  });
});
