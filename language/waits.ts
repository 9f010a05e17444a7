// The forms of `wait`: a length, an event or the first of several, until an event has stayed away, and by the clock.

import { isMap, isScalar } from 'yaml';
import type {
  AtDraft,
  EventWaitDraft,
  IfWaitDraft,
  LengthDraft,
  StepDraft,
  UntilDraft,
  UntilNoDraft,
} from './draft.ts';
import { readCondition } from './embedded-text.ts';
import { readListener } from './listeners.ts';
import { type Phrase, phrase, quoted } from './phrase.ts';
import { type Fields, readLength, readList, readMap, readOneOf, say } from './reader.ts';
import { readStepKeys, readSteps, type StepContext } from './steps.ts';
import { momentKeys, readClockWait, readMoment, readUntilWait } from './wait-times.ts';
import type { Value } from './yaml.ts';

const eventKeys = ['within', 'otherwise', 'since', ...momentKeys];
const clockKeys = ['at', 'in_days', 'weekdays'];

/** Branches written beside `wait` instead of inside it are the commonest slip. */
const branchKeys = [
  ...['then', 'otherwise', 'within', 'on', 'where', 'for', 'since', 'first_of', 'until_no'],
  ...['at', 'in_days', 'weekdays', 'until', 'plus', 'minus', 'if_past'],
];

/** Reads a wait of any form; one that cannot be told apart counts as a length that could not be read. */
export function readWait(context: StepContext): StepDraft {
  refuseKeysOutside(context);
  const value = context.fields.get('wait')!;
  const node = value.node && value.yaml.resolve(value.node);
  if (node === null || isScalar(node)) {
    return { ...context.base, kind: 'wait', form: 'length', forMs: readLength(value, phrase`a wait`) };
  }
  const known = ['if', 'on', 'where', 'then', 'first_of', 'until_no', 'for', ...eventKeys, ...clockKeys, 'if_past'];
  if (!isMap(node)) return refuseForm(context, value, new Map());
  const fields = readMap(value, { what: phrase`a wait`, known });
  if (!fields) return { ...context.base, kind: 'wait', form: 'length' };
  if (fields.has('until_no')) return readUntilNo(context, value, fields);
  if (fields.has('first_of')) return readFirstOf(context, value, fields);
  if (fields.has('on')) return readOn(context, value, fields);
  if (fields.has('if')) return readIfWait(context, value, fields);
  if (fields.has('until')) return readUntil(context, value, fields);
  if (fields.has('at')) return readAt(context, value, fields);
  return refuseForm(context, value, fields);
}

function refuseKeysOutside(context: StepContext): void {
  for (const key of branchKeys) {
    const field = context.fields.get(key);
    if (field) field.yaml.report(field.key, 'unknown-key', phrase`"${key}" belongs inside "wait", one level deeper`);
  }
  const keys = [...context.fields.keys()].filter((key) => branchKeys.includes(key));
  readStepKeys(context, 'wait', keys);
}

function refuseForm(context: StepContext, value: Value, fields: Fields): LengthDraft {
  if (fields.size > 0 || value.node !== null)
    say(
      value,
      'shape',
      phrase`a wait is a length ("2 days"), or has "on", "first_of", "until_no", "at", "until" or "if"`,
    );
  return { ...context.base, kind: 'wait', form: 'length' };
}

function readIfWait(context: StepContext, value: Value, fields: Fields): IfWaitDraft {
  onlyKeys(value, fields, ['if', 'then', ...eventKeys.filter((key) => key !== 'since')], quoted('if'));
  const then = readSteps(fields.get('then'), `${context.path}.then`);
  return {
    ...context.base,
    kind: 'wait',
    form: 'if',
    if: readCondition(fields.get('if')!),
    then,
    ...readTimeOut(context, fields),
  };
}

function readUntil(context: StepContext, value: Value, fields: Fields): UntilDraft {
  onlyKeys(value, fields, [...momentKeys, 'if_past'], quoted('until'));
  return readUntilWait(context.base, fields);
}

