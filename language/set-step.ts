// The step `set`: traits that a journey writes, each a value or `{ cel: "…" }`, held against their declared types.

import { convertMap } from '../engine/core/convert.ts';
import type { Condition, SetStep } from '../engine/core/plan.ts';
import type { Json, PropertyType, Schema } from '../engine/core/schema.ts';
import { type Kind, nameOfKind } from './condition/kind.ts';
import type { SetDraft } from './draft.ts';
import { type EmbeddedText, readCondition } from './embedded-text.ts';
import { didYouMean } from './nearest.ts';
import { type Phrase, phrase, type Sayable } from './phrase.ts';
import { readEntries, readJson, readMap, say } from './reader.ts';
import type { Report } from './source.ts';
import type { StepContext } from './steps.ts';
import type { Value } from './yaml.ts';

export function readSet({ fields, value, base }: StepContext): SetDraft {
  readMap(value, { what: phrase`a step \"${'set'}\"`, known: ['set', 'id'] });
  const given = fields.get('set')!;
  const traits = readEntries(given, phrase`"set" is a map from traits to values: { lifecycle: retained }`);
  if (traits?.size === 0) say(given, 'shape', phrase`"set" is empty: name a trait and its value`);
  return {
    ...base,
    kind: 'set',
    traits: [...(traits ?? [])].map(([name, field]) => ({
      name: { value: name, place: field.key },
      place: field.place,
      ...readSource(field),
    })),
  };
}

function readSource(field: Value): { cel?: EmbeddedText; value?: Json } {
  const json = readJson(field);
  if (typeof json !== 'object' || json === null || !('cel' in json)) return { value: json };
  const inner = readMap(field, { what: phrase`a computed value`, known: ['cel'] });
  return inner?.has('cel') ? { cel: readCondition(inner.get('cel')!) } : {};
}

/** What checking a value needs: the declared traits, and the checker of expressions. */
export interface SetScope {
  customer: Schema;
  report: Report;
  expression(text: EmbeddedText, fits: (kind: Kind) => boolean, expected: Phrase): Condition;
}

/** The plan's form; what does not fit its declaration is reported. */
export function toSetTraits(draft: SetDraft, scope: SetScope): SetStep['traits'] {
  const traits: SetStep['traits'] = {};
  for (const { name, place, cel, value } of draft.traits) {
    const type = Object.hasOwn(scope.customer, name.value) ? scope.customer[name.value] : undefined;
    if (!type) {
      const near = didYouMean(name.value, Object.keys(scope.customer));
      const advice = near || phrase`. declare it under "customer" in settings.yaml`;
      scope.report(name.place, 'unknown-trait', phrase`unknown trait "${name.value}"${advice}`);
    } else if (cel) {
      const fits = (kind: Kind) => accepts(type, kind);
      traits[name.value] = scope.expression(cel, fits, phrase`the trait "${name.value}" is of type ${typeName(type)}`);
    } else if (value !== undefined) {
      if (!holds(name.value, type, value))
        scope.report(place, 'type', phrase`the trait "${name.value}" is of type ${typeName(type)}, which this is not`);
      traits[name.value] = { value };
    }
  }
  return traits;
}

/** Strictly: an author writes a number as a number. Null takes away what may be missing. */
function holds(name: string, type: PropertyType, value: Json): boolean {
  if (value === null) return type.optional;
  const isText = typeof value === 'string';
  if (['string', 'date', 'time'].includes(type.kind) ? !isText : isText) return false;
  const { data, flags } = convertMap({ [name]: type }, { [name]: value }, 'UTC');
  return flags.length === 0 && data[name] !== undefined;
}

function accepts(type: PropertyType, kind: Kind): boolean {
  if (type.kind === 'list') return kind.kind === 'list' && (kind.of.kind === 'any' || accepts(type.of, kind.of));
  return kind.kind === type.kind || (type.kind === 'number' && kind.kind === 'int');
}

function typeName(type: PropertyType): Sayable {
  return type.kind === 'list' ? phrase`list of ${typeName(type.of)}` : nameOfKind({ kind: type.kind } as Kind);
}
