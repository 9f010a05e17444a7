// One run of vitest in a process of its own: its lines are passed on as they come, and what failed is read from its report.
import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { stripVTControlCharacters } from 'node:util';
import type { Report } from './report.ts';

export interface Run {
  /** What its lines begin with. */
  name: string;
  database: 'pglite' | 'postgres';
  /** For vitest. */
  args: string[];
}

export interface Outcome {
  name: string;
  seconds: number;
  passed: number;
  failed: number;
  skipped: number;
  /** Each failed test: where it stands, and how it failed. */
  failures: string[];
}

const ROOT = join(import.meta.dirname, '..');
const VITEST = join(ROOT, 'node_modules/vitest/vitest.mjs');
const REPORTER = join(ROOT, 'tests/report.ts');

/**
 * @param folder for its report
 * @param say takes its lines, as two runs write at once; null leaves it the terminal
 */
export async function runVitest({ name, database, args }: Run, folder: string, say: ((line: string) => void) | null) {
  const began = performance.now();
  const report = join(folder, `${name.replaceAll(/\W+/g, '-')}.json`);
  const flags = ['run', '--reporter=default', `--reporter=${REPORTER}`, '--silent=passed-only'];
  const color = process.stdout.isTTY ? { FORCE_COLOR: '1' } : {};
  const child = spawn(process.execPath, [VITEST, ...flags, ...args], {
    stdio: say ? ['ignore', 'pipe', 'pipe'] : 'inherit',
    env: { ...process.env, ...color, TABIJI_TEST_DATABASE: database, TABIJI_TEST_REPORT: report, TZ: 'UTC' },
  });
  for (const stream of [child.stdout, child.stderr])
    if (stream) createInterface({ input: stream }).on('line', (line) => say?.(`${name} | ${line}`));
  const code = await new Promise<number>((resolve) => child.once('close', (status) => resolve(status ?? 1)));
  const seconds = Math.round((performance.now() - began) / 1000);
  return outcomeOf(name, seconds, code, await readFile(report, 'utf8').catch(() => '{}'));
}

/** What a report says, and what only the exit status does: a run that was killed has no report. */
export function outcomeOf(name: string, seconds: number, code: number, text: string): Outcome {
  const { passed = 0, failed = 0, skipped = 0, failures: found = [] } = JSON.parse(text) as Partial<Report>;
  const failures = found.map(({ file, name: test, message }) => inShort(`${file} (${name})\n  ${test}`, message));
  if (code !== 0 && failures.length === 0) failures.push(`(${name})\n  vitest ended with status ${code}; see above`);
  return { name, seconds, passed, skipped, failures, failed: Math.max(failed, failures.length) };
}

/** Without the stack's lines in libraries. */
function inShort(place: string, message: string): string {
  const lines = stripVTControlCharacters(message)
    .split('\n')
    .filter((line) => !line.includes('node_modules') && !line.includes('node:internal'));
  return [place, ...lines.slice(0, 30).map((line) => `    ${line}`)].join('\n');
}
