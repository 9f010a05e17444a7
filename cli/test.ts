// `tabiji test`: plays every test of a journeys folder in virtual time, and says what came otherwise than expected.
import { hasErrors, renderDiagnostics } from '../language/diagnostic.ts';
import { FolderError, loadFolder } from '../language/load.ts';
import type { Scenario } from '../language/test-file.ts';
import { reportDifferences } from '../simulator/report.ts';
import { readTests, runTest, type TestFolder } from '../simulator/run-tests.ts';

export interface TestOptions {
  /** Only tests with this text in their name or file, in any case. */
  only?: string;
  out(text: string): void;
}

/**
 * Tests a folder, one line a test, and closes with a count. Answers the exit status: 1 if a test failed, the folder or
 * a test has a mistake, or there was nothing to run.
 */
export async function test(folder: string, { only, out }: TestOptions): Promise<number> {
  try {
    const files = await loadFolder(folder);
    const { folder: tests, diagnostics } = await readTests(files);
    if (!tests || hasErrors(diagnostics)) {
      out(renderDiagnostics(diagnostics, files));
      return 1;
    }
    const chosen = tests.scenarios.filter((scenario) => isWanted(scenario, only));
    if (chosen.length > 0) return await runAll(tests, chosen, out);
    out(`${nothingToRun(folder, only)}\n`);
    return 1;
  } catch (error) {
    if (!(error instanceof FolderError)) throw error;
    out(`${error.message}\n`);
    return 1;
  }
}

function isWanted(scenario: Scenario, only: string | undefined): boolean {
  const text = `${scenario.place.file.path} ${titleOf(scenario)}`;
  return only === undefined || text.toLowerCase().includes(only.toLowerCase());
}

function nothingToRun(folder: string, only: string | undefined): string {
  if (only !== undefined) return `no test in ${folder}/tests has "${only}" in its name or file`;
  return `there are no tests: write the first into ${folder}/tests/<journey>.test.yaml (docs/testing-journeys.md)`;
}

async function runAll(tests: TestFolder, chosen: Scenario[], out: (text: string) => void): Promise<number> {
  let failed = 0;
  for (const scenario of chosen) {
    const complaint = await complaintOf(tests, scenario);
    if (complaint === null) {
      out(`ok      ${titleOf(scenario)}\n`);
      continue;
    }
    failed += 1;
    out(`FAILED  ${titleOf(scenario)}\n    ${placeOf(scenario)}\n${complaint}\n`);
  }
  const passed = `${chosen.length - failed} passed`;
  out(failed === 0 ? `\n${passed}\n` : `\n${passed}, ${failed} failed\n`);
  return failed === 0 ? 0 : 1;
}

/** What a failed test says; null where it passes. A test that breaks the engine fails alone. */
async function complaintOf(tests: TestFolder, scenario: Scenario): Promise<string | null> {
  try {
    const { differences, facts } = await runTest(tests, scenario);
    if (differences.length === 0) return null;
    return reportDifferences(scenario, differences, facts, tests.settings.timeZone);
  } catch (error) {
    return `    it could not be played: ${error instanceof Error ? error.message : 'for an unknown reason'}`;
  }
}

function titleOf(scenario: Scenario): string {
  return `${scenario.journeys.join(', ')}: ${scenario.name}`;
}

/** `journeys/tests/welcome.test.yaml:12`, which editors and terminals open. */
function placeOf({ place }: Scenario): string {
  return `${place.file.path}:${place.file.text.slice(0, place.start).split('\n').length}`;
}
