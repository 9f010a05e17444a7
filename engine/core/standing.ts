// What intake knows of one customer when an event comes, and what it changes.
import type { Facts } from './condition.ts';
import { type Decision, type Enrollment, slotAfterEnd } from './enrollment.ts';
import type { StoredEvent } from './event.ts';
import type { JourneyStatus } from './journey-status.ts';
import type { Condition, Plan } from './plan.ts';
import type { JsonMap } from './schema.ts';

/** An enrollment that is open, or whose goal may still be credited. */
export interface Live {
  enrollment: Enrollment;
  plan: Plan;
  entry: StoredEvent;
  latest: StoredEvent;
}

/** A journey that this event may open. */
export interface Candidate {
  version: string;
  plan: Plan;
  entries: PastEntry[];
  heldOut: boolean;
  enrollmentId: string;
  /** Absent: live. */
  status?: JourneyStatus;
}

export interface PastEntry {
  enrollmentId: string;
  key: string | null;
  entryOccurredAt: number;
  enteredAt: number;
  open: boolean;
  endedBy: string | null;
}

export interface Standing {
  customerId: string;
  traits: JsonMap;
  /** Where this very change has changed them: what they were. */
  traitsBefore?: JsonMap;
  /** The customer's zone, else the settings'; and the settings' own, for seasons. */
  zone: string;
  shopZone: string;
  live: Live[];
  candidates: Candidate[];
  /** At least what `intakeNeeds` asked for. */
  history: StoredEvent[];
  grants: { channel: string; purpose: string }[];
  /** The event that made a condition true by which somebody enters: it prevents that entry no more than an entry event. */
  trigger?: string | null;
}

export interface Changes {
  /** Enrollments as they stand afterwards. */
  changed: Enrollment[];
  opened: Enrollment[];
  /** Into these enrollments' inboxes; those that wait for it are woken. */
  inbox: { enrollmentId: string; wake: boolean }[];
  decisions: (Decision & { fold?: string })[];
}

/** The facts for a condition about the customer. */
export function factsOf(standing: Standing, now: number, entry?: StoredEvent, latest?: StoredEvent): Facts {
  const { traits: customer, zone, history, grants: consents } = standing;
  return { now, zone, customer, history, consents, ...(entry && { entry }), ...(latest && { latest }) };
}

/** The facts for a condition about this event. */
export function factsFor(event: StoredEvent, standing: Standing, entry: StoredEvent, latest: StoredEvent): Facts {
  const { traits: customer, zone, history, grants: consents } = standing;
  return { now: event.receivedAt, zone, customer, event, entry, latest, history, consents };
}

/** What a decision comes from: an event, or (without an id) what else happened at that moment. */
export type Cause = Pick<StoredEvent, 'receivedAt'> & { id: string | null };

/** A decision of intake about an enrollment. */
export function decide(
  kind: Decision['kind'],
  outcome: string,
  event: Cause,
  enrollment: Enrollment,
  inputs: JsonMap,
  needed: string,
): Decision {
  const { customerId, journey, version, id: enrollmentId } = enrollment;
  const step = enrollment.state.step;
  const none = { turn: null, seq: null, message: null, channel: null, effectKey: null };
  return {
    ...none,
    kind,
    customerId,
    journey,
    version,
    enrollmentId,
    step,
    at: event.receivedAt,
    outcome,
    inputs,
    needed,
    eventId: event.id,
  };
}

/** Ends an enrollment by this event, at the moment it was acknowledged. */
export function end(after: Enrollment, reason: string, event: Cause, changes: Pick<Changes, 'decisions'>): void {
  Object.assign(after, {
    status: 'exited',
    reason,
    endedAt: event.receivedAt,
    endedBy: event.id,
    dueAt: null,
    flipAt: null,
    metAt: null,
    waitingFor: [],
    entrySlot: slotAfterEnd(after.entrySlot),
  });
  changes.decisions.push(decide('exited', reason, event, after, {}, ''));
}

/** A goal or exit condition could be evaluated again. */
export function conditionHeld(name: string, after: Enrollment): void {
  const others = after.conditionErrors.filter((error) => error !== name);
  if (others.length !== after.conditionErrors.length) after.conditionErrors = others;
}

/** A goal or exit condition failed: it silences the enrollment until it is evaluated again. */
export function conditionFailed(
  name: string,
  condition: Condition,
  error: string,
  cause: Cause,
  after: Enrollment,
  changes: Pick<Changes, 'decisions'>,
): void {
  after.conditionErrors = [...after.conditionErrors.filter((known) => known !== name), name];
  const inputs = { condition: condition.cel, error };
  const needed = `${name} must be evaluated without error`;
  changes.decisions.push(decide('condition_error', name, cause, after, inputs, needed));
}
