// One row of `given` in a test: something that happens at a moment.

import { parseLength } from '../engine/core/length.ts';
import { heardKinds } from '../engine/core/reasons.ts';
import { phrase } from './phrase.ts';
import { type Fields, readJsonMap, readMap, readText, say } from './reader.ts';
import { type Action, type Row, readMoment, splitAddresses } from './test-file.ts';
import type { Value } from './yaml.ts';

const kinds = [
  'event',
  'customer',
  'consent',
  'suppress',
  'channel',
  'journey',
  'enrollment',
  'cancel',
  'resend',
  'report',
  'resolve',
  'merge',
  'answer',
  'webhook',
  'resolved',
] as const;
const later = ['publish', 'note'];
const known = ['at', 'who', 'data', 'id', 'arrives', 'reason', 'fails', 'returns', 'of', 'as', 'code', ...kinds];

/** @param before the moment of the row before, for `+30 minutes`; null for the first row */
export function readRow(
  value: Value,
  first: string,
  zoneOf: (who: string) => string,
  before: number | null,
): Row | undefined {
  const fields = readMap(value, { what: phrase`a row of "given"`, known, later, required: ['at'] });
  if (!fields?.has('at')) return undefined;
  const kind = kinds.find((one) => fields.has(one));
  if (!kind) return say(value, 'missing-key', phrase`a row needs one of: ${kinds.join(', ')}`);
  const who = textOf(fields, 'who') ?? first;
  const at = readAt(fields.get('at')!, zoneOf(who), before);
  if (at === undefined) return undefined;
  const base = { at, who, place: value.place };
  switch (kind) {
    case 'event':
      return readEventRow(fields, base, zoneOf(who));
    case 'customer':
      return { ...base, kind, ...splitAddresses(readJsonMap(fields.get('customer')!) ?? {}, who) };
    case 'consent':
      return readConsentRow(fields, base);
    case 'suppress':
      return {
        ...base,
        kind,
        channel: textOf(fields, 'suppress') ?? '',
        reason: textOf(fields, 'reason') ?? 'hard_bounce',
      };
    case 'channel':
      return readChannelRow(fields, base, value);
    case 'journey':
    case 'enrollment':
    case 'cancel':
    case 'resend':
      return readActionRow(kind, fields.get(kind)!, base);
    case 'report':
    case 'resolve':
      return readReportRow(kind, fields, base, value);
    case 'resolved':
      return { ...base, kind, queue: textOf(fields, 'resolved') ?? '' };
    case 'webhook':
      return readWebhookRow(fields, base, value);
    case 'answer':
      return { ...base, kind, answer: textOf(fields, 'answer') ?? '', message: textOf(fields, 'of') };
    case 'merge':
      return readMergeRow(fields, base);
  }
}

type Base = Pick<Row, 'at' | 'who' | 'place'>;

function readEventRow(fields: Fields, base: Base, zone: string): Row | undefined {
  const name = textOf(fields, 'event');
  const data = fields.get('data') ? readJsonMap(fields.get('data')!) : {};
  const arrives = fields.get('arrives') ? readAt(fields.get('arrives')!, zone, base.at) : base.at;
  if (name === undefined || data === undefined || arrives === undefined) return undefined;
  return { ...base, kind: 'event', name, data, id: textOf(fields, 'id') ?? null, arrives };
}

/** `consent: { email: [] }` withdraws; what is listed is granted. */
function readConsentRow(fields: Fields, base: Base): Row | undefined {
  const [entry] = Object.entries(readJsonMap(fields.get('consent')!) ?? {});
  if (!entry) return undefined;
  const purposes = Array.isArray(entry[1]) ? entry[1].map(String) : [String(entry[1])];
  return { ...base, kind: 'consent', channel: entry[0], purposes };
}

function readChannelRow(fields: Fields, base: Base, value: Value): Row | undefined {
  const channel = textOf(fields, 'channel');
  const text = textOf(fields, 'fails');
  if (channel === undefined || text === undefined)
    return say(value, 'missing-key', phrase`a channel row needs "fails"`);
  const fails = text === 'unknown' || text === 'gone' ? text : Number(text);
  if (typeof fails === 'number' && !(Number.isInteger(fails) && fails > 0))
    return say(value, 'value', phrase`"fails" is a number of attempts, "unknown" or "gone"`);
  return { ...base, kind: 'channel', channel, fails };
}

