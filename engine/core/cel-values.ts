// Stored JSON → CEL values by the declared schema, and back to small JSON for the decision record.
import { Optional } from '@marcbachmann/cel-js';
import { convertScalar } from './convert.ts';
import type { Json, JsonMap, PropertyType, Schema } from './schema.ts';

/** What one evaluation may still read from lists and history. Bounds nested macros over hostile data. */
export interface Meter {
  left: number;
}

export class TooMuchWork extends Error {
  constructor() {
    super('the condition reads too much');
  }
}
// One instance: a loop that goes on after a failure must not build a stack trace each time.
const tooMuch = new TooMuchWork();

/** Takes `amount` from the meter; throws when it is used up. */
export function spend(meter: Meter, amount: number): void {
  meter.left -= amount;
  if (meter.left < 0) throw tooMuch;
}

/** Longer text cannot be read by a condition: joining it in a loop would cost too much. */
const longestString = 4000;

/**
 * The declared properties of `data`: int → bigint, number → number, time → Date, date → its text, lists and maps
 * likewise. Undeclared ones are invisible; what does not fit its declaration (the schema has changed since) is missing.
 */
export function celMap(schema: Schema, data: JsonMap, zone: string, meter: Meter): object {
  const map: Record<string, unknown> = Object.create(null);
  for (const [name, type] of Object.entries(schema)) {
    const value = Object.hasOwn(data, name) ? celValue(type, data[name], zone, meter) : undefined;
    if (priceOf(value) > 1) {
      Object.defineProperty(map, name, { enumerable: true, get: () => spend(meter, Number.POSITIVE_INFINITY) });
    } else if (value !== undefined) map[name] = value;
  }
  return map;
}

function celValue(type: PropertyType, value: Json | undefined, zone: string, meter: Meter): unknown {
  if (value === undefined || value === null) return undefined;
  switch (type.kind) {
    case 'list':
      return Array.isArray(value) ? celList(type.of, value, zone, meter) : undefined;
    case 'map':
      return typeof value === 'object' && !Array.isArray(value) ? celMap(type.fields, value, zone, meter) : undefined;
    case 'int': {
      const int = convertScalar('int', value, zone);
      return typeof int === 'number' ? BigInt(int) : undefined;
    }
    case 'time': {
      const time = convertScalar('time', value, zone);
      return typeof time === 'string' ? new Date(time) : undefined;
    }
    default:
      return convertScalar(type.kind, value, zone);
  }
}

/** A list whose every read of an item is paid for from the meter. */
function celList(of: PropertyType, list: Json[], zone: string, meter: Meter): unknown[] {
  const items = list.map((item) => celValue(of, item, zone, meter)).filter((item) => item !== undefined);
  return new Proxy(items, {
    get(target, key) {
      const value = Reflect.get(target, key);
      if (typeof key === 'string' && key >= '0' && key < ':') spend(meter, priceOf(value));
      return value;
    },
  });
}

function priceOf(value: unknown): number {
  return typeof value === 'string' && value.length > longestString ? Number.POSITIVE_INFINITY : 1;
}

/** A CEL value in full, as it is stored: what is missing is null, and so is what JSON cannot say. */
export function jsonOf(value: unknown): Json {
  if (value instanceof Optional) return value.hasValue() ? jsonOf(value.value()) : null;
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map(jsonOf);
  if (typeof value === 'bigint') return Number(value);
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  return typeof value === 'string' || typeof value === 'boolean' ? value : null;
}

const longestNoted = 200;
const mostNoted = 20;

/** A CEL value as JSON for people: text of at most 200 characters, lists and maps of at most 20 items, four levels. */
export function noted(value: unknown, levels = 4): Json {
  if (value instanceof Optional) return value.hasValue() ? noted(value.value(), levels) : null;
  switch (typeof value) {
    case 'string':
      return value.length > longestNoted ? shortened(value) : value;
    case 'bigint':
      return Number(value);
    case 'number':
      return Number.isFinite(value) ? value : null;
    case 'boolean':
      return value;
    case 'object':
      if (value === null || levels === 0) return null;
      if (value instanceof Date) return value.toISOString();
      if (Array.isArray(value)) return value.slice(0, mostNoted).map((item) => noted(item, levels - 1));
      return notedMap(value, levels);
    default:
      return null;
  }
}

/** Cuts between characters: half a surrogate pair cannot be stored as JSON. */
function shortened(text: string): string {
  return `${text.slice(0, longestNoted - 1).replace(/\p{Surrogate}$/u, '')}…`;
}

function notedMap(map: object, levels: number): JsonMap {
  const entries = Object.keys(map).slice(0, mostNoted);
  return Object.fromEntries(entries.map((name) => [name, noted(Reflect.get(map, name), levels - 1)]));
}
