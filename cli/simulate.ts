// `tabiji simulate`: plays what happens to one customer in virtual time, and tells moment by moment what comes of it.

import { readFile } from 'node:fs/promises';
import { versionOf } from '../language/canonical.ts';
import { compile } from '../language/compile.ts';
import { createReport, type Diagnostic, hasErrors, renderDiagnostics } from '../language/diagnostic.ts';
import { FolderError, loadFolder } from '../language/load.ts';
import { didYouMean } from '../language/nearest.ts';
import { type Locale, phrase } from '../language/phrase.ts';
import type { Report, SourceFile } from '../language/source.ts';
import type { Scenario } from '../language/test-file.ts';
import { checkTestNames } from '../language/test-names.ts';
import { ImpossibleRow } from '../simulator/scenario.ts';
import { simulate as play } from '../simulator/simulation.ts';
import { refused } from './refusal.ts';
import { readSimulation } from './simulate-file.ts';
import { type Told, tell, textOf } from './simulate-text.ts';

export interface SimulateOptions {
  /** The file with what happens. */
  events: string;
  /** Who the customer is, as a test writes it: in braces, or the file that says it. */
  customer: string | undefined;
  /** Only these; none: all of the folder. */
  journeys: string[];
  locale: Locale;
  json: boolean;
  out(text: string): void;
}

/** Mail and rows of a year; more is not one customer. In bytes. */
const largestEvents = 16 * 1024 * 1024;

/**
 * Plays it and writes the transcript. Answers the exit status: 0 where it could be played, whatever came of it; 1 where
 * the folder, the events or the customer have a mistake.
 */
export async function simulate(folder: string, options: SimulateOptions): Promise<number> {
  const { out, json, locale } = options;
  const problems = { diagnostics: [] as Diagnostic[], sources: [] as SourceFile[] };
  try {
    const told = await tellOf(folder, options, problems);
    // For machines the transcript must be all that is written; what is wrong has no other place.
    if (!json || told === null) out(renderDiagnostics(problems.diagnostics, problems.sources, locale));
    if (told === null) return 1;
    out(json ? `${JSON.stringify(told, null, 2)}\n` : textOf(told, locale));
    return 0;
  } catch (error) {
    return refused(error, locale, out);
  }
}

/** Null where something is wrong, which then stands in `problems`. */
async function tellOf(
  folder: string,
  options: SimulateOptions,
  problems: { diagnostics: Diagnostic[]; sources: SourceFile[] },
): Promise<Told | null> {
  const files = await loadFolder(folder);
  const events = await readText(options.events);
  const customer = await customerText(options.customer);
  problems.sources = [...files, events, ...(customer ? [customer] : [])];
  const { plans, settings, diagnostics } = await compile(files);
  if (!settings || hasErrors(diagnostics)) {
    problems.diagnostics = diagnostics;
    return null;
  }
  const { report, diagnostics: found } = createReport();
  const names = plans.map(({ journey }) => journey);
  const wanted = options.journeys.length > 0 ? options.journeys : names;
  refuseUnknown(wanted, names, folder);
  const read = readSimulation(events, customer, settings, report);
  const scenario: Scenario | undefined = read && { ...read, name: '', journeys: wanted, draws: {}, expect: [] };
  if (scenario) checkTestNames([scenario], plans, settings, report);
  problems.diagnostics = found();
  if (!scenario || hasErrors(problems.diagnostics)) return null;
  const journeys = plans.map((plan) => ({ version: versionOf(plan), plan }));
  const played = await play(scenario, settings, journeys).catch((error) => refuseRow(error, report));
  problems.diagnostics = found();
  return played && tell(played, scenario, settings, journeys, options.locale);
}

function refuseRow(error: unknown, report: Report): null {
  if (!(error instanceof ImpossibleRow)) throw error;
  report(error.place, 'impossible', error.phrase);
  return null;
}

function refuseUnknown(wanted: string[], names: string[], folder: string): void {
  for (const name of wanted)
    if (!names.includes(name))
      throw new FolderError(phrase`there is no journey "${name}" in ${folder}${didYouMean(name, names)}`);
}

function customerText(given: string | undefined): Promise<SourceFile | null> {
  if (given === undefined) return Promise.resolve(null);
  return given.trimStart().startsWith('{') ? Promise.resolve({ path: '--customer', text: given }) : readText(given);
}

async function readText(path: string): Promise<SourceFile> {
  const bytes = await readFile(path).catch(() => {
    throw new FolderError(phrase`there is no file ${path}`);
  });
  if (bytes.length > largestEvents)
    throw new FolderError(phrase`${path} is larger than ${largestEvents / 1024 / 1024} MB: leave out other customers`);
  try {
    return { path, text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    throw new FolderError(phrase`${path} is not UTF-8: save it with that encoding`);
  }
}