/** `webhook: crm, returns: { score: 5 }`, and `webhook: crm, fails: 2`. */
function readWebhookRow(fields: Fields, base: Base, value: Value): Row | undefined {
  const webhook = textOf(fields, 'webhook') ?? '';
  const returns = fields.get('returns') && readJsonMap(fields.get('returns')!);
  if (returns) return { ...base, kind: 'webhook', webhook, returns };
  const failing = readChannelRow(new Map([...fields, ['channel', fields.get('webhook')!]]), base, value);
  return failing?.kind === 'channel' ? { ...base, kind: 'webhook', webhook, fails: failing.fails } : undefined;
}

const words = { journey: ['pause', 'resume', 'stop', 'eject'], enrollment: ['pause', 'resume', 'eject'] };

/** `journey: eject` is said of the customer's open enrollments: a whole journey is stopped. */
function readActionRow(
  kind: 'journey' | 'enrollment' | 'cancel' | 'resend',
  value: Value,
  base: Base,
): Row | undefined {
  const word = readText(value, phrase`"${kind}" is a word`)?.value;
  if (word === undefined) return undefined;
  const row = (action: Action): Row => ({ ...base, kind: 'action', action });
  if (kind === 'cancel' || kind === 'resend') return row({ on: 'message', what: kind, message: word });
  if (!words[kind].includes(word)) return say(value, 'value', phrase`"${kind}" is one of: ${words[kind].join(', ')}`);
  const on = word === 'eject' ? 'enrollment' : kind;
  return row({ on, what: word } as Action);
}

/** `report: bounced, of: welcome, code: 5.1.1`, and `resolve: welcome, as: failed`. */
function readReportRow(kind: 'report' | 'resolve', fields: Fields, base: Base, value: Value): Row | undefined {
  const [word, needs, choices] =
    kind === 'report'
      ? [textOf(fields, 'report'), 'of' as const, heardKinds]
      : [textOf(fields, 'as'), 'as' as const, ['accepted', 'failed']];
  const message = textOf(fields, kind === 'report' ? 'of' : 'resolve');
  if (!fields.has(needs)) return say(value, 'missing-key', phrase`a "${kind}" row needs "${needs}"`);
  if (word === undefined || message === undefined) return undefined;
  if (!choices.some((one) => one === word))
    return say(
      fields.get(kind === 'report' ? 'report' : 'as')!,
      'value',
      phrase`one of these is expected here: ${choices.join(', ')}`,
    );
  const action =
    kind === 'report'
      ? { on: 'report', what: word, message, code: textOf(fields, 'code') ?? null }
      : { on: 'doubt', what: word, message };
  return { ...base, kind: 'action', action: action as Action };
}

/** `merge: { from: anon-1, into: c1 }`: the visitor `from` logs in as `into`. */
function readMergeRow(fields: Fields, base: Base): Row | undefined {
  const ids = readMap(fields.get('merge')!, {
    what: phrase`a merge`,
    known: ['from', 'into'],
    required: ['from', 'into'],
  });
  const [from, into] = [ids && textOf(ids, 'from'), ids && textOf(ids, 'into')];
  return from === undefined || into === undefined ? undefined : { ...base, kind: 'merge', from, who: into };
}

function readAt(value: Value, zone: string, before: number | null): number | undefined {
  const text = readText(value, phrase`a moment is written like "2026-03-07 22:00" or "+30 minutes"`);
  if (!text?.value.startsWith('+')) return text && readMoment(value, zone);
  if (before === null) return say(value, 'value', phrase`the first row needs a moment: "2026-03-07 22:00"`);
  const length = parseLength(text.value.slice(1));
  return length === null ? say(value, 'length', phrase`"${text.value}" is no length of time`) : before + length;
}

function textOf(fields: Fields, key: string): string | undefined {
  const value = fields.get(key);
  return value && readText(value, phrase`"${key}" is a word`)?.value;
}
