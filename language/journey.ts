// A journey file: the head, and then the steps.

import { parseLength } from '../engine/core/length.ts';
import { isDay } from '../engine/core/local-time.ts';
import type { Again } from '../engine/core/plan.ts';
import type { EnterDraft, ExitDraft, GoalDraft, JourneyDraft } from './draft.ts';
import { readCondition } from './embedded-text.ts';
import { readEventNames, readListener, readReason } from './listeners.ts';
import { didYouMean } from './nearest.ts';
import { type Phrase, phrase, quoted } from './phrase.ts';
import {
  type Fields,
  readBool,
  readLength,
  readList,
  readMap,
  readOneOf,
  readOneOrMore,
  readText,
  say,
} from './reader.ts';
import type { Located } from './source.ts';
import { readSteps } from './steps.ts';
import type { Value } from './yaml.ts';

const shape = {
  what: phrase`a journey`,
  known: [
    'journey',
    'title',
    'description',
    'stage',
    'owner',
    'tags',
    'purpose',
    'enter',
    'goal',
    'exit',
    'holdout',
    'priority',
    'lasts',
    'steps',
  ],
  later: ['in_flight'],
  required: ['journey', 'purpose', 'enter', 'steps'],
} as const;

const stages = ['awareness', 'consideration', 'decision', 'post_purchase', 'retention', 'advocacy'] as const;

/** Reads a whole journey; every mistake in its shape is reported. Undefined if the file holds no map at all. */
export function readJourney(file: Value): JourneyDraft | undefined {
  const fields = readMap(file, shape);
  if (!fields) return undefined;
  const text = (key: string) => fields.get(key) && readText(fields.get(key)!, phrase`"${key}" is a text`);
  const { goal, holdout, lasts, priority, stage, tags } = Object.fromEntries(fields);
  return {
    source: file.yaml.source,
    journey: readName(fields.get('journey')),
    title: text('title'),
    description: text('description'),
    stage: stage && readOneOf(stage, quoted('stage'), stages),
    owner: text('owner'),
    tags: tags && readOneOrMore(tags).flatMap((tag) => readText(tag, phrase`a tag is a text`) ?? []),
    purpose: text('purpose'),
    enter: readEnter(fields.get('enter')),
    goal: goal && readGoal(goal),
    exits: readExits(fields.get('exit')),
    holdout: holdout && readHoldout(holdout),
    priority: priority && readPriority(priority),
    lastsMs: lasts && readLength(lasts, quoted('lasts')),
    steps: readSteps(fields.get('steps'), 'steps'),
  };
}

function readName(value: Value | undefined): Located<string> | undefined {
  const name = value && readText(value, phrase`a journey has a name, like cart-abandonment`);
  if (!name || /^[a-z][a-z0-9-]{0,99}$/.test(name.value)) return name;
  return say(
    value,
    'name',
    phrase`"${name.value}" cannot name a journey: small letters, digits and "-", a letter first`,
  );
}

function readEnter(value: Value | undefined): EnterDraft {
  const known = ['on', 'when', 'existing', 'if', 'key', 'again', 'late', 'from', 'until'];
  const fields = value && readMap(value, { what: quoted('enter'), known });
  if (!value || !fields) return { on: [] };
  if (!fields.has('on') && !fields.has('when'))
    say(value, 'missing-key', phrase`"enter" needs "on" or "when": the event that opens it, or the condition`);
  if (fields.has('when')) refuseBesideWhen(fields);
  const when = fields.get('when');
  const existing = fields.get('existing');
  const condition = fields.get('if');
  const late = fields.get('late');
  const key = fields.get('key');
  const again = fields.get('again');
  return {
    on: readEventNames(fields.get('on')),
    when: when && readCondition(when),
    existing: existing && readOneOf(existing, quoted('existing'), ['enter', 'ignore'])?.value,
    if: condition && readCondition(condition),
    key: key && readKey(key),
    again: again && readAgain(again),
    lateMs: late && readLength(late, quoted('late')),
    ...readSeason(fields),
  };
}

/** There is no event, so nothing that looks at one. */
function refuseBesideWhen(fields: Fields): void {
  for (const key of ['on', 'if', 'key']) {
    const field = fields.get(key);
    if (field)
      field.yaml.report(field.key, 'shape', phrase`"${key}" does not go together with "when": there is no entry event`);
  }
}

