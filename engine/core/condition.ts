// Evaluates a condition against a customer's facts, and says what it looked at.
import { EvaluationError, ParseError } from '@marcbachmann/cel-js';
import { type ASTNode, type Compiled, compileCel, UnsupportedCel } from './cel.ts';
import { type Run, runName } from './cel-functions.ts';
import { type Name, namesIn } from './cel-names.ts';
import { celMap, jsonOf, type Meter, noted, spend, TooMuchWork } from './cel-values.ts';
import type { StoredEvent } from './event.ts';
import { parseLength } from './length.ts';
import type { Condition, Plan } from './plan.ts';
import type { Json, JsonMap } from './schema.ts';

/** All that a condition can look at, loaded before it is evaluated. */
export interface Facts {
  /** The moment of the decision; windows end here. */
  now: number;
  /** The customer's zone, or the settings': where a moment becomes a day. */
  zone: string;
  /** Traits. */
  customer: JsonMap;
  /** The event that opened the enrollment. */
  entry?: StoredEvent;
  /** The newest event with the entry event's name, for the same key. */
  latest?: StoredEvent;
  /** The event in hand. */
  event?: StoredEvent;
  /** Past events, in any order; at least those that `Condition.history` names, for its windows. */
  history: StoredEvent[];
  /** What the customer consents to now. */
  consents: { channel: string; purpose: string }[];
  /** The last answer to a question of this enrollment; where there is none, conditions see an empty text. */
  answer?: string | undefined;
  /** What webhooks have answered. */
  vars?: JsonMap | undefined;
}

/** `read` holds what the answer depends on: `{ "entry.total": 12000, "did(\"order_completed\", \"30 days\")": false }`. */
export type Evaluation = { ok: true; value: boolean; read: JsonMap } | { ok: false; error: string };

/** Items of lists and past events that one evaluation may read. */
const mostRead = 20_000;

/**
 * Whether the condition holds. Never throws: a condition that fails gives a sentence that begins with one of the codes
 * `missing`, `arithmetic`, `too_large`, `type`, `syntax`, `internal` and holds names from the condition, never values.
 */
export function evaluate(condition: Condition, plan: Plan, facts: Facts): Evaluation {
  const answer = compute(condition, plan, facts);
  if (!answer.ok || typeof answer.value === 'boolean') return answer as Evaluation;
  return { ok: false, error: 'type: the condition is neither true nor false' };
}

export type Computation = { ok: true; value: Json; read: JsonMap } | { ok: false; error: string };

/**
 * The value of an expression as JSON: an int is a number, a moment its ISO text, what is missing null. Never throws; as
 * `evaluate`.
 */
export function compute(expression: Condition, plan: Plan, facts: Facts): Computation {
  try {
    const { compiled, names } = preparedFor(plan, expression.cel);
    const meter: Meter = { left: mostRead };
    const read: JsonMap = {};
    const looked = [...names];
    const context = contextOf(plan, facts, meter, read, looked);
    const value = jsonOf(compiled.run(context));
    meter.left = Number.POSITIVE_INFINITY;
    return { ok: true, value, read: { ...readNames(looked, context), ...read } };
  } catch (error) {
    return { ok: false, error: sentenceFor(error, expression.cel) };
  }
}

/** A moment or a length of time in milliseconds; null for anything else, and where it has no value. */
export function measure(expression: Condition, plan: Plan, facts: Facts): number | null {
  try {
    const { compiled } = preparedFor(plan, expression.cel);
    const value = compiled.run(contextOf(plan, facts, { left: mostRead }, {}, []));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? finite(value.valueOf()) : null;
  } catch {
    return null;
  }
}

