// The language's rulings as tests in its own words: every folder beside this file, and the journeys that ship, in virtual time.
import { readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import { renderDiagnostics } from '../../language/diagnostic.ts';
import { loadFolder } from '../../language/load.ts';
import { createMemoryWorld } from '../../simulator/memory-world.ts';
import { reportDifferences } from '../../simulator/report.ts';
import { readTests, runTest } from '../../simulator/run-tests.ts';
import { play, startOf } from '../../simulator/scenario.ts';

const here = import.meta.dirname;
const entries = readdirSync(here, { withFileTypes: true }).filter((entry) => entry.isDirectory());
const folders = [join(here, '../../journeys'), ...entries.map(({ name }) => join(here, name))];

for (const folder of folders) {
  const name = relative(join(here, '../..'), folder);
  const { tests, mistakes } = await readFolder(folder);
  describe(name, () => {
    test('has no mistakes', () => expect(mistakes).toBe(''));
    for (const scenario of tests?.scenarios ?? []) {
      test(`${scenario.journeys.join(', ')}: ${scenario.name}`, async () => {
        const { differences, facts } = await runTest(tests!, scenario);
        const zone = tests!.settings.timeZone;
        expect(differences.length > 0 ? reportDifferences(scenario, differences, facts, zone) : '').toBe('');
      });
    }
  });
}

// What `expect` need not name must not happen twice either.
test('a repeated trigger of an open enrollment is one non-entry with a count', async () => {
  const decisions = await decisionsOf('the hour is counted from the last change');
  const refused = decisions.filter(({ kind }) => kind === 'not_entered');
  expect(refused.map(({ outcome, count }) => ({ outcome, count }))).toEqual([{ outcome: 'again', count: 2 }]);
});

test.each([
  'bought after the last mail, the goal is credited',
  'a goal that does not end the journey is credited once',
])('the goal is credited once: %s', async (name) => {
  const decisions = await decisionsOf(name);
  expect(decisions.filter(({ kind }) => kind === 'credited')).toHaveLength(1);
});

async function decisionsOf(name: string) {
  const { tests } = await readFolder(join(here, 'carts'));
  const scenario = tests!.scenarios.find((one) => one.name === name)!;
  const world = createMemoryWorld(startOf(scenario));
  return (await play(scenario, world, tests!.settings, tests!.journeys)).decisions;
}

async function readFolder(folder: string) {
  const files = await loadFolder(folder);
  const { folder: tests, diagnostics } = await readTests(files);
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  return { tests, mistakes: renderDiagnostics(errors, files) };
}
