// The compiler: the texts of a journeys folder → plans and settings, or everything that is wrong with them, all at once.

import type { Plan } from '../engine/core/plan.ts';
import type { Settings } from '../engine/core/settings.ts';
import { createReport, type Diagnostic, hasErrors } from './diagnostic.ts';
import { allSteps } from './draft.ts';
import { readEvents } from './events.ts';
import { readFaq } from './faq.ts';
import { readJourney } from './journey.ts';
import { compileMessages } from './message-compile.ts';
import { readMessages } from './messages.ts';
import { phrase } from './phrase.ts';
import { resolve } from './resolve.ts';
import { rules } from './rules/index.ts';
import { checkSegments } from './segments.ts';
import { readSettings } from './settings.ts';
import { largestFile, mostFiles, type Place, type Report, type SourceFile, topOf } from './source.ts';
import { definitionsOf, scopeOf, type Workspace } from './workspace.ts';
import { parseYaml, type Value } from './yaml.ts';

export interface Compiled {
  /** By the journey's name. Empty if there is any error: a broken folder is published in no part. */
  plans: Plan[];
  /** Null if there is any error. */
  settings: Settings | null;
  diagnostics: Diagnostic[];
  /** Where each journey stands, and each of its steps by id. */
  places: { [journey: string]: JourneyPlaces };
}

export interface JourneyPlaces {
  top: Place;
  steps: { [id: string]: Place };
}

/**
 * Compiles a whole folder. Pure but for the time that MJML takes; never throws for what an author wrote. Paths have the
 * folder in front (`journeys/settings.yaml`); files in `tests/` and files that are no YAML are passed over.
 */
export async function compile(files: SourceFile[]): Promise<Compiled> {
  const { report, diagnostics } = createReport();
  const workspace = isReadable(files, report) ? readWorkspace(files, report) : null;
  const plans = workspace ? await checkWorkspace(workspace, report) : [];
  const found = diagnostics();
  if (hasErrors(found) || !workspace)
    return { plans: [], settings: null, diagnostics: found.filter(isSure), places: {} };
  const settings: Settings = { ...workspace.settings, events: definitionsOf(workspace.events) };
  const sorted = plans.toSorted((a, b) => (a.journey < b.journey ? -1 : 1));
  return { plans: sorted, settings, diagnostics: found, places: placesOf(workspace) };
}

function placesOf({ journeys }: Workspace): Compiled['places'] {
  const entries = journeys.map(({ journey, source, steps }): [string, JourneyPlaces] => {
    const placed = allSteps(steps).map(({ id, place }) => [id, place]);
    return [journey?.value ?? '', { top: journey?.place ?? topOf(source), steps: Object.fromEntries(placed) }];
  });
  return Object.fromEntries(entries);
}

/** What seems unused may be used where a mistake stands. */
function isSure(diagnostic: Diagnostic): boolean {
  return !diagnostic.rule.startsWith('unused-');
}

/** Texts can come from elsewhere than a folder: the limits are held here, too. */
function isReadable(files: SourceFile[], report: Report): boolean {
  for (const file of files) {
    if (file.text.length > largestFile) report(topOf(file), 'file-size', phrase`larger than ${largestFile / 1024} KB`);
  }
  const last = files[mostFiles];
  if (last) report(topOf(last), 'file-size', phrase`a folder holds at most ${mostFiles} files`);
  return !last && files.every((file) => file.text.length <= largestFile);
}

/** Null if settings.yaml or events.yaml cannot be read at all: every name would seem unknown. */
function readWorkspace(files: SourceFile[], report: Report): Workspace | null {
  const inside = insideOf(files);
  const only = (pattern: RegExp) => files.filter((file) => pattern.test(inside(file)));
  const settings = readTop(files, inside, 'settings.yaml', report);
  const events = readTop(files, inside, 'events.yaml', report);
  const journeys = only(/^[^/]+\.yaml$/).filter((file) => !['settings.yaml', 'events.yaml'].includes(inside(file)));
  for (const file of only(/^[^/]+\.yml$/))
    report(topOf(file), 'file-name', phrase`journey files end in .yaml: rename it`);
  const values = journeys.map((file) => parseYaml(file, report));
  const drafts = values.flatMap((value) => (value && readJourney(value)) ?? []);
  const messages = readMessages(only(/^messages\/[^/]+\/[^/]+$/), inside, report);
  const read = settings && readSettings(settings);
  const sources = events && readEvents(events);
  if (!settings || !read || !sources) return null;
  const settingsPlace = brandPlace(settings);
  const { own, segments: segmentDrafts } = read;
  const faq = readFaq(files, inside, own.locale, report);
  if (faq) own.faq = faq;
  const segments = checkSegments(segmentDrafts, scopeOf({ settings: own, events: sources }), report);
  return { settings: own, settingsPlace, events: sources, journeys: drafts, messages, segmentDrafts, segments };
}

async function checkWorkspace(workspace: Workspace, report: Report): Promise<Plan[]> {
  const messages = await compileMessages(workspace, report);
  const plans = workspace.journeys.map((draft) => resolve(draft, workspace, messages, report));
  for (const rule of rules) rule(workspace, report, plans);
  return plans;
}

function readTop(
  files: SourceFile[],
  inside: (file: SourceFile) => string,
  name: string,
  report: Report,
): Value | null {
  const file = files.find((one) => inside(one) === name);
  if (file) return parseYaml(file, report);
  const path = `${rootOf(files)}${name}`;
  report(topOf({ path, text: '' }), 'missing-file', phrase`there is no ${name}: a folder of journeys needs one`);
  return null;
}

/** Paths as they are inside the folder, whatever it is called. */
export function insideOf(files: SourceFile[]): (file: SourceFile) => string {
  const root = rootOf(files);
  return (file) => file.path.slice(root.length);
}

/** What all paths begin with, up to a `/`: the folder. One that holds nothing but messages is the folder above them. */
function rootOf(files: SourceFile[]): string {
  const folders = files.map((file) => file.path.slice(0, file.path.lastIndexOf('/') + 1));
  const shortest = folders.reduce((a, b) => (b.length < a.length ? b : a), folders[0] ?? '');
  let root = shortest;
  while (!folders.every((folder) => folder.startsWith(root)))
    root = root.slice(0, root.lastIndexOf('/', root.length - 2) + 1);
  const hasYaml = files.some(
    (file) => file.path.startsWith(root) && /^[^/]+\.ya?ml$/.test(file.path.slice(root.length)),
  );
  return hasYaml ? root : root.replace(/(^|\/)messages\/(?:[^/]+\/)?$/, '$1');
}

function brandPlace(settings: Value): Workspace['settingsPlace'] {
  const at = /^brand:/m.exec(settings.place.file.text);
  const start = at?.index ?? 0;
  return { file: settings.place.file, start, end: start + (at?.[0].length ?? 1) - 1 };
}
