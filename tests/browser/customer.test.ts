// The customer page in a real browser: what support sees, how it follows, and what they can do.
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { faultsIn, live, openBrowser, visit } from './browser.ts';
import { openShop, type Shop } from './shop.ts';

let shop: Shop;
let browser: Browser;
let count = 0;
let user: string;
beforeAll(async () => {
  [shop, browser] = await Promise.all([openShop(), openBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await shop?.close();
});
beforeEach(() => {
  count += 1;
  user = `hanako-${count}`;
});
afterEach(() => {
  shop.clock.aheadMs = 0;
});

const signsUp = (traits: object = {}) => [
  {
    type: 'identify',
    userId: user,
    traits: { email: `${user}@example.com`, last_name: '旅野', ...traits },
    context: { consent: { email: ['marketing'] }, timezone: 'America/New_York' },
  },
  { type: 'track', userId: user, event: 'Signed Up' },
];

async function customerPage(as: 'support' | 'marketer' | 'admin' = 'support', more: object = {}): Promise<Page> {
  const { rows } = await shop.pool.query<{ id: string }>('SELECT customer_id AS id FROM identities WHERE value = $1', [
    user,
  ]);
  const page = await visit(browser, `${shop.url}/customers/${rows[0]!.id}`, { as, name: 'Aiko', ...more });
  await page.getByText('Live', { exact: true }).waitFor();
  return page;
}

test('a customer is found by address, and their page says who they are and where they stand', async () => {
  await shop.send(...signsUp());
  await shop.settle();
  const page = await visit(browser, `${shop.url}/customers`, { as: 'support' });
  await page.getByRole('searchbox', { name: 'Find a customer' }).fill(`${user}@EXAMPLE.com`);
  await page.keyboard.press('Enter');
  await page.getByRole('link', { name: '旅野' }).click();
  await page.getByRole('heading', { name: '旅野', level: 1 }).waitFor();
  const journey = page.getByRole('article', { name: 'ようこそ' });
  await journey.getByText(/then welcome-guide is/).waitFor();
  expect(await journey.getByText(/Theirs: .*America\/New_York/).count()).toBe(1);
  expect(await journey.getByText(/Yours: /).count()).toBe(1);
  await journey.getByText('The map as a list').click();
  expect(await journey.locator('[aria-current=step]').textContent()).toContain('Here now');
});

test.each(['a/b c', '100%25', '..', 'こけし?#'])(
  'a customer whom the shop calls %s is found, and has a page',
  async (id) => {
    await shop.send({ type: 'identify', userId: id, traits: { last_name: '旅野' } });
    const page = await visit(browser, `${shop.url}/customers`, { as: 'support' });
    await page.getByRole('searchbox', { name: 'Find a customer' }).fill(id);
    await page.keyboard.press('Enter');
    await page.getByText('1 customer').waitFor();
    const address = `/customers/${encodeURIComponent(id)}`;
    if (id !== '..') await page.goto(shop.url + address);
    else await page.getByRole('link', { name: '旅野' }).click();
    await page.getByRole('heading', { name: '旅野', level: 1 }).waitFor();
  },
);

test('nobody of this id: the page says so, and where to look', async () => {
  const page = await visit(browser, `${shop.url}/customers/no%2Fbody%25`, { as: 'support', expected: /404/ });
  await page.getByRole('heading', { name: 'There is no such customer' }).waitFor();
  await page.getByRole('alert', { name: 'no/body%' }).waitFor();
  expect(await faultsIn(page)).toEqual([]);
  await page.getByRole('link', { name: /^Find a customer/ }).click();
  await page.getByRole('searchbox', { name: 'Find a customer' }).waitFor();
});

test('an order that no journey is about leads to who placed it', async () => {
  await shop.send(...signsUp(), {
    type: 'track',
    userId: user,
    event: 'Order Completed',
    properties: { order_id: `R-${user}`, total: 1, items: [] },
  });
  await shop.pool.query('UPDATE enrollments SET key = NULL WHERE key = $1', [`R-${user}`]);
  const page = await visit(browser, `${shop.url}/customers`, { as: 'support' });
  const lately = page.getByRole('region', { name: 'Seen lately' });
  await lately.getByRole('link', { name: '旅野' }).first().waitFor();
  await page.getByRole('searchbox', { name: 'Find a customer' }).fill(`R-${user}`);
  await page.keyboard.press('Enter');
  await page.getByText('1 customer').waitFor();
});

test('what comes next is reckoned by the clock of the shop, not by that of the browser', async () => {
  shop.clock.aheadMs = 30 * 86_400_000;
  await shop.send(...signsUp());
  await shop.settle();
  const page = await customerPage();
  const journey = page.getByRole('article', { name: 'ようこそ' });
  expect(await journey.getByText(/^in \d+ (days|hours)$/).textContent()).toMatch(/^in (2 days|\d\d hours)$/);
});

test('what happens is on the page within a second, without a reload', async () => {
  await shop.send(...signsUp());
  await shop.settle();
  const page = await customerPage();
  const timeline = page.getByRole('region', { name: 'Timeline' });
  await shop.send({ type: 'track', userId: user, event: 'Product Viewed', properties: { product_id: 'p1' } });
  await timeline.getByText('product_viewed came in').waitFor(live);
});

test('a change by another process is seen as well: a turn moves the place', async () => {
  await shop.send(...signsUp());
  await shop.settle();
  const page = await customerPage();
  shop.clock.aheadMs = 3 * 86_400_000;
  await shop.settle();
  await page.getByRole('region', { name: 'Messages' }).getByText('welcome-guide').waitFor(live);
});

test('while the server is away the page says that it is not live; then it goes on, with what it missed', async () => {
  await shop.send(...signsUp());
  await shop.settle();
  const page = await customerPage('support', { expected: /ERR_|Failed to load/ });
  await shop.stopServer();
  await page.getByText('Not live', { exact: true }).waitFor();
  expect(await page.getByRole('heading', { name: '旅野' }).count()).toBe(1);
  await shop.pool.query(
    `UPDATE customers SET traits = traits || '{"last_name": "山田"}' WHERE traits ->> 'email' = $1`,
    [`${user}@example.com`],
  );
  await shop.startServer();
  await page.getByRole('heading', { name: '山田' }).waitFor();
  await page.getByText('Live', { exact: true }).waitFor();
});

test('taking somebody out asks first, says what it does, and stands in the timeline with who did it', async () => {
  await shop.send(...signsUp());
  await shop.settle();
  const page = await customerPage();
  await page.getByRole('button', { name: 'Take out: ようこそ' }).click();
  const dialog = page.getByRole('dialog', { name: 'Take the customer out of this journey?' });
  await dialog.getByText('What it had still to send is not sent').waitFor();
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'hidden' });
  expect((await shop.pool.query(`SELECT 1 FROM enrollments WHERE reason = 'ejected'`)).rowCount).toBe(0);
  await page.getByRole('button', { name: 'Take out: ようこそ' }).click();
  await dialog.getByRole('button', { name: 'Take out' }).click();
  await page
    .getByRole('region', { name: 'Timeline' })
    .getByText('left: support took the customer out of the journey (by Aiko (support))')
    .waitFor();
  await page.getByRole('button', { name: 'Take out: ようこそ' }).waitFor({ state: 'detached' });
});

