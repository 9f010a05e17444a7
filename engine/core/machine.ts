// The journey machine: where an enrollment stands, what may move it, and what it asks for next.
// Pure: time comes with the input, conditions are answered by the oracle, effects are returned, never performed.
import type { State } from './enrollment.ts';
import type { StoredEvent } from './event.ts';
import { invariant } from './invariant.ts';
import type {
  AudienceStep,
  ChooseStep,
  Listener,
  Moment,
  Next,
  Plan,
  SendStep,
  SetStep,
  Step,
  WaitAt,
  WaitEvent,
  WaitIf,
  WaitStep,
  WaitUntil,
} from './plan.ts';

/** What a step needs to know; the turn answers from its journal, or by evaluating conditions on loaded facts. */
export interface Oracle {
  /** The first arm that holds, or null for `otherwise`. */
  choose(id: string, step: ChooseStep): number | null;
  /** The first listener that this event satisfies, or null. */
  hear(id: string, listeners: Listener[], event: StoredEvent): number | null;
  /** Everything listened to that came since entry, oldest first; for `since: entry`. */
  past(): StoredEvent[];
  /** Whether the condition that a step waits for holds now. */
  holds(id: string, step: WaitIf, at: number): boolean;
  /** Told that it has become true while the step waited. */
  met(id: string, step: WaitIf, at: number): void;
  /** Told to set traits; what is asked after it sees them. */
  set(id: string, step: SetStep, at: number): void;
  /** Told to change an audience; `effect` is the number in its effect key. */
  audience(id: string, step: AudienceStep, at: number, effect: number): void;
  /** When a wait that begins at `at` ends, or null for never; worked out once. */
  schedule(id: string, when: WaitAt | Moment, at: number): number | null;
  /** Told that a wait ended by time, before what follows it is asked. */
  timedOut(id: string, at: number): void;
}

export type Input =
  | { kind: 'event'; event: StoredEvent }
  /** `state.due` has come; `at` is when the step ends by it. */
  | { kind: 'due'; at: number }
  /** The condition that the step waits for became true at that moment. */
  | { kind: 'met'; at: number }
  /** The delivery asked for: over (whatever came of it), on to the next channel, or not before `at`. */
  | { kind: 'delivered'; at: number; result: DeliverResult };

export type DeliverResult =
  | { kind: 'over'; failed?: boolean }
  | { kind: 'next_channel'; failed?: boolean }
  /** Not before `retryAt`: another attempt, or a look at one that is under way. */
  | { kind: 'later'; retryAt: number };

export interface Deliver {
  kind: 'deliver';
  /** The number in the effect key. */
  effect: number;
  step: string;
  channel: string;
  expiresAt: number;
}

export type End = { status: 'completed'; at: number } | { status: 'exited'; reason: string; at: number };

export interface Moved {
  state: State;
  effects: Deliver[];
  end?: End;
}

/** The state of an enrollment whose first turn has not run. */
export function initialState(enteredAt: number): State {
  return { step: null, since: enteredAt, effects: 0, due: enteredAt };
}

/** Enters the first step at `at`. */
export function begin(plan: Plan, state: State, at: number, oracle: Oracle): Moved {
  return arrive(plan, state, plan.first, at, oracle);
}

/** Moves on by one input; where the input means nothing here, the state comes back as it was. */
export function advance(plan: Plan, state: State, input: Input, oracle: Oracle): Moved {
  const id = state.step;
  invariant(id !== null, 'advance before begin');
  const step = stepOf(plan, id);
  switch (input.kind) {
    case 'event':
      return hear(plan, state, id, step, input.event, oracle);
    case 'due':
      return timeOut(plan, state, id, step, input.at, oracle);
    case 'met':
      invariant(step.kind === 'wait' && step.form === 'if', 'a condition was met that no step waits for');
      oracle.met(id, step, input.at);
      return arrive(plan, state, step.next, input.at, oracle);
    case 'delivered':
      invariant(step.kind === 'send' && state.sending, 'a delivery came back where none was asked for');
      return delivered(plan, state, id, step, input.at, input.result, oracle);
  }
}

/** Names of the events that could move it on where it stands. */
export function waitingFor(plan: Plan, state: State): string[] {
  const step = state.step === null ? null : stepOf(plan, state.step);
  if (step?.kind !== 'wait') return [];
  return [...new Set(listenersOf(step).flatMap((listener) => listener.on))];
}

/** Names of the events that any wait of the plan listens to: what belongs in an enrollment's inbox. */
export function heardAnywhere(plan: Plan): Set<string> {
  let names = heard.get(plan);
  if (!names) {
    const waits = Object.values(plan.steps).filter((step) => step.kind === 'wait');
    names = new Set(waits.flatMap(listenersOf).flatMap((listener) => listener.on));
    heard.set(plan, names);
  }
  return names;
}
const heard = new WeakMap<Plan, Set<string>>();

function arrive(plan: Plan, from: State, first: Next, at: number, oracle: Oracle): Moved {
  let id = first;
  let { effects } = from;
  for (;;) {
    const state: State = { step: id, since: at, effects, due: null };
    if (id === null) return { state, effects: [], end: { status: 'completed', at } };
    const step = stepOf(plan, id);
    if (step.kind === 'exit') return { state, effects: [], end: { status: 'exited', reason: step.reason, at } };
    if (step.kind === 'send') return startSend(state, id, step, 0, at + step.expiresMs);
    if (step.kind === 'wait') {
      const begun = beginWait(id, step, at, oracle);
      if ('due' in begun) return still({ ...state, due: begun.due });
      if ('exit' in begun) return { state, effects: [], end: { status: 'exited', reason: begun.exit, at } };
      id = begun.next;
      continue;
    }
    if (step.kind === 'set') {
      oracle.set(id, step, at);
      id = step.next;
      continue;
    }
    if (step.kind === 'audience') {
      effects += 1;
      oracle.audience(id, step, at, effects);
      id = step.next;
      continue;
    }
    const arm = oracle.choose(id, step);
    id = arm === null ? step.otherwise : step.arms[arm]!.next;
  }
}

