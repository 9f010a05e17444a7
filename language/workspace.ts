// Everything a journeys folder says, read but not yet checked as a whole: what the rules look at.

import type { Plan } from '../engine/core/plan.ts';
import type { EventDefinition } from '../engine/core/settings.ts';
import type { Scope } from './conditions.ts';
import type { JourneyDraft, ListenerDraft, StepDraft } from './draft.ts';
import { allSteps } from './draft.ts';
import type { EventSources } from './events.ts';
import type { MessageDrafts } from './messages.ts';
import { didYouMean } from './nearest.ts';
import { phrase } from './phrase.ts';
import type { SegmentDrafts, Segments } from './segments.ts';
import type { OwnSettings } from './settings.ts';
import type { Located, Place, Report } from './source.ts';

export interface Workspace {
  settings: OwnSettings;
  /** Where to point for what settings.yaml lacks: its first line. */
  settingsPlace: Place;
  events: EventSources;
  journeys: JourneyDraft[];
  messages: MessageDrafts;
  segmentDrafts: SegmentDrafts;
  segments: Segments;
}

/** A rule looks at the whole folder, and reports; the plans tell what conditions read. */
export type Rule = (workspace: Workspace, report: Report, plans: Plan[]) => void;

/** The declared events that names stand for (`cart_*` is all that begin so), in alphabetical order. */
export function namedEvents(names: Located<string>[], events: EventSources): string[] {
  return [...new Set(names.flatMap(({ value }) => matching(value, events)))].toSorted();
}

/** Reports names that stand for no declared event. */
export function refuseUnknownEvents(names: Located<string>[], events: EventSources, report: Report): void {
  for (const { value, place } of names) {
    if (matching(value, events).length > 0) continue;
    report(place, 'unknown-event', phrase`unknown event "${value}"${didYouMean(value, events.keys())}`);
  }
}

function matching(name: string, events: EventSources): string[] {
  if (!name.endsWith('*')) return events.has(name) ? [name] : [];
  return [...events.keys()].filter((event) => event.startsWith(name.slice(0, -1)));
}

/** What is declared for an event; for an undeclared one nothing is known. */
export function definitionOf(name: string, events: EventSources): EventDefinition {
  return events.get(name)?.definition ?? { from: [], properties: null, correlate: [], buys: false };
}

/** All definitions, as settings hold them. */
export function definitionsOf(events: EventSources): { [name: string]: EventDefinition } {
  return Object.fromEntries([...events].map(([name, source]) => [name, source.definition]));
}

/** Where a journey listens after entry: goal, exits, and waits. */
export function listenersOf(journey: JourneyDraft): ListenerDraft[] {
  const waits = allSteps(journey.steps).flatMap((step) => stepListeners(step));
  return [...(journey.goal ? [journey.goal] : []), ...journey.exits, ...waits];
}

function stepListeners(step: StepDraft): ListenerDraft[] {
  if (step.kind !== 'wait') return [];
  if (step.form === 'until_no') return [step];
  return step.form === 'event' ? step.branches : [];
}

/** Consents that a message of the journey needs: `transactional` adds nothing to the other. */
export function purposesOf(journey: JourneyDraft, messagePurpose: string | undefined): string[] {
  const all = [journey.purpose?.value, messagePurpose].filter((purpose) => purpose !== undefined);
  return [...new Set(all)].filter((purpose) => purpose !== 'transactional');
}

/** What every condition can name: traits, events, channels and purposes. */
export function scopeOf({ settings, events }: Pick<Workspace, 'settings' | 'events'>): Scope {
  const { customer, channels, purposes } = settings;
  return { customer, events: definitionsOf(events), channels: Object.keys(channels), purposes };
}
