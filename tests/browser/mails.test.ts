// The shipped mails in a real browser, on a phone's width, in light and in dark: nothing sticks out, every way on is large
// enough for a thumb, and everything can be read.
import axe from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ShippedMail, shippedMails } from '../language/shipped-mails.ts';
import { openBrowser } from './browser.ts';

let browser: Browser;
let mails: ShippedMail[];
beforeAll(async () => {
  [browser, mails] = await Promise.all([openBrowser(), shippedMails()]);
  // What differs in what is known does not differ in looks.
  mails = mails.filter(({ name }) => name.endsWith('all known'));
});
afterAll(() => browser?.close());

describe.each(['light', 'dark'] as const)('in %s', (colorScheme) => {
  test('they fit a phone, can be tapped and read', async () => {
    const page = await browser.newPage({ colorScheme, viewport: { width: 375, height: 800 } });
    const faults: string[] = [];
    for (const mail of mails) {
      await page.setContent(mail.rendered.html);
      faults.push(...(await faultsOf(page)).map((fault) => `${mail.name}: ${fault}`));
    }
    await page.close();
    expect(faults).toEqual([]);
  }, 120_000);
});

test('in the dark nothing shines', async () => {
  const page = await browser.newPage({ colorScheme: 'dark', viewport: { width: 800, height: 800 } });
  const bright: string[] = [];
  for (const { name, rendered } of mails) {
    await page.setContent(rendered.html);
    if ((await page.evaluate<number>(brightBoxes)) > 0) bright.push(name);
  }
  await page.close();
  expect(bright).toEqual([]);
});

// Run in the page, whose types are not ours.
const brightBoxes = `[...document.querySelectorAll('body, body *')]
  .filter((one) => one.offsetHeight > 0)
  .map((one) => getComputedStyle(one).backgroundColor)
  .filter((colour) => colour !== 'rgba(0, 0, 0, 0)' && colour.match(/\\d+/g).slice(0, 3).every((part) => part > 200)).length`;
const overWidth = 'Math.max(0, document.documentElement.scrollWidth - 375)';
const tooSmall = `[...document.querySelectorAll('.tabiji-button, .tabiji-answer, a[style*="background"]')]
  .map((link) => [link.textContent, link.getBoundingClientRect()])
  .filter(([, { width, height }]) => width < 40 || height < 40)
  .map(([text, { width, height }]) => text + ': ' + width + ' x ' + height)`;
const unreadable = `axe.run(document, { runOnly: ['color-contrast', 'image-alt', 'link-name', 'html-has-lang', 'document-title'] })
  .then(({ violations }) => violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => id + ': ' + html.slice(0, 120))))`;

/** What sticks out, what is too small to tap, and what axe finds. */
async function faultsOf(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const over = await page.evaluate<number>(overWidth);
  const faults = [...(await page.evaluate<string[]>(tooSmall)), ...(await page.evaluate<string[]>(unreadable))];
  return over > 0 ? [`${over} pixels stick out`, ...faults] : faults;
}
