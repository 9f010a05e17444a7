// Merge: what becomes of two customers' standings when a visitor turns out to be a customer (journey-format §10).
// Pure. What one side's events mean to the other's enrollments is decided as if they had come to one person.
import { reachesAsEntry, toleranceMs } from './correlation.ts';
import type { Decision, Enrollment } from './enrollment.ts';
import type { StoredEvent } from './event.ts';
import { meet } from './intake.ts';
import { heardAnywhere } from './machine.ts';
import type { Plan } from './plan.ts';
import type { JsonMap } from './schema.ts';
import { type Changes, end, type Live, type Standing } from './standing.ts';

/** An enrollment of one side, and the events of the other that may concern it. */
export interface Meeting {
  live: Live;
  events: StoredEvent[];
}

/** What the merge changes; `changed` holds every enrollment, as it stands afterwards. */
export interface Merged {
  changed: Enrollment[];
  inbox: { enrollmentId: string; event: StoredEvent; wake: boolean }[];
  decisions: Decision[];
}

type Pair = { channel: string; purpose: string };

/** The known customer's traits win, the visitor's fill what is missing. */
export function mergeTraits(known: JsonMap, visitor: JsonMap): JsonMap {
  return { ...visitor, ...known };
}

/** What stands as granted among both, and yet was withdrawn by one: it must be withdrawn anew. */
export function heldWithdrawals(granted: Pair[], withdrawn: Pair[]): Pair[] {
  return granted.filter(({ channel, purpose }) =>
    withdrawn.some((pair) => pair.channel === channel && pair.purpose === purpose),
  );
}

/** Events of the other side that an enrollment of this plan must be told of. */
export function mergeNeeds({ enrollment, plan }: Live): { event: string; since: number }[] {
  const listened = [plan.enter.on, plan.goal?.on ?? [], ...plan.exits.map((rule) => rule.on), ...heardAnywhere(plan)];
  const since = enrollment.entryOccurredAt - toleranceMs;
  return [...new Set(listened.flat())].map((event) => ({ event, since }));
}

/**
 * Lets each enrollment meet the other side's events, then ends the later ones of those open twice.
 *
 * @param spent ids of events that have ended an enrollment, by journey
 * @param standing the customer after the merge; its `live` is not looked at
 */
export function mergeStandings(
  meetings: Meeting[],
  spent: { journey: string; eventId: string }[],
  standing: Standing,
  at: number,
): Merged {
  const all: Merged = { changed: [], inbox: [], decisions: [] };
  const after = meetings.map(({ live, events }) => catchUp(live, concerning(live, events, spent), standing, at, all));
  endTwins(after, at, all);
  all.changed = after.map(({ enrollment }) => enrollment);
  const isOpen = new Set(all.changed.filter(({ status }) => status === 'active').map(({ id }) => id));
  all.inbox = all.inbox.filter(({ enrollmentId }) => isOpen.has(enrollmentId));
  return all;
}

/**
 * What came after the enrollment was entered would have met it. What was known by then would have been looked at before the
 * entry: unless it had ended another enrollment of the journey, or can end none (journey-format §3).
 */
function concerning(live: Live, events: StoredEvent[], spent: { journey: string; eventId: string }[]): StoredEvent[] {
  const { journey, entryEventId } = live.enrollment;
  const { goal } = live.plan;
  const isSpent = (event: StoredEvent) => spent.some((one) => one.journey === journey && one.eventId === event.id);
  const isOnlyCredit = (event: StoredEvent) => goal?.exits === false && goal.on.includes(event.name);
  return events
    .filter((event) => event.id !== entryEventId)
    .filter((event) => cameAfterEntry(event, live) || !(isSpent(event) || isOnlyCredit(event)))
    .toSorted((a, b) => a.receivedAt - b.receivedAt || (a.id < b.id ? -1 : 1));
}

/** Ids are given in the order of arrival, which tells apart what came at one moment. */
function cameAfterEntry(event: StoredEvent, { enrollment }: Live): boolean {
  if (event.receivedAt !== enrollment.enteredAt) return event.receivedAt > enrollment.enteredAt;
  return event.id > enrollment.entryEventId;
}

/** Applies each event by the rules of intake; what comes of it happens now, at the merge. */
function catchUp(live: Live, events: StoredEvent[], standing: Standing, at: number, all: Merged): Live {
  let current: Live = { ...live, enrollment: { ...live.enrollment } };
  for (const event of events) {
    const one: Changes = { changed: [], opened: [], inbox: [], decisions: [] };
    meet(event, standing, current, one);
    const [changed] = one.changed;
    if (changed) {
      if (changed.endedAt !== current.enrollment.endedAt) changed.endedAt = at;
      const isLatest = changed.latestEventId === event.id && reachesAsEntry(event, live.plan, changed.key);
      current = { ...current, enrollment: changed, latest: isLatest ? event : current.latest };
    }
    all.decisions.push(...one.decisions.map((decision) => ({ ...decision, at })));
    // What came before the enrollment is not "since entry".
    if (cameAfterEntry(event, live)) all.inbox.push(...one.inbox.map((item) => ({ ...item, event })));
  }
  return current;
}

/** Of two open enrollments of one journey and key the later ends; `again: always` means to have them side by side. */
function endTwins(lives: Live[], at: number, changes: Merged): void {
  const first = new Set<string>();
  const inOrder = lives
    .filter(({ enrollment }) => enrollment.status === 'active')
    .toSorted(({ enrollment: a }, { enrollment: b }) => a.enteredAt - b.enteredAt || (a.id < b.id ? -1 : 1));
  for (const { enrollment, plan } of inOrder) {
    const twin = JSON.stringify([enrollment.journey, enrollment.key]);
    if (first.has(twin) && !isSideBySide(plan)) end(enrollment, 'merged', { id: null, receivedAt: at }, changes);
    else first.add(twin);
  }
}

function isSideBySide(plan: Plan): boolean {
  return plan.enter.again.mode === 'always';
}
