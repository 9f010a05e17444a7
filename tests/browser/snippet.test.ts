// /tabiji.js in a real browser: what pages say arrives once and in order, whatever becomes of the page and the server.
import type { Browser, BrowserContext, Page, Route } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { openBrowser, patienceMs } from './browser.ts';
import { keys, openShop, type Shop } from './shop.ts';

let shop: Shop;
let browser: Browser;
let context: BrowserContext;
/** Events as they came to the network, in order, resends included. */
let sent: { event: string; messageId: string }[];
/** What becomes of a call; by default the shop takes it. */
let door: (route: Route) => Promise<void>;

beforeAll(async () => {
  [shop, browser] = await Promise.all([openShop(), openBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await shop?.close();
});
beforeEach(async () => {
  context = await browser.newContext();
  context.setDefaultTimeout(patienceMs);
  sent = [];
  door = (route) => route.continue();
  await context.route(`${shop.url}/tea`, (route) =>
    route.fulfill({
      contentType: 'text/html',
      body: `<!doctype html><title>Tea</title><script type="module">
        import { createTabiji } from '/tabiji.js';
        window.tabiji = createTabiji({ server: '', key: '${keys.browser}', consentUrl: '/own/consents' });
      </script>`,
    }),
  );
  await context.route('**/v1/**', async (route) => {
    const { event, messageId } = route.request().postDataJSON();
    sent.push({ event, messageId });
    await door(route);
  });
});
afterEach(() => context.close());

async function open(): Promise<Page> {
  const page = await context.newPage();
  await page.goto(`${shop.url}/tea`);
  await page.waitForFunction('window.tabiji');
  return page;
}

/** Not awaited in the page: a shop does not either. */
function track(page: Page, ...names: string[]): Promise<void> {
  return page.evaluate(`${JSON.stringify(names)}.forEach((name) => void tabiji.track(name))`);
}

/** Names of the events of this test that the shop has stored, in the order in which they came in. */
async function stored(prefix: string): Promise<string[]> {
  const { rows } = await shop.pool.query<{ name: string }>(
    `SELECT name FROM events WHERE name LIKE $1 ORDER BY received_at, id`,
    [`${prefix}%`],
  );
  return rows.map(({ name }) => name);
}

const many = (prefix: string, count: number) => Array.from({ length: count }, (_, index) => `${prefix}${10 + index}`);

test('events arrive once each and in order', async () => {
  const names = many('once', 12);
  await track(await open(), ...names);
  await expect.poll(() => stored('once')).toEqual(names);
  expect(sent.map(({ event }) => event)).toEqual(names);
});

test('what a server that is away did not take survives a reload, and arrives in order', async () => {
  door = (route) => route.abort();
  const page = await open();
  await track(page, 'away1', 'away2');
  await expect.poll(() => sent.length).toBeGreaterThan(0);
  await page.reload();
  await page.waitForFunction('window.tabiji');
  await track(page, 'away3');
  door = (route) => route.continue();
  await page.evaluate(`dispatchEvent(new Event('online'))`);
  await expect.poll(() => stored('away')).toEqual(['away1', 'away2', 'away3']);
});

test('a page that closes as soon as it has said something loses nothing', async () => {
  door = () => new Promise(() => {});
  const page = await open();
  await track(page, 'closed1', 'closed2');
  await page.close();
  door = (route) => route.continue();
  await open();
  await expect.poll(() => stored('closed')).toEqual(['closed1', 'closed2']);
});

test('two tabs take turns: none loses or resends what the other has said', async () => {
  let open_ = 0;
  let most = 0;
  let isAway = true;
  door = async (route) => {
    if (isAway) return route.abort();
    open_ += 1;
    most = Math.max(most, open_);
    const answer = await route.fetch();
    open_ -= 1;
    await route.fulfill({ response: answer });
  };
  const [one, two] = [await open(), await open()];
  await track(one, ...many('tabs1', 6));
  await track(two, ...many('tabs2', 6));
  isAway = false;
  sent = [];
  await Promise.all([one, two].map((page) => page.evaluate(`dispatchEvent(new Event('online'))`)));
  await Promise.all([track(one, 'tabs3'), track(two, 'tabs4')]);
  const all = [...many('tabs1', 6), ...many('tabs2', 6), 'tabs3', 'tabs4'];
  await expect.poll(async () => (await stored('tabs')).toSorted()).toEqual(all.toSorted());
  for (const tab of ['tabs1', 'tabs2']) expect(await stored(tab)).toEqual(many(tab, 6));
  expect(most).toBe(1);
  await expect.poll(() => one.evaluate(`Object.keys(localStorage).filter((key) => key.includes('call'))`)).toEqual([]);
});

test('what is refused for good is given up, and what comes behind it goes on', async () => {
  door = (route) => (sent.at(-1)!.event === 'wrong1' ? route.fulfill({ status: 400, body: '{}' }) : route.continue());
  await track(await open(), 'wrong1', 'wrong2');
  await expect.poll(() => stored('wrong')).toEqual(['wrong2']);
  expect(sent.map(({ event }) => event)).toEqual(['wrong1', 'wrong2']);
});

test.each([429, 503])('after %i the same call is sent again, and nothing overtakes it', async (status) => {
  let refusals = 1;
  door = (route) =>
    refusals-- > 0 ? route.fulfill({ status, headers: { 'retry-after': '1' }, body: '{}' }) : route.continue();
  await track(await open(), `again${status}a`, `again${status}b`);
  await expect.poll(() => stored(`again${status}`)).toEqual([`again${status}a`, `again${status}b`]);
  expect(sent.map(({ event }) => event)).toEqual([`again${status}a`, `again${status}a`, `again${status}b`]);
  expect(sent[0]!.messageId).toBe(sent[1]!.messageId);
});

test('the key of the browser speaks for its visitor only: no address, no consent, nobody else’s traits', async () => {
  const page = await open();
  await page.evaluate(`tabiji.identify('guessed', { email: 'thief@example.com', first_name: 'Thief' })`);
  await track(page, 'visitor1');
  await expect.poll(() => stored('visitor')).toEqual(['visitor1']);
  const { rows } = await shop.pool.query(`SELECT row_to_json(customers)::text AS text FROM customers`);
  expect(rows.some(({ text }) => /thief/i.test(text))).toBe(false);
});

test('after a reset the browser is another visitor, and what was unsent goes as who it was', async () => {
  door = (route) => route.abort();
  const page = await open();
  const before = await page.evaluate('tabiji.anonymousId()');
  await track(page, 'reset1');
  await page.evaluate('tabiji.reset()');
  await track(page, 'reset2');
  door = (route) => route.continue();
  await page.evaluate(`dispatchEvent(new Event('online'))`);
  await expect.poll(() => stored('reset')).toEqual(['reset1', 'reset2']);
  const after = await page.evaluate('tabiji.anonymousId()');
  const { rows } = await shop.pool.query(
    `SELECT count(DISTINCT customer_id)::int AS n FROM events WHERE name LIKE 'reset%'`,
  );
  expect([rows[0].n, after === before]).toEqual([2, false]);
});

test('a consent goes to the shop’s own server, with its session and without a key, and what fails goes again', async () => {
  const told: { body: object; headers: { [name: string]: string } }[] = [];
  const answers = [503, 200];
  await context.route('**/own/consents', async (route) => {
    told.push({ body: route.request().postDataJSON(), headers: await route.request().allHeaders() });
    await route.fulfill({ status: answers.shift() ?? 200, body: '{}' });
  });
  await context.addCookies([{ name: 'session', value: 's1', url: shop.url }]);
  const page = await open();
  await page.evaluate(`history.replaceState(null, '', '/tea?token=t1')`);
  await page.evaluate(`tabiji.consent({ channel: 'push', evidence: { button: 'Allow' } })`);
  await expect.poll(() => told.length).toBe(2);
  const [{ body, headers }] = [told[1]!];
  expect(body).toEqual({
    anonymousId: await page.evaluate('tabiji.anonymousId()'),
    ...{ channel: 'push', purpose: 'marketing', state: 'granted', at: expect.any(String) },
    evidence: { page: `${shop.url}/tea`, button: 'Allow' },
  });
  expect(told[0]!.body).toEqual(body);
  expect(headers).toMatchObject({ cookie: 'session=s1' });
  expect(headers).not.toHaveProperty('authorization');
  // The shop's server passes it on as it is.
  const passed = await fetch(`${shop.url}/v1/consents`, {
    method: 'POST',
    headers: { authorization: `Bearer ${keys.server}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  expect(passed.status).toBe(200);
});

test('a shop’s server that takes no consents, or that a blocker keeps away, holds up no event', async () => {
  const asked: string[] = [];
  let isAway = true;
  await context.route('**/own/consents', async (route) => {
    asked.push(route.request().postDataJSON().state);
    await (isAway ? route.abort('blockedbyclient') : route.fulfill({ body: '{}' }));
  });
  const page = await open();
  await page.evaluate(`void tabiji.consent({ channel: 'push' })`);
  await expect.poll(() => asked.length).toBeGreaterThan(0);
  await track(page, 'beside1', 'beside2');
  await expect.poll(() => stored('beside')).toEqual(['beside1', 'beside2']);
  isAway = false;
  asked.length = 0;
  await page.evaluate(`void tabiji.consent({ channel: 'push', state: 'withdrawn' })`);
  await page.evaluate(`dispatchEvent(new Event('online'))`);
  await expect.poll(() => asked).toEqual(['granted', 'withdrawn']);
});

test('without an address of the shop’s own server a consent is refused, and says what is missing', async () => {
  const page = await open();
  const refused = page.evaluate(`(async () => {
    const { createTabiji } = await import('/tabiji.js');
    createTabiji({ server: '', key: 'k' }).consent({ channel: 'push' });
  })()`);
  await expect(refused).rejects.toThrow('consent() needs createTabiji({ consentUrl })');
});

test('the chat, which shares the key’s rate, says a message again that came too fast', async () => {
  const answers = [429, 202];
  const said: string[] = [];
  await context.route('**/chat/sessions', (route) => route.fulfill({ json: { token: 't' } }));
  await context.route('**/chat/messages', async (route) => {
    if (route.request().method() === 'GET') return route.abort();
    said.push(route.request().postDataJSON().text);
    await route.fulfill({ status: answers.shift() ?? 202, json: {} });
  });
  const page = await open();
  await page.evaluate(`import('/widget.js').then(() => document.body.append(document.createElement('tabiji-chat')))`);
  await page.locator('tabiji-chat .launch').click();
  const field = page.locator('tabiji-chat textarea');
  await field.fill('hello');
  await field.press('Enter');
  await expect.poll(() => said).toEqual(['hello', 'hello']);
  expect(await field.inputValue()).toBe('');
  expect(await page.locator('tabiji-chat .said.customer').count()).toBe(1);
});