test('an enrollment is paused and resumed', async () => {
  await shop.send(...signsUp());
  await shop.settle();
  const page = await customerPage();
  for (const verb of ['Pause', 'Resume']) {
    await page.getByRole('button', { name: `${verb}: ようこそ` }).click();
    await page.getByRole('dialog').getByRole('button', { name: verb, exact: true }).click();
    await page.getByText(`was ${verb.toLowerCase()}d (by Aiko (support))`).waitFor();
  }
});

test('a withdrawal and a suppression are recorded on the customer’s word, and hold', async () => {
  await shop.send(...signsUp());
  await shop.settle();
  const page = await customerPage();
  await page.getByRole('button', { name: 'Withdraw: email · marketing' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Withdraw', exact: true }).click();
  await page.getByText('Consent withdrawn: email, marketing · by Aiko (support)').waitFor();
  await page.getByRole('button', { name: /Write no more/ }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Write no more', exact: true }).click();
  await page.getByText('Not to be written to by email any more · Recorded by hand · by Aiko (support)').waitFor();
  const { rows } = await shop.pool.query('SELECT reason, by FROM suppressions WHERE address = $1', [
    `${user}@example.com`,
  ]);
  expect(rows).toEqual([{ reason: 'requested', by: 'Aiko (support)' }]);
  shop.clock.aheadMs = 3 * 86_400_000;
  await shop.settle();
  await page.getByText('the customer has not consented to it').first().waitFor();
});

test('a suppression is lifted with a reason, which is asked for and kept with who did it', async () => {
  await shop.send(...signsUp());
  await shop.settle();
  const address = `${user}@example.com`;
  await shop.pool.query(
    `INSERT INTO suppressions (channel, address, reason, at) VALUES ('email', $1, 'hard_bounce', now())`,
    [address],
  );
  const page = await customerPage();
  await page.getByRole('button', { name: `Lift: ${address}` }).click();
  const dialog = page.getByRole('dialog', { name: 'Let this address be written to again?' });
  await dialog.getByText('The mail provider said that this address does not exist.').waitFor();
  expect(await dialog.getByRole('button', { name: 'Lift' }).isDisabled()).toBe(true);
  await dialog.getByRole('textbox', { name: 'Why, for the record' }).fill('The customer has a new mailbox there');
  expect(await faultsIn(page)).toEqual([]);
  await dialog.getByRole('button', { name: 'Lift' }).click();
  const timeline = page.getByRole('region', { name: 'Timeline' });
  await timeline
    .getByText('May be written to by email again: The customer has a new mailbox there · by Aiko (support)')
    .waitFor();
  // What stood before is still told.
  await timeline.getByText('Not to be written to by email any more · The address does not exist').waitFor();
  expect((await shop.pool.query('SELECT 1 FROM suppressions WHERE address = $1', [address])).rowCount).toBe(0);
});

test('what was said in chats is there, with who replied, and the way to the inbox while somebody waits', async () => {
  await shop.send(...signsUp());
  await shop.settle();
  const at = Date.now();
  await shop.pool.query(
    `INSERT INTO conversations (id, customer_id, channel, queue, status, note, opened_at)
     SELECT 'talk-' || $1, customer_id, 'site', 'support', 'open', 'A broken cup', $2 FROM identities WHERE value = $1`,
    [user, new Date(at)],
  );
  await shop.pool.query(
    `INSERT INTO chat_messages (customer_id, channel, key, "from", content, at)
     SELECT customer_id, 'site', $1 || n, 'customer', jsonb_build_object('text', 'line ' || n || ' of the chat'), $2
       FROM identities, generate_series(1, 45) n WHERE value = $1`,
    [user, new Date(at)],
  );
  const page = await customerPage();
  const chat = page.getByRole('region', { name: 'Chat' });
  await chat.getByText('line 45 of the chat').waitFor();
  expect(await chat.getByText(/line \d+ of the chat/).count()).toBe(20);
  await chat.getByRole('button', { name: 'Show older ones' }).click();
  await chat.getByText('line 6 of the chat').waitFor();
  await chat.getByRole('link', { name: /open it in the inbox/ }).click();
  await page.getByRole('textbox', { name: /Your reply/ }).fill('We send another one.');
  await page.getByRole('button', { name: 'Reply', exact: true }).click();
  await page.getByText('A person of the shop · Aiko (support)').waitFor();
  await page.getByRole('link', { name: 'The customer’s page' }).click();
  await chat.getByText('We send another one.').waitFor();
  const timeline = page.getByRole('region', { name: 'Timeline' });
  await timeline.getByText('A person was asked for (support)').waitFor();
});

test('the mail is shown as it was sent, in a frame that runs and loads nothing', async () => {
  await shop.send(...signsUp());
  await shop.settle();
  await shop.pool.query(
    `UPDATE deliveries SET rendered = jsonb_set(rendered::jsonb, '{html}', $1::jsonb)
      WHERE customer_id = (SELECT customer_id FROM identities WHERE value = $2)`,
    [JSON.stringify('<p>A fine mail</p><script>top.hacked = true</script><img src="/health">'), user],
  );
  const page = await customerPage('support', { expected: /Content Security Policy|sandboxed/ });
  const loaded: string[] = [];
  page.on('request', (request) => loaded.push(new URL(request.url()).pathname));
  await page.getByRole('button', { name: 'Read: welcome-greeting' }).click();
  await page.frameLocator('iframe').getByText('A fine mail').waitFor();
  expect(await page.evaluate('"hacked" in window')).toBe(false);
  expect(loaded).not.toContain('/health');
  await page.getByText('As plain text').click();
  await page.getByRole('dialog').locator('pre').waitFor();
});

test('a marketer may see the page but not read the mail, and the button says why', async () => {
  await shop.send(...signsUp());
  await shop.settle();
  const page = await customerPage('marketer');
  const read = page.getByRole('button', { name: 'Read: welcome-greeting' });
  expect(await read.isDisabled()).toBe(true);
  expect(await read.getAttribute('title')).toBe('Your token may not read messages.');
  expect(await page.getByRole('button', { name: /Withdraw/ }).count()).toBe(0);
});

test('names that turn around, hide or have no end stay in their place, and turn nothing else around', async () => {
  const [rtl, hidden] = ['\u202eemosdnah\u202e شركة', 'a\u200b\u200b\u200bb'];
  await shop.send(
    ...signsUp({ last_name: rtl, first_name: hidden, note: 'x'.repeat(5000), company: 'ワ'.repeat(500) }),
  );
  await shop.settle();
  const options = { viewport: { width: 390, height: 844 } };
  const page = await customerPage('support', { options });
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390);
  const heading = page.getByRole('heading', { level: 1 });
  expect(await page.evaluate('getComputedStyle(document.querySelector("h1")).unicodeBidi')).toMatch(
    /isolate|plaintext/,
  );
  // What hides is made visible: this is not the name that it looks like.
  expect(await heading.textContent()).toContain('a\u2423\u2423\u2423b');
  expect(await heading.textContent()).not.toMatch(/[\u202e\u200b]/);
  const long = page.getByText(/^x{100,}/);
  expect((await long.boundingBox())!.height).toBeLessThan(300);
});

test('a name that is markup is shown as the text that it is', async () => {
  const name = '<img src=x onerror="window.hacked=1"><b>x</b>';
  await shop.send(...signsUp({ last_name: name, first_name: '<script>window.hacked=1</script>' }));
  await shop.settle();
  const page = await customerPage();
  await page.getByRole('heading', { name, level: 1 }).waitFor();
  expect(await page.evaluate('"hacked" in window')).toBe(false);
});

/** Somebody of many years: thousands of everything that a page could show. */
async function manyYears(): Promise<void> {
  const at = `now() - interval '1 day' - (n / 3) * interval '1 second'`;
  await shop.pool.query(
    `INSERT INTO events (id, customer_id, source, source_id, name, occurred_at, received_at, data, flags)
     SELECT 'bulk-' || $1 || '-' || lpad(n::text, 6, '0'), customer_id, 'bulk', $1 || '-' || n, 'bulk_' || n, ${at}, ${at},
            '{}', '[]'
       FROM identities, generate_series(1, 10000) n WHERE value = $1`,
    [user],
  );
  const copies = (table: string, change: string, count: number) =>
    shop.pool.query(
      `INSERT INTO ${table} SELECT copy.*
         FROM (SELECT to_jsonb(t) AS one FROM ${table} t JOIN identities i USING (customer_id) WHERE i.value = $1 LIMIT 1) a,
              generate_series(1, ${count}) n, jsonb_populate_record(NULL::${table}, one || ${change}) AS copy`,
      [user],
    );
  await copies(
    'enrollments',
    `jsonb_build_object('id', $1 || '-e' || n, 'entry_slot', NULL, 'status', 'completed', 'ended_at', now())`,
    400,
  );
  await copies('deliveries', `jsonb_build_object('key', $1 || '-d' || n || '/1')`, 2000);
  await copies(
    'decisions',
    `jsonb_build_object('id', nextval('decisions_id_seq'), 'turn', NULL, 'seq', NULL, 'fold', NULL,
       'last_at', ${at} - interval '1 day')`,
    5000,
  );
  await shop.pool.query(
    `INSERT INTO identities SELECT 'anonymous', $1 || '-b' || n, customer_id, now()
       FROM identities, generate_series(1, 500) n WHERE value = $1`,
    [user],
  );
}

test('thousands of everything: the page and what it fetches stay small; older events come a page at a time, none twice', async () => {
  await shop.send(...signsUp());
  await shop.settle();
  await manyYears();
  const page = await visit(browser, `${shop.url}/customers`, { as: 'support' });
  await page.getByRole('searchbox').waitFor();
  const sizes: [string, number][] = [];
  page.on('response', async (answer) => {
    if (!answer.headers()['content-type']?.includes('json')) return;
    sizes.push([new URL(answer.url()).pathname, (await answer.body().catch(() => Buffer.alloc(0))).length]);
  });
  const { rows } = await shop.pool.query('SELECT customer_id AS id FROM identities WHERE value = $1', [user]);
  await page.goto(`${shop.url}/customers/${rows[0].id}`);
  const timeline = page.getByRole('region', { name: 'Timeline' });
  await timeline.getByText('bulk_10 came in').waitFor();
  // What is open stands first, however many others are newer.
  const journeys = page.getByRole('region', { name: 'Journeys' });
  expect(await journeys.getByRole('article').first().getByText('In it').count()).toBe(1);
  expect(await journeys.getByRole('article').count()).toBe(6);
  expect(await page.locator('*').count()).toBeLessThan(2500);
  expect(sizes.length).toBeGreaterThan(2);
  expect(sizes.filter(([, size]) => size > 400_000)).toEqual([]);
  const lines = timeline.getByText(/^bulk_\d+ came in/);
  const before = await lines.count();
  expect(before).toBeLessThan(60);
  await timeline.getByRole('button', { name: 'Show older ones' }).click();
  await timeline.getByText('bulk_80 came in').waitFor();
  const texts = await lines.allTextContents();
  expect(new Set(texts).size).toBe(texts.length);
  expect(texts.length).toBe(before + 50);
});

test.each(['light', 'dark'] as const)('axe finds no fault in %s, with everything open', async (colorScheme) => {
  await shop.send(...signsUp());
  await shop.settle();
  const page = await customerPage('support', { options: { colorScheme } });
  await page.getByText('The map as a list').click();
  await page.getByText('Details').first().click();
  expect(await faultsIn(page)).toEqual([]);
  await page.getByRole('button', { name: 'Take out: ようこそ' }).click();
  await page.getByRole('dialog').waitFor();
  expect(await faultsIn(page)).toEqual([]);
});

test('on a phone, in Japanese, nothing is wider than the screen', async () => {
  await shop.send(...signsUp());
  await shop.settle();
  const { rows } = await shop.pool.query('SELECT customer_id AS id FROM identities WHERE value = $1', [user]);
  const options = { viewport: { width: 360, height: 740 }, locale: 'ja-JP' };
  const page = await visit(browser, `${shop.url}/customers/${rows[0].id}`, { as: 'support', options });
  await page.getByRole('heading', { name: '旅野 様' }).waitFor();
  await page.getByText('welcome-greeting」（email）を送信しました').waitFor();
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360);
});
