// The pages of journeys in a real browser: counts, measure, preview, versions, and stopping one.
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { faultsIn, openBrowser, visit } from './browser.ts';
import { openShop, type Shop } from './shop.ts';

const folder = mkdtempSync(join(tmpdir(), 'tabiji-journeys-'));
cpSync(join(import.meta.dirname, '../../journeys'), folder, { recursive: true });

let shop: Shop;
let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true });
});
beforeEach(async () => {
  shop = await openShop(folder);
});
afterEach(() => shop.close());

/** Customers with a cart each; every second one buys what is in it. */
async function carts(count: number): Promise<void> {
  for (let n = 0; n < count; n += 1) {
    const [userId, cart] = [
      `u${n}`,
      { cart_id: `cart-${n}`, total: 12000, items: [{ sku: 'A', name: '煎茶', quantity: 1 }] },
    ];
    const consent = n % 3 === 0 ? {} : { consent: { email: ['marketing'] } };
    await shop.send(
      { type: 'identify', userId, traits: { email: `${userId}@example.com`, last_name: '旅野' }, context: consent },
      { type: 'track', userId, event: 'Cart Updated', properties: cart },
    );
    if (n % 2 === 1)
      await shop.send({ type: 'track', userId, event: 'Order Completed', properties: { order_id: `o${n}`, ...cart } });
  }
  await shop.settle();
}

const open = async (path: string, as: 'marketer' | 'support' = 'marketer'): Promise<Page> => {
  const page = await visit(browser, `${shop.url}${path}`, { as, name: 'Mika' });
  await page.getByText('Live', { exact: true }).waitFor();
  return page;
};

test('the list is by stage, counts who is in each, and follows', async () => {
  const page = await open('/journeys');
  const row = page.getByRole('row', { name: /カートのお忘れもの/ });
  const cells = () => row.getByRole('cell').allTextContents();
  expect((await cells()).slice(0, 3)).toEqual(['Decision', 'Running', '0']);
  await carts(3);
  await expect.poll(async () => (await cells())[2]).toBe('2');
  const stages = await page.getByRole('row').getByRole('cell').allTextContents();
  expect(stages.indexOf('Consideration')).toBeLessThan(stages.indexOf('Decision'));
});

test('the page of a journey counts what the record holds', async () => {
  await carts(12);
  shop.clock.aheadMs = 2 * 3_600_000;
  await shop.settle();
  const page = await open('/journeys/cart-abandonment');
  const { rows } = await shop.pool.query<{ held: number; entered: number; goals: number }>(
    `SELECT held_out::int AS held, count(*)::int AS entered, count(goal_at)::int AS goals
       FROM enrollments WHERE journey = 'cart-abandonment' GROUP BY 1`,
  );
  const [treated] = rows.filter(({ held }) => held === 0);
  const measure = page.getByRole('region', { name: 'What it achieves' });
  const cells = await measure
    .getByRole('row', { name: /Got messages/ })
    .getByRole('cell')
    .allTextContents();
  expect(cells[0]).toBe(String(treated!.entered));
  expect(cells[1]).toMatch(new RegExp(`^${treated!.goals} \\(`));
  const sent = await shop.pool.query(`SELECT 1 FROM decisions WHERE kind = 'sent' AND journey = 'cart-abandonment'`);
  const messages = page.getByRole('region', { name: 'Messages' });
  const email = messages.getByRole('row', { name: /cart-reminder email/ });
  expect((await email.getByRole('cell').allTextContents())[0]).toBe(String(sent.rowCount));
  await email.getByText('the customer has not consented to it').waitFor();
  await page.getByText('The map as a list').click();
  expect(
    await page
      .getByRole('listitem')
      .filter({ hasText: /second-thoughts.* here/ })
      .count(),
  ).toBeGreaterThan(0);
});

