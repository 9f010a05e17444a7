// The kind of every expression of a condition, and all that is wrong in it: names, properties, operators.

import type { ASTNode } from '../../engine/core/cel.ts';
import { type Phrase, phrase, quoted } from '../phrase.ts';
import { callKind } from './calls.ts';
import { type Checking, type Place, textOf } from './checking.ts';
import { any, bool, int, isNumeric, type Kind, nameOfKind, number, string } from './kind.ts';
import { joined } from './literals.ts';
import { methodKind } from './methods.ts';
import { described, mismatch, needsDefault, refuse } from './mistakes.ts';
import { indexKind, nameKind, propertyKind } from './names.ts';
import { binaryKind } from './operators.ts';
import { learn } from './presence.ts';

/** The kind of the expression; what is wrong in it is reported, once each, and is `any` further out. */
export function infer(node: ASTNode, place: Place, checking: Checking): Kind {
  switch (node.op) {
    case 'value':
      return literalKind(node, checking);
    case 'id':
      return nameKind(node, place, checking);
    case '.':
      return propertyKind(node, node.args[0], node.args[1], false, place, checking);
    case '.?':
      return propertyKind(node, node.args[0], node.args[1], true, place, checking);
    case '[]':
    case '[?]':
      return indexKind(node, place, checking);
    case 'call':
      return callKind(node, place, checking);
    case 'rcall':
      return methodKind(node, place, checking);
    case 'list':
      return listKind(node.args, place, checking);
    case 'map':
      return refuse(node, checking, phrase`a map cannot be written in a condition`);
    case '?:':
      return ternaryKind(node, place, checking);
    case '&&':
    case '||':
      return logicalKind(node, place, checking);
    case '!_':
      needBool(node.args, place, checking, quoted('!'));
      return bool;
    case '-_': {
      const kind = infer(node.args, place, checking);
      return isNumeric(kind) || kind.kind === 'any'
        ? kind
        : mismatch(node, checking, phrase`"-" cannot stand before ${described(node.args, kind, checking)}`);
    }
    default:
      return binaryKind(node, place, checking);
  }
}

/** Reports unless the expression is true or false; `what` says who needs it. */
export function needBool(node: ASTNode, place: Place, checking: Checking, what: Phrase): void {
  const kind = infer(node, place, checking);
  if (kind.kind === 'bool' || kind.kind === 'any') return;
  if (kind.kind === 'optional') needsDefault(node, checking);
  else mismatch(node, checking, phrase`${what} needs true or false, but ${described(node, kind, checking)} is neither`);
}

function literalKind(node: ASTNode & { op: 'value' }, checking: Checking): Kind {
  switch (typeof node.args) {
    case 'string':
      return string;
    case 'number':
      return number;
    case 'boolean':
      return bool;
    case 'bigint':
      if (node.args <= BigInt(Number.MAX_SAFE_INTEGER)) return int;
      return mismatch(node, checking, phrase`${textOf(checking, node)} is too large a number`);
    default:
      if (node.args === null)
        return mismatch(
          node,
          checking,
          phrase`nothing is ever null here: what has no value is missing`,
          phrase`test with has(…)`,
        );
      return refuse(node, checking, phrase`${textOf(checking, node)} cannot be used in a condition`);
  }
}

function listKind(items: ASTNode[], place: Place, checking: Checking): Kind {
  const kinds = items.map((item) => infer(item, place, checking));
  // The first number decides that the integer literals beside it are numbers, wherever it stands.
  const lead = Math.max(
    0,
    kinds.findIndex((kind) => kind.kind === 'number'),
  );
  let of: Kind = kinds[lead] ?? any;
  for (const [i, item] of items.entries()) {
    const kind = kinds[i]!;
    if (kind.kind === 'optional') return { kind: 'list', of: needsDefault(item, checking) };
    if (kind.kind === 'map') return refuse(item, checking, phrase`a list in a condition holds single values`);
    const common = joined([items[lead]!, of], [item, kind], checking);
    if (!common)
      return mismatch(
        item,
        checking,
        phrase`a list holds one type: ${nameOfKind(of)}, but this is ${nameOfKind(kind)}`,
      );
    of = common;
  }
  return { kind: 'list', of };
}

function ternaryKind(node: ASTNode & { op: '?:' }, place: Place, checking: Checking): Kind {
  const [condition, then, otherwise] = node.args;
  needBool(condition, place, checking, quoted('?'));
  const { ifTrue, ifFalse } = learn(condition);
  const left = infer(then, knowing(place, ifTrue), checking);
  const right = infer(otherwise, knowing(place, ifFalse), checking);
  return (
    joined([then, left], [otherwise, right], checking) ??
    mismatch(
      node,
      checking,
      phrase`both sides of ":" need one type, but ${described(then, left, checking)} and ${described(otherwise, right, checking)} differ`,
      isNumeric(left) && isNumeric(right) ? phrase`make the int a number: double(…)` : undefined,
    )
  );
}

function logicalKind(node: ASTNode & { op: '&&' | '||' }, place: Place, checking: Checking): Kind {
  const [left, right] = node.args;
  needBool(left, place, checking, quoted(node.op));
  const { ifTrue, ifFalse } = learn(left);
  needBool(right, knowing(place, node.op === '&&' ? ifTrue : ifFalse), checking, quoted(node.op));
  return bool;
}

/** What cannot be reached learns nothing, so that it is checked like the rest. */
function knowing(place: Place, learned: Set<string> | null): Place {
  return { ...place, present: new Set([...place.present, ...(learned ?? [])]) };
}
