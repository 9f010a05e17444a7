// One line of `expect` in a test: a fact that the transcript must hold.

import type { Json } from '../engine/core/schema.ts';
import { phrase } from './phrase.ts';
import { type Fields, readJsonMap, readMap, readNames, readText, say } from './reader.ts';
import { type Expected, type ExpectedKind, readMoment } from './test-file.ts';
import type { Value } from './yaml.ts';

const kinds: ExpectedKind[] = [
  'send',
  'ask',
  'webhook',
  'handoff',
  'exit',
  'credited',
  'not_sent',
  'not_repeated',
  'not_entered',
  'trait',
  'hold',
  'audience',
  'resolved',
];
const known = [...kinds, 'at', 'until', 'by', 'why', 'subject', 'contains', 'who', 'journey', 'add', 'remove'];

/** Reads one fact; `no sends` is none. */
export function readExpected(value: Value, zoneOf: (who: string | undefined) => string): Expected | undefined {
  if (isNoSends(value)) return undefined;
  const fields = readMap(value, { what: phrase`a fact`, known });
  if (!fields) return undefined;
  const kind = kinds.find((one) => fields.has(one));
  if (!kind) return say(value, 'missing-key', phrase`a fact is "no sends", or has one of: ${kinds.join(', ')}`);
  const what = kind === 'trait' ? readTrait(fields.get('trait')!) : text(fields, kind)?.split('|');
  if (what === undefined) return undefined;
  const who = text(fields, 'who');
  const at = fields.get('at') && readMoment(fields.get('at')!, zoneOf(who));
  const until = fields.get('until') && readMoment(fields.get('until')!, zoneOf(who));
  const change = kind === 'audience' ? readChange(fields, value) : {};
  const optional = { at, until, who, ...change, ...texts(fields, ['journey', 'by', 'why', 'subject', 'contains']) };
  return { kind, what: what.map((one) => one.trim()), place: value.place, ...optional };
}

/** `{ tier: gold }`, in the words of the transcript. */
function readTrait(value: Value): string[] | undefined {
  const [entry, ...others] = Object.entries(readJsonMap(value) ?? {});
  if (entry && others.length === 0) return [traitFact(...entry)];
  return say(value, 'shape', phrase`a trait is expected with its value: { trait: { tier: gold } }`);
}

/** `add: [meta]` or `remove: [meta, google]`: all the platforms, in any order. With neither, nothing was changed. */
function readChange(fields: Fields, value: Value): Partial<Expected> {
  const [add, remove] = [fields.get('add'), fields.get('remove')];
  if (add && remove) say(value, 'shape', phrase`a fact about an audience has either "add" or "remove"`);
  const platforms = (given: Value) =>
    readNames(given, phrase`platforms are expected here: [meta, google]`)
      .map((name) => name.value)
      .toSorted();
  return { ...(add && { add: platforms(add) }), ...(remove && { remove: platforms(remove) }) };
}

/** How a transcript says that a trait was set. */
export function traitFact(name: string, value: Json): string {
  return `${name}: ${JSON.stringify(value)}`;
}

function isNoSends(value: Value): boolean {
  const node = value.node && value.yaml.resolve(value.node);
  return node !== null && 'value' in node && node.value === 'no sends';
}

function texts(fields: Fields, keys: (keyof Expected)[]): Partial<Expected> {
  return Object.fromEntries(keys.flatMap((key) => (fields.has(key) ? [[key, text(fields, key)]] : [])));
}

function text(fields: Fields, key: string): string | undefined {
  const value = fields.get(key);
  return value && readText(value, phrase`"${key}" is a word or a sentence`)?.value;
}
