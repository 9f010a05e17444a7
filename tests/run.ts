// `npm test`: all suites. On PGlite, and once more on a real PostgreSQL where there is one; what is left out is named.
// Ends with one line that counts: `N passed, N failed, N skipped`.
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensurePages } from '../pages/build.ts';
import { browserMissing } from './browser/chromium.ts';
import { postgresMissing } from './postgres.ts';

interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

const arguments_ = process.argv.slice(2);
const missing = postgresMissing();
const folder = await mkdtemp(join(tmpdir(), 'tabiji-tests-'));
const total: Counts = { passed: 0, failed: 0, skipped: 0 };

// Once, rather than in every process that finds that it has none.
await ensurePages(say);
await run('all suites, on the embedded PostgreSQL', 'pglite', arguments_);
// What talks to a database runs on the real one, too: only there can two connections get in each other's way. (The store's
// own suites run on both by themselves.)
if (!missing && arguments_.length === 0)
  await run('crashes, ingest and parity, on a real PostgreSQL', 'postgres', [
    ...['--project', 'process', '--project', 'temporal'],
    ...['tests/store/crash.test.ts', 'tests/server/store.test.ts', 'tests/parity'],
  ]);
await rm(folder, { recursive: true, force: true });

if (missing)
  say(`\nLeft out: everything on a real PostgreSQL (races, kills, a second run of the database suites).\n  ${missing}`);
const noBrowser = browserMissing();
if (noBrowser) say(`\nLeft out: the pages in a real browser.\n  ${noBrowser}`);
say(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exit(total.failed === 0 ? 0 : 1);

async function run(title: string, database: string, more: string[]): Promise<void> {
  say(`\n== ${title}`);
  const report = join(folder, `${database}.json`);
  const vitest = join(import.meta.dirname, '../node_modules/vitest/vitest.mjs');
  const flags = ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, '--silent=passed-only'];
  const child = spawn(process.execPath, [vitest, ...flags, ...more], {
    stdio: 'inherit',
    env: { ...process.env, TABIJI_TEST_DATABASE: database, TZ: 'UTC' },
  });
  const code = await new Promise<number>((resolve) => child.once('exit', (status) => resolve(status ?? 1)));
  const counts = await countsIn(report);
  // A suite that could not even be loaded, or an error outside tests, fails without a failed test.
  if (code !== 0 && counts.failed === 0) counts.failed = 1;
  total.passed += counts.passed;
  total.failed += counts.failed;
  total.skipped += counts.skipped;
}

async function countsIn(report: string): Promise<Counts> {
  const text = await readFile(report, 'utf8').catch(() => '{}');
  const {
    numPassedTests = 0,
    numFailedTests = 0,
    numPendingTests = 0,
  } = JSON.parse(text) as { [count: string]: number };
  return { passed: numPassedTests, failed: numFailedTests, skipped: numPendingTests };
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
