// When time alone may change a condition's answer: events leave windows, `now` passes moments. Never later than the first
// real change; earlier is allowed, it costs one look more.
import { type ASTNode, childrenOf, textOfTree } from './cel.ts';
import { compute, type Facts, measure, treeOf } from './condition.ts';
import { parseLength } from './length.ts';
import { isDay, startOfDay } from './local-time.ts';
import type { Condition, Plan } from './plan.ts';

/**
 * The first moment after `facts.now` at which the answer may be another though nothing has come in, or null: it stays.
 * `facts.history` must hold what the condition reads, as for evaluating it at `facts.now`.
 */
export function nextFlip(condition: Condition, plan: Plan, facts: Facts): number | null {
  const tree = treeOf(plan, condition.cel);
  const inner = (condition.segments ?? []).flatMap((name) => flipOfSegment(name, plan, facts));
  const moments = tree ? [...windowEnds(tree, facts), ...crossings(tree, plan, facts)] : [];
  const later = [...moments, ...inner].filter((at) => at > facts.now);
  return later.length === 0 ? null : Math.min(...later);
}

function flipOfSegment(name: string, plan: Plan, facts: Facts): number[] {
  const segment = plan.segments?.[name];
  const flip = segment ? nextFlip(segment, plan, facts) : null;
  return flip === null ? [] : [flip];
}

/** The part of a condition whose change in time cannot be worked out beforehand, or null. */
export function uncomputable(node: ASTNode): ASTNode | null {
  if (!readsNow(node)) return null;
  if (isComparison(node)) return isCrossing(node) ? null : node;
  if (!['&&', '||', '!_', '?:'].includes(node.op)) return node;
  for (const child of childrenOf(node)) {
    const found = uncomputable(child);
    if (found) return found;
  }
  return null;
}

/** An event leaves a window at its length after it happened; one that is ahead of `now` comes into it. */
function windowEnds(node: ASTNode, facts: Facts): number[] {
  const inner = childrenOf(node).flatMap((child) => windowEnds(child, facts));
  if (node.op !== 'call' || !['did', 'count', 'last'].includes(node.args[0])) return inner;
  const [name, window] = node.args[1].map((argument) => (argument.op === 'value' ? String(argument.args) : ''));
  const windowMs = parseLength(window ?? '') ?? 0;
  const events = facts.history.filter((event) => event.name === name);
  return [...inner, ...events.flatMap(({ occurredAt }) => [occurredAt, occurredAt + windowMs])];
}

type Comparison = Extract<ASTNode, { op: '==' | '!=' | '<' | '<=' | '>' | '>=' }>;

/** Moments at which a comparison with `now` may turn. */
function crossings(node: ASTNode, plan: Plan, facts: Facts): number[] {
  if (!readsNow(node)) return [];
  if (!isComparison(node)) return childrenOf(node).flatMap((child) => crossings(child, plan, facts));
  const dayed = node.args.find((side) => isDayOfNow(side));
  if (dayed) return dayCrossings(dayed, node.args.find((side) => side !== dayed)!, plan, facts);
  const [left, right] = node.args.map((side) => lineOf(side, plan, facts));
  if (!left || !right || left.slope === right.slope) return [];
  const at = (right.offset - left.offset) / (left.slope - right.slope);
  return [Math.ceil(at), Math.floor(at) + 1];
}

/** `date(now) == D` turns when D begins and when it is over. */
function dayCrossings(dayed: ASTNode, other: ASTNode, plan: Plan, facts: Facts): number[] {
  const line = lineOf(argumentOf(dayed), plan, facts);
  const day = compute(conditionOf(other), plan, facts);
  if (line?.slope !== 1 || !day.ok || typeof day.value !== 'string' || !isDay(day.value)) return [];
  const begins = startOfDay(day.value, facts.zone);
  // The next day begins 20 to 28 hours later, whatever the clock does that night.
  const after = new Date(Date.parse(`${day.value}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);
  return [begins, startOfDay(after, facts.zone)].map((at) => at - line.offset);
}

/** A moment or duration as `slope × now + offset`, in milliseconds. */
interface Line {
  slope: number;
  offset: number;
}

function lineOf(node: ASTNode, plan: Plan, facts: Facts): Line | null {
  if (node.op === 'id' && node.args === 'now') return { slope: 1, offset: 0 };
  if (!readsNow(node)) {
    const offset = measure(conditionOf(node), plan, facts);
    return offset === null ? null : { slope: 0, offset };
  }
  if (node.op !== '+' && node.op !== '-') return null;
  const [left, right] = node.args.map((side) => lineOf(side, plan, facts));
  if (!left || !right) return null;
  const sign = node.op === '+' ? 1 : -1;
  return { slope: left.slope + sign * right.slope, offset: left.offset + sign * right.offset };
}

function isComparison(node: ASTNode): node is Comparison {
  return ['==', '!=', '<', '<=', '>', '>='].includes(node.op);
}

function isCrossing(node: Comparison): boolean {
  const [left, right] = node.args;
  if (isDayOfNow(left)) return !readsNow(right);
  if (isDayOfNow(right)) return !readsNow(left);
  return isSum(left) && isSum(right);
}

/** `date(now)`, also moved by a duration. */
function isDayOfNow(node: ASTNode): boolean {
  return node.op === 'call' && node.args[0] === 'date' && readsNow(node) && isSum(argumentOf(node), true);
}

function argumentOf(node: ASTNode): ASTNode {
  return (node as ASTNode & { op: 'call' }).args[1][0]!;
}

/** `now`, and durations or moments added to it or taken from it; `once`: with `now` in it once, going forward. */
function isSum(node: ASTNode, once = false): boolean {
  if (!readsNow(node) || node.op === 'id') return true;
  if (node.op !== '+' && node.op !== '-') return false;
  const [left, right] = node.args;
  if (once && readsNow(right) && (node.op === '-' || readsNow(left))) return false;
  return isSum(left, once) && isSum(right, once);
}

function readsNow(node: ASTNode): boolean {
  return (node.op === 'id' && node.args === 'now') || childrenOf(node).some(readsNow);
}

function conditionOf(node: ASTNode): Condition {
  return { cel: textOfTree(node), history: [] };
}
