// Readers over YAML nodes: each gives a value with its place, or reports what is wrong with it and gives undefined.

import { isMap, isScalar, isSeq, type Pair, type Scalar } from 'yaml';
import { parseLength } from '../engine/core/length.ts';
import type { Json, JsonMap } from '../engine/core/schema.ts';
import { didYouMean } from './nearest.ts';
import { listed, type Phrase, phrase, quoted } from './phrase.ts';
import type { Located, Place } from './source.ts';
import { isBraced, type Value } from './yaml.ts';

/** A map's keys that were read: value and the place of the key. */
export type Fields = Map<string, Value & { key: Place }>;

export interface MapShape {
  /** What the map is, for messages: `a journey`, `this wait`. */
  what: Phrase;
  known: readonly string[];
  /** Keys of the language that this version does not run. */
  later?: readonly string[];
  required?: readonly string[];
}

/** Reads a map; every unknown, repeated or missing key is reported. */
export function readMap(value: Value, shape: MapShape): Fields | undefined {
  const fields = readEntries(value, phrase`${shape.what} is a map of keys and values`);
  if (!fields) return undefined;
  for (const [key, field] of fields) if (!shape.known.includes(key)) refuseKey(key, field, shape);
  const missing = (shape.required ?? []).filter((key) => !fields.has(key)).map(quoted);
  if (missing.length > 0)
    value.yaml.report(startOf(value), 'missing-key', phrase`${shape.what} needs ${listed(missing)}`);
  return fields;
}

function refuseKey(key: string, field: Value & { key: Place }, shape: MapShape): void {
  const advice = didYouMean(key, shape.known);
  if (shape.later?.includes(key)) field.yaml.report(field.key, 'unsupported', phrase`"${key}" is not supported yet`);
  else field.yaml.report(field.key, 'unknown-key', phrase`${shape.what} has no key "${key}"${advice}`);
}

/** Reads a map with any keys (names of events, properties, values); `expected` is the message if it is none. */
export function readEntries(value: Value, expected: Phrase): Fields | undefined {
  const node = value.node && value.yaml.resolve(value.node);
  if (value.node && !node) return undefined;
  if (!isMap(node)) return refuse(value, expected);
  const fields: Fields = new Map();
  let last = '';
  for (const pair of node.items) {
    const key = readKey(pair, value);
    if (!key) continue;
    if (fields.has(key.value)) value.yaml.report(key.place, 'duplicate-key', phrase`"${key.value}" stands here twice`);
    else if (isBraced(node) && lacksColon(pair)) {
      refuseComma(key.place, value);
      // What stands before the comma is half a value: it is not worth a second message.
      fields.delete(last);
    } else fields.set(key.value, { ...child(value, pair.value, key.place), key: key.place });
    last = key.value;
  }
  return fields;
}

function readKey(pair: Pair, map: Value): Located<string> | undefined {
  if (!isScalar(pair.key)) {
    map.yaml.report(map.place, 'yaml', phrase`a key must be a word; if this is a condition, put it in quotes`);
    return undefined;
  }
  return { value: textOf(pair.key), place: placeOf(pair.key, map) };
}

/** `{ where: f(a, b) }`: YAML reads `b)` as a key of its own. */
function lacksColon(pair: Pair): boolean {
  return pair.value === null || (isScalar(pair.value) && pair.value.value === null && pair.value.source === '');
}

function refuseComma(place: Place, map: Value): void {
  const message = phrase`a comma inside braces ends the value before it: put a value that has one in quotes`;
  map.yaml.report(place, 'yaml', message);
}

/** Reads a list into its items; undefined if it is none. */
export function readList(value: Value, expected: Phrase): Value[] | undefined {
  const node = value.node && value.yaml.resolve(value.node);
  if (value.node && !node) return undefined;
  if (!isSeq(node)) return refuse(value, expected);
  return node.items.map((item) => child(value, item, value.place));
}

/** A list, or the one thing that stands in its place. */
export function readOneOrMore(value: Value): Value[] {
  const node = value.node && value.yaml.resolve(value.node);
  return isSeq(node) ? node.items.map((item) => child(value, item, value.place)) : [value];
}

/** One name or several, never none. */
export function readNames(value: Value, expected: Phrase): Located<string>[] {
  const items = readOneOrMore(value);
  if (items.length === 0) say(value, 'shape', expected);
  return items.flatMap((item) => readText(item, expected) ?? []);
}

