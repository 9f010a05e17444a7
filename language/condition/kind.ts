// What an expression in a condition yields, and how that is named to authors.
import type { PropertyType, Schema } from '../../engine/core/schema.ts';

/** `any` stands where a problem was already reported, and fits everywhere so that it is reported once. */
export type Kind =
  | { kind: 'string' | 'int' | 'number' | 'bool' | 'date' | 'time' | 'duration' | 'any' }
  | { kind: 'list'; of: Kind }
  | { kind: 'map'; fields: Schema; whose: Whose }
  | { kind: 'optional'; of: Kind };

/** Whose properties a map holds: the customer's traits, those that some events share, or a nested map. */
type Whose = { customer: true } | { events: string[] } | { path: string };

export const any: Kind = { kind: 'any' };
export const bool: Kind = { kind: 'bool' };
export const int: Kind = { kind: 'int' };
export const number: Kind = { kind: 'number' };
export const string: Kind = { kind: 'string' };
export const time: Kind = { kind: 'time' };
export const duration: Kind = { kind: 'duration' };
export const date: Kind = { kind: 'date' };

/** The kind of a declared property; `path` is how it was reached, for messages about what is inside it. */
export function kindOfProperty(type: PropertyType, path: string): Kind {
  if (type.kind === 'list') return { kind: 'list', of: kindOfProperty(type.of, path) };
  if (type.kind === 'map') return { kind: 'map', fields: type.fields, whose: { path } };
  return { kind: type.kind };
}

/** `[string]`, `map`; what an author would call it. */
export function nameOfKind(kind: Kind): string {
  if (kind.kind === 'list') return `[${nameOfKind(kind.of)}]`;
  return kind.kind === 'optional' ? `${nameOfKind(kind.of)}?` : kind.kind;
}

export function isNumeric(kind: Kind): boolean {
  return kind.kind === 'int' || kind.kind === 'number';
}

/** One value each: what can be compared, and stand in a list that is searched. */
export function isScalar(kind: Kind): boolean {
  return !['list', 'map', 'optional'].includes(kind.kind);
}

/** Equal kinds; `any` equals everything. Maps are never equal: they cannot be compared. */
export function isSame(left: Kind, right: Kind): boolean {
  if (left.kind === 'any' || right.kind === 'any') return true;
  if (left.kind === 'list' && right.kind === 'list') return isSame(left.of, right.of);
  if (left.kind === 'optional' && right.kind === 'optional') return isSame(left.of, right.of);
  return left.kind === right.kind && left.kind !== 'map';
}
