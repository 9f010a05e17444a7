// Declared types, as they stand in settings.yaml and events.yaml: `string?`, `[{ sku: string }]`, `{ city: string }`.

import { isMap, isSeq } from 'yaml';
import type { PropertyType, ScalarKind, Schema } from '../engine/core/schema.ts';
import { didYouMean } from './nearest.ts';
import { phrase } from './phrase.ts';
import { readEntries, readList, readText, say } from './reader.ts';
import type { Value } from './yaml.ts';

const kinds: readonly ScalarKind[] = ['string', 'int', 'number', 'bool', 'date', 'time'];

/** What a property may be called: what conditions and templates can spell without brackets. */
const propertyName = /^[A-Za-z_][A-Za-z0-9_]{0,63}$/;

/** Deeper data is not declared by hand. */
const deepest = 8;

/** Reads a map from names to types. */
export function readSchema(value: Value, depth = 0): Schema | undefined {
  const fields = readEntries(value, phrase`properties are a map from names to types: { total: number }`);
  if (!fields) return undefined;
  const schema: Schema = {};
  for (const [name, field] of fields) {
    const type = readType(field, depth + 1);
    if (!propertyName.test(name) || name in Object.prototype) {
      value.yaml.report(
        field.key,
        'name',
        phrase`"${name}" cannot be a property: letters, digits and "_", not a digit first`,
      );
    } else if (type) schema[name] = type;
  }
  return schema;
}

/** Reads one type; `?` behind it means that the value may be missing. */
export function readType(value: Value, depth = 0): PropertyType | undefined {
  const node = value.node && value.yaml.resolve(value.node);
  if (depth > deepest) return say(value, 'type', phrase`types nest at most ${deepest} levels deep`);
  if (isSeq(node)) return readListType(value, depth);
  if (isMap(node)) {
    const fields = readSchema(value, depth);
    return fields && { kind: 'map', fields, optional: false };
  }
  const text = readText(value, phrase`a type is expected here: ${kinds.join(', ')}, a list or a map`);
  return text && scalarType(text.value, value);
}

function scalarType(text: string, value: Value): PropertyType | undefined {
  const optional = text.endsWith('?');
  const word = optional ? text.slice(0, -1) : text;
  const kind = kinds.find((candidate) => candidate === word);
  if (kind) return { kind, optional };
  return say(value, 'type', phrase`"${text}" is no type. types are ${kinds.join(', ')}${didYouMean(word, kinds)}`);
}

function readListType(value: Value, depth: number): PropertyType | undefined {
  const items = readList(value, phrase`a list names the one type of its items: [string]`) ?? [];
  if (items.length !== 1) return say(value, 'type', phrase`a list names the one type of its items: [string]`);
  const of = readType(items[0]!, depth + 1);
  return of && { kind: 'list', of, optional: false };
}
