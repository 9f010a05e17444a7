// One turn: from waiting to waiting. Opens (token and row), moves the machine through its inputs and deliveries, commits.
// Written so that it can die on any line and be run again by anyone (design §3).
import { endAudiences } from './audiences.ts';
import { type Calls, createCalls, type StartTimer } from './calls.ts';
import {
  type Decision,
  type Delivery,
  type Enrollment,
  type Resend,
  type State,
  slotAfterEnd,
} from './core/enrollment.ts';
import { advance, begin, type End, type Input, type Moved, type Oracle, waitingFor } from './core/machine.ts';
import { dueOf } from './core/watch.ts';
import { deliver } from './deliver.ts';
import { leaseLeftMs, saveAnswer, withdrawDelivery } from './delivery-outcome.ts';
import { reviewAfterTurn, reviewEnrollment } from './flips.ts';
import { Misfit, oracleOf } from './journal.ts';
import { endStopped } from './journey-commands.ts';
import type { Ports, Tx } from './ports.ts';
import { bringResend } from './resend.ts';
import { resolveByHolder } from './resolution.ts';
import { factsAt } from './turn-facts.ts';
import { mostEvents, openTurn, queuedOf } from './turn-open.ts';
import { lookAtWaiting } from './turn-order.ts';
import type { TurnResult } from './turn-result.ts';
import { startRun, TurnFenced, type TurnRun } from './turn-run.ts';

export interface Turns {
  /**
   * Runs one turn of this enrollment. Throws on failures of the world and when fenced; call again later. `signal` aborts
   * a provider call that has not claimed.
   */
  run(enrollmentId: string, signal?: AbortSignal): Promise<TurnResult>;
  /**
   * The turn of a delivery that comes up in its channel's queue: makes the attempt itself, waits for the provider's
   * answer until `signal` aborts, and goes on from there. Where the delivery does not wait any more, a turn as any other.
   */
  deliver(key: string, signal?: AbortSignal): Promise<TurnResult>;
  /** Waits for provider calls that turns have left running. */
  drain(): Promise<void>;
}

export interface Budget {
  /** Real milliseconds that a turn waits for a provider, and after which it takes no further input. */
  ms: number;
  effects: number;
  /** Provider calls within turns at a time, on each channel. */
  places?: number;
  /** What the wait for a provider is measured by; real timers if it says nothing. */
  startTimer?: StartTimer;
}
const defaultBudget = { ms: 3000, effects: 50, places: 10 } satisfies Budget;

/** A time-out less late than this is taken at its due moment (design §3). */
const punctualMs = 60_000;

/**
 * @param failed told of a provider's late answer that could not be written; ids and codes only may be logged of it
 */
export function createTurns(ports: Ports, failed: (error: unknown) => void, own: Partial<Budget> = {}): Turns {
  const budget = { ...defaultBudget, ...own };
  const calls = createCalls(budget, ports.clock.real, failed);
  const run = (id: string, ticket: string | null, signal?: AbortSignal) =>
    runTurn(ports, calls, budget, id, ticket, signal);
  return {
    run: (enrollmentId, signal) => run(enrollmentId, null, signal),
    deliver: (key, signal) => run(key.slice(0, key.lastIndexOf('/')), key, signal),
    drain: calls.drain,
  };
}

async function runTurn(
  ports: Ports,
  calls: Calls,
  budget: Budget,
  enrollmentId: string,
  ticket: string | null,
  signal?: AbortSignal,
): Promise<TurnResult> {
  const open = () => ports.store.transaction((tx) => openTurn(tx, ports, enrollmentId, ticket));
  let opened = await open();
  // Once: what is looked at is looked at until now. Should time turn something again by then, the next turn finds it.
  if (opened === 'flipped') {
    await reviewEnrollment(ports, enrollmentId);
    opened = await open();
  }
  if (opened === 'flipped') return { turn: 0, step: null, sleepMs: 0, finished: false };
  if (opened === 'stopped') return stopped(ports, enrollmentId);
  if ('finished' in opened) return opened;
  await ports.between('turn: opened');
  const run = startRun(ports, calls, opened, ticket, signal);
  try {
    const reached = await drive(run, budget);
    const { resend } = opened.enrollment.state;
    if (resend && !run.paused && !reached.moved.end) run.resend = await bringResend(run, resend);
    await ports.between('turn: moved');
    return await commit(run, reached);
  } catch (error) {
    if (error instanceof Misfit) return park(run, error.message);
    throw error;
  }
}