/** `event.cart_id` → `cart_id`. */
function readKey(value: Value): Located<string> | undefined {
  const text = readText(value, phrase`"key" is one property of the event, like event.cart_id`);
  const property = text && /^event\.([A-Za-z_]\w*)$/.exec(text.value)?.[1];
  if (!text || property) return text && { value: property!, place: text.place };
  return say(value, 'value', phrase`"key" is one property of the event: write it as event.cart_id`);
}

function readAgain(value: Value): Again | undefined {
  const words = ['never', 'after_exit', 'always', 'restart'] as const;
  const expected = phrase`"again" is one of: ${words.join(', ')}, or a length like "after 30 days"`;
  const text = readText(value, expected);
  const mode = words.find((word) => word === text?.value);
  if (!text || mode) return mode && { mode };
  const ms = text.value.startsWith('after ') ? parseLength(text.value.slice('after '.length)) : null;
  if (ms !== null) return { mode: 'after', ms };
  return say(value, 'value', phrase`${expected}${didYouMean(text.value, words)}`);
}

function readSeason(fields: Fields): { from?: Located<string>; until?: Located<string> } {
  const from = fields.get('from') && readDay(fields.get('from')!, quoted('from'));
  const until = fields.get('until') && readDay(fields.get('until')!, quoted('until'));
  if (from && until && until.value < from.value) say(fields.get('until')!, 'value', phrase`"until" is before "from"`);
  return { from, until };
}

function readDay(value: Value, what: Phrase): Located<string> | undefined {
  const day = readText(value, phrase`${what} is a day, like 2026-12-01`);
  if (!day || isDay(day.value)) return day;
  return say(value, 'value', phrase`${what} is a day, like 2026-12-01; "${day.value}" is none`);
}

function readGoal(value: Value): GoalDraft | undefined {
  const fields = readMap(value, { what: quoted('goal'), known: ['on', 'where', 'within', 'exits'], required: ['on'] });
  if (!fields) return undefined;
  const within = fields.get('within');
  const exits = fields.get('exits');
  return {
    ...readListener(fields, 'on'),
    withinMs: within && readLength(within, quoted('within')),
    exits: (exits && readBool(exits, quoted('exits'))?.value) ?? true,
  };
}

function readExits(value: Value | undefined): ExitDraft[] {
  const items = (value && readList(value, phrase`"exit" is a list: each begins with "- on: …"`)) ?? [];
  return items.flatMap((item) => {
    const fields = readMap(item, { what: phrase`an exit`, known: ['on', 'where', 'if', 'as'] });
    if (!fields) return [];
    if (!fields.has('on') && !fields.has('if'))
      say(item, 'missing-key', phrase`an exit needs "on" or "if": the event that ends it, or the condition`);
    const as = fields.get('as');
    const condition = fields.get('if');
    if (condition) refuseBesideIf(item, fields);
    return [{ ...readListener(fields, 'on'), if: condition && readCondition(condition), as: as && readReason(as) }];
  });
}

function refuseBesideIf(item: Value, fields: Fields): void {
  for (const key of ['on', 'where']) {
    const field = fields.get(key);
    if (field) field.yaml.report(field.key, 'shape', phrase`an exit has "${key}" or "if", not both`);
  }
  if (!fields.has('as'))
    say(item, 'missing-key', phrase`an exit with "if" needs "as": the reason, for there is no event to name it`);
}

/** `10%` → 1000: hundredths of a percent. */
function readHoldout(value: Value): Located<number> | undefined {
  const text = readText(value, phrase`"holdout" is a share, like 10%`);
  const percent = text && /^(\d{1,2}(?:\.\d{1,2})?|100)\s*%$/.exec(text.value)?.[1];
  if (!text || percent) return text && { value: Math.round(Number(percent) * 100), place: text.place };
  return say(value, 'value', phrase`"holdout" is a share between 0% and 100%, like 10%; "${text.value}" is none`);
}

/** 1 goes first, 9 last. */
function readPriority(value: Value): number | undefined {
  const text = readText(value, phrase`"priority" is a number from 1 (first) to 9`);
  if (!text) return undefined;
  if (/^[1-9]$/.test(text.value)) return Number(text.value);
  return say(value, 'value', phrase`"priority" is a number from 1 (first) to 9; "${text.value}" is none`);
}
