// The functions that look at a customer's facts: did, count, last, consents, and the day of a moment.
// They are macros of the CEL library: `typeCheck` runs once, `evaluate` with each evaluation.
import { type ASTNode, type Environment, Optional } from '@marcbachmann/cel-js';
import type { StoredEvent } from './event.ts';
import { dayOf } from './local-time.ts';

/** What one evaluation offers to the functions; stands in the library's context under a name that no condition can say. */
export interface Run {
  zone: string;
  /** Events of that name in the window (`"30 days"`) that ends now, newest first. */
  within(name: string, window: string): StoredEvent[];
  /** The event's declared properties as CEL values. */
  value(event: StoredEvent): unknown;
  consents(channel: string, purpose: string): boolean;
  /** Whether the customer is in the plan's segment of this name. */
  inSegment(name: string): boolean;
  /** Notes an answer for the decision record, under the call's own text. */
  note(call: string, answer: unknown): void;
}

export const runName = '#run';

// The shapes below are the library's own, as far as a macro needs them; it does not export them.
interface Scope {
  forkWithVariable(name: string, type: unknown): Fork;
  getValue(name: string): unknown;
}
interface Fork extends Scope {
  reuse(parent: Scope): Fork;
  setIterValue(value: unknown, evaluator: Evaluator): Fork;
}
interface Checker {
  dynType: unknown;
  check(node: ASTNode, scope: Scope): unknown;
  getType(name: string): unknown;
}
interface Evaluator {
  run(node: ASTNode, scope: Scope): unknown;
}
interface Call {
  ast: ASTNode;
  args: ASTNode[];
}
interface Macro extends Call {
  inner?: Fork;
}

/** Adds the functions to an environment. */
export function registerFacts(environment: Environment): void {
  for (const args of ['ast, ast', 'ast, ast, ast']) {
    environment.registerFunction(`did(${args}): bool`, history('bool', hasAny));
    environment.registerFunction(
      `count(${args}): int`,
      history('int', (events, holds) => BigInt(events.filter(holds).length)),
    );
    environment.registerFunction(`last(${args}): optional<dyn>`, history('optional<dyn>', newest));
  }
  environment.registerFunction(
    'consents(ast, ast): bool',
    simple('bool', (run, [channel, purpose]) => run.consents(String(channel), String(purpose)), true),
  );
  environment.registerFunction(
    'in_segment(ast): bool',
    simple('bool', (run, [name]) => run.inSegment(String(name)), true),
  );
  // A day is text in this form, `2026-01-01`: days compare as their texts do.
  environment.registerFunction(
    'date(ast): dyn',
    simple('dyn', (run, [value]) => (value instanceof Date ? dayOf(value.getTime(), run.zone) : value), false),
  );
}

type Holds = (event: StoredEvent) => boolean;

/** As CEL's `exists`: an event that the condition fails on does not matter if it holds for another. */
function hasAny(events: StoredEvent[], holds: Holds): boolean {
  let failure: unknown;
  for (const event of events) {
    try {
      if (holds(event)) return true;
    } catch (error) {
      failure ??= error;
    }
  }
  if (failure !== undefined) throw failure;
  return false;
}

function newest(events: StoredEvent[], holds: Holds, run: Run): Optional {
  const event = events.find(holds);
  return event ? Optional.of(run.value(event)) : Optional.none();
}

function history(type: string, answer: (events: StoredEvent[], holds: Holds, run: Run) => unknown) {
  return ({ ast, args }: Call) => ({
    ast,
    args,
    async: false,
    typeCheck(checker: Checker, macro: Macro, scope: Scope) {
      for (const argument of macro.args.slice(0, 2)) checker.check(argument, scope);
      if (macro.args[2]) {
        macro.inner = scope.forkWithVariable('event', checker.dynType);
        checker.check(macro.args[2], macro.inner);
      }
      return checker.getType(type);
    },
    evaluate(evaluator: Evaluator, macro: Macro, scope: Scope) {
      const run = scope.getValue(runName) as Run;
      const [name, window] = macro.args.slice(0, 2).map((argument) => String(evaluator.run(argument, scope)));
      const condition = macro.args[2];
      const inner = macro.inner?.reuse(scope);
      const holds: Holds = (event) =>
        condition === undefined || evaluator.run(condition, inner!.setIterValue(run.value(event), evaluator)) === true;
      const result = answer(run.within(name!, window!), holds, run);
      run.note(textOf(macro.ast), result);
      return result;
    },
  });
}

function simple(type: string, answer: (run: Run, args: unknown[]) => unknown, noted: boolean) {
  return ({ ast, args }: Call) => ({
    ast,
    args,
    async: false,
    typeCheck(checker: Checker, macro: Macro, scope: Scope) {
      for (const argument of macro.args) checker.check(argument, scope);
      return checker.getType(type);
    },
    evaluate(evaluator: Evaluator, macro: Macro, scope: Scope) {
      const run = scope.getValue(runName) as Run;
      const values = macro.args.map((argument) => evaluator.run(argument, scope));
      const result = answer(run, values);
      if (noted) run.note(textOf(macro.ast), result);
      return result;
    },
  });
}

function textOf(node: ASTNode): string {
  return node.input.slice(node.start, node.end).replace(/\s+/g, ' ');
}