/** Its journey was stopped, and nobody has come to end it yet: it ends here. */
async function stopped(ports: Ports, enrollmentId: string): Promise<TurnResult> {
  await endStopped(ports, enrollmentId);
  return ports.store.transaction(async (tx) => {
    const enrollment = await tx.lockEnrollment(enrollmentId);
    const { turn = 0, status } = enrollment ?? {};
    // Resumed in between: it goes on at once.
    return { turn, step: null, sleepMs: status === 'active' ? 0 : null, finished: status !== 'active' };
  });
}

interface Reached {
  moved: Moved;
  /** How many of the turn's events were taken. */
  taken: number;
  /** The budget ran out, or a delivery is ready: call again at once. */
  again: boolean;
}

async function drive(run: TurnRun, budget: Budget): Promise<Reached> {
  const { enrollment, plan, row, events } = run.opened;
  const startedAt = run.ports.clock.real();
  let now = row.at;
  const oracle = oracleOf(run.journal, plan, run.opened.past, () => factsAt(run, now), run);
  const endsAt = enrollment.enteredAt + plan.lastsMs;
  // After a long pause or outage: what fell due before the end is not made up for after it.
  if (row.at - endsAt >= punctualMs) {
    const end: End = { status: 'exited', reason: 'expired', at: row.at };
    return { moved: { state: enrollment.state, effects: [], end }, taken: events.length, again: false };
  }
  const isFirst = enrollment.state.step === null;
  let moved: Moved = isFirst
    ? begin(plan, enrollment.state, enrollment.enteredAt, oracle)
    : { state: enrollment.state, effects: [] };
  let taken = 0;
  let isMet = row.metAt != null;
  let isReady = run.opened.delivery !== null && enrollment.state.sending !== undefined;
  for (;;) {
    moved = await perform(run, moved, oracle, (at) => {
      now = at;
    });
    if (moved.end) break;
    // Whatever is paused takes no further step; what is due stays due until it is resumed.
    if (run.paused) return { moved, taken, again: false };
    if (
      run.ports.clock.real() - startedAt > budget.ms ||
      moved.state.effects - enrollment.state.effects >= budget.effects
    )
      return { moved, taken, again: taken < events.length };
    // Of what time says next, an unread event may have come before it.
    if (!isReady && taken === events.length && taken >= mostEvents) return { moved, taken, again: true };
    const input = nextInput(run, moved, taken, isReady, isMet);
    isReady = false;
    if (!input) break;
    if (input === 'expired') {
      moved = { ...moved, end: { status: 'exited', reason: 'expired', at: punctual(endsAt, row.at) } };
      break;
    }
    if (input.kind === 'event') taken += 1;
    if (input.kind === 'met') isMet = false;
    now = input.kind === 'event' ? input.event.receivedAt : input.at;
    moved = advance(plan, moved.state, input, oracle);
  }
  return { moved, taken, again: false };
}

/** Performs what the machine asks for, until it waits or ends. */
async function perform(run: TurnRun, moved: Moved, oracle: Oracle, tell: (at: number) => void): Promise<Moved> {
  let current = moved;
  for (let effect = current.effects[0]; effect; effect = current.effects[0]) {
    const { result, at } = await deliver(run, effect);
    tell(at);
    current = advance(run.opened.plan, current.state, { kind: 'delivered', at, result }, oracle);
  }
  return current;
}

