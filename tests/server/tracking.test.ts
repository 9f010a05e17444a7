// Links and images that are counted: they lead where the stored mail says, for nobody can make one that leads elsewhere.
import { describe, expect, test } from 'vitest';
import { machineBehind } from '../../server/routes/tracking.ts';
import { clickToken, openToken, readClickToken, readOpenToken } from '../../server/tracking-token.ts';
import { Away, secret, serverUnderTest, start } from './server-under-test.ts';

const key = 'enr-1/1';
const person = { 'user-agent': 'Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15' };
const click = (n: number) => clickToken(secret, key, n)!;

describe('a token', () => {
  test('says what it was made for', () => {
    expect(readClickToken(secret, click(7))).toEqual({ key, link: 7 });
    expect(readOpenToken(secret, openToken(secret, key)!)).toEqual({ key });
    expect(clickToken(secret, 'not a key', 0)).toBeNull();
  });

  test('is no longer valid with any character changed', () => {
    const token = click(0);
    for (let i = 0; i < token.length; i++) {
      const other = token[i] === 'A' ? 'B' : 'A';
      const forged = readClickToken(secret, token.slice(0, i) + other + token.slice(i + 1));
      expect(forged).toBeNull();
    }
  });

  test('of another link, kind or secret is refused', () => {
    const [tag, , signed] = click(0).split('~');
    for (const forged of [
      `${tag}~1~${signed}`,
      `${tag}~00~${signed}`,
      `enr-2.1~0~${signed}`,
      `${tag}~${signed}`,
      '',
      '~~',
    ])
      expect(readClickToken(secret, forged)).toBeNull();
    expect(readClickToken(secret, clickToken('another secret', key, 0)!)).toBeNull();
    expect(readOpenToken(secret, click(0).replace('~0', ''))).toBeNull();
  });
});

describe('a link', () => {
  test('leads to where it leads in the mail, and is counted', async () => {
    const { get, reports, wakes } = serverUnderTest();
    const answer = await get(`/c/${click(0)}`, null, person);
    expect([answer.status, answer.headers.location]).toEqual([302, 'https://shop.example/cart?a=1&b=2']);
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(reports).toEqual([{ key, kind: 'clicked', at: start, code: null, source: 'link', machine: false, link: 0 }]);
    expect(wakes()).toBe(1);
  });

  test.each([
    '?url=https://evil.example',
    '?to=//evil.example',
    '?redirect=javascript:alert(1)',
    '#https://evil.example',
  ])('leads nowhere else with %s', async (more) => {
    const { get } = serverUnderTest();
    expect((await get(`/c/${click(0)}${more}`, null, person)).headers.location).toBe(
      'https://shop.example/cart?a=1&b=2',
    );
  });

  test.each([
    ['a mail address', click(1)],
    ['a script', click(2)],
    ['another site, which an event has put there', click(3)],
    ['no link of the mail', click(4)],
    ['a mail that was erased', clickToken(secret, 'enr-9/1', 0)!],
    ['a forged token', `${click(0).slice(0, -1)}!`],
    ['a web address', encodeURIComponent('https://evil.example')],
  ])('to %s is 404, and nothing is counted', async (_what, token) => {
    const { get, reports } = serverUnderTest();
    const answer = await get(`/c/${token}`, null, person);
    expect([answer.status, answer.headers.location]).toEqual([404, undefined]);
    expect(reports).toEqual([]);
  });

  test('that is only looked at is not counted', async () => {
    const { app, reports } = serverUnderTest();
    const answer = await app.inject({ method: 'HEAD', url: `/c/${click(0)}`, headers: person });
    expect(answer.statusCode).toBe(302);
    expect(reports).toEqual([]);
  });

  test('leads on though it cannot be counted', async () => {
    const { get, log } = serverUnderTest({ report: async () => Promise.reject(new Away()) });
    expect((await get(`/c/${click(0)}`, null, person)).status).toBe(302);
    expect(log.join('')).toContain('could not be recorded');
  });
});

describe('the image', () => {
  test('is a dot that nobody keeps, and is counted', async () => {
    const { get, reports } = serverUnderTest();
    const answer = await get(`/o/${openToken(secret, key)}`, null, person);
    expect([answer.status, answer.headers['content-type'], answer.headers['cache-control']]).toEqual([
      200,
      'image/gif',
      'no-store',
    ]);
    expect(answer.text.slice(0, 6)).toBe('GIF89a');
    expect(reports).toMatchObject([{ key, kind: 'opened', machine: false }]);
  });

  test.each([`${openToken(secret, 'enr-9/1')}`, 'nonsense'])(
    'comes for %s as well, and nothing is counted',
    async (token) => {
      const { get, reports } = serverUnderTest();
      expect((await get(`/o/${token}`, null, person)).headers['content-type']).toBe('image/gif');
      expect(reports).toEqual([]);
    },
  );
});

test.each([
  ['opened', person['user-agent'], 60_000, false],
  ['opened', 'Mozilla/5.0', 60_000, true],
  ['clicked', 'Mozilla/5.0', 60_000, false],
  [
    'opened',
    'Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)',
    60_000,
    'unknown',
  ],
  ['opened', person['user-agent'], 1_999, true],
  ['clicked', person['user-agent'], 1_999, true],
  ['clicked', person['user-agent'], 2_000, false],
  ['clicked', person['user-agent'], null, false],
  ['clicked', 'Mozilla/5.0 (compatible; bingbot/2.0)', 60_000, true],
  ['clicked', 'curl/8.0', 60_000, true],
  ['opened', '', 60_000, true],
] as const)('who %s with "%s" after %s ms: a program? %s', (kind, agent, afterMs, machine) => {
  expect(machineBehind(kind, agent, afterMs)).toBe(machine);
});
