// What is written behind a value: `x.contains("a")`, `items.exists(i, …)`, `x.orValue(0)`.

import { type ASTNode, deepestMacros, listMacros } from '../../engine/core/cel.ts';
import { isValidZone } from '../../engine/core/local-time.ts';
import { phrase } from '../phrase.ts';
import { sizeKind, takes, unknownFunction } from './calls.ts';
import { type Checking, type Place, report, textOf } from './checking.ts';
import { infer, needBool } from './infer.ts';
import { any, bool, int, isSame, type Kind, string } from './kind.ts';
import { joined } from './literals.ts';
import { described, mismatch, needsDefault } from './mistakes.ts';

type Method = ASTNode & { op: 'rcall' };

const ofStrings: { [name: string]: { argument: boolean; yields: Kind } } = {
  contains: { argument: true, yields: bool },
  startsWith: { argument: true, yields: bool },
  endsWith: { argument: true, yields: bool },
  lowerAscii: { argument: false, yields: string },
  upperAscii: { argument: false, yields: string },
  trim: { argument: false, yields: string },
};
const ofTimes = new Set(['getFullYear', 'getMonth', 'getDate', 'getDayOfWeek', 'getHours', 'getMinutes', 'getSeconds']);
const ofDurations = new Set(['getHours', 'getMinutes', 'getSeconds']);

/** The kind of `value.name(…)`. */
export function methodKind(node: Method, place: Place, checking: Checking): Kind {
  const [name, receiver, args] = node.args;
  const before = checking.problems.length;
  const kind = infer(receiver, place, checking);
  if (listMacros.has(name)) return macroKind(node, kind, place, checking);
  if (name === 'orValue') return orValueKind(node, kind, checking.problems.length > before, place, checking);
  if (name === 'hasValue') return hasValueKind(node, kind, checking);
  if (name === 'size') return takes(node, args, 0, 0, checking) ? sizeKind(receiver, kind, checking) : any;
  if (Object.hasOwn(ofStrings, name)) return stringMethodKind(node, kind, place, checking);
  if (ofTimes.has(name)) return clockKind(node, kind, checking);
  for (const argument of args) infer(argument, place, checking);
  return unknownFunction(node, name, checking);
}

function macroKind(node: Method, kind: Kind, place: Place, checking: Checking): Kind {
  const [name, receiver, args] = node.args;
  if (!takes(node, args, 2, name === 'map' ? 3 : 2, checking)) return any;
  if (kind.kind === 'optional') return needsDefault(receiver, checking);
  if (kind.kind !== 'list') {
    if (kind.kind === 'any') return any;
    return mismatch(
      receiver,
      checking,
      phrase`${name}() goes through a list, but this is ${described(receiver, kind, checking)}`,
    );
  }
  if (place.macros >= deepestMacros) {
    report(checking, node, 'unsupported', phrase`${name}() inside two others is not supported`);
    return any;
  }
  const inside = withVariable(args[0]!, kind.of, place, checking);
  if (!inside) return any;
  const [first, second] = args.slice(1) as [ASTNode, ASTNode?];
  if (name !== 'map' || second) needBool(first, inside, checking, phrase`${name}()`);
  if (name === 'filter') return kind;
  if (name !== 'map') return bool;
  const of = infer(second ?? first, inside, checking);
  return { kind: 'list', of: of.kind === 'optional' ? needsDefault(second ?? first, checking) : of };
}

function withVariable(node: ASTNode, kind: Kind, place: Place, checking: Checking): Place | null {
  if (node.op !== 'id') {
    report(
      checking,
      node,
      'syntax',
      phrase`a name for one item stands here`,
      phrase`write for example items.exists(item, item.price > 0)`,
    );
    return null;
  }
  if (place.names.has(node.args) || ['event', 'entry', 'latest', 'vars', 'answer'].includes(node.args)) {
    report(
      checking,
      node,
      'name',
      phrase`"${node.args}" has a meaning already`,
      phrase`give one item another name, such as "item"`,
    );
    return null;
  }
  return { ...place, names: new Map(place.names).set(node.args, kind), macros: place.macros + 1 };
}

function orValueKind(node: Method, kind: Kind, wasReported: boolean, place: Place, checking: Checking): Kind {
  const [, receiver, args] = node.args;
  if (!takes(node, args, 1, 1, checking)) return any;
  const other = infer(args[0]!, place, checking);
  if (kind.kind !== 'optional') {
    // `customer.tier.orValue("x")` was already told to use `.?`.
    if (kind.kind === 'any' || wasReported) return any;
    const text = textOf(checking, receiver);
    return mismatch(node, checking, phrase`${text} cannot be missing here`, phrase`leave .orValue(…) out`);
  }
  if (other.kind === 'optional') return needsDefault(args[0]!, checking);
  const common = joined([receiver, kind.of], [args[0]!, other], checking);
  if (common) return common;
  const [wanted, given] = [described(receiver, kind.of, checking), described(args[0]!, other, checking)];
  return mismatch(args[0]!, checking, phrase`the default must be of the type of ${wanted}, but ${given} is not`);
}

function hasValueKind(node: Method, kind: Kind, checking: Checking): Kind {
  const [, receiver, args] = node.args;
  if (!takes(node, args, 0, 0, checking)) return any;
  if (kind.kind !== 'optional' && kind.kind !== 'any')
    mismatch(
      node,
      checking,
      phrase`hasValue() stands behind a name with ".?"`,
      phrase`write has(${textOf(checking, receiver)})`,
    );
  return bool;
}

function stringMethodKind(node: Method, kind: Kind, place: Place, checking: Checking): Kind {
  const [name, receiver, args] = node.args;
  const { argument, yields } = ofStrings[name]!;
  if (!takes(node, args, argument ? 1 : 0, argument ? 1 : 0, checking)) return any;
  for (const [part, given] of [[receiver, kind], ...args.map((arg) => [arg, infer(arg, place, checking)])] as [
    ASTNode,
    Kind,
  ][]) {
    if (given.kind === 'optional') return needsDefault(part, checking);
    if (!isSame(given, string)) {
      const hint =
        given.kind === 'list' && name === 'contains'
          ? phrase`write ${textOf(checking, args[0]!)} in ${textOf(checking, part)}`
          : undefined;
      return mismatch(
        part,
        checking,
        phrase`${name}() is for strings, but this is ${described(part, given, checking)}`,
        hint,
      );
    }
  }
  return yields;
}

/** Parts of a moment, in UTC or in the zone given; hours, minutes and seconds also of a duration. */
function clockKind(node: Method, kind: Kind, checking: Checking): Kind {
  const [name, receiver, args] = node.args;
  if (kind.kind === 'optional') return needsDefault(receiver, checking);
  if (kind.kind === 'duration' && ofDurations.has(name)) return takes(node, args, 0, 0, checking) ? int : any;
  if (!isSame(kind, { kind: 'time' }))
    return mismatch(
      receiver,
      checking,
      phrase`${name}() is for moments, but this is ${described(receiver, kind, checking)}`,
    );
  if (!takes(node, args, 0, 1, checking)) return any;
  const zone = args[0];
  if (zone && !(zone.op === 'value' && typeof zone.args === 'string' && isValidZone(zone.args)))
    return mismatch(zone, checking, phrase`a time zone stands here in quotes`, phrase`write for example "Asia/Tokyo"`);
  return int;
}
