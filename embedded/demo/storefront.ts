// What the shop tells of its customers, through Segment's own client: what a page and a back end would send. Each call
// resolves once it is acknowledged.
import { Analytics } from '@segment/analytics-node';
import { type Product, products } from '../shop/products.ts';
import type { Line, Person } from './cast.ts';

export interface StorefrontOptions {
  url: string;
  writeKey: string;
}

export type Storefront = ReturnType<typeof openStorefront>;

export function openStorefront({ url, writeKey }: StorefrontOptions) {
  // One call after the other, so that the story is told in its order: nothing leaves by a timer.
  const analytics = new Analytics({ host: url, writeKey, flushAt: 1_000, flushInterval: 2_147_483_647, maxRetries: 3 });
  let failure: unknown = null;
  analytics.on('error', ({ reason }) => {
    failure = reason;
  });
  const sent = async () => {
    await analytics.flush({ timeout: 20_000 });
    if (failure === null) return;
    const reason = failure;
    failure = null;
    throw new Error(`Tabiji did not take what the shop sent: ${reason}`);
  };
  const track = async ({ id }: Person, event: string, properties: object = {}) => {
    analytics.track({ userId: id, anonymousId: browserOf(id), event, properties });
    await sent();
  };
  const meet = ({ id, email, traits, agreed }: Person) => {
    const consent = Object.fromEntries(agreed.map((channel) => [channel, ['marketing']]));
    const context = agreed.length > 0 ? ({ consent } as object) : {};
    analytics.identify({ userId: id, anonymousId: browserOf(id), traits: { ...traits, email }, context });
  };

  return {
    /** Makes the person known, with what they have agreed to. */
    async meet(person: Person) {
      meet(person);
      await sent();
    },
    signUp: (person: Person) => track(person, 'Signed Up', { source: 'demo' }),
    askForNewsletter: (person: Person) => track(person, 'Newsletter Requested', { source: 'demo' }),
    view: (person: Person, { id, ja }: Product) => track(person, 'Product Viewed', { product_id: id, name: ja }),
    fillCart: (person: Person, cartId: string, lines: Line[]) =>
      track(person, 'Cart Updated', { cart_id: cartId, url: `${url}/shop`, ...contentOf(lines) }),
    viewCart: (person: Person, cartId: string) => track(person, 'Cart Viewed', { cart_id: cartId }),
    order: (person: Person, orderId: string, lines: Line[], cartId?: string) =>
      track(person, 'Order Completed', {
        order_id: orderId,
        ...(cartId && { cart_id: cartId }),
        ...contentOf(lines),
      }),
    ship: (person: Person, orderId: string) => track(person, 'Order Shipped', { order_id: orderId }),
    deliver: (person: Person, orderId: string, product: Product) =>
      track(person, 'Order Delivered', { order_id: orderId, product_name: product.ja }),
    refund: (person: Person, orderId: string) => track(person, 'Order Refunded', { order_id: orderId }),
    review: (person: Person, orderId: string, rating: number) =>
      track(person, 'Product Reviewed', { order_id: orderId, rating }),
    close: () => analytics.closeAndFlush({ timeout: 2_000 }),
  };
}

/** The person's browser, as the chat knows it. */
export function browserOf(id: string): string {
  return `browser-of-${id}`.padEnd(20, '-');
}

export function productOf(sku: string): Product {
  return products.find(({ id }) => id === sku)!;
}

function contentOf(lines: Line[]) {
  const items = lines.map(({ sku, quantity }) => {
    const { ja: name, category, price } = productOf(sku);
    return { sku, name, category, quantity, price };
  });
  return { total: items.reduce((sum, { price, quantity }) => sum + price * quantity, 0), items };
}