/** Any scalar, as it is written: `3`, `true` and `2026-12-01` are texts where a text is asked for. */
export function readText(value: Value, expected: Phrase): Located<string> | undefined {
  const scalar = readScalar(value, expected);
  return scalar && { value: textOf(scalar), place: value.place };
}

/** The scalar itself, for readers that need its quotes; reports anything else. */
export function readScalar(value: Value, expected: Phrase): Scalar | undefined {
  const node = value.node && value.yaml.resolve(value.node);
  if (node?.tag !== undefined || (value.node && !node)) return undefined;
  if (!isScalar(node) || (node.value === null && textOf(node) === '') || node.value === '')
    return refuse(value, expected);
  return node;
}

/** A word of a fixed list. */
export function readOneOf<T extends string>(
  value: Value,
  what: Phrase,
  words: readonly T[],
  later: readonly string[] = [],
): Located<T> | undefined {
  const text = readText(value, phrase`${what} is one of: ${words.join(', ')}`);
  if (!text) return undefined;
  const word = words.find((candidate) => candidate === text.value);
  if (word !== undefined) return { value: word, place: text.place };
  if (later.includes(text.value)) return say(value, 'unsupported', phrase`"${text.value}" is not supported yet`);
  return say(value, 'value', phrase`${what} is one of: ${words.join(', ')}${didYouMean(text.value, words)}`);
}

/** A length of time, in milliseconds. */
export function readLength(value: Value, what: Phrase): Located<number> | undefined {
  const text = readText(value, phrase`${what} is a length of time, like "3 days" or "1 hour"`);
  if (!text) return undefined;
  const ms = parseLength(text.value);
  if (ms !== null) return { value: ms, place: text.place };
  return say(
    value,
    'length',
    phrase`"${text.value}" is no length of time: write a whole number and a unit, like "3 days" or "90 minutes"`,
  );
}

export function readBool(value: Value, what: Phrase): Located<boolean> | undefined {
  const scalar = readScalar(value, phrase`${what} is true or false`);
  if (!scalar) return undefined;
  if (typeof scalar.value === 'boolean') return { value: scalar.value, place: value.place };
  return say(value, 'value', phrase`${what} is true or false`);
}

/** Any value as JSON, for `with`; undefined where a part of it could not be read. */
export function readJson(value: Value): Json | undefined {
  const node = value.node && value.yaml.resolve(value.node);
  if (value.node && !node) return undefined;
  if (isMap(node)) return readJsonMap(value);
  if (isSeq(node)) return node.items.map((item) => readJson(child(value, item, value.place)) ?? null);
  if (!isScalar(node) || node.tag !== undefined) return node === null ? null : undefined;
  return typeof node.value === 'number' && !Number.isFinite(node.value) ? textOf(node) : (node.value as Json);
}

export function readJsonMap(value: Value): JsonMap | undefined {
  const fields = readEntries(value, phrase`values are given as a map: { percent: 10 }`);
  if (!fields) return undefined;
  return Object.fromEntries([...fields].map(([key, field]) => [key, readJson(field) ?? null]));
}

/** Reports at a value, and gives undefined. */
export function say(value: Value, rule: string, message: Phrase): undefined {
  value.yaml.report(value.place, rule, message);
}

function refuse(value: Value, expected: Phrase): undefined {
  say(value, 'shape', expected);
}

/** The beginning of a map, to point at when a key is missing from it. */
function startOf(value: Value): Place {
  const firstLine = value.place.file.text.slice(value.place.start, value.place.end).split('\n', 1)[0]!;
  return { ...value.place, end: value.place.start + firstLine.length };
}

/** A scalar's text as its author wrote it, quotes and line folds undone. */
function textOf(scalar: Scalar): string {
  return typeof scalar.value === 'string' ? scalar.value : (scalar.source ?? String(scalar.value));
}

function child(parent: Value, node: unknown, fallback: Place): Value {
  const known = (node ?? null) as Value['node'];
  return { node: known, place: known?.range ? placeOf(known, parent) : fallback, yaml: parent.yaml };
}

function placeOf(node: NonNullable<Value['node']> | Scalar, within: Value): Place {
  const [start, end] = node.range ?? [within.place.start, within.place.end];
  return { file: within.yaml.source, start, end };
}
