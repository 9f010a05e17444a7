// The demo shop, in development only: a page to browse, fill a cart, check out and chat on. It plays the storefront's part
// through the same routes, keys and files as any shop.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { shaped } from '../../server/shape.ts';
import type { BackEnd } from './back-end.ts';
import { products } from './products.ts';

const files = {
  '/shop': ['index.html', 'text/html; charset=utf-8'],
  '/shop/shop.js': ['shop.js', 'text/javascript; charset=utf-8'],
  '/shop/shop.css': ['shop.css', 'text/css; charset=utf-8'],
} as const;

const pagePolicy =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; connect-src 'self'; worker-src 'self'; img-src 'self' https: http: data:; frame-ancestors 'none'; base-uri 'none'";

const id = z.string().min(1).max(100);
const signUp = z.object({
  email: z.email({ error: 'must be an email address' }).max(254),
  name: z.string().max(100),
  anonymousId: id,
  locale: z.enum(['ja', 'en']),
  agreed: z.array(z.enum(['email', 'push', 'site', 'line'])),
});
const lines = z
  .array(z.object({ sku: id, quantity: z.int().min(1).max(99) }))
  .min(1)
  .max(20);
const order = z.object({ userId: id.optional(), anonymousId: id, cartId: id, lines });
// What `consent()` of /tabiji.js sends. A shop with sessions adds who is signed in, by its own knowledge.
const agreed = z.strictObject({
  ...{ anonymousId: id, channel: z.literal('push'), purpose: z.literal('marketing') },
  ...{ state: z.enum(['granted', 'withdrawn']), at: z.iso.datetime() },
  evidence: z.record(z.string().max(50), z.string().max(500)),
});
const told = z.object({
  what: z.enum(['shipped', 'delivered', 'reviewed']),
  ...{ userId: id, orderId: id, rating: z.int().min(1).max(5).optional() },
});

/** @param browserKey what the page sends events and opens the chat with */
export function shopRoutes(app: FastifyInstance, backEnd: BackEnd, browserKey: string): void {
  const config = { needs: 'public', summary: 'The demo shop (development only)' } as const;
  for (const [path, [file, type]] of Object.entries(files)) {
    const text = readFileSync(join(import.meta.dirname, 'page', file), 'utf8');
    app.get(path, { config }, async (_request, reply) =>
      reply.type(type).header('content-security-policy', pagePolicy).send(text),
    );
  }
  app.get('/shop/config', { config }, async () => ({ key: browserKey, products }));
  app.post('/shop/sign-up', { config }, async ({ body }) => ({ userId: await backEnd.signUp(shaped(signUp, body)) }));
  app.post('/shop/agree', { config }, async ({ body }) => {
    await backEnd.agree(shaped(agreed, body));
    return { status: 'agreed' };
  });
  app.post('/shop/order', { config }, async ({ body }) => ({ orderId: await backEnd.order(shaped(order, body)) }));
  app.post('/shop/tell', { config }, async ({ body }) => {
    const { what, userId, orderId, rating } = shaped(told, body);
    await backEnd.tell(what, userId, orderId, rating);
    return { status: 'told' };
  });
}