function readAt(context: StepContext, value: Value, fields: Fields): AtDraft {
  onlyKeys(value, fields, clockKeys, quoted('at'));
  return readClockWait(context.base, fields);
}

function readUntilNo(context: StepContext, value: Value, fields: Fields): UntilNoDraft {
  onlyKeys(value, fields, ['until_no', 'where', 'for'], quoted('until_no'));
  const length = fields.get('for');
  if (!length) say(value, 'missing-key', phrase`a wait with "until_no" needs "for": how long the event must stay away`);
  return {
    ...context.base,
    kind: 'wait',
    form: 'until_no',
    ...readListener(fields, 'until_no'),
    ...(length && { forMs: readLength(length, quoted('for')) }),
  };
}

function readOn(context: StepContext, value: Value, fields: Fields): EventWaitDraft {
  onlyKeys(value, fields, ['on', 'where', 'then', ...eventKeys], quoted('on'));
  const steps = readSteps(fields.get('then'), `${context.path}.then`);
  return { ...readEventWait(context, fields), branches: [{ ...readListener(fields, 'on'), steps }] };
}

function readFirstOf(context: StepContext, value: Value, fields: Fields): EventWaitDraft {
  onlyKeys(value, fields, ['first_of', ...eventKeys], quoted('first_of'));
  const items = readList(fields.get('first_of')!, phrase`"first_of" is a list of { on: …, then: […] }`) ?? [];
  if (items.length === 0) say(value, 'shape', phrase`"first_of" is empty: it waits for nothing`);
  const branches = items.flatMap((item, index) => {
    const own = readMap(item, {
      what: phrase`a branch of "first_of"`,
      known: ['on', 'where', 'then'],
      required: ['on'],
    });
    const steps = readSteps(own?.get('then'), `${context.path}.first_of.${index}.then`);
    return own ? [{ ...readListener(own, 'on'), steps }] : [];
  });
  return { ...readEventWait(context, fields), branches };
}

/** What all waits for events share. */
function readEventWait(context: StepContext, fields: Fields): Omit<EventWaitDraft, 'branches'> {
  const since = fields.get('since');
  return {
    ...context.base,
    kind: 'wait',
    form: 'event',
    ...readTimeOut(context, fields),
    ...(since && { since: readOneOf(since, quoted('since'), ['entry'])?.value }),
  };
}

function readTimeOut(context: StepContext, fields: Fields): Pick<EventWaitDraft, 'withinMs' | 'until' | 'otherwise'> {
  const within = fields.get('within');
  const until = fields.get('until');
  const otherwise = fields.get('otherwise');
  if (otherwise && !within && !until) {
    const message = phrase`a wait without "within" is bounded by "lasts" only and has no "otherwise": add "within"`;
    otherwise.yaml.report(otherwise.key, 'missing-key', message);
  }
  refuseStrayMoment(fields);
  return {
    ...(within && { withinMs: readLength(within, quoted('within')) }),
    ...(until && { until: readMoment(fields) }),
    otherwise: readSteps(otherwise, `${context.path}.otherwise`),
  };
}

/** The time-out of a wait is one: a length or a moment. */
function refuseStrayMoment(fields: Fields): void {
  const until = fields.get('until');
  if (until && fields.has('within'))
    until.yaml.report(until.key, 'shape', phrase`a time-out is "within" or "until", not both`);
  for (const key of until ? [] : ['plus', 'minus', 'at']) {
    const field = fields.get(key);
    if (field) field.yaml.report(field.key, 'shape', phrase`"${key}" belongs to a moment: it needs "until"`);
  }
}

function onlyKeys(value: Value, fields: Fields, allowed: string[], form: Phrase): void {
  for (const [key, field] of fields) {
    if (allowed.includes(key)) continue;
    value.yaml.report(field.key, 'shape', phrase`"${key}" does not go together with ${form} in one wait`);
  }
}
