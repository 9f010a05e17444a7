// segments in settings.yaml: conditions on a customer that have a name. A journey's plan holds those that it names, so a
// published version does not change with them.

import type { Condition, Plan } from '../engine/core/plan.ts';
import { checkCondition, type Scope } from './conditions.ts';
import { type EmbeddedText, readCondition } from './embedded-text.ts';
import { phrase } from './phrase.ts';
import { readEntries, say } from './reader.ts';
import type { Place, Report } from './source.ts';
import type { Value } from './yaml.ts';

/** By name; `place` is where the name stands. */
export type SegmentDrafts = Map<string, { place: Place; text: EmbeddedText | undefined }>;

/** Checked; null where one is wrong, so that who names it is not told a second time. */
export type Segments = { [name: string]: Condition | null };

export function readSegments(value: Value): SegmentDrafts {
  const drafts: SegmentDrafts = new Map();
  const fields = readEntries(
    value,
    phrase`"segments" is a map of names and conditions: { vip: "customer.orders_count >= 5" }`,
  );
  for (const [name, field] of fields ?? []) {
    if (/^[a-z][a-z0-9_-]{0,63}$/.test(name)) drafts.set(name, { place: field.key, text: readCondition(field) });
    else
      say(field, 'name', phrase`"${name}" cannot name a segment: small letters, digits, "-" and "_", a letter first`);
  }
  return drafts;
}

/** Checks each on its own: a segment is about the customer alone, and names no other. */
export function checkSegments(drafts: SegmentDrafts, scope: Scope, report: Report): Segments {
  const segments: Segments = {};
  for (const [name, { text }] of drafts) {
    segments[name] = null;
    if (!text) continue;
    const { condition, problems } = checkCondition(text.text, scope);
    segments[name] = condition;
    for (const { start, end, rule, message, hint } of problems)
      report(text.placeOf(start, end), rule, hint ? phrase`${message}. ${hint}` : message);
  }
  return segments;
}

/** The segments that a plan's conditions name, in alphabetical order. */
export function segmentsIn(plan: Plan): string[] {
  const names = new Set<string>();
  JSON.stringify([plan.enter, plan.goal, plan.exits, plan.steps], (_key, value) => {
    if (typeof value === 'object' && value !== null && 'cel' in value)
      for (const name of (value as Condition).segments ?? []) names.add(name);
    return value;
  });
  return [...names].toSorted();
}