test('a message is looked at with a real customer’s data, and nothing is sent but a test to oneself', async () => {
  await carts(1);
  const page = await open('/journeys/cart-abandonment');
  await page.getByRole('combobox', { name: 'Message' }).selectOption({ label: 'cart-reminder · email' });
  await page.getByRole('textbox', { name: 'Customer' }).fill('u0');
  await page.getByRole('button', { name: 'Show', exact: true }).click();
  await page.getByText('Filled from their newest enrollment in this journey.').waitFor();
  await page.frameLocator('iframe.mail').getByText('煎茶').first().waitFor();
  expect(await shop.mailbox.messages()).toEqual([]);
  await page.getByRole('button', { name: 'Send a test to yourself' }).click();
  const dialog = page.getByRole('dialog', { name: 'Send this message to yourself?' });
  await dialog.getByText('Its links to unsubscribe, answer or confirm lead nowhere.').waitFor();
  await dialog.getByRole('textbox', { name: 'Your mail address' }).fill('mika@shop.example');
  await dialog.getByRole('button', { name: 'Send the test' }).click();
  await dialog.getByText('It has left.').waitFor();
  expect(await faultsIn(page)).toEqual([]);
  expect((await shop.mailbox.messages()).map(({ to, subject }) => [to, subject.slice(0, 5)])).toEqual([
    [['mika@shop.example'], '【テスト】'],
  ]);
  await dialog.getByRole('button', { name: 'Close' }).click();
  await page
    .getByRole('region', { name: 'Versions' })
    .getByText('Sent cart-reminder as a test to an address at shop.example · by Mika (marketer)')
    .waitFor();
});

test('a preview for nobody says so', async () => {
  const page = await visit(browser, `${shop.url}/journeys/welcome`, { as: 'marketer', expected: /404/ });
  await page.getByRole('textbox', { name: 'Customer' }).fill('nobody');
  await page.getByRole('button', { name: 'Show', exact: true }).click();
  await page.getByText('no customer has this id').waitFor();
});

test('versions: who published, and what changed in the text and in a message', async () => {
  const file = join(folder, 'welcome.yaml');
  const before = readFileSync(file, 'utf8');
  writeFileSync(file, before.replace(/^title: .*$/m, 'title: はじめまして'));
  const changed = await shop.publish('Mika (marketer)');
  writeFileSync(file, before);
  expect(changed).toBe(true);
  const page = await open('/journeys/welcome');
  const versions = page.getByRole('region', { name: 'Versions' });
  await versions.getByText('by Mika (marketer)').waitFor();
  await versions.getByRole('button', { name: /What changed/ }).click();
  await versions.locator('ins').getByText('+ title: はじめまして').waitFor();
  await versions.locator('del').getByText('- title: ようこそ').waitFor();
});

test('a journey is paused, resumed and stopped, and the page says by whom', async () => {
  await carts(1);
  const page = await open('/journeys/cart-abandonment');
  for (const [verb, past] of [
    ['Pause', 'Paused'],
    ['Resume', 'Resumed'],
    ['Stop', 'Stopped'],
  ] as const) {
    await page.getByRole('button', { name: `${verb}: カートのお忘れもの` }).click();
    await page.getByRole('dialog').getByRole('button', { name: verb, exact: true }).click();
    await page.getByRole('region', { name: 'Versions' }).getByText(`${past} · by Mika (marketer)`).waitFor();
  }
});

test('support may look, but not stop', async () => {
  const page = await open('/journeys/welcome', 'support');
  await page.getByRole('heading', { name: 'Versions' }).waitFor();
  expect(await page.getByRole('button', { name: /^(Stop|Pause)/ }).count()).toBe(0);
});

test('a journey that there is not is said to be none, whatever its name, and where the others are', async () => {
  const page = await visit(browser, `${shop.url}/journeys/a%2Fb%20100%25`, { as: 'marketer', expected: /404/ });
  await page.getByRole('heading', { name: 'There is no such journey' }).waitFor();
  await page.getByRole('alert', { name: 'a/b 100%' }).waitFor();
  expect(await faultsIn(page)).toEqual([]);
  await page.getByRole('link', { name: 'To all journeys' }).click();
  await page.getByRole('heading', { name: 'Journeys' }).waitFor();
});

