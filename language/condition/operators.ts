// Operators between two values: what goes together, and what it yields.

import type { ASTNode } from '../../engine/core/cel.ts';
import { type Phrase, phrase } from '../phrase.ts';
import { type Checking, type Place, textOf } from './checking.ts';
import { infer } from './infer.ts';
import { any, bool, duration, int, isNumeric, isSame, isScalar, type Kind, number, string, time } from './kind.ts';
import { isIntLiteral, isNumberLike, readAsNumber } from './literals.ts';
import { described, mismatch, needsDefault } from './mistakes.ts';

type Binary = Extract<ASTNode, { op: '==' | '!=' | '<' | '<=' | '>' | '>=' | 'in' | '+' | '-' | '*' | '/' | '%' }>;

/** The kind of `left operator right`. */
export function binaryKind(node: Binary, place: Place, checking: Checking): Kind {
  const [left, right] = node.args;
  const kinds: [Kind, Kind] = [infer(left, place, checking), infer(right, place, checking)];
  for (const [i, kind] of kinds.entries())
    if (kind.kind === 'optional') kinds[i] = needsDefault(node.args[i]!, checking);
  if (kinds.some((kind) => kind.kind === 'any')) return ['+', '-', '*', '/', '%'].includes(node.op) ? any : bool;
  adaptLiterals(node, kinds, checking);
  const result = operatorKind(node.op, kinds);
  if (result) return result;
  const [before, behind] = [described(left, kinds[0], checking), described(right, kinds[1], checking)];
  return mismatch(
    node,
    checking,
    phrase`"${node.op}" cannot stand between ${before} and ${behind}`,
    operatorHint(node, kinds, checking),
  );
}

/**
 * Beside a number, `1 / 2` must not become 0 first; beside or inside a list of numbers every literal must be one. A lone
 * literal stays as it is written: it is compared and computed by value.
 */
function adaptLiterals(node: Binary, kinds: [Kind, Kind], checking: Checking): void {
  for (const [i, side] of node.args.entries()) {
    const kind = kinds[i]!;
    const other = kinds[1 - i]!;
    const isLone = side.op === 'value' || (side.op === '-_' && side.args.op === 'value');
    if (!isIntLiteral(side) || !isNumberLike(other) || (isLone && other.kind !== 'list')) continue;
    readAsNumber(side, checking);
    kinds[i] = kind.kind === 'list' ? { kind: 'list', of: number } : number;
  }
}

function operatorKind(operator: Binary['op'], [left, right]: [Kind, Kind]): Kind | null {
  switch (operator) {
    case '==':
    case '!=': {
      const isFlat = isScalar(left) || (left.kind === 'list' && isScalar(left.of));
      return (isFlat && isSame(left, right)) || (isNumeric(left) && isNumeric(right)) ? bool : null;
    }
    case 'in':
      return right.kind === 'list' && isScalar(left) && isSame(left, right.of) ? bool : null;
    case '+':
      if (left.kind === 'string' && right.kind === 'string') return string;
      if (left.kind === 'time' && right.kind === 'duration') return time;
      return durationOr(numeric, left, right);
    case '-':
      if (left.kind === 'time' && right.kind === 'duration') return time;
      if (left.kind === 'time' && right.kind === 'time') return duration;
      return durationOr(numeric, left, right);
    case '*':
    case '/':
      return numeric(left, right);
    case '%':
      return left.kind === 'int' && right.kind === 'int' ? int : null;
    default: {
      const ordered = ['string', 'date', 'time', 'duration'].includes(left.kind) && isSame(left, right);
      return ordered || (isNumeric(left) && isNumeric(right)) ? bool : null;
    }
  }
}

function durationOr(otherwise: (left: Kind, right: Kind) => Kind | null, left: Kind, right: Kind): Kind | null {
  return left.kind === 'duration' && right.kind === 'duration' ? duration : otherwise(left, right);
}

function numeric(left: Kind, right: Kind): Kind | null {
  if (!isNumeric(left) || !isNumeric(right)) return null;
  return left.kind === 'int' && right.kind === 'int' ? int : number;
}

function operatorHint(node: Binary, [left, right]: [Kind, Kind], checking: Checking): Phrase | undefined {
  const [a, b] = node.args.map((side) => textOf(checking, side)) as [string, string];
  const has = (kind: string) => left.kind === kind || right.kind === kind;
  const text = node.args.find((side) => side.op === 'value' && typeof side.args === 'string');
  if (left.kind === 'duration' && right.kind === 'time') return phrase`write ${b} + ${a}`;
  if (has('date') && has('time')) return phrase`make the moment a day: date(…)`;
  if (has('date') && text) return phrase`write the day as date(${textOf(checking, text)})`;
  if (has('time') && text) return phrase`write the moment as timestamp(${textOf(checking, text)})`;
  if (text && (isNumeric(left) || isNumeric(right))) return phrase`numbers stand without quotes`;
  if (has('string') && (isNumeric(left) || isNumeric(right))) return phrase`text stands in quotes: "3"`;
  if (node.op === 'in' && right.kind === 'list' && isNumeric(left) && isNumeric(right.of))
    return phrase`make the int a number: double(…)`;
  if (node.op === 'in' && right.kind === 'string') return phrase`to look inside a text: ${b}.contains(${a})`;
  return undefined;
}
