// Whatever is said can be said in Japanese: every phrase of the sources has its words, and no words are left over.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { compile } from '../../language/compile.ts';
import { renderDiagnostics } from '../../language/diagnostic.ts';
import { phraseOfAnswer } from '../../language/engine-answers.ts';
import { phrase, speak, templateOf } from '../../language/phrase.ts';
import { japanese } from '../../language/words/ja.ts';
import { caseFolder, casesIn } from './folders.ts';
import { phrasesIn } from './phrases-in.ts';

const root = join(import.meta.dirname, '../..');
const sources = ['language', 'simulator', 'cli', 'server', 'embedded'].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.startsWith('words/'))
    .map((file) => readFileSync(join(root, folder, file), 'utf8')),
);
/** What the engine answers to commands: sentences of its own, which are no phrases. */
const answered = ['commands', 'handoff', 'journey-commands', 'report', 'resend', 'suppress'].flatMap((file) => {
  const source = readFileSync(join(root, `engine/${file}.ts`), 'utf8');
  const literals = source.matchAll(
    /(?:conflict\(|unchanged\(|conflict: |sentence: |sentence = |return |\? |: )\s*(?:'([^']+ [^']+)'|`([^`]+ [^`]+)`)/g,
  );
  // What must have been true is said by engine/core/needed.ts.
  return [...literals].map(([, plain, template]) => plain ?? gapped(template!)).filter((one) => !/\bmust\b/.test(one));
});
const said = new Set([...sources.flatMap(phrasesIn), ...answered]);

describe('the Japanese catalogue', () => {
  test('has words for every phrase', () => {
    expect(said.size).toBeGreaterThan(400);
    // What has no letters is the same in every language.
    expect([...said].filter((template) => /\p{L}/u.test(template) && !japanese.has(template))).toEqual([]);
  });

  test('has no words for what nobody says', () => {
    expect([...japanese.keys()].filter((template) => !said.has(template))).toEqual([]);
  });

  test('fills the same gaps', () => {
    const wrong = [...japanese].filter(([template, words]) => gapsOf(words).join() !== gapsOf(template).join());
    expect(wrong).toEqual([]);
  });

  test('has each template in one of its parts', () => {
    const parts = readdirSync(join(root, 'language/words/ja')).map((file) => file.replace(/\.ts$/, ''));
    const keys = parts.flatMap((part) => keysIn(readFileSync(join(root, `language/words/ja/${part}.ts`), 'utf8')));
    expect(keys).toHaveLength(japanese.size);
  });

  test('is Japanese', () => {
    expect([...japanese.values()].flatMap(englishIn)).toEqual([]);
  });
});

describe('a broken folder is told in Japanese', () => {
  test.each(casesIn('err'))('%s', async (name) => {
    const files = caseFolder('err', name);
    const { diagnostics } = await compile(files);
    const lines = renderDiagnostics(diagnostics, [], 'ja').trimEnd().split('\n');
    expect(lines.map(messageIn).flatMap(englishIn)).toEqual([]);
    expect(lines.at(-1)).toMatch(/^(エラー\d+件)?(、)?(警告\d+件)?$/);
  });
});

test.each(['unknown-event', 'names', 'yaml-colon', 'mjml', 'warn-more-than-caps', 'condition-types', 'wait-forms'])(
  'the Japanese of err/%s reads as it was approved',
  async (name) => {
    const files = caseFolder('err', name);
    const { diagnostics } = await compile(files);
    await expect(renderDiagnostics(diagnostics, files, 'ja')).toMatchFileSnapshot(`words/${name}.txt`);
  },
);

test.each([
  ['this enrollment is paused already', 'この参加はすでに一時停止中です'],
  [
    'this enrollment has ended (goal): there is nothing to pause',
    'この参加は終了しています（goal）。一時停止するものはありません',
  ],
  ['it is known what became of this message: accepted', 'このメッセージの結果はわかっています: accepted'],
  ['what nobody ever answered', 'what nobody ever answered'],
])('the engine’s answer "%s" is said in Japanese', (english, japanese) => {
  expect(speak(phraseOfAnswer(english), 'ja')).toBe(japanese);
  expect(speak(phraseOfAnswer(english), 'en')).toBe(english);
});

describe('a phrase', () => {
  const inner = phrase`${3} days`;
  test('says in English what it was written as', () => {
    expect(speak(phrase`the journey "${'a {0} b'}" already stands in ${inner}`, 'en')).toBe(
      'the journey "a {0} b" already stands in 3 days',
    );
  });
  test('says its parts in the language of the whole, in that language’s order', () => {
    expect(speak(phrase`"${'{1}'}" may be missing from ${inner}: a key must always be there`, 'ja')).toBe(
      '3日に「{1}」の値がない場合があります。「key」には必ず値が必要です',
    );
  });
  test('that a language lacks is said in English', () => {
    expect(speak(phrase`nobody ever said ${inner}`, 'ja')).toBe('nobody ever said 3日');
    expect(speak(phrase`constructor`, 'ja')).toBe('constructor');
  });
  test('is known by its English', () => {
    expect(templateOf(phrase`${inner} or ${phrase`${1} x`}`)).toBe('{0} or {1}');
  });
});

/** `${state}` → `{0}`, in order. */
function gapped(template: string): string {
  let gaps = 0;
  return template.replace(/\$\{[^}]*\}/g, () => `{${gaps++}}`);
}

function gapsOf(template: string): string[] {
  return [...new Set(template.match(/\{\d\}/g))].toSorted();
}

/** The keys of an object literal that biome has formatted: one at the beginning of a line each. */
function keysIn(source: string): string[] {
  return source.match(/^ {2}(?:'.*?[^\\]'|".*?[^\\]"|\w+):(?= |$)/gm) ?? [];
}

/** What stands behind the place and before the rule. */
function messageIn(line: string): string {
  return line.replace(/^.+?:\d+:\d+: /, '').replace(/ \[[a-z-]+\]$/, '');
}

/** Two words of Latin letters beside each other, outside quotation marks, braces and tags: that is a sentence. */
function englishIn(text: string): string[] {
  const bare = text.replace(/「[^」]*」|"[^"]*"|\{[^}]*\}|<[^>]*>/g, '・');
  return bare.match(/[A-Za-z]{2,} [A-Za-z]{2,}( [A-Za-z]+)*/g) ?? [];
}
