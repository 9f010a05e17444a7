// Webhooks as Shopify sends them, cut to what is read; and their signature.
import { createHmac } from 'node:crypto';

export const shopifySecret = 'hush';
export const cartToken = 'eeafa272cebfd4b22385bc4b645e762c';

export const shopifySignature = (raw: string) => createHmac('sha256', shopifySecret).update(raw).digest('base64');

/** The headers of one delivery; `id` is the event's. */
export const shopifyHeaders = (topic: string, raw: string, id: string) => ({
  'x-shopify-topic': topic,
  'x-shopify-hmac-sha256': shopifySignature(raw),
  'x-shopify-shop-domain': 'tabiji-shop.myshopify.com',
  'x-shopify-api-version': '2026-07',
  'x-shopify-webhook-id': `delivery-of-${id}`,
  'x-shopify-event-id': id,
  'x-shopify-triggered-at': '2026-11-20T09:59:59.123456789Z',
});

const line = {
  ...{ id: 704912205188288600, quantity: 2, variant_id: 704912205188288600, product_id: 788032119674292900 },
  ...{ title: '煎茶', price: '1500.50', line_price: '3001.00', sku: 'T1', vendor: 'shop', taxable: true },
};

export const cart = (more: object = {}) => ({
  ...{ id: cartToken, token: cartToken, line_items: [line], note: null },
  ...{ updated_at: '2026-11-20T09:50:00Z', created_at: '2026-11-20T09:50:00Z' },
  ...more,
});

export const person = {
  ...{
    id: 706405506930370000,
    email: 'aki@example.com',
    phone: '+819000000000',
    first_name: '亜紀',
    last_name: '旅野',
  },
  email_marketing_consent: {
    ...{ state: 'subscribed', opt_in_level: 'confirmed_opt_in' },
    consent_updated_at: '2026-11-01T00:00:00+09:00',
  },
  sms_marketing_consent: null,
};

export const checkout = (more: object = {}) => ({
  ...{ id: 981820079255243500, token: 'chk-1', cart_token: `${cartToken}?key=abc`, email: 'aki@example.com' },
  ...{ customer: person, line_items: [line], total_price: '3301.10', currency: 'JPY', completed_at: null },
  ...{ abandoned_checkout_url: 'https://shop.example/recover/chk-1', customer_locale: 'ja' },
  ...{ created_at: '2026-11-20T09:52:00Z', updated_at: '2026-11-20T09:53:00Z' },
  ...more,
});

export const orderId = '820982911946154508';

/** As text: its id is the one of Shopify's test notifications, which a number does not hold. */
export const order = (more: object = {}) =>
  JSON.stringify({
    ...{ id: 0, name: '#1001', cart_token: cartToken, checkout_token: 'chk-1', email: 'aki@example.com' },
    ...{ customer: person, line_items: [line], total_price: '3301.10', currency: 'JPY', financial_status: 'paid' },
    ...{ customer_locale: 'ja', created_at: '2026-11-20T09:58:00Z', updated_at: '2026-11-20T09:58:30Z' },
    ...more,
  }).replace('"id":0', `"id":${orderId}`);

export const fulfillment = (more: object = {}) =>
  JSON.stringify({
    ...{ id: 123456, order_id: 0, status: 'success', tracking_number: '1z2345', line_items: [line] },
    ...{ tracking_url: 'https://carrier.example/1z2345', shipment_status: null },
    ...{ created_at: '2026-11-20T09:59:00Z', updated_at: '2026-11-20T09:59:00Z' },
    ...more,
  }).replace('"order_id":0', `"order_id":${orderId}`);

export const refund = () => `{"id":509562969,"order_id":${orderId},"created_at":"2026-11-20T09:59:30Z",
  "transactions":[{"amount":"3301.10","kind":"refund"}]}`;
