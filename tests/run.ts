// `npm test`: all suites, two at a time. On PGlite, and what talks to a database once more on a real PostgreSQL where there
// is one. Ends with what was left out, every failed test with its message, and `N passed, N failed, N skipped`.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { resolveTemporalCli } from '../embedded/temporal-cli.ts';
import { ensurePages } from '../pages/build.ts';
import { browserMissing } from './browser/chromium.ts';
import { postgresMissing, startPostgres } from './postgres.ts';
import { type Outcome, type Run, runVitest } from './vitest-run.ts';

const given = process.argv.slice(2);
const missing = postgresMissing();
const noBrowser = browserMissing();
const folder = await mkdtemp(join(tmpdir(), 'tabiji-tests-'));
const say = (line: string) => void process.stdout.write(`${line}\n`);
const began = performance.now();

// Once, rather than in every process that finds that it has none.
await ensurePages(say);
// Whoever needs it says what is wrong.
await resolveTemporalCli({ env: process.env, say }).catch(() => {});
const postgres = missing ? null : await startPostgres();
if (postgres) process.env.TABIJI_TEST_POSTGRES = postgres.url;

const pglite = (name: string, ...args: string[]): Run => ({ name, database: 'pglite', args });
const onPostgres = (name: string, ...args: string[]): Run => ({ name, database: 'postgres', args });

/** What computes goes beside what waits for other processes. One after another in each, so that two are under way. */
const lanes: Run[][] =
  given.length > 0
    ? [[pglite('these', ...given)]]
    : [
        [
          pglite('in process', '--project', 'pure', '--project', 'process'),
          // Only on a real one can two connections get in each other's way. (The store's own suites run on both by themselves.)
          ...(missing
            ? []
            : [
                onPostgres(
                  'PostgreSQL',
                  '--project',
                  'process',
                  'tests/store/crash.test.ts',
                  'tests/server/store.test.ts',
                ),
                onPostgres('PostgreSQL: parity', '--project', 'temporal', 'tests/parity'),
              ]),
        ],
        [pglite('with other processes', '--project', 'browser', '--project', 'temporal', '--project', 'system')],
      ];

const outcomes: Outcome[] = [];
await Promise.all(
  lanes.map(async (lane) => {
    for (const run of lane) outcomes.push(await runVitest(run, folder, lanes.length > 1 ? say : null));
  }),
);
await postgres?.stop();
await rm(folder, { recursive: true, force: true });

say('');
for (const { name, seconds } of outcomes) say(`${name}: ${seconds} s`);
say(`All: ${Math.round((performance.now() - began) / 1000)} s`);
if (missing)
  say(`\nLeft out: everything on a real PostgreSQL (races, kills, a second run of the database suites).\n  ${missing}`);
if (noBrowser) say(`\nLeft out: the pages in a real browser.\n  ${noBrowser}`);
const failures = outcomes.flatMap(({ failures: own }) => own);
if (failures.length > 0) say(`\nFailed:\n\n${failures.join('\n\n')}`);
const sum = (what: 'passed' | 'failed' | 'skipped') => outcomes.reduce((total, outcome) => total + outcome[what], 0);
say(`\n${sum('passed')} passed, ${sum('failed')} failed, ${sum('skipped')} skipped`);
process.exit(sum('failed') === 0 ? 0 : 1);
