// The first transaction of a turn: take the token, write the turn's row (or find the one that was not finished), and
// load everything that deciding needs, so that conditions run synchronously.
import { answerEvent } from './core/answer.ts';
import type { Decision, Delivery, Enrollment } from './core/enrollment.ts';
import type { StoredEvent } from './core/event.ts';
import type { Condition, Plan } from './core/plan.ts';
import type { Settings } from './core/settings.ts';
import { listenersOf } from './core/waits.ts';
import { effectKey, isOver, isQueued, leaseLeftMs, leaseOver, saveSettled } from './delivery-outcome.ts';
import type { Customer, Ports, TurnRow, Tx } from './ports.ts';
import { isResendOver, resentOf } from './resend.ts';
import { givesWay } from './turn-order.ts';
import type { Queued, TurnResult } from './turn-result.ts';

export interface OpenedTurn {
  row: TurnRow;
  /** Its row was there already: an earlier execution did not come to its end. */
  isRerun: boolean;
  enrollment: Enrollment;
  plan: Plan;
  settings: Settings;
  customer: Customer;
  entry: StoredEvent;
  latest: StoredEvent;
  /** Taken singly, in this order. */
  events: StoredEvent[];
  past: StoredEvent[];
  history: StoredEvent[];
  grants: { channel: string; purpose: string }[];
  journal: Decision[];
  /** The delivery that the enrollment waits for, if any. */
  delivery: Delivery | null;
  /** The delivery that an agent wants sent once more, if any. */
  resent: Delivery | null;
}

/** A turn takes so many events; if there may be more, the next one takes them before time decides anything. */
export const mostEvents = 200;

/** A turn that gives way to another is told to look when that one is over; this is for when nobody tells it. */
const waitMs = 1000;

/**
 * Opens a turn, or answers at once where there is nothing to do: `stopped` where it is to be ended first, `flipped` where
 * time has changed what it watches, which is to be looked at under the customer's lock first.
 *
 * @param ticket the key of a delivery that comes up in its channel's queue
 */
export async function openTurn(
  tx: Tx,
  ports: Ports,
  enrollmentId: string,
  ticket: string | null,
): Promise<OpenedTurn | TurnResult | 'stopped' | 'flipped'> {
  const enrollment = await tx.lockEnrollment(enrollmentId);
  if (!enrollment) return { turn: 0, step: null, sleepMs: null, finished: true };
  if (enrollment.status !== 'active') return endedTurn(tx, ports, enrollment);
  const { halted, unfinished, unread, delivery, resent, ...known } = await load(tx, enrollment);
  if (halted === 'stopped') return 'stopped';
  if (enrollment.needsAttention !== null) return { ...placeOf(enrollment), sleepMs: null, finished: false };
  const now = ports.clock.now();
  if (enrollment.flipAt != null && enrollment.flipAt <= now) return 'flipped';
  if (enrollment.pausedAt !== null || halted === 'paused') {
    // An execution that was given up, and lives, must not move what now waits for the resume: nobody would hear of it.
    const stands = dueNow(enrollment, delivery, resent, now);
    if (unfinished || stands !== enrollment)
      await tx.saveEnrollment({ ...stands, turnToken: enrollment.turnToken + 1 });
    return parked(stands, ports, now);
  }
  const queued = [delivery, resent].filter((one) => one !== null && isQueued(one));
  const comesUp = ticket !== null && queued.some((one) => one?.key === ticket);
  if (!unfinished && unread.length === 0 && !isDue(enrollment, delivery, now) && !isResendOver(resent) && !comesUp)
    return {
      ...{ ...placeOf(enrollment), sleepMs: ports.clock.sleepMs(enrollment.dueAt), finished: false },
      ...(queued[0] && { deliver: queuedOf(queued[0]) }),
    };
  // What comes up in its queue has had its turn, and has given way in it.
  if (!unfinished && !comesUp && (await givesWay(tx, enrollment, known.settings, now)))
    return { ...placeOf(enrollment), sleepMs: ports.clock.sleepMs(now + waitMs), finished: false };
  enrollment.turnToken += 1;
  const row = unfinished ?? nextTurn(enrollment, unread, now);
  enrollment.turn = row.number;
  const [more] = await Promise.all([
    loadFor(tx, known.plan, enrollment, row, unfinished ? null : unread),
    tx.saveEnrollment(enrollment),
    unfinished ? null : tx.insertTurn(row),
  ]);
  return { row, isRerun: unfinished !== null, enrollment, delivery, resent, ...known, ...more };
}

function nextTurn(enrollment: Enrollment, unread: StoredEvent[], at: number): TurnRow {
  const eventIds = unread.map((event) => event.id);
  return { enrollmentId: enrollment.id, number: enrollment.turn + 1, eventIds, at, metAt: enrollment.metAt ?? null };
}

/** What every turn reads. Asked for together: a round trip costs more than what it brings. */
async function load(tx: Tx, enrollment: Enrollment) {
  const { id, customerId, entryEventId, latestEventId } = enrollment;
  const [catalog, unfinished, unread, delivery, resent, plan, customer, grants, found] = await Promise.all([
    tx.catalog(),
    tx.openTurn(id),
    tx.inbox(id, mostEvents),
    sendingOf(tx, enrollment),
    resentOf(tx, enrollment),
    tx.plan(enrollment.version),
    tx.customer(customerId),
    tx.grants(customerId),
    tx.events([...new Set([entryEventId, latestEventId])]),
  ]);
  const { settings, halted = {} } = catalog;
  const entry = found.find((event) => event.id === entryEventId)!;
  const latest = found.find((event) => event.id === latestEventId)!;
  const known = { plan, settings, customer: customer!, grants, entry, latest };
  return { ...known, halted: halted[enrollment.journey], unfinished, unread, delivery, resent };
}

