// Checks a condition before it is published: what passes here does not fail at run time for want of a name, type or value.

import { compileCel, parseCel } from '../engine/core/cel.ts';
import type { Condition } from '../engine/core/plan.ts';
import { type Checking, type Problem, report, type Scope } from './condition/checking.ts';
import { infer } from './condition/infer.ts';
import { type Kind, string, time } from './condition/kind.ts';
import { rewritten } from './condition/literals.ts';
import { described, needsDefault } from './condition/mistakes.ts';
import { explainSyntax } from './condition/syntax.ts';
import { type Phrase, phrase } from './phrase.ts';
import { sharedProperties } from './shared-properties.ts';

export type { Problem, Scope } from './condition/checking.ts';

/**
 * A condition's text → the condition for the plan, or all that is wrong with it, in the order of the text. Refuses what
 * does not parse, unknown names (each of them), types that do not go together, and what may be missing and is neither
 * tested nor given a default. The plan's text is the author's, but for integer literals that are read as numbers.
 */
export function checkCondition(text: string, scope: Scope): { condition: Condition | null; problems: Problem[] } {
  return checkExpression(text, scope, (kind) => kind.kind === 'bool', phrase`a condition is true or false`);
}

/** As `checkCondition`, for an expression of any other type; `expected` says which, where it is of none that fits. */
export function checkExpression(
  text: string,
  scope: Scope,
  fits: (kind: Kind) => boolean,
  expected: Phrase,
): { condition: Condition | null; problems: Problem[] } {
  const checking: Checking = {
    text,
    scope,
    problems: [],
    asNumbers: new Map(),
    history: new Map(),
    segments: new Set(),
  };
  const parsed = parseCel(text);
  if (!parsed.ok) return { condition: null, problems: [explainSyntax(text, parsed.problem)] };
  const kind = infer(parsed.ast, { names: namesOf(scope), present: new Set(), macros: 0 }, checking);
  if (kind.kind === 'optional') needsDefault(parsed.ast, checking);
  else if (kind.kind !== 'any' && !fits(kind))
    report(checking, parsed.ast, 'type', phrase`${expected}, but this is ${described(parsed.ast, kind, checking)}`);
  if (checking.problems.length > 0) return { condition: null, problems: sorted(checking.problems) };
  return finished(checking);
}

function namesOf(scope: Scope): Map<string, Kind> {
  const names = new Map<string, Kind>();
  names.set('customer', { kind: 'map', fields: scope.customer, whose: { customer: true } });
  names.set('now', time);
  if (scope.vars) names.set('vars', { kind: 'map', fields: scope.vars, whose: { path: 'vars' } });
  if (scope.answer) names.set('answer', string);
  if (scope.event) names.set('event', eventKind(scope.event, scope));
  if (scope.entry) for (const name of ['entry', 'latest']) names.set(name, eventKind(scope.entry, scope));
  return names;
}

function eventKind(events: string[], scope: Scope): Kind {
  return { kind: 'map', fields: sharedProperties(events, scope.events), whose: { events } };
}

/** The library's own check comes last: it knows no schemas, but would refuse to run what it refuses here. */
function finished(checking: Checking): { condition: Condition | null; problems: Problem[] } {
  const cel = rewritten(checking);
  if (!canRun(cel)) {
    const whole = { start: 0, end: checking.text.length };
    report(
      checking,
      whole,
      'unsupported',
      phrase`this condition cannot be evaluated`,
      phrase`write it in simpler parts`,
    );
    return { condition: null, problems: checking.problems };
  }
  const history = [...checking.history].map(([event, windowMs]) => ({ event, windowMs }));
  const condition: Condition = { cel, history: history.sort((a, b) => (a.event < b.event ? -1 : 1)) };
  if (checking.scope.event) condition.event = [...checking.scope.event];
  if (checking.segments.size > 0) condition.segments = [...checking.segments].toSorted();
  return { condition, problems: [] };
}

function canRun(cel: string): boolean {
  try {
    return compileCel(cel).typesFit();
  } catch {
    return false;
  }
}

function sorted(problems: Problem[]): Problem[] {
  return problems.toSorted((a, b) => a.start - b.start || a.end - b.end);
}
