// Names, properties and places in lists: whether they exist here, and whether they may be missing.

import type { ASTNode } from '../../engine/core/cel.ts';
import { type Phrase, phrase } from '../phrase.ts';
import { type Checking, type Place, report, suggestion, textOf } from './checking.ts';
import { infer } from './infer.ts';
import { any, type Kind, kindOfProperty } from './kind.ts';
import { described, mismatch } from './mistakes.ts';
import { keyOf } from './presence.ts';

/** The kind of a bare name. */
export function nameKind(node: ASTNode & { op: 'id' }, place: Place, checking: Checking): Kind {
  const name = node.args;
  const kind = place.names.get(name);
  if (kind) return kind;
  if (name === 'vars') report(checking, node, 'unknown-name', phrase`there is no "vars" here`, varsHint);
  else if (name === 'answer') report(checking, node, 'unknown-name', phrase`there is no "answer" here`, answerHint);
  else if (name === 'event') report(checking, node, 'unknown-name', phrase`there is no "event" here`, entryHint(place));
  else if (name === 'entry' || name === 'latest')
    report(checking, node, 'unknown-name', phrase`there is no "${name}" here: nobody has entered yet`);
  else report(checking, node, 'unknown-name', phrase`unknown name "${name}"`, nameHint(name, place, checking));
  return any;
}

const varsHint = phrase`a step of a journey that saves what a webhook answers can look at it`;
const answerHint = phrase`a step of a journey with an "ask" can look at it`;

function entryHint(place: Place): Phrase | undefined {
  return place.names.has('entry')
    ? phrase`"entry" is the event that opened the enrollment, "latest" the newest with its name`
    : undefined;
}

/** A trait or property written without its owner is the likeliest slip. */
function nameHint(name: string, place: Place, checking: Checking): Phrase | undefined {
  for (const [owner, kind] of place.names) {
    if (kind.kind === 'map' && Object.hasOwn(kind.fields, name)) return phrase`did you mean "${owner}.${name}"?`;
  }
  if (Object.hasOwn(checking.scope.events, name)) return phrase`the name of an event stands in quotes: "${name}"`;
  return suggestion(name, place.names.keys());
}

/** `left.name` or, with `asOptional`, `left.?name`. Reports an unknown property, and one that may be missing. */
export function propertyKind(
  node: ASTNode,
  left: ASTNode,
  name: string,
  asOptional: boolean,
  place: Place,
  checking: Checking,
): Kind {
  const owner = infer(left, place, checking);
  const inside = owner.kind === 'optional' ? owner.of : owner;
  const property = fieldOf(node, left, inside, name, checking);
  if (property === null) return any;
  const kind = kindOfProperty(property, textOf(checking, node));
  if (asOptional || owner.kind === 'optional') return { kind: 'optional', of: kind };
  const key = keyOf(node);
  if (property.optional && !(key !== null && place.present.has(key))) mayBeMissing(node, left, name, kind, checking);
  return kind;
}

/** The declared property; null, and reported, if there is none. */
export function fieldOf(node: ASTNode, left: ASTNode, owner: Kind, name: string, checking: Checking) {
  if (owner.kind === 'any') return null;
  const at = { start: Math.max(node.start, node.end - name.length), end: node.end };
  if (owner.kind !== 'map') {
    mismatch(node, checking, phrase`${described(left, owner, checking)} has no properties`);
    return null;
  }
  if (Object.hasOwn(owner.fields, name)) return owner.fields[name]!;
  const hint = suggestion(name, Object.keys(owner.fields));
  if ('customer' in owner.whose) report(checking, at, 'unknown-trait', phrase`unknown trait "${name}"`, hint);
  else if ('path' in owner.whose)
    report(checking, at, 'unknown-property', phrase`unknown property "${name}" of ${owner.whose.path}`, hint);
  else unknownEventProperty(at, owner.whose.events, name, hint, checking);
  return null;
}

function unknownEventProperty(
  at: { start: number; end: number },
  events: string[],
  name: string,
  hint: Phrase | undefined,
  checking: Checking,
): void {
  const bare = events.find((event) => !checking.scope.events[event]?.properties);
  if (bare !== undefined)
    report(
      checking,
      at,
      'unknown-property',
      phrase`"${bare}" declares no properties`,
      phrase`declare them in events.yaml`,
    );
  else if (events.length > 1)
    report(checking, at, 'unknown-property', phrase`"${name}" is no property that ${events.join(', ')} share`, hint);
  else report(checking, at, 'unknown-property', phrase`unknown property "${name}" of "${events[0]!}"`, hint);
}

const defaults: { [kind: string]: string } = { string: '""', int: '0', number: '0', bool: 'false' };

function mayBeMissing(node: ASTNode, left: ASTNode, name: string, kind: Kind, checking: Checking): void {
  const text = textOf(checking, node);
  const withDefault = `${textOf(checking, left)}.?${name}.orValue(${defaults[kind.kind] ?? '…'})`;
  const hint =
    keyOf(node) === null || node.op !== '.'
      ? phrase`give it a default: ${withDefault}`
      : phrase`test it first: has(${text}) && …, or give it a default: ${withDefault}`;
  report(checking, node, 'may-be-missing', phrase`${text} may be missing`, hint);
}

/** The kind of `left[index]` or `left[?index]`. */
export function indexKind(node: ASTNode & { op: '[]' | '[?]' }, place: Place, checking: Checking): Kind {
  const [left, index] = node.args;
  if (index.op === 'value' && typeof index.args === 'string')
    return propertyKind(node, left, index.args, node.op === '[?]', place, checking);
  const owner = infer(left, place, checking);
  const inside = owner.kind === 'optional' ? owner.of : owner;
  const at = infer(index, place, checking);
  if (inside.kind === 'any' || at.kind === 'any') return any;
  if (inside.kind !== 'list') return mismatch(node, checking, phrase`${described(left, owner, checking)} is no list`);
  if (at.kind !== 'int')
    return mismatch(
      index,
      checking,
      phrase`the place in a list is an int, but this is ${described(index, at, checking)}`,
    );
  if (node.op === '[?]' || owner.kind === 'optional') return { kind: 'optional', of: inside.of };
  const text = textOf(checking, node);
  const hint = phrase`write ${textOf(checking, left)}[?${textOf(checking, index)}], and a default behind it with .orValue(…)`;
  report(checking, node, 'may-be-missing', phrase`${text} may be missing: the list may be shorter`, hint);
  return inside.of;
}