/** Events in the order of the inbox; one received at or before the due time goes before the time-out. */
function nextInput(
  run: TurnRun,
  moved: Moved,
  taken: number,
  isReady: boolean,
  isMet: boolean,
): Input | 'expired' | null {
  const { row, events, enrollment, plan } = run.opened;
  if (isReady) return { kind: 'due', at: row.at };
  const event = events[taken];
  const endsAt = enrollment.enteredAt + plan.lastsMs;
  const due = Math.min(moved.state.due ?? endsAt, endsAt);
  const metAt = isMet && isSamePlace(moved.state, enrollment.state) ? row.metAt! : null;
  if (event && event.receivedAt <= Math.min(due, metAt ?? due)) return { kind: 'event', event };
  if (metAt !== null && metAt <= due) return { kind: 'met', at: metAt };
  if (due <= row.at && moved.state.due !== due) return 'expired';
  if (due <= row.at) return { kind: 'due', at: punctual(due, row.at) };
  return event ? { kind: 'event', event } : null;
}

/** What was seen while the enrollment stood at one step says nothing about another. */
function isSamePlace(one: State, other: State): boolean {
  return one.step === other.step && one.since === other.since;
}

function punctual(due: number, now: number): number {
  return now - due < punctualMs ? due : now;
}

async function commit(run: TurnRun, reached: Reached): Promise<TurnResult> {
  const { ports, opened } = run;
  const { row } = opened;
  const outcome = await ports.store.transaction(async (tx) => {
    await tx.lockCustomer(opened.enrollment.customerId);
    const taken = row.eventIds.slice(0, reached.taken);
    const [enrollment, isMore] = await Promise.all([
      tx.lockEnrollment(row.enrollmentId),
      tx.hasUnread(row.enrollmentId, taken),
      run.dropOver(tx),
    ]);
    if (enrollment?.turnToken !== run.token) {
      await saveOwnDeliveries(tx, run, enrollment);
      return null;
    }
    // What this turn has set may have ended it just now.
    const stands = (await run.flushTraits(tx)) ? (await tx.lockEnrollment(row.enrollmentId))! : enrollment;
    await run.flushAudiences(tx, stands);
    const wasOpen = stands.status === 'active';
    const after = wasOpen ? place(run, stands, reached) : stands;
    const hasEnded = wasOpen && after.status !== 'active';
    const reviewed = await reviewAfterTurn(tx, opened.plan, after, ports.clock.now());
    const isOpen = after.status === 'active';
    const hasUnread = isOpen && (reached.again || isMore);
    await Promise.all([
      run.flush(tx),
      tx.saveEnrollment(after),
      hasEnded ? tx.record(endDecisions(run, after)) : null,
      reviewed.length > 0 ? tx.record(reviewed) : null,
      tx.markRead(row.enrollmentId, taken),
    ]);
    if (wasOpen && !isOpen) await tx.record(await endAudiences(tx, after, after.endedAt!));
    if (!isOpen) await tx.record(await withdraw(tx, run, { ...stands, reason: after.reason }));
    const sending = isOpen ? null : await tx.sendingDelivery(row.enrollmentId);
    const result = {
      turn: row.number,
      step: after.state.step,
      sleepMs: hasUnread ? 0 : isOpen ? ports.clock.sleepMs(after.dueAt) : sleepUntilSettled(ports, sending),
      finished: !isOpen && !sending,
    };
    await tx.finishTurn(row.enrollmentId, row.number, result);
    if (result.sleepMs === 0) return result;
    if (isOpen && run.queued) return { ...result, deliver: queuedOf(run.queued) };
    await lookAtWaiting(tx, after, opened.settings, ports.clock.now());
    return result;
  });
  await ports.between('turn: committed');
  if (!outcome) throw new TurnFenced();
  return outcome;
}

/** A call that this turn has left running may die with its process: somebody must look when its lease is over. */
function sleepUntilSettled(ports: Ports, sending: Delivery | null): number | null {
  return sending && leaseLeftMs(sending, ports.clock.real());
}