function finite(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

/** A condition's tree; null where it is none. */
export function treeOf(plan: Plan, cel: string): ASTNode | null {
  try {
    return preparedFor(plan, cel).compiled.ast;
  } catch {
    return null;
  }
}

interface Prepared {
  compiled: Compiled;
  names: Name[];
}

const prepared = new WeakMap<Plan, Map<string, Prepared>>();

function preparedFor(plan: Plan, cel: string): Prepared {
  const ofPlan = prepared.get(plan) ?? new Map<string, Prepared>();
  prepared.set(plan, ofPlan);
  let found = ofPlan.get(cel);
  if (!found) {
    const compiled = compileCel(cel);
    found = { compiled, names: namesIn(compiled.ast) };
    ofPlan.set(cel, found);
  }
  return found;
}

/**
 * Names are turned into CEL values when they are first read; most conditions read one or two. What a segment reads is
 * added to `looked`.
 */
function contextOf(plan: Plan, facts: Facts, meter: Meter, read: JsonMap, looked: Name[]): Record<string, unknown> {
  const values = new Map<StoredEvent, object>();
  const valueFor = (event: StoredEvent): object => {
    let value = values.get(event);
    if (!value) {
      const declared = Object.hasOwn(plan.schemas.events, event.name)
        ? plan.schemas.events[event.name]!.properties
        : {};
      value = celMap(declared, event.data, facts.zone, meter);
      values.set(event, value);
    }
    return value;
  };
  let customer: object | undefined;
  const context: Record<string, unknown> = {
    get customer() {
      customer ??= celMap(plan.schemas.customer, facts.customer, facts.zone, meter);
      return customer;
    },
    get event() {
      return facts.event && valueFor(facts.event);
    },
    get entry() {
      return facts.entry && valueFor(facts.entry);
    },
    get latest() {
      return facts.latest && valueFor(facts.latest);
    },
    now: new Date(facts.now),
    answer: facts.answer ?? '',
    get vars() {
      return celMap(plan.schemas.vars ?? {}, facts.vars ?? {}, facts.zone, meter);
    },
    [runName]: runOf(facts, meter, read, valueFor, (name) => isInSegment(plan, name, context, looked)),
  };
  return context;
}

/** A segment was checked without events at hand and without other segments, so the context can be its own as well. */
function isInSegment(plan: Plan, name: string, context: Record<string, unknown>, looked: Name[]): boolean {
  const segment = plan.segments && Object.hasOwn(plan.segments, name) ? plan.segments[name]! : null;
  if (!segment || segment.segments) throw new SegmentFailed(`missing: there is no segment "${name}" here`);
  const { compiled, names } = preparedFor(plan, segment.cel);
  looked.push(...names);
  try {
    return compiled.run(context) === true;
  } catch (error) {
    if (error instanceof TooMuchWork) throw error;
    throw new SegmentFailed(`${sentenceFor(error, segment.cel)} (in the segment "${name}")`);
  }
}

/** `message` is the sentence for the whole condition. */
class SegmentFailed extends Error {}

function runOf(
  facts: Facts,
  meter: Meter,
  read: JsonMap,
  value: (event: StoredEvent) => object,
  inSegment: Run['inSegment'],
): Run {
  const windows = new Map<string, StoredEvent[]>();
  return {
    zone: facts.zone,
    value,
    inSegment,
    within(name, window) {
      const key = `${window} ${name}`;
      const found = windows.get(key) ?? eventsWithin(facts, name, parseLength(window) ?? 0);
      windows.set(key, found);
      spend(meter, found.length);
      return found;
    },
    consents: (channel, purpose) =>
      facts.consents.some((given) => given.channel === channel && given.purpose === purpose),
    note(call, answer) {
      read[call] = noted(answer);
    },
  };
}

/** The window ends now, included, and is open at its far end: an event exactly 30 days old is no longer in "30 days". */
function eventsWithin(facts: Facts, name: string, windowMs: number): StoredEvent[] {
  return facts.history
    .filter((event) => event.name === name && event.occurredAt <= facts.now && event.occurredAt > facts.now - windowMs)
    .sort((a, b) => b.occurredAt - a.occurredAt || b.receivedAt - a.receivedAt);
}

function readNames(names: Name[], context: Record<string, unknown>): JsonMap {
  const read: JsonMap = {};
  for (const { label, root, path } of names) {
    let value: unknown = context[root];
    for (const key of path) value = typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
    read[label] = noted(value);
  }
  return read;
}

const codes: { [code: string]: string } = {
  no_such_key: 'missing',
  unknown_variable: 'missing',
  index_out_of_bounds: 'missing',
  division_by_zero: 'arithmetic',
  modulo_by_zero: 'arithmetic',
  numeric_overflow: 'arithmetic',
  int_conversion_error: 'arithmetic',
  invalid_timestamp: 'arithmetic',
  invalid_duration: 'arithmetic',
};

function sentenceFor(error: unknown, cel: string): string {
  if (error instanceof TooMuchWork) return 'too_large: the data is too large for this condition';
  if (error instanceof SegmentFailed) return error.message;
  if (error instanceof ParseError || error instanceof UnsupportedCel)
    return 'syntax: this is no condition that can be evaluated here';
  if (!(error instanceof EvaluationError)) return 'internal: the condition could not be evaluated';
  const code = codes[error.code] ?? 'type';
  const place = error.node
    ? cel.slice(error.node.start, error.node.end).replace(/\s+/g, ' ').slice(0, longestPlace)
    : 'the condition';
  if (code === 'missing') return `missing: ${place} has no value`;
  if (code === 'arithmetic') return `arithmetic: ${place} cannot be computed (division by zero, or too large a number)`;
  return `type: ${place} has a value of another type than the condition expects`;
}

const longestPlace = 80;
