// The shipped journeys, days made seconds, driven by Segment's own client and by plain HTTP, and read where support
// and the customer read them: GET /customers/:id and the mailbox.
import { Analytics } from '@segment/analytics-node';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CustomerView } from '../../store/customer-view.ts';
import { copyShippedInSeconds, newFolder, removeFolders } from './folders.ts';
import { type Started, startProduct } from './npm-start.ts';
import { endPrograms } from './program.ts';
import { until } from './until.ts';

let product: Started;
let analytics: Analytics;
beforeAll(async () => {
  const journeys = newFolder();
  const acted = ['settle-in', 'first-look', 'second-thoughts', 'shipping', 'time-to-try', 'review'];
  copyShippedInSeconds(journeys, acted);
  product = await startProduct(newFolder(), { TABIJI_JOURNEYS: journeys });
  // One customer's calls of one moment go in one batch: batches may overtake each other.
  const batches = { flushInterval: 20, flushAt: 500 };
  analytics = new Analytics({ host: product.url, writeKey: product.keys.TABIJI_WRITE_KEY, ...batches });
});
afterAll(async () => {
  await analytics.closeAndFlush({ timeout: 2_000 });
  await endPrograms();
  removeFolders();
});

const address = (userId: string) => `${userId}@example.com`;

/** Through Segment's client: somebody who may be written to. */
function meet(userId: string): void {
  analytics.identify({
    userId,
    traits: { email: address(userId), last_name: '旅野' },
    context: { consent: { email: ['marketing'] } } as object,
  });
}
const track = (userId: string, event: string, properties: object = {}) =>
  analytics.track({ userId, event, properties });

type EnrollmentView = CustomerView['enrollments'][number];

async function enrollment(userId: string, journey: string): Promise<EnrollmentView | undefined> {
  const customer = await product.customer(userId).catch(() => null);
  return customer?.enrollments.find((one) => one.journey === journey);
}

/** Once it is over: how it ended, and the messages of this journey in the order of their sending. */
async function storyOf(userId: string, journey: string) {
  const over = await until(
    `${userId} is through ${journey}`,
    async () => {
      const found = await enrollment(userId, journey);
      return found && found.status !== 'active' ? found : null;
    },
    120_000,
    250,
  );
  const { deliveries } = await product.customer(userId);
  const own = deliveries.filter(({ enrollmentId, state }) => enrollmentId === over.id && state === 'accepted');
  const messages = own.toSorted((a, b) => a.createdAt.localeCompare(b.createdAt)).map(({ message }) => message);
  return { status: over.status, reason: over.reason, messages };
}

const waitsAt = (userId: string, journey: string, step: string) =>
  until(`${userId} waits at ${step}`, async () => (await enrollment(userId, journey))?.step === step, 90_000, 100);

const cart = (cart_id: string, total: number, items = [{ sku: 'T1', name: '煎茶', quantity: 1 }]) => ({
  cart_id,
  total,
  items,
});
const order = (order_id: string, category: string, cart_id?: string) => ({
  ...{ order_id, cart_id, total: 5400 },
  items: [{ sku: 'T1', name: '煎茶', quantity: 1, category }],
});

test.concurrent('welcome: greets, teaches, branches on what was viewed, and ends', async () => {
  for (const userId of ['w-views', 'w-quiet']) {
    meet(userId);
    track(userId, 'Signed Up', { source: 'footer' });
  }
  await waitsAt('w-views', 'welcome', 'first-look');
  track('w-views', 'Product Viewed', { product_id: 'p1', name: '急須' });
  const [views, quiet] = await Promise.all([storyOf('w-views', 'welcome'), storyOf('w-quiet', 'welcome')]);
  expect(views).toEqual({
    status: 'completed',
    reason: null,
    messages: ['welcome-greeting', 'welcome-guide', 'welcome-help-choosing', 'welcome-first-order'],
  });
  expect(quiet).toEqual({
    status: 'completed',
    reason: null,
    messages: ['welcome-greeting', 'welcome-guide', 'welcome-favourites'],
  });
});

test.concurrent('welcome: the first order ends it, and its thanks come instead', async () => {
  meet('w-buys');
  track('w-buys', 'Signed Up');
  await waitsAt('w-buys', 'welcome', 'settle-in');
  track('w-buys', 'Order Completed', order('o-w', 'tea'));
  expect(await storyOf('w-buys', 'welcome')).toEqual({
    status: 'exited',
    reason: 'goal',
    messages: ['welcome-greeting'],
  });
  expect((await product.mail(address('w-buys'), 'ご注文')).html).toContain('旅野');
});

test.concurrent('cart-abandonment: reminds, branches on the newest total, ends', async () => {
  meet('c-large');
  meet('c-small');
  track('c-large', 'Cart Updated', cart('k-large', 12000));
  track('c-small', 'Cart Updated', cart('k-small', 12000));
  await waitsAt('c-small', 'cart-abandonment', 'second-thoughts');
  track('c-small', 'Cart Updated', cart('k-small', 900));
  const [large, small] = await Promise.all([
    storyOf('c-large', 'cart-abandonment'),
    storyOf('c-small', 'cart-abandonment'),
  ]);
  expect(large).toEqual({ status: 'completed', reason: null, messages: ['cart-reminder', 'cart-discount'] });
  expect(small).toEqual({ status: 'completed', reason: null, messages: ['cart-reminder', 'cart-last-call'] });
});

