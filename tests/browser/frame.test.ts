// What stands around every page: who may come in, the way around by keyboard, language and light, a server that goes away.
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { faultsIn, openBrowser, signIn, visit } from './browser.ts';
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

const refused = /401|403/;

test('a browser gets the page and everybody else JSON, at one address', async () => {
  const page = await visit(browser, `${shop.url}/customers`, {});
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  const answer = await fetch(`${shop.url}/customers?q=a`, { headers: { authorization: `Bearer ${keys.support}` } });
  expect(await answer.json()).toEqual({ customers: [] });
});

test('a token that is not known lets nobody in, and is said beside its field', async () => {
  const page = await visit(browser, `${shop.url}/customers`, { expected: refused });
  await signIn(page, 'not a token of anybody');
  await page.getByText('This token is not known').waitFor();
  expect(await page.getByRole('textbox', { name: /^Token/ }).getAttribute('aria-invalid')).toBe('true');
});

test('the session outlives a reload, is out of reach of scripts, and ends with the sign-out', async () => {
  const page = await visit(browser, `${shop.url}/customers`, { as: 'support', name: 'Aiko' });
  await page.getByRole('heading', { name: 'Customers' }).waitFor();
  await page.reload();
  await page.getByText('Aiko · Support').waitFor();
  expect(await page.evaluate('document.cookie')).toBe('');
  const [cookie] = await page.context().cookies();
  expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Strict' });
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  expect(await page.context().cookies()).toEqual([]);
});

test('the pages are in the language of the browser, and in the one that is chosen', async () => {
  const page = await visit(browser, `${shop.url}/customers`, { as: 'support', options: { locale: 'ja-JP' } });
  await page.getByRole('heading', { name: 'お客様' }).waitFor();
  expect(await page.evaluate('document.documentElement.lang')).toBe('ja');
  await page.getByRole('combobox', { name: '言語' }).selectOption('en');
  await page.getByRole('heading', { name: 'Customers' }).waitFor();
  await page.reload();
  await page.getByRole('heading', { name: 'Customers' }).waitFor();
});

test('a browser that speaks neither of our languages gets the shop’s', async () => {
  const page = await visit(browser, `${shop.url}/customers`, { options: { locale: 'fr-FR' } });
  await page.getByRole('heading', { name: 'サインイン' }).waitFor();
});

test('by keyboard, the first stop leads past the navigation', async () => {
  const page = await visit(browser, `${shop.url}/customers`, { as: 'support' });
  await page.getByRole('heading', { name: 'Customers' }).waitFor();
  await page.reload();
  await page.getByRole('heading', { name: 'Customers' }).waitFor();
  await page.keyboard.press('Tab');
  expect(await page.evaluate('document.activeElement.textContent')).toBe('Skip to the content');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  expect(await page.evaluate('document.activeElement.type')).toBe('search');
});

test('on a phone nothing is wider than the screen, and the menu opens', async () => {
  const options = { viewport: { width: 360, height: 740 } };
  const page = await visit(browser, `${shop.url}/customers`, { as: 'support', options });
  await page.getByRole('heading', { name: 'Customers' }).waitFor();
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360);
  await page.getByRole('button', { name: 'Menu' }).click();
  await page.getByRole('button', { name: 'Sign out' }).waitFor();
});

test.each(['light', 'dark'] as const)('axe finds no fault in %s', async (colorScheme) => {
  const page = await visit(browser, `${shop.url}/customers`, { options: { colorScheme } });
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  expect(await faultsIn(page)).toEqual([]);
  await signIn(page, keys.support);
  await page.getByRole('heading', { name: 'Customers' }).waitFor();
  expect(await faultsIn(page)).toEqual([]);
});

test('the document lets no script run that is not a file of ours', async () => {
  const answer = await fetch(`${shop.url}/customers`, { headers: { accept: 'text/html' } });
  const policy = answer.headers.get('content-security-policy')!;
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("script-src 'self';");
  expect(await answer.text()).not.toMatch(/<script(?![^>]*src=)|https?:\/\/(?!www\.w3\.org)/);
});

test('where business goes by a clock of its own, every page says so', async () => {
  const page = await visit(browser, `${shop.url}/customers`, { as: 'support' });
  await page.getByRole('heading', { name: 'Customers' }).waitFor();
  expect(await page.getByText('Demo time').count()).toBe(0);
  await page.route('**/session', async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ json: { ...((await answer.json()) as object), speed: 1440 } });
  });
  await page.reload();
  await page.getByText('Demo time').waitFor();
  expect(await faultsIn(page)).toEqual([]);
});