/** The enrollment after this turn. What ingest writes meanwhile (latest event, errors) is kept. */
function place(run: TurnRun, enrollment: Enrollment, { moved }: Reached): Enrollment {
  const { plan } = run.opened;
  const entrySlot = slotAfterEnd(enrollment.entrySlot);
  if (moved.end)
    return {
      ...{ ...enrollment, ...endedBy(moved.end), state: moved.state, waitingFor: [], entrySlot },
      ...{ dueAt: null, flipAt: null, metAt: null },
    };
  const metAt = isSamePlace(moved.state, enrollment.state) ? (enrollment.metAt ?? null) : null;
  const state = withResend(moved.state, run.resend === undefined ? enrollment.state.resend : run.resend);
  const after = { ...enrollment, state, waitingFor: waitingFor(plan, moved.state), metAt };
  return { ...after, dueAt: dueOf(plan, after) };
}

/** The machine hands on its own: an agent may have pressed while it ran. */
function withResend({ resend: _, ...state }: State, left: Resend | null | undefined): State {
  return left ? { ...state, resend: left } : state;
}

function endedBy(end: End) {
  return { status: end.status, reason: end.status === 'exited' ? end.reason : null, endedAt: end.at };
}

function endDecisions(run: TurnRun, after: Enrollment): Decision[] {
  const { id: enrollmentId, customerId, journey, version, state, status, reason, endedAt } = after;
  const kind = status === 'completed' ? 'completed' : 'exited';
  const none = { seq: null, message: null, channel: null, effectKey: null, eventId: null, needed: '', inputs: {} };
  const place = { enrollmentId, customerId, journey, version, turn: run.opened.row.number, step: state.step };
  return [{ ...none, ...place, kind, at: endedAt!, outcome: reason ?? 'completed' }];
}

/** What an ended enrollment had still to send; asked only where there can be something. */
async function withdraw(tx: Tx, run: TurnRun, enrollment: Enrollment): Promise<Decision[]> {
  const { sending, resend } = enrollment.state;
  const isWaiting =
    enrollment.status !== 'active' || sending !== undefined || resend !== undefined || run.opened.isRerun;
  const isPutOff =
    run.queued !== null || run.unsaved().some(({ delivery: { state } }) => state === 'queued' || state === 'held');
  return isWaiting || isPutOff ? withdrawDelivery(tx, enrollment, run.now()) : [];
}

/** Fenced: nothing of this turn counts any more, but the answers to its own claims are still the holder's to write. */
async function saveOwnDeliveries(tx: Tx, run: TurnRun, enrollment: Enrollment | null): Promise<void> {
  for (const settled of run.unsaved()) {
    const stored = await tx.delivery(settled.delivery.key);
    const at = settled.delivery.sentAt ?? run.now();
    const isHeld = stored?.state === 'sending' && stored.claimedBy === run.token;
    await (isHeld ? saveAnswer(tx, settled, enrollment, at) : resolveByHolder(tx, stored, settled, run.token, at));
  }
}

async function park(run: TurnRun, why: string): Promise<TurnResult> {
  const { enrollment, row } = run.opened;
  await run.ports.store.transaction(async (tx) => {
    const now = await tx.lockEnrollment(enrollment.id);
    if (now?.turnToken !== run.token || now.status !== 'active') return;
    await tx.saveEnrollment({ ...now, needsAttention: why });
    await lookAtWaiting(tx, now, run.opened.settings, run.now());
    const { id: enrollmentId, customerId, journey, version, state } = now;
    const place = { enrollmentId, customerId, journey, version, turn: null, seq: null, step: state.step };
    const none = { message: null, channel: null, effectKey: null, eventId: null };
    const said = {
      kind: 'needs_attention',
      outcome: 'needs_attention',
      inputs: { why },
      needed: 'an agent must release it',
    } as const;
    await tx.record([{ ...none, ...place, ...said, at: run.now() }]);
  });
  return { turn: row.number, step: enrollment.state.step, sleepMs: null, finished: false };
}
