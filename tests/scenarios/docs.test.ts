// What docs/testing-journeys.md shows is what happens: its example is a test that passes, its transcript reads so.
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { simulate } from '../../cli/simulate.ts';
import { loadFolder } from '../../language/load.ts';
import { readTests, runTest } from '../../simulator/run-tests.ts';

const root = join(import.meta.dirname, '../..');

test('the example in docs/testing-journeys.md passes', async () => {
  const text = /```yaml\n([\s\S]*?)```/.exec(readFileSync(join(root, 'docs/testing-journeys.md'), 'utf8'))![1]!;
  const shipped = (await loadFolder(join(root, 'journeys'))).filter(({ path }) => !path.includes('/tests/'));
  const example = { path: join(root, 'journeys/tests/cart-example.test.yaml'), text };
  const { folder, diagnostics } = await readTests([...shipped, example]);
  expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  expect(folder!.scenarios).toHaveLength(2);
  for (const scenario of folder!.scenarios) expect((await runTest(folder!, scenario)).differences).toEqual([]);
});

test('the transcript in docs/testing-journeys.md reads as shown', async () => {
  const docs = readFileSync(join(root, 'docs/testing-journeys.md'), 'utf8');
  const [, events, shown] = /```yaml file=events.yaml\n([\s\S]*?)```[\s\S]*?```\n([\s\S]*?)```/.exec(docs)!;
  const file = join(mkdtempSync(join(tmpdir(), 'tabiji-')), 'events.yaml');
  writeFileSync(file, events!);
  let text = '';
  const out = (more: string) => {
    text += more;
  };
  const options = { events: file, customer: undefined, journeys: ['welcome'], locale: 'en' as const, json: false, out };
  expect(await simulate(join(root, 'journeys'), options)).toBe(0);
  expect(text).toContain(shown);
});
