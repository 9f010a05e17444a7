// The demo shop in a real browser, on the whole product as `npm start` runs it: what a visitor does there drives the
// shipped journeys, and the chat answers, also across a kill of everything behind it.
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { faultsIn, openBrowser, visit } from '../browser/browser.ts';
import { browserMissing } from '../browser/chromium.ts';
import { newFolder, removeFolders } from './folders.ts';
import { type Started, startProduct } from './npm-start.ts';
import { endPrograms } from './program.ts';

const missing = browserMissing();
describe.skipIf(missing)(`the demo shop${missing ? ` (skipped: ${missing})` : ''}`, () => {
  const home = newFolder();
  let product: Started;
  let browser: Browser;
  beforeAll(async () => {
    [product, browser] = await Promise.all([startProduct(home), openBrowser()]);
  });
  afterAll(async () => {
    await browser?.close();
    await endPrograms();
    removeFolders();
  });

  const options = { locale: 'ja-JP', timezoneId: 'Asia/Tokyo' };

  test('a visitor signs up, asks, buys, and gets the mail of each journey', async () => {
    const page = await visit(browser, `${product.url}/shop`, { options });
    expect(await faultsIn(page)).toEqual([]);
    await page.getByRole('button', { name: 'カートに入れる: 急須・朱泥' }).click();
    await page.getByLabel('お名前').fill('花子');
    await page.getByLabel('メールアドレス').fill('hanako@example.com');
    await page.getByLabel('メールでのご案内に同意します').check();
    await page.getByRole('button', { name: '会員登録' }).click();
    const who = await page.getByText(/ようこそ、花子 \((.+)\)/).textContent();
    const userId = /\((.+)\)/.exec(who!)![1]!;
    await product.mail('hanako@example.com', 'ようこそ');

    await page.getByRole('button', { name: 'チャットを開く' }).click();
    await page.getByLabel('メッセージを入力').fill('送料はいくらですか');
    await page.keyboard.press('Enter');
    await page.getByText('全国一律600円').waitFor();
    expect(await faultsIn(page)).toEqual([]);
    await page.keyboard.press('Escape');

    await page.getByRole('button', { name: '注文する' }).click();
    await page.getByText('カートは空です').waitFor();
    const thanks = await product.mail('hanako@example.com', 'ご注文ありがとうございます');
    expect(thanks.text).toContain('急須・朱泥 × 1');
    await page.getByRole('button', { name: '発送した' }).click();
    await product.mail('hanako@example.com', '発送');

    // The visitor's cart became the customer's, and the order ended what it had begun.
    const { enrollments } = await product.customer(userId);
    const stands = Object.fromEntries(enrollments.map(({ journey, status, reason }) => [journey, reason ?? status]));
    expect(stands).toMatchObject({ 'cart-abandonment': 'goal', welcome: 'goal', 'post-purchase': 'active' });
  });

  test('who allows push in the browser can be reached there, and has consented to it', async () => {
    const page = await visit(browser, `${product.url}/shop`, { options });
    // The browser's own push service is not to be had here: what it would answer.
    await page.evaluate(`Object.assign(PushManager.prototype, {
      getSubscription: async () => null,
      subscribe: async () => ({
        endpoint: 'https://push.example/device-of-mai',
        keys: { p256dh: btoa(String.fromCharCode(4) + 'p'.repeat(64)).replaceAll('+', '-'), auth: btoa('a'.repeat(16)) },
      }),
    })`);
    await page.getByRole('button', { name: '通知を受け取る' }).click();
    await page.getByText('通知を受け取ります').waitFor();
    await page.getByLabel('お名前').fill('舞');
    await page.getByLabel('メールアドレス').fill('mai@example.com');
    await page.getByRole('button', { name: '会員登録' }).click();
    const who = await page.getByText(/ようこそ、舞 \((.+)\)/).textContent();
    const { consent } = await product.customer(/\((.+)\)/.exec(who!)![1]!);
    expect(consent.current).toMatchObject([{ channel: 'push', purpose: 'marketing', state: 'granted' }]);
  });

  test('markup that somebody types is shown, and never run', async () => {
    const page = await visit(browser, `${product.url}/shop?lang=en`, { options });
    await page.getByRole('button', { name: 'Open the chat' }).click();
    const typed = '<img src=x onerror="document.title=`run`"><b>Who are you?</b>';
    await page.getByLabel('Write a message').fill(typed);
    await page.getByRole('button', { name: 'Send' }).click();
    await page.getByText('A person will answer you here').waitFor();
    await page.getByText(typed).waitFor();
    expect(await page.title()).toBe('旅路商店');
  });

  test('the chat says when it is not live, goes on after everything was killed, and loses nothing', async () => {
    const page = await visit(browser, `${product.url}/shop?lang=en`, { options, expected: /ERR_|Failed to load/ });
    await page.getByRole('button', { name: 'Open the chat' }).click();
    const say = async (text: string) => {
      await page.getByLabel('Write a message').fill(text);
      await page.getByRole('button', { name: 'Send' }).click();
    };
    await say('How much is shipping?');
    await page.getByText(/600/).waitFor();
    await product.program.kill();
    await page.getByText('The connection was lost').waitFor();
    await say('返品したい');
    await page.getByText('This could not be sent').waitFor();
    expect(await page.getByLabel('Write a message').inputValue()).toBe('返品したい');
    product = await startProduct(home, { PORT: String(product.port) });
    await page.getByText('The connection was lost').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Send' }).click();
    await page.getByText('14日以内').waitFor();
    await page.reload();
    await page.getByRole('button', { name: 'Open the chat' }).click();
    await page.getByText('14日以内').waitFor();
    expect(await page.getByText('返品したい').count()).toBe(1);
  });

  test('on a phone, in the dark, the chat fills the screen', async () => {
    const phone = { ...options, viewport: { width: 360, height: 740 }, colorScheme: 'dark' as const };
    const page = await visit(browser, `${product.url}/shop?lang=en`, { options: phone });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360);
    expect(await faultsIn(page)).toEqual([]);
    await page.getByRole('button', { name: 'Open the chat' }).click();
    expect(await page.getByRole('dialog', { name: 'Questions?' }).boundingBox()).toMatchObject({
      width: 360,
      height: 740,
    });
    expect(await faultsIn(page)).toEqual([]);
  });
});