test.concurrent('cart-abandonment: the order of that cart ends it, and so does emptying it', async () => {
  meet('c-buys');
  meet('c-empties');
  track('c-buys', 'Cart Updated', cart('k-buys', 5400));
  track('c-empties', 'Cart Updated', cart('k-empties', 5400));
  await Promise.all(['c-buys', 'c-empties'].map((userId) => waitsAt(userId, 'cart-abandonment', 'second-thoughts')));
  track('c-buys', 'Order Completed', order('o-c', 'pottery', 'k-buys'));
  track('c-empties', 'Cart Updated', cart('k-empties', 0, []));
  const [buys, empties] = await Promise.all([
    storyOf('c-buys', 'cart-abandonment'),
    storyOf('c-empties', 'cart-abandonment'),
  ]);
  expect(buys).toEqual({ status: 'exited', reason: 'goal', messages: ['cart-reminder'] });
  expect(empties).toEqual({ status: 'exited', reason: 'cart_emptied', messages: ['cart-reminder'] });
});

test.concurrent('post-purchase: thanks, follows the parcel, helps with what was bought, and a third order is loyalty', async () => {
  meet('p-tea');
  for (const id of ['o-1', 'o-2', 'o-3']) track('p-tea', 'Order Completed', order(id, 'tea'));
  const isShipping = (id: string) =>
    until(`${id} is on its way`, async () => {
      const { enrollments } = await product.customer('p-tea').catch(() => ({ enrollments: [] }));
      return enrollments.some(({ key, step }) => key === id && step === 'shipping');
    });
  // Each as soon as it can be: while one waits for the others its own time runs out.
  await Promise.all([
    isShipping('o-3').then(() => {
      track('p-tea', 'Order Shipped', { order_id: 'o-3' });
      track('p-tea', 'Order Delivered', { order_id: 'o-3', product_name: '煎茶' });
    }),
    ...['o-1', 'o-2'].map((id) => isShipping(id).then(() => track('p-tea', 'Order Refunded', { order_id: id }))),
  ]);
  const stories = await until(
    'all three are over',
    async () => {
      const { enrollments, deliveries } = await product.customer('p-tea');
      const own = enrollments.filter(({ journey }) => journey === 'post-purchase');
      if (own.some(({ status }) => status === 'active')) return null;
      const sent = (id: string) =>
        deliveries
          .filter(({ enrollmentId, state }) => enrollmentId === id && state === 'accepted')
          .map((one) => one.message);
      return own.map(({ id, key, status, reason }) => ({ key, status, reason, messages: sent(id).toReversed() }));
    },
    120_000,
    250,
  );
  expect(stories.toSorted((a, b) => a.key!.localeCompare(b.key!))).toEqual([
    { key: 'o-1', status: 'exited', reason: 'refunded', messages: ['order-thanks'] },
    { key: 'o-2', status: 'exited', reason: 'refunded', messages: ['order-thanks'] },
    {
      ...{ key: 'o-3', status: 'completed', reason: null },
      messages: ['order-thanks', 'order-shipped', 'care-tea', 'order-csat', 'loyalty-thanks'],
    },
  ]);
});

test.concurrent('post-purchase: a parcel that never comes is excused, then given up', async () => {
  await product.send(
    { type: 'identify', userId: 'p-lost', traits: { email: address('p-lost') } },
    { type: 'track', userId: 'p-lost', event: 'Order Completed', properties: order('o-lost', 'tea') },
  );
  expect(await storyOf('p-lost', 'post-purchase')).toEqual({
    status: 'exited',
    reason: 'never_delivered',
    messages: ['order-thanks', 'order-delayed'],
  });
});

test.concurrent('review-request: asks, thanks the happy, helps the unhappy, reminds the silent', async () => {
  const users = ['r-happy', 'r-unhappy', 'r-silent', 'r-returns'];
  for (const userId of users) {
    meet(userId);
    track(userId, 'Order Delivered', { order_id: `o-${userId}`, product_name: '急須' });
  }
  await waitsAt('r-returns', 'review-request', 'time-to-try');
  track('r-returns', 'Order Refunded', { order_id: 'o-r-returns' });
  const ratings = { 'r-happy': 5, 'r-unhappy': 1 };
  await Promise.all(
    Object.entries(ratings).map(async ([userId, rating]) => {
      await waitsAt(userId, 'review-request', 'review');
      track(userId, 'Product Reviewed', { order_id: `o-${userId}`, rating });
    }),
  );
  const stories = await Promise.all(users.map((userId) => storyOf(userId, 'review-request')));
  expect(stories).toEqual([
    { status: 'completed', reason: null, messages: ['review-request', 'review-thanks', 'shop-nps'] },
    { status: 'exited', reason: 'unhappy', messages: ['review-request', 'review-sorry'] },
    { status: 'completed', reason: null, messages: ['review-request', 'review-reminder'] },
    { status: 'exited', reason: 'refunded', messages: [] },
  ]);
});

test.concurrent('one click on List-Unsubscribe, and the next mail is not sent for want of consent', async () => {
  meet('u-leaves');
  track('u-leaves', 'Signed Up');
  const mail = await product.mail(address('u-leaves'), 'ようこそ');
  const link = /<(http[^>]+)>/.exec(String(mail.headers['list-unsubscribe']))![1]!;
  expect(mail.headers['list-unsubscribe-post']).toBe('List-Unsubscribe=One-Click');
  expect((await fetch(link)).status).toBe(200);
  const clicked = await fetch(link, { method: 'POST', body: new URLSearchParams({ 'List-Unsubscribe': 'One-Click' }) });
  expect(clicked.status).toBe(200);
  await until('the next mail is decided on', async () => {
    const { decisions } = await product.customer('u-leaves');
    return decisions.find(
      ({ kind, message, outcome }) => kind === 'not_sent' && message === 'welcome-guide' && outcome === 'consent',
    );
  });
  expect((await product.mails()).filter(({ to }) => to.includes(address('u-leaves')))).toHaveLength(1);
});
