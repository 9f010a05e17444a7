// A real browser, and a page of it in which somebody is signed in. Anything that a page says on its console as an error
// fails the test that opened it.
import axe from 'axe-core';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { expect, onTestFinished } from 'vitest';
import { browserPath } from './chromium.ts';
import { keys } from './shop.ts';

export function openBrowser(): Promise<Browser> {
  // In a container there is neither a sandbox of its own nor much shared memory.
  const args = ['--no-sandbox', '--disable-dev-shm-usage'];
  return chromium.launch({ executablePath: browserPath(), args, timeout: 120_000 });
}

/** Sooner than the test's own limit, so that what was waited for is said. */
export const patienceMs = 60_000;
/** For what comes by itself within a second: on a busy machine much later, and not only by the next beat or reload. */
export const live = { timeout: 20_000 };

export interface Visit {
  as?: 'server' | 'support' | 'marketer' | 'admin';
  name?: string;
  options?: BrowserContextOptions;
  /** Console errors that belong to the case, such as the browser's own lines about a server that went away. */
  expected?: RegExp;
}

/** A page at this address of the shop, signed in through the form unless `as` is absent. */
export async function visit(browser: Browser, url: string, { as, name, options, expected }: Visit): Promise<Page> {
  const context = await browser.newContext({
    locale: 'en-GB',
    timezoneId: 'Europe/Paris',
    reducedMotion: 'reduce',
    ...options,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(patienceMs);
  const errors: string[] = [];
  page.on('console', (line) => {
    if (line.type() === 'error' && !expected?.test(line.text())) errors.push(line.text());
  });
  page.on('pageerror', (error) => errors.push(error.message));
  onTestFinished(async () => {
    await context.close();
    expect(errors).toEqual([]);
  });
  await page.goto(url);
  if (as) await signIn(page, keys[as], name);
  return page;
}

export async function signIn(page: Page, token: string, name = ''): Promise<void> {
  await page.getByRole('textbox', { name: /Your name|お名前/ }).fill(name);
  await page.getByRole('textbox', { name: /^(Token|トークン)/ }).fill(token);
  await page.getByRole('button', { name: /^(Sign in|サインイン)$/ }).click();
}

/** What axe finds wrong with the page as it stands, one line a fault: rule, and the element. */
export async function faultsIn(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const found = await page.evaluate(async () => {
    const { axe: run } = globalThis as unknown as { axe: { run(): Promise<{ violations: Violation[] }> } };
    return (await run.run()).violations;
  });
  return found.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 200)}`));
}

interface Violation {
  id: string;
  nodes: { html: string }[];
}
