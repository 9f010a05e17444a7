// The waits that end by the clock: a time of day, and a moment in data.

import { parseLength } from '../engine/core/length.ts';
import type { Shift } from '../engine/core/wall-clock.ts';
import type { AtDraft, MomentDraft, StepBase, UntilDraft } from './draft.ts';
import { readCondition } from './embedded-text.ts';
import { type Phrase, phrase, quoted } from './phrase.ts';
import { type Fields, readLength, readOneOf, readOneOrMore, readText, say } from './reader.ts';
import type { Located } from './source.ts';
import type { Value } from './yaml.ts';

const weekdayNames = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
const dayMs = 86_400_000;

/** What belongs to a moment in data. */
export const momentKeys = ['until', 'plus', 'minus', 'at'];

/** `{ at: "09:00", in_days: 2, weekdays: [mon, tue] }` */
export function readClockWait(base: StepBase, fields: Fields): AtDraft {
  const inDays = fields.get('in_days');
  const weekdays = fields.get('weekdays');
  return {
    ...base,
    kind: 'wait',
    form: 'at',
    at: readClock(fields.get('at')!),
    ...(inDays && { inDays: readDays(inDays) }),
    ...(weekdays && { weekdays: readWeekdays(weekdays) }),
  };
}

/** `{ until: entry.delivery_date, plus: 3 days, at: "10:00", if_past: exit }` */
export function readUntilWait(base: StepBase, fields: Fields): UntilDraft {
  const ifPast = fields.get('if_past');
  const words = ['continue', 'skip_next', 'exit'] as const;
  return {
    ...base,
    kind: 'wait',
    form: 'until',
    until: readMoment(fields),
    ifPast: (ifPast && readOneOf(ifPast, quoted('if_past'), words)?.value) ?? 'continue',
  };
}

/** The moment that `until` names, with its `plus` or `minus` and `at`. */
export function readMoment(fields: Fields): MomentDraft {
  const [plus, minus, at] = [fields.get('plus'), fields.get('minus'), fields.get('at')];
  if (plus && minus) say(minus, 'shape', phrase`a moment is moved one way: "plus" or "minus", not both`);
  return {
    of: readCondition(fields.get('until')!),
    shift: plus
      ? readShift(plus, quoted('plus'), 1)
      : minus
        ? readShift(minus, quoted('minus'), -1)
        : { days: 0, ms: 0 },
    ...(at && { at: readClock(at) }),
  };
}

/** Days and weeks are kept apart from shorter units: they can be days of a calendar. */
function readShift(value: Value, what: Phrase, sign: 1 | -1): Shift {
  const ms = readLength(value, what)?.value ?? 0;
  const unit = readText(value, what)?.value.replace(/[\d\s]/g, '') ?? '';
  const isDays = /^[dw]/.test(unit) && ms % dayMs === 0;
  return isDays ? { days: (sign * ms) / dayMs, ms: 0 } : { days: 0, ms: sign * ms };
}

function readClock(value: Value): Located<string> | undefined {
  const expected = phrase`"at" is a time of day, like "09:00"`;
  const text = readText(value, expected);
  if (!text || /^([01]\d|2[0-3]):[0-5]\d$/.test(text.value)) return text;
  return say(value, 'value', phrase`${expected}; "${text.value}" is none`);
}

function readDays(value: Value): Located<number> | undefined {
  const expected = phrase`"in_days" is a whole number of days, like 2`;
  const text = readText(value, expected);
  if (!text) return undefined;
  if (/^\d{1,4}$/.test(text.value)) return { value: Number(text.value), place: text.place };
  const hint = parseLength(text.value) === null ? '' : phrase`, without a unit`;
  return say(value, 'value', phrase`${expected}${hint}; "${text.value}" is none`);
}

function readWeekdays(value: Value): number[] {
  const items = readOneOrMore(value);
  if (items.length === 0) say(value, 'shape', phrase`"weekdays" is empty: no day would ever fit`);
  const days = items.flatMap((item) => {
    const word = readOneOf(item, phrase`a day of the week`, weekdayNames)?.value;
    return word === undefined ? [] : [weekdayNames.indexOf(word) + 1];
  });
  return [...new Set(days)].toSorted();
}
