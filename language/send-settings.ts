// quiet_hours and caps in settings.yaml: when messages wait, and how many are enough.

import { channelNames } from '../engine/core/channels.ts';
import { parseLength } from '../engine/core/length.ts';
import type { Cap, QuietHours } from '../engine/core/settings.ts';
import { didYouMean } from './nearest.ts';
import { phrase, quoted } from './phrase.ts';
import { readList, readMap, readNames, readOneOf, readText, say } from './reader.ts';
import type { Value } from './yaml.ts';

/** One can be named here before it is set up. */
const channels: readonly string[] = channelNames;
const answers = ['hold', 'skip'] as const;

/** Reads `{ from: "21:00", to: "08:00", channels: [email], then: hold }`; undefined where something is wrong with it. */
export function readQuietHours(value: Value): QuietHours | undefined {
  const keys = ['from', 'to', 'channels', 'then'] as const;
  const fields = readMap(value, { what: quoted('quiet_hours'), known: keys, required: keys });
  const [from, to, by, then] = keys.map((key) => fields?.get(key));
  const hours = { from: from && readClock(from), to: to && readClock(to) };
  const named = by && readChannels(by);
  const answer = then && readOneOf(then, quoted('then'), answers);
  if (!hours.from || !hours.to || !named || !answer) return undefined;
  if (hours.from === hours.to) return say(value, 'value', phrase`quiet hours end at another time than they begin at`);
  return { from: hours.from, to: hours.to, channels: named, answer: answer.value };
}

/** Reads the list of caps; one with a mistake is left out. */
export function readCaps(value: Value): Cap[] {
  const items =
    readList(value, phrase`"caps" is a list of { max: 3, per: 7 days, channels: [email], then: skip }`) ?? [];
  return items.flatMap((item) => readCap(item) ?? []);
}

function readCap(value: Value): Cap | undefined {
  const keys = ['max', 'per', 'channels', 'then'] as const;
  const fields = readMap(value, { what: phrase`a cap`, known: keys, required: keys });
  const [most, window, by, then] = keys.map((key) => fields?.get(key));
  const max = most && readMax(most);
  const per = window && readWindow(window);
  const named = by && readChannels(by);
  const answer = then && readOneOf(then, quoted('then'), answers);
  if (!max || !per || !named || !answer) return undefined;
  return { max, per, channels: named, answer: answer.value };
}

function readMax(value: Value): number | undefined {
  const text = readText(value, phrase`"max" is a number of messages, like 3`);
  if (!text) return undefined;
  if (/^[1-9]\d{0,5}$/.test(text.value)) return Number(text.value);
  return say(value, 'value', phrase`"max" is a whole number of messages from 1 up, like 3; "${text.value}" is none`);
}

function readWindow(value: Value): Cap['per'] | undefined {
  const text = readText(value, phrase`"per" is a length of time, like "7 days", or calendar_day`);
  if (!text || text.value === 'calendar_day') return text && 'calendar_day';
  const ms = parseLength(text.value);
  if (ms !== null && ms > 0) return ms;
  const near = didYouMean(text.value, ['calendar_day']);
  return say(
    value,
    'length',
    phrase`"per" is a length of time, like "7 days", or calendar_day; "${text.value}" is none${near}`,
  );
}

/** A wall clock's time, as two digits each: `08:30`. */
function readClock(value: Value): string | undefined {
  const text = readText(value, phrase`a time of day is expected here, like "21:00"`);
  if (!text || /^([01]\d|2[0-3]):[0-5]\d$/.test(text.value)) return text?.value;
  return say(value, 'value', phrase`"${text.value}" is no time of day: write hours and minutes, like "21:00"`);
}

function readChannels(value: Value): string[] | undefined {
  const names = readNames(value, phrase`a channel is expected here, like email`);
  const wrong = names.filter((name) => !channels.includes(name.value));
  for (const { place, value: name } of wrong)
    value.yaml.report(place, 'unknown-channel', phrase`unknown channel "${name}"${didYouMean(name, channels)}`);
  return wrong.length > 0 || names.length === 0 ? undefined : [...new Set(names.map((name) => name.value))];
}
