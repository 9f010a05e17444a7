// Intake: what one event does to one customer's enrollments: which it ends, credits, moves on, and opens.
// Pure, so that the server and the simulator decide alike. Order of meaning: goal, exit, wait; then entry (design §3).
import { evaluate, type Facts } from './condition.ts';
import { reaches, reachesAsEntry, toleranceMs } from './correlation.ts';
import type { Enrollment } from './enrollment.ts';
import { consider } from './entry.ts';
import type { StoredEvent } from './event.ts';
import { heardAnywhere, waitingFor } from './machine.ts';
import type { Listener, Plan } from './plan.ts';
import { type Changes, decide, end, factsFor, type Live, type Standing } from './standing.ts';

/** History that deciding about this event needs: for conditions, and for goals and exits that may be known already. */
export function intakeNeeds(event: StoredEvent, plans: Plan[]): { event: string; since: number }[] {
  return plans.flatMap((plan) => {
    const own: Listener[] = [...(plan.goal ? [plan.goal] : []), ...plan.exits];
    const conditions = [plan.enter.if, ...own.map((listener) => listener.where)].filter((c) => c !== undefined);
    const windows = conditions
      .flatMap((c) => c.history)
      .map((h) => ({ event: h.event, since: event.receivedAt - h.windowMs }));
    const known = plan.enter.on.includes(event.name) ? [...own.flatMap((l) => l.on), ...plan.enter.on] : [];
    return [...windows, ...known.map((name) => ({ event: name, since: event.occurredAt - toleranceMs }))];
  });
}

/** Decides what `event` does. `standing` is what the customer's rows say, read under the customer's lock. */
export function intake(event: StoredEvent, standing: Standing): Changes {
  const changes: Changes = { changed: [], opened: [], inbox: [], decisions: [] };
  for (const live of standing.live) meet(event, standing, live, changes);
  for (const candidate of standing.candidates) consider(event, standing, candidate, changes);
  return changes;
}

/** Lets one enrollment meet an event: what the event ends, credits, or puts into its inbox. */
export function meet(event: StoredEvent, standing: Standing, live: Live, changes: Changes): void {
  const { enrollment, plan } = live;
  const before = JSON.stringify(enrollment);
  const after: Enrollment = { ...enrollment };
  const isNewest = event.occurredAt >= live.latest.occurredAt && reachesAsEntry(event, plan, enrollment.key);
  if (isNewest) after.latestEventId = event.id;
  const facts = factsFor(event, standing, live.entry, isNewest ? event : live.latest);
  // Older than the entry by more than clocks differ: it belongs to the time before, and neither ends nor advances.
  if (event.occurredAt >= enrollment.entryOccurredAt - toleranceMs && reaches(event, plan, enrollment.key))
    applyMeaning(event, live, after, facts, changes);
  if (JSON.stringify(after) !== before) changes.changed.push(after);
}

function applyMeaning(event: StoredEvent, live: Live, after: Enrollment, facts: Facts, changes: Changes): void {
  const { plan } = live;
  const ask = (name: string, listener: Listener) => holdsFor(name, listener, event, plan, facts, after, changes);
  const isOpen = after.status === 'active';
  if (plan.goal && ask('goal', plan.goal)) reachGoal(event, plan, after, changes);
  if (isOpen && after.status === 'active') {
    const exit = plan.exits.find((rule, index) => ask(`exit ${index + 1}`, rule));
    if (exit) end(after, exit.as ?? event.name, event, changes);
  }
  if (after.status === 'active' && heardAnywhere(plan).has(event.name)) {
    // Not yet begun, it will look anyway; a turn in progress looks for unread events when it commits.
    const wake = waitingFor(plan, after.state).includes(event.name);
    changes.inbox.push({ enrollmentId: after.id, wake });
  }
}

function reachGoal(event: StoredEvent, plan: Plan, after: Enrollment, changes: Changes): void {
  const goal = plan.goal!;
  const isWithin = goal.withinMs === undefined || event.receivedAt <= after.enteredAt + goal.withinMs;
  const isCredited = after.goalAt === null && isWithin;
  const wasOpen = after.status === 'active';
  if (isCredited) after.goalAt = event.receivedAt;
  if (wasOpen && goal.exits) end(after, 'goal', event, changes);
  else if (isCredited) changes.decisions.push(decide('credited', 'goal', event, after, {}, ''));
}

/** Whether a goal or exit is met. An error is kept on the enrollment and silences it until it is evaluated again. */
function holdsFor(
  name: string,
  listener: Listener,
  event: StoredEvent,
  plan: Plan,
  facts: Facts,
  after: Enrollment,
  changes: Changes,
): boolean {
  if (!listener.on.includes(event.name)) return false;
  if (!listener.where) return true;
  const answer = evaluate(listener.where, plan, facts);
  const others = after.conditionErrors.filter((error) => error !== name);
  if (answer.ok) {
    if (others.length !== after.conditionErrors.length) after.conditionErrors = others;
    return answer.value;
  }
  if (after.status === 'active') {
    after.conditionErrors = [...others, name];
    const inputs = { condition: listener.where.cel, error: answer.error };
    changes.decisions.push(
      decide('condition_error', name, event, after, inputs, `${name} must be evaluated without error`),
    );
  }
  return false;
}