test('a shop in which nothing is published says how to publish', async () => {
  await shop.pool.query('DELETE FROM journeys');
  const page = await open('/journeys');
  await page.getByText('No journey is published yet.').waitFor();
});

test('axe finds no fault in the list and in a journey', async () => {
  await carts(2);
  const page = await open('/journeys');
  expect(await faultsIn(page)).toEqual([]);
  await page.getByRole('link', { name: 'カートのお忘れもの' }).click();
  await page.getByRole('heading', { name: 'Versions' }).waitFor();
  await page.getByText('Live', { exact: true }).waitFor();
  expect(await faultsIn(page)).toEqual([]);
});

test('a journey of two hundred steps is drawn within its frame, and read as a list', async () => {
  const steps = Array.from({ length: 200 }, (_, n) => `  - wait: ${n + 1} hours\n    id: step-${n}`).join('\n');
  const file = join(folder, 'long.yaml');
  const head =
    'journey: long\ntitle: Long\npurpose: transactional\nenter: { on: customer_signed_up }\nlasts: 3000 days\n';
  writeFileSync(file, `${head}steps:\n${steps}\n`);
  await shop.publish('marketer');
  rmSync(file);
  const page = await open('/journeys/long');
  await page.getByText('The map as a list').click();
  expect(await page.locator('details li strong').count()).toBe(200);
  // Only what can be seen is in the picture.
  const nodes = page.locator('.react-flow__node');
  expect(await nodes.count()).toBeLessThan(30);
  const last = nodes.filter({ hasText: /^Wait 200 h$/ });
  expect(await last.count()).toBe(0);
  await page.getByRole('combobox', { name: 'Go to step' }).selectOption('step-199');
  await last.waitFor();
  // By keys: up, until it is out of sight; all of it; larger.
  const figure = page.getByRole('figure', { name: /^Map of Long/ });
  await figure.focus();
  for (let press = 0; press < 12; press += 1) await page.keyboard.press('ArrowUp');
  await last.waitFor({ state: 'detached' });
  await page.keyboard.press('0');
  const zoom = () =>
    page.locator('.react-flow__viewport').evaluate((element) => /scale\((.*)\)/.exec(element.style.transform)![1]);
  await expect.poll(async () => Number(await zoom())).toBeLessThan(0.2);
  const whole = Number(await zoom());
  await page.keyboard.press('+');
  await expect.poll(async () => Number(await zoom())).toBeGreaterThan(whole);
  expect(await faultsIn(page)).toEqual([]);
});

test('answers are counted, and come to a share of satisfied customers', async () => {
  for (const n of [0, 1, 2]) {
    const [userId, order_id] = [`u${n}`, `o${n}`];
    const context = { consent: { email: ['marketing'] } };
    await shop.send(
      { type: 'identify', userId, traits: { email: `${userId}@example.com` }, context },
      { type: 'track', userId, event: 'Order Completed', properties: { order_id, total: 1, items: [] } },
    );
    await shop.settle();
    await shop.send({
      type: 'track',
      userId,
      event: 'Order Delivered',
      properties: { order_id, product_name: '煎茶' },
    });
  }
  await shop.settle();
  shop.clock.aheadMs += 2 * 24 * 60 * 60 * 1000;
  await shop.settle();
  const asked = (await shop.mailbox.messages()).filter(({ subject }) => subject.includes('お買い物はいかがでしたか'));
  expect(asked).toHaveLength(3);
  for (const [index, answer] of ['5', '2'].entries()) {
    const path = /\/a\/[\w.-]+/.exec(asked[index]!.text)![0];
    const body = new URLSearchParams({ answer, id: 'one' });
    expect((await fetch(`${shop.url}${path}`, { method: 'POST', body })).status).toBe(200);
  }
  const page = await open('/journeys/post-purchase');
  const section = page.getByRole('region', { name: 'Answers to order-csat' });
  await section.getByText('2 of 3 who were asked have answered.').waitFor();
  await section.getByText('Satisfied: 50%').waitFor();
  expect(await section.getByRole('row', { name: 'やや不満 1' }).count()).toBe(1);
  expect(await faultsIn(page)).toEqual([]);
});
