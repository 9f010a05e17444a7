// In which language the commands speak, and that they do: what each prints, in Japanese.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Command, Option } from 'commander';
import { afterEach, describe, expect, test } from 'vitest';
import { check } from '../../cli/check.ts';
import { speakHelp } from '../../cli/help.ts';
import { localeOf } from '../../cli/locale.ts';
import { publish } from '../../cli/publish.ts';
import { simulate } from '../../cli/simulate.ts';
import { test as runTests } from '../../cli/test.ts';
import { journeysFolder, output, within } from './folder.ts';

const stops: (() => void)[] = [];
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});

test.each([
  [[], {}, 'en'],
  [[], { LANG: 'ja_JP.UTF-8' }, 'ja'],
  [[], { LANG: 'ja' }, 'ja'],
  [[], { LANG: 'C.UTF-8' }, 'en'],
  [[], { LANG: 'jam_JM.UTF-8' }, 'en'],
  [[], { LANG: 'ja_JP.UTF-8', LC_ALL: 'en_US.UTF-8' }, 'en'],
  [[], { LANG: 'en_US.UTF-8', LC_MESSAGES: 'ja_JP.UTF-8' }, 'ja'],
  [[], { LANG: 'ja_JP.UTF-8', LC_ALL: '' }, 'ja'],
  [['check', '--locale', 'ja'], { LANG: 'en_US.UTF-8' }, 'ja'],
  [['check', '--locale=en'], { LANG: 'ja_JP.UTF-8' }, 'en'],
  [['check', '--locale', 'fr'], { LANG: 'ja_JP.UTF-8' }, 'ja'],
  [['check', '--locale'], {}, 'en'],
])('%j on a terminal with %j speaks %s', (words, env, locale) => {
  expect(localeOf(words, env)).toBe(locale);
});

describe('a mistake in the command line is said with what is possible', () => {
  const said = async (words: string[], locale: 'en' | 'ja') => {
    const { out, text } = output();
    const program = speakHelp(new Command('tabiji'), locale).exitOverride().configureOutput({ writeErr: out });
    program
      .command('check')
      .argument('<folder>')
      .addOption(new Option('--locale <locale>').choices(['en', 'ja']))
      .requiredOption('--events <file>');
    await program.parseAsync(['node', 'tabiji', ...words]).catch(() => {});
    return text().split('\n')[0];
  };
  test.each([
    [
      ['chek'],
      'unknown command "chek". did you mean "check"?',
      'コマンド「chek」はありません。「check」のことですか？',
    ],
    [
      ['check', 'a', '--locale', 'fr'],
      '"--locale" is one of: en, ja; "fr" is none',
      '「--locale」は次のいずれかです: en, ja。「fr」は違います',
    ],
    [['check', '--events', 'b'], '"folder" is missing', '「folder」が指定されていません'],
    [['check', 'a'], '"--events <file>" is missing', '「--events <file>」が指定されていません'],
    [['check', 'a', '--events'], '"--events <file>" needs a value', '「--events <file>」には値が必要です'],
    [
      ['check', 'a', '--events', 'b', '--event', 'c'],
      'unknown option "--event". did you mean "--events"?',
      'オプション「--event」はありません。「--events」のことですか？',
    ],
  ])('%j', async (words, english, japanese) => {
    expect([await said(words, 'en'), await said(words, 'ja')]).toEqual([english, japanese]);
  });
});

describe('in Japanese', () => {
  test('check names what is wrong, or says that nothing is', async () => {
    expect(await printed({}, (folder, out) => check(folder, 'ja', out))).toBe('1件のジャーニーを公開できます\n');
    const text = await printed({ 'welcome.yaml': 'journey: welcome\n' }, (folder, out) => check(folder, 'ja', out));
    expect(text).toMatch(
      /welcome\.yaml:1:1: ジャーニーには「purpose」、「enter」、「steps」が必要です \[missing-key\]/,
    );
    expect(text).toMatch(/\nエラー1件\n$/);
    const nothing = output();
    expect(await check('no-such-folder', 'ja', nothing.out)).toBe(1);
    expect(nothing.text()).toBe('フォルダー「no-such-folder」がありません\n');
  });

  test('test says what came otherwise; facts keep the words of test files', async () => {
    const failing =
      'journey: welcome\ncustomer: { id: c1, email: c1@example.com }\ntests:\n  - name: 翌日\n' +
      '    given: [{ at: "2026-05-01 10:00", event: signed_up }]\n    expect: [{ send: hello, subject: Hi }]\n';
    const text = await printed({ 'tests/welcome.test.yaml': failing }, (folder, out) =>
      runTests(folder, { locale: 'ja', out }),
    );
    expect(text).toBe(`失敗  welcome: 翌日
    journeys/tests/welcome.test.yaml:4
  - 期待  （時刻不問）      （誰でも）  send hello subject Hi
              内容  「Hello」: Hello, and welcome. 旅路商店 東京都 お問い合わせ: support@shop.example
  + 実際  2026-05-02 10:00  c1  send hello by email
    起きたこと（Asia/Tokyo）:
      2026-05-01 10:00  c1  entered entered
      2026-05-02 10:00  c1  send hello by email
      2026-05-02 10:00  c1  completed completed

成功0件、失敗1件
`);
    expect(await printed({}, (folder, out) => runTests(folder, { locale: 'ja', out }))).toMatch(
      /^成功 {2}welcome: greeted the day after\n.*\n\n成功2件\n$/,
    );
  });

  test('test says where a row cannot happen', async () => {
    const rows =
      'journey: welcome\ntests:\n  - name: 回答\n' +
      '    given: [{ at: "2026-05-01 10:00", cancel: hello }]\n    expect: [no sends]\n';
    const text = await printed({ 'tests/welcome.test.yaml': rows }, (folder, out) =>
      runTests(folder, { locale: 'ja', out }),
    );
    expect(text).toContain('    実行できませんでした: この時点で待機中の「hello」はありません\n');
  });

  test('simulate tells what is wrong with the calls', async () => {
    const calls = '{"type":"track","event":"signed_up","timestamp":"2026-05-01T01:00:00Z"}\n';
    const text = await printed({ 'calls.ndjson': calls }, (folder, out) =>
      simulate(folder, {
        ...{ events: join(folder, 'calls.ndjson'), customer: undefined, journeys: [], json: false },
        ...{ locale: 'ja', out },
      }),
    );
    expect(text).toContain('calls.ndjson:1:1: 「userId」か「anonymousId」が必要です [call]\n');
  });

  test('publish asks the server to speak it, and says what is new', async () => {
    const asked: (string | undefined)[] = [];
    const server = createServer((request, response) => {
      asked.push(request.headers['accept-language']);
      const journeys = [
        { journey: 'welcome', version: 'abc', change: 'new' },
        { journey: 'old', version: 'def', change: 'retired' },
      ];
      request.resume().on('end', () => response.end(JSON.stringify({ changed: true, journeys })));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    stops.push(() => server.close());
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const options = { url, env: { TABIJI_ADMIN_TOKEN: 'token' }, home: 'no-such-home' };
    const text = await printed({}, (folder, out) => publish(folder, { ...options, locale: 'ja', out }));
    expect(text).toBe('welcome  abc  新規\nold      受付終了（新しい参加なし）\n公開しました\n');
    expect(asked).toEqual(['ja']);
  });
});

async function printed(
  changes: { [path: string]: string },
  run: (folder: string, out: (text: string) => void) => Promise<number>,
): Promise<string> {
  const folder = await journeysFolder(changes);
  const { out, text } = output();
  await run(folder, out);
  return within(folder, text());
}
