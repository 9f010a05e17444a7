// What can change a watched condition's answer, besides time: found in its tree, so that nothing else is looked at.

import { type ASTNode, childrenOf, parseCel, textOfTree } from '../engine/core/cel.ts';
import { namesIn } from '../engine/core/cel-names.ts';
import { uncomputable } from '../engine/core/flip.ts';
import type { Condition, Watched } from '../engine/core/plan.ts';
import type { EmbeddedText } from './embedded-text.ts';
import { phrase } from './phrase.ts';
import type { Report } from './source.ts';
import type { Workspace } from './workspace.ts';

/**
 * A checked condition with what can change it. Refuses one whose change in time cannot be worked out beforehand.
 *
 * @param entry the names of the journey's entry events, which `latest` follows
 */
export function watchedOf(
  condition: Condition | null,
  text: EmbeddedText | undefined,
  entry: string[],
  workspace: Workspace,
  report: Report,
): Watched {
  const changes: Watched['changes'] = { events: [], traits: [], consents: false };
  if (!condition || !text) return { cel: '', history: [], changes };
  const segments = (condition.segments ?? []).flatMap((name) => workspace.segments[name] ?? []);
  const trees = [condition, ...segments].flatMap(({ cel }) => treeOf(cel) ?? []);
  const part = trees.map(uncomputable).find((found) => found !== null);
  if (part) {
    const message = phrase`when "${textOfTree(part)}" changes with time cannot be worked out beforehand`;
    report(text.place, 'uncomputable', phrase`${message}: compare "now" or date(now) with a moment or a day`);
  }
  for (const tree of trees) addChanges(tree, entry, changes);
  changes.events.push(...condition.history.map(({ event }) => event));
  const { events, traits, consents } = changes;
  return { ...condition, changes: { events: sorted(events), traits: sorted(traits), consents } };
}

function treeOf(cel: string): ASTNode | null {
  const parsed = parseCel(cel);
  return parsed.ok ? parsed.ast : null;
}

function addChanges(tree: ASTNode, entry: string[], changes: Watched['changes']): void {
  for (const { root, path } of namesIn(tree)) {
    if (root === 'latest') changes.events.push(...entry);
    if (root === 'customer' && path[0] !== undefined) changes.traits.push(String(path[0]));
  }
  // A moment becomes a day where the customer is.
  if (calls(tree, 'date')) changes.traits.push('time_zone');
  changes.consents ||= calls(tree, 'consents');
}

function calls(node: ASTNode, name: string): boolean {
  return (node.op === 'call' && node.args[0] === name) || childrenOf(node).some((child) => calls(child, name));
}

function sorted(names: string[]): string[] {
  return [...new Set(names)].toSorted();
}
