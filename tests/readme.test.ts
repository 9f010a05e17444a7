// What the README shows is what happens: its journey compiles, its mistakes read like this, its test passes.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { simulate } from '../cli/simulate.ts';
import { compile } from '../language/compile.ts';
import { renderDiagnostics } from '../language/diagnostic.ts';
import { loadFolder } from '../language/load.ts';
import type { SourceFile } from '../language/source.ts';
import { readTests, runTest } from '../simulator/run-tests.ts';

const readme = readFileSync('README.md', 'utf8');
const shown = (name: string) => readme.match(new RegExp(`\`\`\`yaml file=${name}\\n([\\s\\S]*?)\`\`\``))![1]!;
const journey = shown('cart-abandonment.yaml');

/** The shipped settings, events and the journey's messages, with this journey in their midst. */
async function folderWith(text: string): Promise<SourceFile[]> {
  const shipped = await loadFolder('journeys');
  const kept = shipped.filter(({ path }) => /settings\.yaml|events\.yaml|cart-(reminder|last-call)/.test(path));
  const tests = { path: 'journeys/tests/cart-abandonment.test.yaml', text: shown('tests/cart-abandonment.test.yaml') };
  return [...kept, { path: 'journeys/cart-abandonment.yaml', text }, tests];
}

it('what it links to is there', () => {
  const links = [...readme.matchAll(/\]\(([^)#]+)\)/g)].map(([, path]) => path!);
  expect(links.length).toBeGreaterThan(5);
  expect(links.filter((path) => !existsSync(path))).toEqual([]);
});

it('the journey compiles', async () => {
  const { plans } = await compile(await folderWith(journey));
  expect(plans).toHaveLength(1);
});

it('the mistakes read as shown', async () => {
  const slips: [string, string][] = [
    ['order_completed  ', 'ordr_completed   '],
    ['by: email\n', 'by: emial\n'],
    ['latest.total', 'latest.totl'],
  ];
  const broken = slips.reduce((text, [from, to]) => text.replace(from, to), journey);
  const files = await folderWith(broken);
  const { diagnostics } = await compile(files);
  const [, block] = readme.match(/```\n(journeys\/cart-abandonment.yaml:1[\s\S]*?)```/)!;
  expect(block).toBe(renderDiagnostics(diagnostics, files));
  const [, japanese] = readme.match(/`--locale ja`.*: `([^`]+)`/)!;
  expect(renderDiagnostics(diagnostics, files, 'ja')).toContain(`: ${japanese} [`);
});

it('the test passes', async () => {
  const { folder } = await readTests(await folderWith(journey));
  expect(folder!.scenarios).toHaveLength(1);
  const { differences } = await runTest(folder!, folder!.scenarios[0]!);
  expect(differences).toEqual([]);
});

it('the transcript reads as shown', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tabiji-readme-'));
  for (const { path, text } of await folderWith(journey)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const { customer, tests } = parse(shown('tests/cart-abandonment.test.yaml'));
  const events = join(folder, 'events.json');
  writeFileSync(events, JSON.stringify({ customer, given: tests[0].given }));
  let text = '';
  const out = (more: string) => {
    text += more;
  };
  const options = { events, customer: undefined, journeys: [], locale: 'en' as const, json: false, out };
  expect(await simulate(join(folder, 'journeys'), options)).toBe(0);
  const [, block] = readme.match(/```\n(hanako \([\s\S]*?)```/)!;
  expect(block).toBe(text);
});
