// The pages of the storefront developer in a real browser: the live tail, the quarantine, what to paste.
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { faultsIn, live, openBrowser, visit } from './browser.ts';
import { keys, openShop, type Shop } from './shop.ts';

let shop: Shop;
let browser: Browser;
beforeAll(async () => {
  [shop, browser] = await Promise.all([openShop(), openBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await shop?.close();
});

test('with the server’s key one comes to the events, and to no customer', async () => {
  const page = await visit(browser, `${shop.url}/`, { as: 'server' });
  await page.getByRole('heading', { name: 'Events as they come in' }).waitFor();
  const ways = await page.getByRole('navigation').getByRole('link').allTextContents();
  expect(ways).toEqual(['Events', 'Quarantine', 'Connect']);
  expect(await page.getByRole('link', { name: 'Customer' }).count()).toBe(0);
});

test('an event appears as it comes in, with what it did and what is wrong with it', async () => {
  const page = await visit(browser, `${shop.url}/events`, { as: 'admin' });
  await page.getByText('Live', { exact: true }).waitFor();
  await shop.send(
    { type: 'track', userId: 'u1', event: 'Signed Up' },
    { type: 'track', userId: 'u1', event: 'Order Completed', properties: { order_id: 'o1', total: 'much', items: [] } },
  );
  const list = page.getByRole('list', { name: 'Events as they come in' });
  const signedUp = list.getByRole('listitem').filter({ hasText: 'customer_signed_up' }).first();
  await signedUp.getByText('welcome', { exact: true }).waitFor(live);
  await signedUp.getByText(': entered').waitFor();
  await list.getByText(/total should be number/).waitFor();
  await page.getByRole('combobox', { name: 'Only this event' }).selectOption('order_completed');
  await list.getByText('customer_signed_up').waitFor({ state: 'detached' });
  expect(await faultsIn(page)).toEqual([]);
});

test('what was not understood is said, and taken in again once it is', async () => {
  const bad = { type: 'track', event: 'Signed Up' };
  await fetch(`${shop.url}/v1/batch`, {
    method: 'POST',
    headers: { authorization: `Bearer ${keys.server}`, 'content-type': 'application/json' },
    body: JSON.stringify({ batch: [bad] }),
  });
  const page = await visit(browser, `${shop.url}/quarantine`, { as: 'server', expected: /409/ });
  await page
    .getByText(/userId or anonymousId/)
    .first()
    .waitFor();
  expect(await faultsIn(page)).toEqual([]);
  await page.getByRole('button', { name: /^Take in again/ }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Take in again', exact: true }).click();
  await dialog.getByText(/still not understood/).waitFor();
  await shop.pool.query(`UPDATE quarantine SET body = jsonb_set(body, '{event,userId}', '"u9"')`);
  await dialog.getByRole('button', { name: 'Take in again', exact: true }).click();
  await page.getByText('Nothing lies here').waitFor();
  expect((await shop.pool.query(`SELECT 1 FROM identities WHERE value = 'u9'`)).rowCount).toBe(1);
});

test('the keys’ page says what came in with which key, and what went wrong', async () => {
  const call = (key: string, body: object) =>
    fetch(`${shop.url}/v1/track`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}` },
      body: JSON.stringify(body),
    });
  for (let n = 0; n < 3; n += 1) await call(keys.browser, { anonymousId: 'v-keys', event: 'Tea Tasted' });
  await call('a wrong key', { anonymousId: 'v-keys', event: 'Tea Tasted' });
  await call(keys.browser, { event: 'Tea Tasted' });
  await shop.send({
    ...{ type: 'track', userId: 'u-keys', event: 'Order Completed' },
    properties: { order_id: 'o-keys', total: 'much', items: [] },
  });
  const page = await visit(browser, `${shop.url}/keys`, { as: 'server' });
  const row = (table: string, name: RegExp) => page.getByRole('table', { name: table }).getByRole('row', { name });
  await row('Events by key', /pages’ key.*Tea Tasted.*not declared.* 3 /).waitFor();
  await row('Events by key', /server’s write key.*order_completed/).waitFor();
  await row('Values of the wrong type', /order_completed.*total should be number/).waitFor();
  await row('Set aside', /pages’ key.*userId or anonymousId must be there.* 1 /).waitFor();
  await row('Calls that were refused', /no key that is known.*no key, or a wrong one.* 1 /).waitFor();
  await page.getByText(/may send \d+ more events in this second, of 500/).waitFor();
  expect(await faultsIn(page)).toEqual([]);
  // What comes in later is counted without anybody asking.
  await call(keys.browser, { anonymousId: 'v-keys', event: 'Tea Tasted' });
  await row('Events by key', /pages’ key.*Tea Tasted.* 4 /).waitFor();
});

test('the quarantine’s older events are a button away', async () => {
  const page = await visit(browser, `${shop.url}/`, { as: 'server' });
  await page.getByRole('heading', { name: 'Events as they come in' }).waitFor();
  const one = (id: string) => ({
    id,
    received_at: '2026-01-01T00:00:00Z',
    source: 'segment',
    problem: `bad ${id}`,
    body: {},
  });
  await page.route(/\/quarantine(\?|$)/, (route, request) => {
    if (!request.headers().accept?.includes('json')) return route.fallback();
    const isFirst = !request.url().includes('before=q2');
    return route.fulfill({ json: { events: [one(isFirst ? 'q2' : 'q1')], next: isFirst ? 'q2' : null } });
  });
  await page.getByRole('link', { name: 'Quarantine' }).click();
  await page.getByText('bad q2').first().waitFor();
  expect(await page.getByText('bad q1').count()).toBe(0);
  await page.getByRole('button', { name: 'Show older ones' }).click();
  await page.getByText('bad q1').first().waitFor();
  expect(await page.getByRole('button', { name: 'Show older ones' }).count()).toBe(0);
});

test('the lines to paste work as they stand', async () => {
  const page = await visit(browser, `${shop.url}/keys`, { as: 'server' });
  const lines = await page.getByRole('region', { name: 'In the shop’s pages' }).locator('pre').textContent();
  expect(await faultsIn(page)).toEqual([]);
  const context = await browser.newContext();
  const shopPage = await context.newPage();
  // At an address of ours: a browser asks its user before a page from elsewhere speaks to this machine.
  await shopPage.route(`${shop.url}/tea`, (route) =>
    route.fulfill({ contentType: 'text/html', body: `<!doctype html><title>Tea</title><p>Tea</p>${lines}` }),
  );
  await shopPage.goto(`${shop.url}/tea`);
  await expect
    .poll(async () => (await shop.pool.query(`SELECT 1 FROM events WHERE name = 'page_viewed'`)).rowCount)
    .toBe(1);
  await context.close();
});
