// Conversion at intake: what senders wrote becomes the declared types (journey-language §5, §6), or is flagged and missing.
import { dayOf, isDay, momentOf } from './local-time.ts';
import type { Json, JsonMap, PropertyType, ScalarKind, Schema } from './schema.ts';

/** A value that could not be converted. It never holds the value itself, so it may stand in logs and answers. */
export interface Flag {
  /** Where it stands: `items[0].quantity`; empty for the data as a whole. */
  path: string;
  /** The declared type: `int`, `[string]`, `map`. */
  declared: string;
  /** The kind of value that was given: `string`, `number`, `bool`, `list`, `map`, or `nested too deeply`. */
  given: string;
}

/** Deeper nesting is cut off; nothing that a condition or template can name lies so deep. */
const deepest = 16;
const mostFlags = 50;
const forbidden = new Set(['__proto__', 'constructor', 'prototype']);

/**
 * Data as sent → data as stored. Declared properties are converted: a number written as text is a number, `int` is whole
 * and safe, `bool` also reads "true" and "false", a `time` is stored as ISO 8601 in UTC (without an offset it is read in
 * `zone`), a `date` as `YYYY-MM-DD` (a moment becomes its day in `zone`), `*_id` is always text, null is missing. What
 * cannot be converted is missing in `data` and listed in `flags` (the first 50). Undeclared properties are kept as they
 * are; with `schema` null that is all of them. Keys that reach into prototypes are dropped; NUL characters and lone
 * surrogates, which PostgreSQL refuses to store, are dropped and replaced.
 */
export function convertMap(schema: Schema | null, data: unknown, zone: string): { data: JsonMap; flags: Flag[] } {
  const flags: Flag[] = [];
  if (data === undefined || data === null) return { data: {}, flags };
  if (!isMap(data)) return { data: {}, flags: [{ path: '', declared: 'map', given: kindOf(data) }] };
  return { data: fieldsOf(schema ?? {}, data, { zone, flags, path: '', depth: 0 }), flags };
}

interface Place {
  zone: string;
  flags: Flag[];
  path: string;
  depth: number;
}

function fieldsOf(schema: Schema, data: Record<string, unknown>, place: Place): JsonMap {
  const fields: JsonMap = {};
  for (const [name, value] of Object.entries(data)) {
    if (forbidden.has(name)) continue;
    const inside = { ...place, path: place.path === '' ? name : `${place.path}.${name}`, depth: place.depth + 1 };
    const declared = Object.hasOwn(schema, name) ? schema[name] : undefined;
    const converted = isId(name, value)
      ? cleanText(String(value))
      : declared
        ? convert(declared, value, inside)
        : kept(value, inside);
    if (converted !== undefined) fields[cleanText(name)] = converted;
  }
  return fields;
}

function convert(type: PropertyType, value: unknown, place: Place): Json | undefined {
  if (value === undefined || value === null) return undefined;
  if (place.depth > deepest) return flag(type, 'nested too deeply', place);
  if (type.kind === 'list') {
    if (!Array.isArray(value)) return flag(type, kindOf(value), place);
    const items = value.map((item, i) =>
      convert(type.of, item, { ...place, path: `${place.path}[${i}]`, depth: place.depth + 1 }),
    );
    return items.filter((item) => item !== undefined);
  }
  if (type.kind === 'map') return isMap(value) ? fieldsOf(type.fields, value, place) : flag(type, kindOf(value), place);
  return convertScalar(type.kind, value, place.zone) ?? flag(type, kindOf(value), place);
}

/** One value as the declared kind, in the form it is stored in; undefined if it is no such value. */
export function convertScalar(kind: ScalarKind, value: unknown, zone: string): string | number | boolean | undefined {
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') return undefined;
  switch (kind) {
    case 'string':
      return typeof value === 'boolean' ? undefined : cleanText(String(value));
    case 'number':
      return numberOf(value);
    case 'int': {
      const number = numberOf(value);
      return Number.isSafeInteger(number) ? number! + 0 : undefined;
    }
    case 'bool':
      return value === true || value === 'true' ? true : value === false || value === 'false' ? false : undefined;
    case 'time': {
      const atMs = typeof value === 'boolean' ? null : momentOf(value, zone);
      return atMs === null ? undefined : new Date(atMs).toISOString();
    }
    case 'date': {
      if (typeof value === 'string' && isDay(value)) return value;
      const atMs = typeof value === 'boolean' ? null : momentOf(value, zone);
      return atMs === null ? undefined : dayOf(atMs, zone);
    }
    default:
      return kind satisfies never;
  }
}

function numberOf(value: string | number | boolean): number | undefined {
  const isNumber =
    typeof value === 'number' ||
    (typeof value === 'string' && /^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,3})?\s*$/i.test(value));
  return isNumber && Number.isFinite(Number(value)) ? Number(value) : undefined;
}

function kept(value: unknown, place: Place): Json | undefined {
  if (value === null || typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value)))
    return value;
  if (typeof value === 'string') return cleanText(value);
  if (typeof value !== 'object') return undefined;
  if (place.depth > deepest) return flag(null, 'nested too deeply', place);
  if (!Array.isArray(value)) return fieldsOf({}, value as Record<string, unknown>, place);
  const items = value.map((item, i) => kept(item, { ...place, path: `${place.path}[${i}]`, depth: place.depth + 1 }));
  return items.filter((item) => item !== undefined);
}

function isId(name: string, value: unknown): boolean {
  return name.endsWith('_id') && typeof value === 'number' && Number.isFinite(value);
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function cleanText(text: string): string {
  return text.replaceAll('\u0000', '').replace(/\p{Surrogate}/gu, '\uFFFD');
}

function flag(type: PropertyType | null, given: string, place: Place): undefined {
  if (place.flags.length < mostFlags)
    place.flags.push({ path: cleanText(place.path), declared: type ? typeName(type) : 'undeclared', given });
}

function typeName(type: PropertyType): string {
  return type.kind === 'list' ? `[${typeName(type.of)}]` : type.kind;
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'list';
  return typeof value === 'boolean' ? 'bool' : typeof value === 'object' ? 'map' : typeof value;
}
