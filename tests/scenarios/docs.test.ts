// The example of docs/testing-journeys.md is a test that passes.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
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
