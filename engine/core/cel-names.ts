// The names whose values a condition's answer depends on: `entry.total`, `customer.tier`, `now`.
import { type ASTNode, childrenOf, listMacros, roots } from './cel.ts';

export interface Name {
  /** As people read it: `event.items[0].sku`. */
  label: string;
  root: string;
  path: (string | number)[];
}

/** Every name the tree reads from the facts, once. Variables of list macros and the `event` inside `did(…)` are no facts. */
export function namesIn(ast: ASTNode): Name[] {
  const found = new Map<string, Name>();
  collect(ast, new Set(), found);
  return [...found.values()];
}

function collect(node: ASTNode, hidden: Set<string>, found: Map<string, Name>): void {
  const name = nameOf(node);
  if (name) {
    if (!hidden.has(name.root) && roots.includes(name.root)) found.set(name.label, name);
    return;
  }
  const inner = hiddenBelow(node, hidden);
  for (const child of childrenOf(node)) collect(child, inner, found);
}

function hiddenBelow(node: ASTNode, hidden: Set<string>): Set<string> {
  const variable = node.op === 'rcall' && listMacros.has(node.args[0]) ? node.args[2][0] : undefined;
  if (variable?.op === 'id') return new Set([...hidden, variable.args]);
  const looksBack = node.op === 'call' && ['did', 'count', 'last'].includes(node.args[0]);
  return looksBack ? new Set([...hidden, 'event']) : hidden;
}

/** A chain of names with its root: `a.b`, `a.?b`, `a["b"]`, `a[0]`; null for anything else. */
export function nameOf(node: ASTNode): Name | null {
  if (node.op === 'id') return { label: node.args, root: node.args, path: [] };
  if (node.op !== '.' && node.op !== '.?' && node.op !== '[]' && node.op !== '[?]') return null;
  const left = nameOf(node.args[0]);
  const key = typeof node.args[1] === 'string' ? node.args[1] : literalKey(node.args[1]);
  if (left === null || key === null) return null;
  const label = typeof key === 'string' ? `${left.label}.${key}` : `${left.label}[${key}]`;
  return { label, root: left.root, path: [...left.path, key] };
}

function literalKey(node: ASTNode): string | number | null {
  if (node.op !== 'value') return null;
  if (typeof node.args === 'string') return node.args;
  return typeof node.args === 'bigint' ? Number(node.args) : null;
}
