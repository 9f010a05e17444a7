// What `npm test` says at its end of its runs: every failure, also those that are no failed test.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { outcomeOf } from './vitest-run.ts';

const BROKEN = `
import { beforeAll, describe, expect, test } from 'vitest';
test('passes', () => {});
test.skip('is left out', () => {});
test('fails', () => expect(1).toBe(2));
describe('a group', () => {
  beforeAll(() => { throw new Error('the hook broke'); });
  test('never runs', () => {});
});
setTimeout(() => { throw new Error('nobody caught it'); }, 1);
test('lasts', () => new Promise((resolve) => setTimeout(resolve, 50)));
`;

test('failed tests, hooks, files, and what nobody caught are named with their messages', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tabiji-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, 'broken.test.mjs'), BROKEN);
  writeFileSync(join(folder, 'unloaded.test.mjs'), `import './nowhere.mjs';`);
  const libraries = join(import.meta.dirname, '../node_modules');
  symlinkSync(libraries, join(folder, 'node_modules'));
  writeFileSync(join(folder, 'vitest.config.mjs'), 'export default {}');
  const report = join(folder, 'report.json');
  const flags = ['run', '--root', folder, `--reporter=${join(import.meta.dirname, 'report.ts')}`];
  const { status } = spawnSync(process.execPath, [join(libraries, 'vitest/vitest.mjs'), ...flags], {
    env: { PATH: process.env.PATH, TABIJI_TEST_REPORT: report },
  });
  const { passed, failed, skipped, failures } = outcomeOf('one', 7, status!, readFileSync(report, 'utf8'));
  expect({ passed, failed, skipped }).toEqual({ passed: 2, failed: 4, skipped: 2 });
  const all = failures.join('\n');
  expect(all).toContain('broken.test.mjs (one)\n  fails\n    AssertionError: expected 1 to be 2');
  expect(all).toContain('broken.test.mjs (one)\n  a group\n    Error: the hook broke');
  expect(all).toMatch(/unloaded\.test\.mjs \(one\)\n {2}the file\n.*nowhere\.mjs/);
  expect(all).toContain('outside of tests\n    Error: nobody caught it');
  expect(all).not.toContain('node_modules/vitest/dist');
});

test('a run that ended without a report has failed', () => {
  expect(outcomeOf('one', 7, 137, '{}')).toMatchObject({
    passed: 0,
    failed: 1,
    failures: [expect.stringMatching('137')],
  });
  expect(outcomeOf('one', 7, 0, '{"passed":5,"failed":0,"skipped":0,"failures":[]}').failed).toBe(0);
});
