// An integer literal beside a `number` is read as a number (journey-language §5): `orValue(0)` of a number is 0.0.
import type { ASTNode } from '../../engine/core/cel.ts';
import type { Checking } from './checking.ts';
import { isNumeric, isSame, type Kind } from './kind.ts';

/** Whether it is made of integer literals alone: `0`, `-1`, `1 / 2`, `[1, 2]`. */
export function isIntLiteral(node: ASTNode): boolean {
  switch (node.op) {
    case 'value':
      return typeof node.args === 'bigint';
    case '-_':
      return isIntLiteral(node.args);
    case '+':
    case '-':
    case '*':
    case '/':
    case '?:':
      return (node.op === '?:' ? node.args.slice(1) : node.args).every(isIntLiteral);
    case 'list':
      return node.args.every(isIntLiteral);
    default:
      return false;
  }
}

/** Notes that the literals below are to be written as numbers in the plan. */
export function readAsNumber(node: ASTNode, checking: Checking): void {
  if (node.op === 'value') checking.asNumbers.set(node.start, { end: node.end, text: `${String(node.args)}.0` });
  else if (node.op === '-_') readAsNumber(node.args, checking);
  else if (node.op === '?:') for (const branch of node.args.slice(1)) readAsNumber(branch, checking);
  else if (Array.isArray(node.args)) for (const item of node.args) readAsNumber(item as ASTNode, checking);
}

/** The text with those literals written as numbers. */
export function rewritten(checking: Checking): string {
  let text = checking.text;
  for (const [start, { end, text: literal }] of [...checking.asNumbers].sort(([a], [b]) => b - a)) {
    text = text.slice(0, start) + literal + text.slice(end);
  }
  return text;
}

/** The one kind of two alternatives (branches, items, a default), literals adapted; null if they differ. */
export function joined(left: [ASTNode, Kind], right: [ASTNode, Kind], checking: Checking): Kind | null {
  if (isSame(left[1], right[1])) return left[1].kind === 'any' ? right[1] : left[1];
  for (const [literal, other] of [
    [left, right],
    [right, left],
  ] as const) {
    if (isIntLiteral(literal[0]) && isNumberLike(other[1]) && isIntLike(literal[1], other[1])) {
      readAsNumber(literal[0], checking);
      return other[1];
    }
  }
  return null;
}

/** A number, or a list of them. */
export function isNumberLike(kind: Kind): boolean {
  return kind.kind === 'list' ? kind.of.kind === 'number' : kind.kind === 'number';
}

function isIntLike(kind: Kind, other: Kind): boolean {
  if (kind.kind === 'list') return other.kind === 'list' && isNumeric(kind.of);
  return other.kind !== 'list' && isNumeric(kind);
}
