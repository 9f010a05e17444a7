// Intake: what one event does to one customer's enrollments: which it ends, credits, moves on, and opens.
// Pure, so that the server and the simulator decide alike. Order of meaning: goal, exit, wait; then entry (design §3).
import { evaluate, type Facts } from './condition.ts';
import { reaches, reachesAsEntry, toleranceMs } from './correlation.ts';
import type { Enrollment } from './enrollment.ts';
import { consider } from './entry.ts';
import type { StoredEvent } from './event.ts';
import { heardAnywhere, waitingFor } from './machine.ts';
import type { Condition, Listener, Plan } from './plan.ts';
import {
  type Cause,
  type Changes,
  conditionFailed,
  conditionHeld,
  decide,
  end,
  factsFor,
  factsOf,
  type Live,
  type Standing,
} from './standing.ts';
import { review, reviewFlips, type Touch, touches, watchedIn } from './watch.ts';

/** Events of a name that happened at or after `since`; with `most`, the newest so many of them. */
export interface HistoryNeed {
  event: string;
  since: number;
  most?: number;
}

/** So many of one name are looked at, where one that fits is enough: a storm of them must not be read for each of them. */
const mostAlike = 200;

/** History that deciding about this event needs: for conditions, and for goals and exits that may be known already. */
export function intakeNeeds(event: StoredEvent, plans: Plan[]): HistoryNeed[] {
  return plans.flatMap((plan) => {
    const own: Listener[] = [...(plan.goal ? [plan.goal] : []), ...plan.exits];
    const conditions = [plan.enter.if, ...own.map((listener) => listener.where)].filter((c) => c !== undefined);
    const windows = windowsOf([...conditions, ...watchedIn(plan)], event.receivedAt);
    if (!plan.enter.on.includes(event.name)) return windows;
    const over = own
      .flatMap((listener) => listener.on)
      .map((name) => ({ event: name, since: event.occurredAt - toleranceMs, most: mostAlike }));
    // Only a newer one can be the latest: of a storm of entry events, all but the last are not looked at again.
    return [
      ...windows,
      ...over,
      ...plan.enter.on.map((name) => ({ event: name, since: event.occurredAt, most: mostAlike })),
    ];
  });
}

/** One need for each name: the earliest, and without a bound where one of them has none. */
export function joinedNeeds(needs: HistoryNeed[]): HistoryNeed[] {
  const byName = new Map<string, HistoryNeed>();
  for (const { event, since, most } of needs) {
    const known = byName.get(event) ?? { event, since, most };
    const isBound = known.most !== undefined && most !== undefined;
    byName.set(event, {
      event,
      since: Math.min(since, known.since),
      ...(isBound && { most: Math.max(known.most!, most) }),
    });
  }
  return [...byName.values()];
}

/** The history that these conditions read at `at`. */
export function windowsOf(conditions: Condition[], at: number): { event: string; since: number }[] {
  return conditions.flatMap((c) => c.history).map(({ event, windowMs }) => ({ event, since: at - windowMs }));
}

/** Decides what `event` does. `standing` is what the customer's rows say, read under the customer's lock. */
export function intake(event: StoredEvent, standing: Standing, touch: Touch = touchOf(event)): Changes {
  const changes = noChanges();
  for (const live of standing.live) meet(event, standing, live, changes, touch);
  for (const candidate of standing.candidates) consider(event, standing, candidate, changes);
  return changes;
}

export function noChanges(): Changes {
  return { changed: [], opened: [], inbox: [], decisions: [] };
}

function touchOf(event: StoredEvent): Touch {
  return { events: [event.name], traits: [], consents: false };
}

/** What a change that is no journey's event (a trait, a consent) does to what is watched, at `at`. */
export function intakeTouch(touch: Touch, at: number, eventId: string | null, standing: Standing): Changes {
  const changes = noChanges();
  for (const live of standing.live) {
    const after = { ...live.enrollment };
    const before = JSON.stringify(after);
    lookAt(live, after, live.latest, touch, { receivedAt: at, id: eventId }, standing, changes);
    if (JSON.stringify(after) !== before) changes.changed.push(after);
  }
  return changes;
}

/** Looks at what is watched, if this can change it; before that at what time alone has changed until now. */
function lookAt(
  { plan, entry }: Live,
  after: Enrollment,
  latest: StoredEvent,
  touch: Touch,
  cause: Cause,
  standing: Standing,
  changes: Changes,
): void {
  if (!watchedIn(plan).some((condition) => touches(condition, touch))) return;
  const earlier = { ...standing, traits: standing.traitsBefore ?? standing.traits };
  earlier.history = standing.history.filter(({ id }) => id !== cause.id);
  const factsAt = (at: number) => factsOf(earlier, at, entry, latest);
  reviewFlips(plan, after, factsAt, cause.receivedAt - 1, (at) => ({ receivedAt: at, id: null }), changes);
  review(plan, after, factsOf(standing, cause.receivedAt, entry, latest), cause, changes);
}

/** Lets one enrollment meet an event: what it ends, credits, or puts into its inbox. With `touch`, looks at what is watched. */
export function meet(event: StoredEvent, standing: Standing, live: Live, changes: Changes, touch?: Touch): void {
  const { enrollment, plan } = live;
  const before = JSON.stringify(enrollment);
  const after: Enrollment = { ...enrollment };
  const isNewest = event.occurredAt >= live.latest.occurredAt && reachesAsEntry(event, plan, enrollment.key);
  if (isNewest) after.latestEventId = event.id;
  const facts = factsFor(event, standing, live.entry, isNewest ? event : live.latest);
  // Older than the entry by more than clocks differ: it belongs to the time before, and neither ends nor advances.
  const isAbout = event.occurredAt >= enrollment.entryOccurredAt - toleranceMs && reaches(event, plan, enrollment.key);
  if (isAbout) applyMeaning(event, live, after, facts, changes);
  if (touch) lookAt(live, after, isNewest ? event : live.latest, touch, event, standing, changes);
  if (isAbout) hearIfOpen(event, live, after, changes);
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
}

/** Into the inbox of who listens; asked last, because what it ends hears nothing any more. */
function hearIfOpen(event: StoredEvent, { plan }: Live, after: Enrollment, changes: Changes): void {
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
  if (answer.ok) conditionHeld(name, after);
  else if (after.status === 'active') conditionFailed(name, listener.where, answer.error, event, after, changes);
  return answer.ok && answer.value;
}
