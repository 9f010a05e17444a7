// The properties that several events share: what `event`, `entry` and `latest` have where they may be any of them.
import type { PropertyType, Schema } from '../engine/core/schema.ts';
import type { EventDefinition } from '../engine/core/settings.ts';

/**
 * The properties that all the named events declare with one type; missing in one, or of another type, is not shared.
 * Optional in one is optional here. An event that is unknown or declares no properties shares none.
 */
export function sharedProperties(names: string[], events: { [name: string]: EventDefinition }): Schema {
  const schemas = names.map((name) => (Object.hasOwn(events, name) ? (events[name]!.properties ?? {}) : {}));
  return schemas.reduce(sharedFields, schemas[0] ?? {});
}

function sharedFields(left: Schema, right: Schema): Schema {
  const shared: Schema = {};
  for (const [name, type] of Object.entries(left)) {
    const other = Object.hasOwn(right, name) ? sharedType(type, right[name]!) : null;
    if (other) shared[name] = other;
  }
  return shared;
}

function sharedType(left: PropertyType, right: PropertyType): PropertyType | null {
  const optional = left.optional || right.optional;
  if (left.kind === 'list' && right.kind === 'list') {
    const of = sharedType(left.of, right.of);
    return of && { kind: 'list', of, optional };
  }
  if (left.kind === 'map' && right.kind === 'map')
    return { kind: 'map', fields: sharedFields(left.fields, right.fields), optional };
  return left.kind === right.kind ? { ...left, optional } : null;
}
