// What no test has played: each branch, end and message that is left out is named, and nothing else.
import { beforeAll, describe, expect, test } from 'vitest';
import { loadFolder } from '../../language/load.ts';
import { speak } from '../../language/phrase.ts';
import { gapsIn } from '../../simulator/coverage.ts';
import { readTests, runTest, type TestFolder } from '../../simulator/run-tests.ts';
import type { WorldRecord } from '../../simulator/world.ts';

let folder: TestFolder;
/** By the test's name. */
const records = new Map<string, WorldRecord>();
beforeAll(async () => {
  folder = (await readTests(await loadFolder('journeys'))).folder!;
  for (const scenario of folder.scenarios)
    records.set(`${scenario.journeys.join()}: ${scenario.name}`, (await runTest(folder, scenario)).record);
}, 120_000);

const gaps = (journey: string, played: WorldRecord[]) => {
  const { plan } = folder.journeys.find((one) => one.plan.journey === journey)!;
  return gapsIn(plan, played).map(({ step, what }) => `${step ?? ''}: ${speak(what, 'en')}`);
};

test('the shipped journeys’ tests play every step and branch', () => {
  for (const { plan } of folder.journeys)
    expect([plan.journey, gaps(plan.journey, [...records.values()])]).toEqual([plan.journey, []]);
});

test('a journey that nobody enters is named once', () => {
  expect(gaps('welcome', [])).toEqual([': nobody enters']);
});

test('what one test leaves out is named by step and branch, with what stands behind it left away', () => {
  const one = records.get('review-request: an order that is said to be delivered twice is asked about once')!;
  expect(gaps('review-request', [one])).toEqual([
    ': the goal is never reached',
    ': nobody leaves by "refunded"',
    'time-to-try: never goes on by review_submitted',
    'review: never goes on by review_submitted where event.rating <= 2',
    'review: never goes on by review_submitted',
  ]);
});

describe('a decision that is missing is missed', () => {
  const drop = (journey: string, which: (decision: WorldRecord['decisions'][number]) => boolean) =>
    gaps(
      journey,
      [...records.values()].map((record) => ({
        ...record,
        enrollments: [],
        decisions: record.decisions.filter((one) => !which(one)),
      })),
    );

  test.each<[string, string, Partial<WorldRecord['decisions'][number]>, string[]]>([
    [
      'a condition',
      'cart-abandonment',
      { kind: 'chose', outcome: '0' },
      ['steps.4: never goes on where latest.total >= 10000'],
    ],
    ['an else', 'cart-abandonment', { kind: 'chose', outcome: 'otherwise' }, ['steps.4: never goes on by "else"']],
    ['a time-out', 'double-opt-in', { kind: 'timed_out' }, ['unconfirmed: never goes on by "otherwise"']],
    [
      'a condition waited for',
      'double-opt-in',
      { kind: 'watched', outcome: 'true' },
      ['unconfirmed: its condition never becomes true'],
    ],
    ['an exit', 'cart-abandonment', { kind: 'exited', outcome: 'cart_emptied' }, [': nobody leaves by "cart_emptied"']],
    ['an event', 'welcome', { kind: 'heard', step: 'first-look' }, ['first-look: never goes on by product_viewed']],
    [
      'a message',
      'cart-abandonment',
      { kind: 'sent', message: 'cart-last-call' },
      ['steps.4.else.0: the message is never sent'],
    ],
    ['a step', 'welcome', { step: 'settle-in' }, ['settle-in: nobody comes to this step']],
  ])('%s', (_what, journey, dropped, expected) => {
    const isIt = (decision: object) =>
      Object.entries(dropped).every(([field, value]) => (decision as { [field: string]: unknown })[field] === value);
    expect(drop(journey, isIt)).toEqual(expected);
  });

  test.each([
    ['3', []],
    ['1', ['satisfaction: never answered "1"']],
  ])('answer %s', (answer, expected) => {
    expect(drop('post-purchase', ({ kind, inputs }) => kind === 'answered' && inputs.answer === answer)).toEqual(
      expected,
    );
  });
});
