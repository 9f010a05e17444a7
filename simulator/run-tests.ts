// Runs the tests of a journeys folder: in memory by default, or in any other world that is handed in.

import type { Settings } from '../engine/core/settings.ts';
import type { Published } from '../engine/ports.ts';
import { versionOf } from '../language/canonical.ts';
import { type Compiled, compile, insideOf } from '../language/compile.ts';
import { createReport, type Diagnostic, hasErrors } from '../language/diagnostic.ts';
import type { SourceFile } from '../language/source.ts';
import { readTestFile, type Scenario } from '../language/test-file.ts';
import { checkTestNames } from '../language/test-names.ts';
import { compare, type Difference } from './compare.ts';
import { createMemoryWorld } from './memory-world.ts';
import { play, startOf } from './scenario.ts';
import { type Fact, transcriptOf } from './transcript.ts';
import type { World, WorldRecord } from './world.ts';

/** A folder that compiles, and its tests. */
export interface TestFolder {
  settings: Settings;
  journeys: Published[];
  scenarios: Scenario[];
  places: Compiled['places'];
}

export interface TestResult {
  scenario: Scenario;
  facts: Fact[];
  differences: Difference[];
  /** All that was recorded on the way. */
  record: WorldRecord;
}

/** Compiles a folder and reads its tests; null and diagnostics where either has a mistake. */
export async function readTests(
  files: SourceFile[],
): Promise<{ folder: TestFolder | null; diagnostics: Diagnostic[] }> {
  const { plans, settings, diagnostics, places } = await compile(files);
  if (!settings) return { folder: null, diagnostics };
  const { report, diagnostics: found } = createReport();
  const inside = insideOf(files);
  const testFiles = files.filter((file) => /^tests\/.*\.test\.yaml$/.test(inside(file)));
  const scenarios = testFiles.flatMap((file) => readTestFile(file, settings.timeZone, report) ?? []);
  checkTestNames(scenarios, plans, settings, report);
  const all = [...diagnostics, ...found()];
  if (hasErrors(all)) return { folder: null, diagnostics: all };
  const journeys = plans.map((plan) => ({ version: versionOf(plan), plan }));
  return { folder: { settings, journeys, scenarios, places }, diagnostics: all };
}

/** Plays one test and holds what happened against what it expects. */
export async function runTest(folder: TestFolder, scenario: Scenario, makeWorld = memoryWorld): Promise<TestResult> {
  const world = await makeWorld(startOf(scenario));
  const record = await play(scenario, world, folder.settings, folder.journeys);
  const facts = transcriptOf(record);
  return { scenario, facts, differences: compare(scenario.expect, facts), record };
}

async function memoryWorld(start: number): Promise<World> {
  return createMemoryWorld(start);
}
