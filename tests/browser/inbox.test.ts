// The agents' inbox in a real browser: who waits, what was said, the reply, the resolution.
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { faultsIn, live, openBrowser, visit } from './browser.ts';
import { openShop, type Shop } from './shop.ts';

let shop: Shop;
let browser: Browser;
beforeAll(async () => {
  [shop, browser] = await Promise.all([openShop(), openBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await shop?.close();
});

/** A conversation as a journey opens it, and one line that the customer said. */
async function handOver(id: string, note: string): Promise<void> {
  await shop.send({ type: 'identify', userId: id, traits: { email: `${id}@example.com` } });
  await shop.pool.query(
    `INSERT INTO conversations (id, customer_id, channel, queue, status, journey, note, opened_at)
     SELECT $1, customer_id, 'site', 'support', 'open', 'review-request', $2, $3 FROM identities WHERE value = $1`,
    [id, note, new Date()],
  );
  await shop.pool.query(
    `INSERT INTO chat_messages (customer_id, channel, key, "from", content, at)
     SELECT customer_id, 'site', $1, 'customer', $2, $3 FROM identities WHERE value = $1`,
    [id, JSON.stringify({ text: `<b>${note}</b>?` }), new Date()],
  );
}

test('a customer who waits appears by themselves, is answered, and leaves with the resolution', async () => {
  const page = await visit(browser, `${shop.url}/inbox`, { as: 'support', name: 'Aiko' });
  await page.getByText('Nobody is waiting.').waitFor();
  await handOver('u1', 'A cup is broken');
  await page.getByRole('link', { name: /A cup is broken/ }).click();
  const said = page.getByRole('region', { name: 'What was said' });
  await said.getByText('<b>A cup is broken</b>?').waitFor();
  expect(await faultsIn(page)).toEqual([]);
  await page.getByRole('textbox', { name: /Your reply/ }).fill('We send another one.');
  await page.getByRole('button', { name: 'Reply' }).click();
  await said.getByText('We send another one.').waitFor();
  await expect.poll(() => page.getByRole('textbox', { name: /Your reply/ }).inputValue()).toBe('');
  await page.getByRole('button', { name: 'Resolve: A cup is broken' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Resolve', exact: true }).click();
  await page.getByText('Resolved by Aiko (support)').waitFor();
  await page.getByText('Nobody is waiting.').waitFor();
  const { rows } = await shop.pool.query(`SELECT "from", content FROM chat_messages WHERE "from" = 'agent'`);
  expect(rows).toEqual([{ from: 'agent', content: { text: 'We send another one.' } }]);
});

test('what the customer says meanwhile is there without a reload; on a phone the conversation takes the page', async () => {
  await handOver('u2', 'Where is it');
  const options = { viewport: { width: 360, height: 740 } };
  const page = await visit(browser, `${shop.url}/inbox`, { as: 'support', options });
  await page.getByRole('link', { name: /Where is it/ }).click();
  await page.getByText('<b>Where is it</b>?').waitFor();
  await shop.pool.query(
    `INSERT INTO chat_messages (customer_id, channel, key, "from", content, at)
     SELECT customer_id, 'site', 'second', 'customer', '{"text": "It came!"}', $1 FROM identities WHERE value = 'u2'`,
    [new Date()],
  );
  await page.getByText('It came!').waitFor(live);
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360);
  await page.getByRole('link', { name: 'To the list' }).click();
  await page.getByRole('link', { name: /Where is it/ }).waitFor();
});

test('a reply that the server could not take stays written, and is said once when it is back', async () => {
  await handOver('u3', 'Is it in stock');
  const page = await visit(browser, `${shop.url}/inbox`, { as: 'support', expected: /ERR_|Failed to load/ });
  await page.getByRole('link', { name: /Is it in stock/ }).click();
  const reply = page.getByRole('textbox', { name: /Your reply/ });
  await reply.fill('Yes, two of them.');
  await shop.stopServer();
  await page.getByRole('button', { name: 'Reply' }).click();
  await page.getByRole('alert').getByText('The server does not answer.').first().waitFor();
  expect(await reply.inputValue()).toBe('Yes, two of them.');
  await shop.startServer();
  await page.getByText('Live', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Reply' }).click();
  await page.getByRole('region', { name: 'What was said' }).getByText('Yes, two of them.').waitFor();
  const { rowCount } = await shop.pool.query(
    `SELECT 1 FROM chat_messages WHERE content ->> 'text' = 'Yes, two of them.'`,
  );
  expect(rowCount).toBe(1);
});

test('a marketer has no inbox', async () => {
  const page = await visit(browser, `${shop.url}/customers`, { as: 'marketer' });
  await page.getByRole('link', { name: 'Journeys' }).waitFor();
  expect(await page.getByRole('link', { name: 'Inbox' }).count()).toBe(0);
});
