// `tabiji test`: plays every test of a journeys folder in virtual time, and says what came otherwise than expected.
import { hasErrors, renderDiagnostics } from '../language/diagnostic.ts';
import { loadFolder } from '../language/load.ts';
import { type Locale, type Phrase, phrase, speak } from '../language/phrase.ts';
import type { Place } from '../language/source.ts';
import type { Scenario } from '../language/test-file.ts';
import { gapsIn } from '../simulator/coverage.ts';
import { reportDifferences } from '../simulator/report.ts';
import { readTests, runTest, type TestFolder } from '../simulator/run-tests.ts';
import { ImpossibleRow } from '../simulator/scenario.ts';
import type { WorldRecord } from '../simulator/world.ts';
import { refused } from './refusal.ts';

export interface TestOptions {
  /** Only tests with this text in their name or file, in any case. */
  only?: string | undefined;
  /** Also names what no test has played, of the journeys that were tested; that is a failure, too. */
  coverage?: boolean | undefined;
  locale: Locale;
  out(text: string): void;
}

/**
 * Tests a folder, one line a test, and closes with a count. Answers the exit status: 1 if a test failed, the folder or
 * a test has a mistake, or there was nothing to run.
 */
export async function test(folder: string, { only, coverage = false, locale, out }: TestOptions): Promise<number> {
  try {
    const files = await loadFolder(folder);
    const { folder: tests, diagnostics } = await readTests(files);
    if (!tests || hasErrors(diagnostics)) {
      out(renderDiagnostics(diagnostics, files, locale));
      return 1;
    }
    const chosen = tests.scenarios.filter((scenario) => isWanted(scenario, only));
    if (chosen.length > 0) {
      const played = await runAll(tests, chosen, locale, out);
      const names = only === undefined ? null : new Set(chosen.flatMap(({ journeys }) => journeys));
      const isWhole = !coverage || sayGaps(tests, played.records, names, locale, out);
      return played.failed === 0 && isWhole ? 0 : 1;
    }
    out(`${speak(nothingToRun(folder, only), locale)}\n`);
    return 1;
  } catch (error) {
    return refused(error, locale, out);
  }
}

function isWanted(scenario: Scenario, only: string | undefined): boolean {
  const text = `${scenario.place.file.path} ${titleOf(scenario)}`;
  return only === undefined || text.toLowerCase().includes(only.toLowerCase());
}

function nothingToRun(folder: string, only: string | undefined): Phrase {
  if (only !== undefined) return phrase`no test in ${folder}/tests has "${only}" in its name or file`;
  return phrase`there are no tests: write the first into ${folder}/tests/<journey>.test.yaml (docs/testing-journeys.md)`;
}

async function runAll(
  tests: TestFolder,
  chosen: Scenario[],
  locale: Locale,
  out: (text: string) => void,
): Promise<{ failed: number; records: WorldRecord[] }> {
  const records: WorldRecord[] = [];
  let failed = 0;
  for (const scenario of chosen) {
    const complaint = await complaintOf(tests, scenario, locale, records);
    if (complaint === null) {
      out(`${speak(phrase`ok      ${titleOf(scenario)}`, locale)}\n`);
      continue;
    }
    failed += 1;
    out(`${speak(phrase`FAILED  ${titleOf(scenario)}`, locale)}\n    ${placeOf(scenario)}\n${complaint}\n`);
  }
  const passed = chosen.length - failed;
  const count = failed === 0 ? phrase`${passed} passed` : phrase`${passed} passed, ${failed} failed`;
  out(`\n${speak(count, locale)}\n`);
  return { failed, records };
}

/** What a failed test says; null where it passes. A test that breaks the engine fails alone. */
async function complaintOf(
  tests: TestFolder,
  scenario: Scenario,
  locale: Locale,
  records: WorldRecord[],
): Promise<string | null> {
  try {
    const { differences, facts, record } = await runTest(tests, scenario);
    records.push(record);
    if (differences.length === 0) return null;
    return reportDifferences(scenario, differences, facts, tests.settings.timeZone, locale);
  } catch (error) {
    const why = error instanceof ImpossibleRow ? error.phrase : phrase`${error instanceof Error ? error.message : ''}`;
    return `    ${speak(phrase`it could not be played: ${why}`, locale)}`;
  }
}

function titleOf(scenario: Scenario): string {
  return `${scenario.journeys.join(', ')}: ${scenario.name}`;
}

/** `journeys/tests/welcome.test.yaml:12`, which editors and terminals open. */
function placeOf({ place }: { place: Place }): string {
  return `${place.file.path}:${place.file.text.slice(0, place.start).split('\n').length}`;
}

/** Says what was not played, of these journeys or (null) of all. True if there is nothing to say. */
function sayGaps(
  { journeys, places }: TestFolder,
  records: WorldRecord[],
  names: Set<string> | null,
  locale: Locale,
  out: (text: string) => void,
): boolean {
  const lines = journeys
    .filter(({ plan }) => names === null || names.has(plan.journey))
    .flatMap(({ plan }) =>
      gapsIn(plan, records).map(({ step, what }) => {
        const { top, steps } = places[plan.journey]!;
        const place = placeOf({ place: step === null ? top : steps[step]! });
        return `    ${place}  ${step === null ? '' : `${step}: `}${speak(what, locale)}\n`;
      }),
    );
  const said = lines.length === 0 ? phrase`every step and branch was played` : phrase`not played by any test:`;
  out(`\n${speak(said, locale)}\n${lines.join('')}`);
  return lines.length === 0;
}
