// The functions of conditions: what each takes and yields.

import { type ASTNode, functions, methods } from '../../engine/core/cel.ts';
import { oneOf, phrase } from '../phrase.ts';
import { sharedProperties } from '../shared-properties.ts';
import { type Checking, type Place, report, suggestion } from './checking.ts';
import { infer, needBool } from './infer.ts';
import { any, bool, int, isNumeric, type Kind, number, string } from './kind.ts';
import { described, mismatch, needsDefault } from './mistakes.ts';
import { fieldOf } from './names.ts';
import { consentsKind, literalText, momentKind, segmentKind, windowOf } from './quoted.ts';

type Call = ASTNode & { op: 'call' };

/** Known to CEL or planned, and not for conditions yet. */
const later = new Set(
  'matches split join substring indexOf lastIndexOf bind value or type dyn bytes uint bool'
    .concat(' getDayOfMonth getDayOfYear getMilliseconds')
    .split(' '),
);

/** The kind of `name(…)`. */
export function callKind(node: Call, place: Place, checking: Checking): Kind {
  const [name, args] = node.args;
  switch (name) {
    case 'did':
    case 'count':
    case 'last':
      return historyKind(node, place, checking);
    case 'has':
      return takes(node, args, 1, 1, checking) ? hasKind(args[0]!, place, checking) : any;
    case 'size':
      return takes(node, args, 1, 1, checking) ? sizeKind(args[0]!, infer(args[0]!, place, checking), checking) : any;
    case 'consents':
      return takes(node, args, 2, 2, checking) ? consentsKind(args, checking) : any;
    case 'in_segment':
      return takes(node, args, 1, 1, checking) ? segmentKind(node, args[0]!, checking) : bool;
    case 'date':
    case 'timestamp':
    case 'duration':
      return takes(node, args, 1, 1, checking) ? momentKind(name, args[0]!, place, checking) : any;
    case 'int':
    case 'double':
    case 'string':
      return takes(node, args, 1, 1, checking) ? conversionKind(name, args[0]!, place, checking) : any;
    default:
      for (const argument of args) infer(argument, place, checking);
      return unknownFunction(node, name, checking);
  }
}

/** Reports a function that does not exist, or not in this form. */
export function unknownFunction(node: ASTNode & { op: 'call' | 'rcall' }, name: string, checking: Checking): Kind {
  const start = node.op === 'call' ? node.start : checking.text.indexOf(name, node.args[1].end);
  const at = start < 0 ? node : { start, end: start + name.length };
  if (later.has(name)) report(checking, at, 'unsupported', phrase`${name}() is not supported yet`);
  else if (functions.has(name)) report(checking, at, 'unknown-function', phrase`${name}() is written ${name}(…)`);
  else if (methods.has(name))
    report(checking, at, 'unknown-function', phrase`${name}() stands behind a value`, phrase`write value.${name}(…)`);
  else {
    const hint = suggestion(name, node.op === 'call' ? functions : methods);
    report(checking, at, 'unknown-function', phrase`unknown function "${name}"`, hint);
  }
  return any;
}

/** Whether the number of arguments is right; reported if not. */
export function takes(
  node: ASTNode & { op: 'call' | 'rcall' },
  args: ASTNode[],
  least: number,
  most: number,
  checking: Checking,
): boolean {
  if (args.length >= least && args.length <= most) return true;
  const expected = least === most ? least : oneOf([least, most]);
  const things = most === 1 ? phrase`${expected} argument` : phrase`${expected} arguments`;
  report(checking, node, 'type', phrase`${node.args[0]}() takes ${things}, not ${args.length}`);
  return false;
}

function historyKind(node: Call, place: Place, checking: Checking): Kind {
  const [name, args] = node.args;
  const yields: Kind = name === 'did' ? bool : name === 'count' ? int : any;
  if (!takes(node, args, 2, 3, checking)) return yields;
  const event = literalText(args[0]!, phrase`the name of an event`, checking);
  const windowMs = windowOf(args[1]!, checking);
  if (event === null) return yields;
  if (!Object.hasOwn(checking.scope.events, event)) {
    const hint = suggestion(event, Object.keys(checking.scope.events));
    report(checking, args[0]!, 'unknown-event', phrase`unknown event "${event}"`, hint);
    return yields;
  }
  checking.history.set(event, Math.max(windowMs, checking.history.get(event) ?? 0));
  const properties: Kind = {
    kind: 'map',
    fields: sharedProperties([event], checking.scope.events),
    whose: { events: [event] },
  };
  if (args[2]) needBool(args[2], lookingBack(properties, place), checking, phrase`${name}()`);
  return name === 'last' ? { kind: 'optional', of: properties } : yields;
}

/** Inside `did(…)`, `event` is each past event in turn: what was tested of the one in hand does not hold for it. */
function lookingBack(event: Kind, place: Place): Place {
  const names = new Map(place.names).set('event', event);
  return { ...place, names, present: new Set([...place.present].filter((key) => !key.startsWith('["event"'))) };
}

function hasKind(node: ASTNode, place: Place, checking: Checking): Kind {
  if (node.op !== '.' || !isPath(node)) {
    report(
      checking,
      node,
      'type',
      phrase`has(…) takes the name of a trait or property`,
      phrase`write for example has(customer.tier)`,
    );
    return bool;
  }
  const [left, name] = node.args;
  fieldOf(node, left, infer(left, place, checking), name, checking);
  return bool;
}

function isPath(node: ASTNode): boolean {
  return node.op === 'id' || (node.op === '.' && isPath(node.args[0]));
}

/** `size(x)` and `x.size()`. */
export function sizeKind(node: ASTNode, kind: Kind, checking: Checking): Kind {
  if (kind.kind === 'optional') return needsDefault(node, checking);
  if (kind.kind === 'list' || kind.kind === 'string' || kind.kind === 'any') return int;
  return mismatch(
    node,
    checking,
    phrase`size() is for lists and strings, but this is ${described(node, kind, checking)}`,
  );
}

function conversionKind(name: 'int' | 'double' | 'string', node: ASTNode, place: Place, checking: Checking): Kind {
  const given = infer(node, place, checking);
  if (given.kind === 'optional') return needsDefault(node, checking);
  const fits =
    isNumeric(given) || given.kind === 'any' || (name === 'string' && ['string', 'bool'].includes(given.kind));
  if (!fits) mismatch(node, checking, phrase`${name}() cannot convert ${described(node, given, checking)}`);
  return name === 'int' ? int : name === 'double' ? number : string;
}
