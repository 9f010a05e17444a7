// The demo shop's own server side: what a shop knows for sure (who signed up, what was ordered) is sent from there, with
// the server's write key, over HTTP like any shop's.
import { randomUUID } from 'node:crypto';
import { products } from './products.ts';

export interface BackEndOptions {
  /** Where Tabiji listens. */
  url: string;
  writeKey: string;
}

export interface SignUp {
  email: string;
  name: string;
  anonymousId: string;
  locale: string;
  /** Channels on which marketing was agreed to, as the form showed it. */
  agreed: string[];
}

export interface Order {
  userId?: string | undefined;
  anonymousId: string;
  cartId: string;
  lines: { sku: string; quantity: number }[];
}

/** The body of POST /v1/consents. */
export interface Consented {
  anonymousId: string;
  channel: string;
  purpose: string;
  state: 'granted' | 'withdrawn';
  at: string;
  evidence: { [what: string]: string };
}

export type BackEnd = ReturnType<typeof createBackEnd>;

/** Every method rejects where Tabiji did not take it; the page says so. */
export function createBackEnd({ url, writeKey }: BackEndOptions) {
  async function send(path: string, body: object): Promise<void> {
    const headers = { authorization: `Bearer ${writeKey}`, 'content-type': 'application/json' };
    const answer = await fetch(`${url}/v1/${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`Tabiji answered ${answer.status}`);
  }
  const track = (who: object, event: string, properties: object, messageId: string = randomUUID()) =>
    send('track', { ...who, event, properties, messageId });

  return {
    /** Answers the new customer's id. */
    async signUp({ email, name, anonymousId, locale, agreed }: SignUp): Promise<string> {
      const userId = `shop-${randomUUID().slice(0, 8)}`;
      const consent = Object.fromEntries(agreed.map((channel) => [channel, ['marketing']]));
      const traits = { email, first_name: name, locale };
      await send('identify', { userId, anonymousId, traits, context: { consent }, messageId: randomUUID() });
      await track({ userId, anonymousId }, 'Signed Up', { source: 'demo shop' });
      return userId;
    },
    /** What a visitor has agreed to, or taken back, as /tabiji.js says it. */
    agree: (said: Consented) => send('consents', said),
    /** Answers the order's id. */
    async order({ userId, anonymousId, cartId, lines }: Order): Promise<string> {
      const orderId = `D-${randomUUID().slice(0, 8)}`;
      const items = lines.flatMap(({ sku, quantity }) => {
        const product = products.find(({ id }) => id === sku);
        return product ? [{ sku, name: product.ja, quantity, category: product.category, price: product.price }] : [];
      });
      const total = items.reduce((sum, { price, quantity }) => sum + price * quantity, 0);
      const order = { order_id: orderId, cart_id: cartId, total, items };
      await track({ anonymousId, ...(userId && { userId }) }, 'Order Completed', order, `order-${orderId}`);
      return orderId;
    },
    /** What a warehouse, a carrier and a review form say later. */
    async tell(what: 'shipped' | 'delivered' | 'reviewed', userId: string, orderId: string, rating = 5): Promise<void> {
      const order = { order_id: orderId };
      if (what === 'shipped') await track({ userId }, 'Order Shipped', order);
      else if (what === 'delivered')
        await track({ userId }, 'Order Delivered', { ...order, product_name: products[0]!.ja });
      else await track({ userId }, 'Product Reviewed', { ...order, rating });
    },
  };
}