/** What only some plans need, and only a re-run: its own events, and its journal. `fresh` are a new turn's events. */
async function loadFor(tx: Tx, plan: Plan, enrollment: Enrollment, row: TurnRow, fresh: StoredEvent[] | null) {
  const events = fresh ?? (await tx.events(row.eventIds));
  // A turn may run long after what it decides about; windows end when that was.
  const earliest = Math.min(row.at, enrollment.dueAt ?? row.at, ...events.map(({ receivedAt }) => receivedAt));
  const needs = historyNeeds(plan, earliest);
  const pastNames = listenedInThePast(plan);
  const [past, history, journal] = await Promise.all([
    pastNames.length === 0 ? [] : tx.heard(enrollment.id, pastNames, mostEvents),
    needs.length === 0 ? [] : tx.history(enrollment.customerId, needs),
    fresh ? [] : tx.journal(enrollment.id, row.number),
  ]);
  return { events, past, history, journal };
}

async function sendingOf(tx: Tx, enrollment: Enrollment): Promise<Delivery | null> {
  const { sending } = enrollment.state;
  return sending ? tx.delivery(effectKey(enrollment.id, sending.effect)) : null;
}

function isDue(enrollment: Enrollment, delivery: Delivery | null, now: number): boolean {
  return (enrollment.dueAt !== null && enrollment.dueAt <= now) || (delivery !== null && isOver(delivery));
}

export function queuedOf({ channel, key }: Delivery): Queued {
  return { channel, key };
}

/** Its messages leave their channels' queues by the pause: the resume has to find that something is due. */
function dueNow(enrollment: Enrollment, delivery: Delivery | null, resent: Delivery | null, now: number): Enrollment {
  const state = { ...enrollment.state };
  const isWaiting = delivery !== null && isQueued(delivery);
  const isResent = resent !== null && isQueued(resent) && state.resend !== undefined;
  if (!isWaiting && !isResent) return enrollment;
  if (isWaiting) state.due = now;
  if (isResent) state.resend = { ...state.resend!, due: now };
  return { ...enrollment, state, dueAt: Math.min(enrollment.dueAt ?? now, now) };
}

function historyNeeds(plan: Plan, earliest: number): { event: string; since: number }[] {
  return conditionsOf(plan).flatMap((condition) =>
    condition.history.map(({ event, windowMs }) => ({ event, since: earliest - windowMs })),
  );
}

function conditionsOf(plan: Plan): Condition[] {
  return Object.values(plan.steps).flatMap((step) => {
    if (step.kind === 'choose') return step.arms.map((arm) => arm.when);
    if (step.kind === 'send' || step.kind === 'ask') return step.onlyIf ? [step.onlyIf] : [];
    if (step.kind === 'wait' && step.form === 'if') return [step.if, ...(step.until ? [step.until.of] : [])];
    if (step.kind === 'set') return Object.values(step.traits).flatMap((source) => ('cel' in source ? [source] : []));
    if (step.kind === 'webhook') return Object.values(step.with).flatMap((source) => ('cel' in source ? [source] : []));
    const moment = step.kind === 'wait' && 'until' in step ? step.until : undefined;
    return [...(moment ? [moment.of] : []), ...listenersOf(step).flatMap((listener) => listener.where ?? [])];
  });
}

/** What steps ask for that came before they began. */
function listenedInThePast(plan: Plan): string[] {
  const names = Object.values(plan.steps).flatMap((step) => {
    if (step.kind === 'ask') return [answerEvent];
    return step.kind === 'wait' && step.form === 'event' && step.since ? listenersOf(step).flatMap(({ on }) => on) : [];
  });
  return [...new Set(names)];
}

/** Nothing moves an ended enrollment any more, but what was claimed before its end has still to come to its own. */
async function endedTurn(tx: Tx, ports: Ports, enrollment: Enrollment): Promise<TurnResult> {
  const sending = await tx.sendingDelivery(enrollment.id);
  const leftMs = leaseLeftMs(sending, ports.clock.real());
  if (leftMs > 0) return { turn: enrollment.turn, step: null, sleepMs: leftMs, finished: false };
  if (sending) {
    const at = ports.clock.now();
    // Its holder may yet wake up: the new token keeps it from writing another end.
    await tx.saveEnrollment({ ...enrollment, turnToken: enrollment.turnToken + 1 });
    await saveSettled(tx, leaseOver(sending, at), at);
  }
  return { turn: enrollment.turn, step: null, sleepMs: null, finished: true };
}

/** Paused. What falls due meanwhile waits without a timer: the resume asks for a look. */
function parked(enrollment: Enrollment, ports: Ports, now: number): TurnResult {
  const isLater = enrollment.dueAt !== null && enrollment.dueAt > now;
  const sleepMs = isLater ? ports.clock.sleepMs(enrollment.dueAt) : null;
  return { ...placeOf(enrollment), sleepMs, finished: false };
}

function placeOf(enrollment: Enrollment): { turn: number; step: string | null } {
  return { turn: enrollment.turn, step: enrollment.state.step };
}
