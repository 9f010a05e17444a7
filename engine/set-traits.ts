// The step `set`: what traits become, worked out once, and written with the decision that says so.
import { compute, type Facts } from './core/condition.ts';
import { convertMap } from './core/convert.ts';
import { isValidZone } from './core/local-time.ts';
import type { Plan, SetStep } from './core/plan.ts';
import type { JsonMap } from './core/schema.ts';

export interface NewTraits {
  /** By trait; null takes it away. */
  values: JsonMap;
  /** What the values were computed from; `error` where one could not be: that trait is left as it was. */
  inputs: JsonMap;
  failed: string[];
}

/** All values are computed from what stood before the step. */
export function newTraitsOf(step: SetStep, plan: Plan, facts: Facts): NewTraits {
  const values: JsonMap = {};
  const inputs: JsonMap = {};
  const failed: string[] = [];
  for (const [name, source] of Object.entries(step.traits)) {
    const answer =
      'cel' in source ? compute(source, plan, facts) : { ok: true as const, value: source.value, read: {} };
    Object.assign(inputs, answer.ok ? answer.read : { error: answer.error });
    const value = answer.ok ? answer.value : undefined;
    const { data } = convertMap(plan.schemas.customer, { [name]: value }, facts.zone);
    // An invalid zone counts as missing, wherever it comes from (journey-format §4).
    const isKnown = name !== 'time_zone' || isValidZone(String(data[name] ?? ''));
    if (value === null) values[name] = null;
    else if (data[name] !== undefined && isKnown) values[name] = data[name];
    else failed.push(name);
  }
  return { values, inputs, failed };
}

/** The traits with new values in them. */
export function withTraits(traits: JsonMap, values: JsonMap): JsonMap {
  return Object.fromEntries(Object.entries({ ...traits, ...values }).filter(([, value]) => value !== null));
}

/** Names of the traits that are not what they were. */
export function changedTraits(before: JsonMap, after: JsonMap): string[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return names.filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]));
}
