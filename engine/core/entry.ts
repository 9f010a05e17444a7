// Entry: whether an event opens an enrollment, and the reason where it does not (journey-format §3).
import { evaluate, type Facts } from './condition.ts';
import { keyOf, reaches, reachesAsEntry, toleranceMs } from './correlation.ts';
import { isHeldOut } from './draw.ts';
import type { Decision, Enrollment } from './enrollment.ts';
import type { StoredEvent } from './event.ts';
import { dayOf } from './local-time.ts';
import { initialState } from './machine.ts';
import type { Condition, Listener, Plan } from './plan.ts';
import type { NotEnteredReason } from './reasons.ts';
import type { JsonMap } from './schema.ts';
import {
  type Candidate,
  type Changes,
  decide,
  end,
  factsFor,
  factsOf,
  type Live,
  type PastEntry,
  type Standing,
} from './standing.ts';
import { isTrue, review } from './watch.ts';

/** Opens an enrollment, or records why not. Asked after the event has ended what it ends. */
export function consider(event: StoredEvent, standing: Standing, candidate: Candidate, changes: Changes): void {
  const { plan } = candidate;
  const { key: property } = plan.enter;
  const key = property === undefined ? null : keyOf(event, property);
  const superseded = standing.live.find((live) => isOpenFor(live, plan.journey, key, changes));
  const refusal = refuse(event, standing, candidate, key, changes);
  if (refusal) {
    changes.decisions.push(notEntered(refusal, event, standing, candidate, key));
    return;
  }
  if (plan.enter.again.mode === 'restart' && superseded) supersede(superseded, event, changes);
  const enrollment = open(event, standing, candidate, key);
  changes.opened.push(enrollment);
  const inputs: JsonMap = key === null ? {} : { key };
  if (enrollment.heldOut) inputs.holdout = true;
  changes.decisions.push(decide('entered', 'entered', event, enrollment, inputs, ''));
  const latest = newestOf(event, standing, plan, key);
  review(plan, enrollment, factsOf(standing, event.receivedAt, event, latest), event, changes);
  enrollment.dueAt = enrollment.enteredAt;
}

interface Refusal {
  reason: NotEnteredReason;
  inputs: JsonMap;
  needed: string;
}

function refuse(
  event: StoredEvent,
  standing: Standing,
  candidate: Candidate,
  key: string | null,
  changes: Changes,
): Refusal | null {
  const { enter } = candidate.plan;
  const lateBy = event.receivedAt - event.occurredAt;
  if (lateBy > enter.lateMs)
    return {
      reason: 'late',
      inputs: { late_ms: lateBy, late: enter.lateMs },
      needed: 'the event must arrive sooner after it happened',
    };
  const season = outOfSeason(event, standing.shopZone, enter);
  if (season) return season;
  if (enter.key !== undefined && key === null)
    return { reason: 'if', inputs: { key: enter.key }, needed: `event.${enter.key} must be there` };
  const unmet = unmetIf(event, standing, candidate.plan);
  if (unmet) return unmet;
  return (
    enteredBefore(event, candidate, key, changes) ?? alreadyOver(event, standing, candidate, key) ?? halted(candidate)
  );
}

/** Asked last: who is counted as kept out by a pause or stop would have entered. */
function halted({ status }: Candidate): Refusal | null {
  if (status !== 'paused' && status !== 'stopped') return null;
  return { reason: status, inputs: {}, needed: 'the journey must be resumed' };
}

function outOfSeason(event: StoredEvent, zone: string, enter: Plan['enter']): Refusal | null {
  if (enter.from === undefined && enter.until === undefined) return null;
  const day = dayOf(event.occurredAt, zone);
  const isIn = (enter.from === undefined || day >= enter.from) && (enter.until === undefined || day <= enter.until);
  if (isIn) return null;
  return {
    reason: 'season',
    inputs: { day },
    needed: `the event must happen from ${enter.from ?? 'ever'} until ${enter.until ?? 'ever'}`,
  };
}

function unmetIf(event: StoredEvent, standing: Standing, plan: Plan): Refusal | null {
  if (!plan.enter.if) return null;
  const answer = evaluate(plan.enter.if, plan, factsFor(event, standing, event, event));
  if (answer.ok && answer.value) return null;
  const found = answer.ok ? answer.read : { error: answer.error };
  return { reason: 'if', inputs: { condition: plan.enter.if.cel, ...found }, needed: plan.enter.if.cel };
}

function enteredBefore(event: StoredEvent, candidate: Candidate, key: string | null, changes: Changes): Refusal | null {
  const { again } = candidate.plan.enter;
  const entries = candidate.entries.filter((entry) => entry.key === key);
  const openNow = entries.find((entry) => entry.open && !hasEnded(entry.enrollmentId, changes));
  const last = entries[0];
  const refused = (needed: string, entry: PastEntry): Refusal => ({
    reason: 'again',
    inputs: { again: again.mode, enrollment: entry.enrollmentId, open: entry === openNow },
    needed,
  });
  switch (again.mode) {
    case 'always':
      return null;
    case 'restart':
      return openNow && openNow.entryOccurredAt > event.occurredAt
        ? { ...refused('the event must be newer than the one that opened the enrollment', openNow), reason: 'older' }
        : null;
    case 'never':
      return last ? refused('the customer must not have entered before', last) : null;
    case 'after_exit':
      return openNow ? refused('no enrollment may be open', openNow) : null;
    case 'after':
      if (openNow) return refused('no enrollment may be open', openNow);
      if (last && event.receivedAt < last.enteredAt + again.ms)
        return refused('the last entry must be longer ago', last);
      return null;
  }
}

