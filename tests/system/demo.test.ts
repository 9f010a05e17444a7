// `npm run demo` as a person uses it: the two weeks to their end, what came of them, Ctrl-C in between; and then the step
// clock of `npm start -- --speed`, which goes on from where the demo's time stood.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { freePort } from '../../embedded/ports.ts';
import { keptMoment } from '../../embedded/step/kept-clock.ts';
import type { ConversationRow } from '../../store/conversations.ts';
import type { CustomerView } from '../../store/customer-view.ts';
import { newFolder, removeFolders } from './folders.ts';
import { json, type Started, startProduct } from './npm-start.ts';
import { endPrograms, isAlive, processesWith, runProgram } from './program.ts';
import { until } from './until.ts';

afterAll(async () => {
  await endPrograms();
  removeFolders();
});

const nothingIsLeft = (home: string, pid: number) =>
  until('no process is left', () => !isAlive(pid) && processesWith(home).length === 0);

/** Of somebody else, and not to be used. */
const foreign = { DATABASE_URL: 'postgres://127.0.0.1:1/shop', SMTP_URL: 'smtp://127.0.0.1:1', TWILIO_FROM: '+1' };

async function startDemo(home: string, environment: Record<string, string>, ...args: string[]) {
  const PORT = String(await freePort());
  return runProgram('embedded/demo/main.ts', { PORT, TABIJI_DEMO_HOME: home, ...environment }, ...args);
}

test('two weeks of a shop: people buy, are written to, are left alone for a reason, and are handed over', async () => {
  const [home, newcomers] = [newFolder(), newFolder()];
  const demo = await startDemo(home, { ...foreign, TABIJI_HOME: newcomers }, '--exit', '--speed', '10000000');
  expect(await demo.ended, demo.said()).toBe(0);
  await nothingIsLeft(home, demo.pid);
  expect(readdirSync(newcomers)).toEqual([]);
  const said = demo.said();
  for (let day = 1; day <= 14; day += 1) expect(said).toMatch(new RegExp(`^Day ${day}, `, 'm'));
  expect(said).toMatch(/^ {2}In doubt, stuck +0, 0$/m);
  expect(said).toMatch(/^ {2}Wait for a person +3$/m);
  expect(said).toMatch(/^ {2}Not sent, by reason +(?=.*consent)(?=.*cap)(?=.*holdout)(?=.*suppression)/m);

  // Its home, as the last line of a demo that stays says: time goes on from where it stood.
  const product = await startProduct(home, {}, '--speed', '1');
  const { time } = await json<{ time: { now: string; speed: number } }>(`${product.url}/health`);
  const end = Date.parse(time.now);
  expect(time.speed).toBe(1);
  // Midnight in Japan, and what has gone by since.
  expect((end - Date.parse('2026-01-05T00:00:00+09:00')) % (7 * 86_400_000)).toBeLessThan(3_600_000);
  expect(product.program.said()).toContain(`Time       is ${time.now.slice(0, 13).replace('T', ' ')}`);
  await peopleAreWhereTheyWereTold(product);
  await mailsAreThere(product, end);
  product.program.signal('SIGINT');
  expect(await product.program.ended).toBe(0);
});

async function peopleAreWhereTheyWereTold(product: Started): Promise<void> {
  const hanako = await product.customer('hanako');
  expect(standings(hanako)).toMatchObject({ welcome: 'goal', 'cart-abandonment': 'goal', 'post-purchase': 'active' });
  expect(hanako.traits).toMatchObject({ csat: 5, nps: 10 });
  const taro = await product.customer('taro');
  // He bought before the hour was over: the exit kept his reminder back.
  expect(standings(taro)).toMatchObject({ 'cart-abandonment': 'goal' });
  expect(taro.deliveries.filter(({ message }) => message === 'cart-reminder')).toEqual([]);
  expect(standings(await product.customer('sakura'))).toEqual({ 'cart-abandonment': 'cart_emptied' });
  expect(standings(await product.customer('liam'))).toEqual({
    'post-purchase': 'refunded',
    'review-request': 'refunded',
  });
  const silent = {
    sho: 'consent',
    misaki: 'consent',
    naoki: 'consent',
    ken: 'suppression',
    ren: 'cap',
    hina: 'holdout',
  };
  for (const [who, reason] of Object.entries(silent)) {
    const { decisions } = await product.customer(who);
    const reasons = decisions.filter(({ kind }) => kind === 'not_sent').map(({ outcome }) => outcome);
    expect(reasons, who).toContain(reason);
  }
  expect((await product.customer('yui')).consent.current).toMatchObject([{ channel: 'email', state: 'granted' }]);
  expect((await product.customer('hiroto')).consent.current).toEqual([]);
  const inbox = await json<{ conversations: ConversationRow[] }>(
    `${product.url}/conversations`,
    product.keys.TABIJI_SUPPORT_TOKEN,
  );
  const waiting = await Promise.all(['aoi', 'yuko', 'emma'].map(async (who) => (await product.customer(who)).id));
  expect(inbox.conversations.map(({ customerId }) => customerId)).toEqual(waiting);
}

/** By journey how it ended, or that it has not. */
function standings({ enrollments }: CustomerView): { [journey: string]: string } {
  return Object.fromEntries(enrollments.map(({ journey, reason, status }) => [journey, reason ?? status]));
}

async function mailsAreThere(product: Started, end: number): Promise<void> {
  const mails = await product.mails();
  expect(mails.length).toBeGreaterThan(60);
  expect(mails.every(({ at }) => at > end - 15 * 86_400_000 && at <= end)).toBe(true);
  const subjects = (to: string) => mails.filter((mail) => mail.to.includes(to)).map(({ subject }) => subject);
  expect(subjects('hiroto@example.jp')).toHaveLength(1);
  expect(subjects('misaki@example.jp')).toHaveLength(1);
  expect(subjects('emma@example.com')).toContain('Thank you for your order (E-3001)');
}

test('Ctrl-C in the middle leaves nothing running, its home goes on from there, and slips are said at once', async () => {
  const home = newFolder();
  const demo = await startDemo(home, {}, '--speed', '100000');
  const slips = await Promise.all([
    runProgram('embedded/demo/main.ts', {}, '--sped', '5'),
    runProgram('embedded/start.ts', { TABIJI_HOME: newFolder() }, '--speed', 'abc'),
  ]);
  await demo.says(/^Day 2, /m, 120_000);
  demo.signal('SIGINT');
  expect(await demo.ended).toBe(0);
  await nothingIsLeft(home, demo.pid);
  const stoodAt = keptMoment(join(home, 'clock'))!;
  const onwards = await startProduct(home, {}, '--speed', '100000');
  // What the customers were waiting for comes, in its time, though nobody plays any more.
  await until('a mail of later', async () => (await onwards.mails()).some(({ at }) => at > stoodAt + 3_600_000));
  onwards.program.signal('SIGINT');
  expect(await onwards.program.ended).toBe(0);
  for (const slip of slips) expect(await slip.ended).toBe(1);
  expect(slips[0]!.said()).toContain('npm run demo -- --exit');
  expect(slips[1]!.said()).toContain('--speed must be a number from 1 to');
  for (const slip of slips) expect(slip.said()).not.toContain('    at ');
});
