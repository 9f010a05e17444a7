// What a template can see: the names with their types, and what is known to be there at one spot of it.
import type { Json, JsonMap, PropertyType, Schema } from '../engine/core/schema.ts';
import type { Brand } from '../engine/core/settings.ts';
import { bodyNames } from '../engine/liquid.ts';

/** A declared type, or `any` where a filter or tag made the value. */
export type TemplateType = PropertyType | { kind: 'any'; optional: boolean };

/** Names a template sees whatever it is sent with; a value of `with` cannot take one of them. */
export const reservedNames: readonly string[] = [
  ...['customer', 'entry', 'latest', 'vars', 'brand', 'unsubscribe_url', 'confirm_url'],
  ...['question', 'answers', 'answer_url'],
  ...bodyNames,
];

/** The names at one spot, and the paths that a condition around it has found to be there. */
export interface TemplateScope {
  names: Map<string, TemplateType>;
  present: Set<string>;
}

const stringType: PropertyType = { kind: 'string', optional: false };
const text: TemplateType = stringType;

/** The scope that a template begins with, as one journey sends it. */
export function scopeOf(sent: {
  customer: Schema;
  entry: Schema;
  brand: Brand;
  vars: Schema;
  with: JsonMap;
}): TemplateScope {
  const map = (fields: Schema): TemplateType => ({ kind: 'map', fields, optional: false });
  const names = new Map<string, TemplateType>(Object.entries(sent.with).map(([name, value]) => [name, typeOf(value)]));
  names.set('customer', map(sent.customer));
  names.set('entry', map(sent.entry));
  names.set('latest', map(sent.entry));
  names.set('vars', map(sent.vars));
  names.set('brand', map(brandSchema(sent.brand)));
  names.set('unsubscribe_url', text);
  names.set('confirm_url', text);
  return { names, present: new Set() };
}

const answerFields: Schema = { answer: stringType, label: stringType, url: stringType };
const answerType: PropertyType = { kind: 'map', fields: answerFields, optional: false };

/** The scope of a body, which sees the subject and preheader as well, and what is asked. */
export function withHead(scope: TemplateScope, asks: boolean): TemplateScope {
  const body = branchOf(scope);
  for (const name of asks ? [...bodyNames, 'question', 'answer_url'] : bodyNames) body.names.set(name, text);
  if (asks) body.names.set('answers', { kind: 'list', of: answerType, optional: false });
  return body;
}

/** A copy, for a branch: what is learned or assigned there does not hold outside. */
export function branchOf(scope: TemplateScope, present: Iterable<string> = []): TemplateScope {
  return { names: new Map(scope.names), present: new Set([...scope.present, ...present]) };
}

/** After branches: a name that all of them leave is there, one that only some leave may be missing. */
export function mergeBranches(scope: TemplateScope, branches: TemplateScope[]): void {
  const names = new Set(branches.flatMap((branch) => [...branch.names.keys()]));
  for (const name of names) {
    if (scope.names.has(name)) continue;
    const isSure = branches.every((branch) => branch.names.has(name));
    scope.names.set(name, { kind: 'any', optional: !isSure });
  }
}

function brandSchema(brand: Brand): Schema {
  const keys = ['name', 'url', 'postal_address', 'contact'] as const;
  return Object.fromEntries(keys.map((key) => [key, { kind: 'string', optional: brand[key] === undefined }]));
}

/** The type of a value of `with`. */
function typeOf(value: Json): TemplateType {
  return propertyTypeOf(value) ?? { kind: 'any', optional: false };
}

function propertyTypeOf(value: Json): PropertyType | null {
  if (value === null) return null;
  if (typeof value === 'string') return { kind: 'string', optional: false };
  if (typeof value === 'number') return { kind: 'number', optional: false };
  if (typeof value === 'boolean') return { kind: 'bool', optional: false };
  if (Array.isArray(value)) {
    const of = value.length > 0 ? propertyTypeOf(value[0]!) : null;
    return of && { kind: 'list', of, optional: false };
  }
  const fields = Object.entries(value).map(([key, inner]) => [key, propertyTypeOf(inner)] as const);
  if (fields.some(([, type]) => type === null)) return null;
  return { kind: 'map', fields: Object.fromEntries(fields) as Schema, optional: false };
}