/** A goal or exit that happened at or after the entry event but is known already prevents the entry. */
function alreadyOver(event: StoredEvent, standing: Standing, candidate: Candidate, key: string | null): Refusal | null {
  const { plan } = candidate;
  const spent = new Set(candidate.entries.map((entry) => entry.endedBy));
  const rules: Listener[] = [...(plan.goal?.exits ? [plan.goal] : []), ...plan.exits];
  const found = standing.history.find((known) => {
    if (known.id === event.id || known.id === standing.trigger || spent.has(known.id)) return false;
    if (known.occurredAt < event.occurredAt - toleranceMs || !reaches(known, plan, key)) return false;
    const facts = { ...factsFor(known, standing, event, newestOf(event, standing, plan, key)), now: event.receivedAt };
    return rules.some((rule) => rule.on.includes(known.name) && holds(rule.where, plan, facts));
  });
  if (!found) return alreadyTrue(event, standing, candidate, key);
  return { reason: 'already', inputs: { event: found.name }, needed: `${found.name} must not have happened yet` };
}

/** An exit condition that is already true prevents the entry, too. */
function alreadyTrue(event: StoredEvent, standing: Standing, candidate: Candidate, key: string | null): Refusal | null {
  const { plan } = candidate;
  const facts = factsOf(standing, event.receivedAt, event, newestOf(event, standing, plan, key));
  const met = plan.exits.find((exit) => exit.if && isTrue(exit.if, plan, facts))?.if;
  return met ? { reason: 'already', inputs: { condition: met.cel }, needed: `not (${met.cel})` } : null;
}

function open(event: StoredEvent, standing: Standing, candidate: Candidate, key: string | null): Enrollment {
  const { plan, version } = candidate;
  const enteredAt = event.receivedAt;
  return {
    id: candidate.enrollmentId,
    customerId: standing.customerId,
    journey: plan.journey,
    version,
    key,
    entryEventId: event.id,
    latestEventId: newestOf(event, standing, plan, key).id,
    entryOccurredAt: event.occurredAt,
    entrySlot: slotOf(plan, standing.customerId, key),
    enteredAt,
    heldOut: candidate.heldOut,
    status: 'active',
    reason: null,
    endedAt: null,
    endedBy: null,
    goalAt: null,
    creditUntil: plan.goal?.withinMs === undefined ? null : enteredAt + plan.goal.withinMs,
    needsAttention: null,
    pausedAt: null,
    state: initialState(enteredAt),
    waitingFor: [],
    dueAt: enteredAt,
    conditionErrors: [],
    turn: 0,
    turnToken: 0,
  };
}

function slotOf({ journey, enter }: Plan, customerId: string, key: string | null): string | null {
  const { mode } = enter.again;
  if (mode === 'always') return null;
  return [mode === 'never' ? 'once' : 'open', customerId, journey, key ?? ''].join('/');
}

function supersede(live: Live, event: StoredEvent, changes: Changes): void {
  const known = changes.changed.find((enrollment) => enrollment.id === live.enrollment.id);
  const after = known ?? { ...live.enrollment };
  if (!known) changes.changed.push(after);
  changes.inbox = changes.inbox.filter((item) => item.enrollmentId !== after.id);
  end(after, 'superseded', event, changes);
}

function newestOf(event: StoredEvent, standing: Standing, plan: Plan, key: string | null): StoredEvent {
  return standing.history
    .filter((known) => reachesAsEntry(known, plan, key))
    .reduce((newest, known) => (known.occurredAt > newest.occurredAt ? known : newest), event);
}

function isOpenFor(live: Live, journey: string, key: string | null, changes: Changes): boolean {
  const { enrollment } = live;
  return (
    enrollment.journey === journey &&
    enrollment.key === key &&
    enrollment.status === 'active' &&
    !hasEnded(enrollment.id, changes)
  );
}

function hasEnded(enrollmentId: string, changes: Changes): boolean {
  return changes.changed.some((enrollment) => enrollment.id === enrollmentId && enrollment.status !== 'active');
}

function holds(condition: Condition | undefined, plan: Plan, facts: Facts): boolean {
  if (!condition) return true;
  const answer = evaluate(condition, plan, facts);
  return answer.ok && answer.value;
}

function notEntered(
  refusal: Refusal,
  event: StoredEvent,
  standing: Standing,
  candidate: Candidate,
  key: string | null,
) {
  const { journey } = candidate.plan;
  const decision: Decision = {
    kind: 'not_entered',
    customerId: standing.customerId,
    journey,
    version: candidate.version,
    enrollmentId: null,
    turn: null,
    seq: null,
    at: event.receivedAt,
    step: null,
    outcome: refusal.reason,
    inputs: key === null ? refusal.inputs : { key, ...refusal.inputs },
    needed: refusal.needed,
    eventId: event.id,
    message: null,
    channel: null,
    effectKey: null,
  };
  // A repeated trigger of one open enrollment is one row with a count, not a thousand (design §3).
  const about =
    typeof refusal.inputs.enrollment === 'string'
      ? refusal.inputs.enrollment
      : dayOf(event.receivedAt, standing.shopZone);
  return { ...decision, fold: [standing.customerId, journey, key, refusal.reason, about].join('|') };
}

/** The holdout draw of a journey for a customer who has none stored. */
export function drawHoldout(customerId: string, plan: Plan): boolean {
  return isHeldOut(customerId, plan.journey, plan.holdout);
}
