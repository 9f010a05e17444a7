// The mistakes that any part of a condition can hold, in the words that authors read.

import type { ASTNode } from '../../engine/core/cel.ts';
import { type Phrase, phrase } from '../phrase.ts';
import { type Checking, report, textOf } from './checking.ts';
import { any, type Kind, nameOfKind } from './kind.ts';

/** `customer.tier (string)` */
export function described(node: ASTNode, kind: Kind, checking: Checking): string {
  return `${textOf(checking, node)} (${nameOfKind(kind)})`;
}

/** Reports a type error. */
export function mismatch(node: ASTNode, checking: Checking, message: Phrase, hint?: Phrase): Kind {
  report(checking, node, 'type', message, hint);
  return any;
}

/** For a value with `.?` in it that is used without a default. */
export function needsDefault(node: ASTNode, checking: Checking): Kind {
  const text = textOf(checking, node);
  const isEvent = node.op === 'call' && node.args[0] === 'last';
  const hint = isEvent
    ? phrase`ask for one of its properties, with a default: last(…).?total.orValue(0), or whether it happened: did(…)`
    : phrase`give it a default: ${text}.orValue(…)`;
  report(checking, node, 'may-be-missing', phrase`${text} may be missing`, hint);
  return any;
}

/** Reports what conditions do not have. */
export function refuse(node: ASTNode, checking: Checking, message: Phrase, hint?: Phrase): Kind {
  report(checking, node, 'unsupported', message, hint);
  return any;
}
