// What `tabiji test` says, and its exit status.
import { expect, test } from 'vitest';
import { test as runTests } from '../../cli/test.ts';
import type { Locale } from '../../engine/core/sentences.ts';
import { journeysFolder, output, within } from './folder.ts';

async function run(changes: { [path: string]: string | null }, only?: string, locale: Locale = 'en', coverage = false) {
  const folder = await journeysFolder(changes);
  const { out, text } = output();
  const status = await runTests(folder, { out, locale, coverage, ...(only !== undefined && { only }) });
  return { status, text: within(folder, text()) };
}

const head = 'journey: welcome\ncustomer: { id: c1, email: c1@example.com }\ntests:\n  - name: greeted\n';
const given = '    given: [{ at: "2026-05-01 10:00", event: signed_up }]\n';

test('names each test that passes, and counts them', async () => {
  expect(await run({})).toEqual({
    status: 0,
    text: 'ok      welcome: greeted the day after\nok      welcome: entered once\n\n2 passed\n',
  });
});

test('shows where a failed test stands, what differs, and all that happened', async () => {
  const expected = '    expect: [{ at: "2026-05-02 11:00", send: hello }]\n';
  expect(await run({ 'tests/welcome.test.yaml': head + given + expected })).toEqual({
    status: 1,
    text: `FAILED  welcome: greeted
    journeys/tests/welcome.test.yaml:4
  - expected  2026-05-02 11:00  (anyone)  send hello
  + got       2026-05-02 10:00  c1  send hello by email
    what happened (Asia/Tokyo):
      2026-05-01 10:00  c1  entered entered
      2026-05-02 10:00  c1  send hello by email
      2026-05-02 10:00  c1  completed completed

0 passed, 1 failed
`,
  });
});

test('shows what a message said where other words were expected', async () => {
  const expected = '    expect: [{ send: hello, subject: Hi }]\n';
  const { text } = await run({ 'tests/welcome.test.yaml': head + given + expected });
  expect(text).toContain('it said   "Hello": Hello, and welcome.');
});

test('shows a fact that stands at the wrong place of the list as one difference', async () => {
  const people =
    'journey: welcome\ncustomers: [{ id: a, email: a@example.com }, { id: b, email: b@example.com }]\ntests:\n';
  const rows = ['a', 'b'].map(
    (who, day) => `      - { at: "2026-05-0${day + 1} 10:00", who: ${who}, event: signed_up }\n`,
  );
  const expected = '    expect: [{ who: b, send: hello }, { who: a, send: hello }]\n';
  const { status, text } = await run({
    'tests/welcome.test.yaml': `${people}  - name: both\n    given:\n${rows.join('')}${expected}`,
  });
  expect(status).toBe(1);
  expect(text.split('what happened')[0]).toMatch(/~ expected in another place: .* 2026-05-02 10:00 {2}a {2}send hello/);
  expect(text.split('what happened')[0]).not.toMatch(/- expected|\+ got/);
});

test('runs only the tests that are asked for, by name or file, in any case', async () => {
  expect((await run({}, 'DAY AFTER')).text).toBe('ok      welcome: greeted the day after\n\n1 passed\n');
  expect((await run({}, 'welcome.test')).text).toContain('2 passed');
});

test('says so where no test is asked for', async () => {
  expect(await run({}, 'farewell')).toEqual({
    status: 1,
    text: 'no test in journeys/tests has "farewell" in its name or file\n',
  });
});

test('says where the first test goes', async () => {
  const { status, text } = await run({ 'tests/welcome.test.yaml': null });
  expect({ status, text }).toEqual({ status: 1, text: expect.stringContaining('journeys/tests/<journey>.test.yaml') });
});

test('plays nothing while a journey has a mistake', async () => {
  const { status, text } = await run({ 'welcome.yaml': 'journey: welcome\nsteps: []\n' });
  expect(status).toBe(1);
  expect(text).toContain('journeys/welcome.yaml:1:1: ');
  expect(text).not.toContain('ok  ');
});

test('refuses names in tests that nobody has declared, and says the nearest', async () => {
  const rows =
    '    given:\n      - { at: "2026-05-01 10:00", event: sined_up }\n      - { at: "2026-05-01 10:00", who: c2, event: signed_up }\n' +
    '      - { at: "2026-05-01 10:00", channel: mail, fails: 1 }\n';
  const expected = '    expect: [{ send: helo }, { who: c3, exit: goal }]\n';
  const { status, text } = await run({ 'tests/welcome.test.yaml': head + rows + expected });
  expect(status).toBe(1);
  expect(text).toContain(
    'journeys/tests/welcome.test.yaml:6:9: there is no event "sined_up". did you mean "signed_up"?',
  );
  for (const said of ['no customer "c2"', 'no channel "mail"', 'no message "helo"', 'no customer "c3"'])
    expect(text).toContain(said);
});

test('refuses a trait that nobody has declared, and a draw that decides nothing', async () => {
  const rows =
    '    draw: { holdout: true }\n    given: [{ at: "2026-05-01 10:00", customer: { emial: a@example.com } }]\n';
  const { status, text } = await run({ 'tests/welcome.test.yaml': `${head}${rows}    expect: [no sends]\n` });
  expect(status).toBe(1);
  expect(text).toContain('there is no trait "emial". did you mean "email"?');
  expect(text).toContain('nobody is held out of welcome: give it a "holdout", or remove the draw');
});

test('says that there is no such folder', async () => {
  const { out, text } = output();
  expect(await runTests('no-such-folder', { locale: 'en', out })).toBe(1);
  expect(text()).toBe('there is no folder no-such-folder\n');
});

test('says that every step and branch was played, or where one was not, which is a failure', async () => {
  const whole = await run({}, undefined, 'en', true);
  expect([whole.status, whole.text.split('\n\n').at(-1)]).toEqual([0, 'every step and branch was played\n']);
  const second =
    'journey: second\npurpose: transactional\nenter: { on: signed_up }\nlasts: 1 day\nsteps:\n  - wait: 1 hour\n';
  const untested = await run({ 'second.yaml': second }, undefined, 'en', true);
  expect(untested.status).toBe(1);
  expect(untested.text).toContain('2 passed\n\nnot played by any test:\n    journeys/second.yaml:1  nobody enters\n');
  expect((await run({ 'second.yaml': second }, 'greeted', 'en', true)).text).not.toContain('second.yaml');
  expect((await run({ 'second.yaml': second }, undefined, 'ja', true)).text).toContain('誰も参加しません');
});