/** Waits until `due`, or is over at once. */
type Begun = { due: number | null } | { next: Next } | { exit: string };

function beginWait(id: string, step: WaitStep, at: number, oracle: Oracle): Begun {
  switch (step.form) {
    case 'length':
    case 'until_no':
      return { due: at + step.forMs };
    case 'at':
      return { due: oracle.schedule(id, step, at) };
    case 'until':
      return beginUntil(id, step, at, oracle);
    case 'event': {
      const branch = step.since === 'entry' ? heardBefore(id, step, oracle) : undefined;
      return branch === undefined ? beginTimeOut(id, step, at, oracle) : { next: branch };
    }
    case 'if':
      return oracle.holds(id, step, at) ? { next: step.next } : beginTimeOut(id, step, at, oracle);
  }
}

function beginUntil(id: string, step: WaitUntil, at: number, oracle: Oracle): Begun {
  const due = oracle.schedule(id, step.until, at);
  if (due === null || due >= at) return { due };
  if (step.ifPast === 'exit') return { exit: 'past' };
  return { next: step.ifPast === 'skip_next' ? step.skip : step.next };
}

function beginTimeOut(id: string, step: WaitEvent | WaitIf, at: number, oracle: Oracle): Begun {
  if (!step.until) return { due: step.withinMs === undefined ? null : at + step.withinMs };
  const due = oracle.schedule(id, step.until, at);
  if (due === null || due >= at) return { due };
  oracle.timedOut(id, at);
  return { next: step.otherwise };
}

function heardBefore(id: string, step: WaitEvent, oracle: Oracle): Next | undefined {
  for (const event of oracle.past()) {
    const index = listening(step.listeners, event) ? oracle.hear(id, step.listeners, event) : null;
    if (index !== null) return step.listeners[index]!.next;
  }
  return undefined;
}

function hear(plan: Plan, state: State, id: string, step: Step, event: StoredEvent, oracle: Oracle): Moved {
  if (step.kind !== 'wait' || (step.form !== 'event' && step.form !== 'until_no')) return still(state);
  // What was acknowledged before the step began belongs to an earlier step.
  if (event.receivedAt < state.since || !listening(listenersOf(step), event)) return still(state);
  const index = oracle.hear(id, listenersOf(step), event);
  if (index === null) return still(state);
  // A merge may bring an older event after a newer one.
  if (step.form === 'until_no')
    return still({ ...state, due: Math.max(state.due ?? 0, event.receivedAt + step.forMs) });
  return arrive(plan, state, step.listeners[index]!.next, event.receivedAt, oracle);
}

function timeOut(plan: Plan, state: State, id: string, step: Step, at: number, oracle: Oracle): Moved {
  if (step.kind === 'send') {
    const { sending } = state;
    invariant(sending, 'a send is due that was never started');
    return { state: { ...state, due: null }, effects: [deliver(state, id, step)] };
  }
  invariant(step.kind === 'wait', `a ${step.kind} has no due time`);
  const next = step.form === 'event' || step.form === 'if' ? step.otherwise : step.next;
  oracle.timedOut(id, at);
  return arrive(plan, state, next, at, oracle);
}

function startSend(state: State, id: string, step: SendStep, channel: number, expiresAt: number): Moved {
  const effects = state.effects + 1;
  const started: State = {
    ...state,
    effects,
    due: null,
    sending: { effect: effects, channel, expiresAt },
  };
  return { state: started, effects: [deliver(started, id, step)] };
}

function deliver(state: State, id: string, step: SendStep): Deliver {
  const { effect, channel, expiresAt } = state.sending!;
  return { kind: 'deliver', effect, step: id, channel: step.by[channel]!, expiresAt };
}

function delivered(
  plan: Plan,
  state: State,
  id: string,
  step: SendStep,
  at: number,
  result: DeliverResult,
  oracle: Oracle,
): Moved {
  const sending = state.sending!;
  if (result.kind === 'later') return still({ ...state, due: result.retryAt });
  const channel = sending.channel + 1;
  if (result.kind === 'next_channel' && channel < step.by.length)
    return startSend(state, id, step, channel, sending.expiresAt);
  if (result.failed && step.onFailure === 'exit')
    return { state, effects: [], end: { status: 'exited', reason: 'send_failed', at } };
  return arrive(plan, state, step.next, at, oracle);
}

/** What a step listens to; nothing where only time counts. */
export function listenersOf(step: Step): Listener[] {
  if (step.kind !== 'wait') return [];
  if (step.form === 'until_no') return [step];
  return step.form === 'event' ? step.listeners : [];
}

function listening(listeners: Listener[], event: StoredEvent): boolean {
  return listeners.some((listener) => listener.on.includes(event.name));
}

function stepOf(plan: Plan, id: string): Step {
  const step = plan.steps[id];
  invariant(step, `no step ${id} in ${plan.journey}`);
  return step;
}

function still(state: State): Moved {
  return { state, effects: [] };
}
