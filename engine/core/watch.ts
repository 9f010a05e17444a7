// What an enrollment watches: exits by condition, and the condition that its step waits for. Looked at when an event, a
// trait or a consent that can change them comes, and when time alone can; never by asking everybody.
import { evaluate, type Facts } from './condition.ts';
import type { Enrollment } from './enrollment.ts';
import { nextFlip } from './flip.ts';
import type { Condition, Plan, WaitIf, Watched } from './plan.ts';
import { type Cause, type Changes, conditionFailed, conditionHeld, end } from './standing.ts';

/** What has changed of a customer: the names of events that came, of traits, and whether any consent. */
export interface Touch {
  /** All of it, for who was merged. */
  everything?: true;
  events: string[];
  traits: string[];
  consents: boolean;
}

/** What an enrollment watches. Absent: nothing so far, and nobody has to look. */
export interface Watching {
  /** When time alone may next change one of the conditions. */
  flipAt?: number | null;
  /** When the condition that its step waits for was first seen true; until a turn takes it. */
  metAt?: number | null;
}

/** Whether the change can turn the condition's answer. */
export function touches({ changes }: Watched, touch: Touch): boolean {
  return (
    touch.everything === true ||
    changes.events.some((event) => touch.events.includes(event)) ||
    changes.traits.some((trait) => touch.traits.includes(trait)) ||
    (changes.consents && touch.consents)
  );
}

/** All conditions that enrollments of this plan may watch. */
export function watchedIn(plan: Plan): Watched[] {
  let conditions = known.get(plan);
  if (!conditions) {
    const waits = Object.values(plan.steps).flatMap((step) =>
      step.kind === 'wait' && step.form === 'if' ? [step.if] : [],
    );
    conditions = [...plan.exits.flatMap((exit) => exit.if ?? []), ...waits];
    known.set(plan, conditions);
  }
  return conditions;
}
const known = new WeakMap<Plan, Watched[]>();

/** The wait for a condition that the enrollment stands at, if it does. */
export function waitingIf(plan: Plan, step: string | null): WaitIf | null {
  const found = step === null ? undefined : plan.steps[step];
  return found?.kind === 'wait' && found.form === 'if' ? found : null;
}

/** When a turn is due: by the wait's end, the end of `lasts`, or what is watched. */
export function dueOf(plan: Plan, enrollment: Enrollment): number {
  const { state, enteredAt, flipAt, metAt } = enrollment;
  const endsAt = enteredAt + plan.lastsMs;
  return Math.min(state.due ?? endsAt, endsAt, flipAt ?? endsAt, metAt ?? endsAt, state.resend?.due ?? endsAt);
}

/**
 * Looks at all that an open enrollment watches, with the facts of `facts.now`: an exit that holds ends it; the condition
 * it waits for is noted as met. Changes `after`, and says in `changes` what it did. For whom nothing is watched, nothing.
 */
export function review(plan: Plan, after: Enrollment, facts: Facts, cause: Cause, changes: Changes): void {
  if (after.status !== 'active' || watchedIn(plan).length === 0) return;
  const exits = plan.exits.flatMap((exit, index) =>
    exit.if ? [{ ...exit, if: exit.if, name: `exit ${index + 1}` }] : [],
  );
  for (const exit of exits) {
    if (!holds(exit.name, exit.if, plan, after, facts, cause, changes)) continue;
    end(after, exit.as ?? 'condition', cause, changes);
    return;
  }
  const wait = waitingIf(plan, after.state.step);
  if (!wait) after.metAt = null;
  else if (after.metAt == null && isTrue(wait.if, plan, facts)) after.metAt = facts.now;
  const open: Condition[] = exits.map((exit) => exit.if);
  if (wait && after.metAt == null) open.push(wait.if);
  const flips = open.flatMap((condition) => nextFlip(condition, plan, facts) ?? []);
  after.flipAt = flips.length === 0 ? null : Math.min(...flips);
  after.dueAt = dueOf(plan, after);
}

/** No condition flips more often in one go; what is left is found at the next look. */
const mostFlips = 1000;

/** As `review`, at every moment up to `until` at which time alone may have changed something, in order. */
export function reviewFlips(
  plan: Plan,
  after: Enrollment,
  factsAt: (at: number) => Facts,
  until: number,
  causeAt: (at: number) => Cause,
  changes: Changes,
): void {
  for (let count = 0; count < mostFlips; count += 1) {
    const at = after.flipAt ?? null;
    if (after.status !== 'active' || at === null || at > until) return;
    review(plan, after, factsAt(at), causeAt(at), changes);
  }
}

/** An error is kept on the enrollment and silences it until the condition is evaluated again. */
function holds(
  name: string,
  condition: Watched,
  plan: Plan,
  after: Enrollment,
  facts: Facts,
  cause: Cause,
  changes: Changes,
): boolean {
  const answer = evaluate(condition, plan, facts);
  if (answer.ok) conditionHeld(name, after);
  // Looked at again and again: said once.
  else if (!after.conditionErrors.includes(name)) conditionFailed(name, condition, answer.error, cause, after, changes);
  return answer.ok && answer.value;
}

/** A condition that fails at run time is false here. */
export function isTrue(condition: Condition, plan: Plan, facts: Facts): boolean {
  const answer = evaluate(condition, plan, facts);
  return answer.ok && answer.value;
}
