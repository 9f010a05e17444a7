// The journey machine: where an enrollment stands, what may move it, and what it asks for next.
// Pure: time comes with the input, conditions are answered by the oracle, effects are returned, never performed.
import { answerEvent, answerIn, branchOf } from './answer.ts';
import { webhookChannel } from './channels.ts';
import type { State } from './enrollment.ts';
import type { StoredEvent } from './event.ts';
import { isResolved, resolvedEvent } from './handoff.ts';
import { invariant } from './invariant.ts';
import type {
  AskStep,
  AudienceStep,
  ChooseStep,
  HandoffStep,
  Listener,
  Moment,
  Next,
  Plan,
  SendStep,
  SetStep,
  Step,
  WaitAt,
  WaitIf,
  WebhookStep,
} from './plan.ts';
import type { JsonMap } from './schema.ts';
import { beginWait, listenersOf, listening } from './waits.ts';

/** What a step needs to know; the turn answers from its journal, or by evaluating conditions on loaded facts. */
export interface Oracle {
  /** The first arm that holds, or null for `otherwise`. */
  choose(id: string, step: ChooseStep): number | null;
  /** The first listener that this event satisfies, or null. */
  hear(id: string, listeners: Listener[], event: StoredEvent): number | null;
  /** Everything listened to, and every answer, that came since entry, oldest first; for `since: entry` and questions. */
  past(): StoredEvent[];
  /** Whether the condition that a step waits for holds now. */
  holds(id: string, step: WaitIf, at: number): boolean;
  /** Told that it has become true while the step waited. */
  met(id: string, step: WaitIf, at: number): void;
  /** What the trait that would keep the answer says already, as an answer; null where it says nothing. */
  known(id: string, step: AskStep, at: number): string | null;
  /** Told that this event answers the question that the step has asked. */
  answered(id: string, event: StoredEvent, answer: string): void;
  /** Told to call a person; whether one was called. `effect` is the number in its effect key. */
  handoff(id: string, step: HandoffStep, at: number, effect: number): boolean;
  /** Told that the person has resolved what the step waits for. */
  resolved(id: string, event: StoredEvent): void;
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
  /** `silent`: nothing went, and nothing will. */
  | { kind: 'over'; failed?: boolean; silent?: boolean; returned?: JsonMap }
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
      invariant(isSending(step) && state.sending, 'a delivery came back where none was asked for');
      return delivered(plan, state, id, step, input.at, input.result, oracle);
  }
}

/** Names of the events that could move it on where it stands. */
export function waitingFor(plan: Plan, state: State): string[] {
  const step = state.step === null ? null : stepOf(plan, state.step);
  if (step?.kind === 'ask' && state.asking !== undefined) return [answerEvent];
  if (step?.kind === 'handoff' && state.handoff !== undefined) return [resolvedEvent];
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
  let { effects, answer } = from;
  const { vars } = from;
  for (;;) {
    const state: State = { step: id, since: at, effects, due: null };
    if (answer !== undefined) state.answer = answer;
    if (vars !== undefined) state.vars = vars;
    if (id === null) return { state, effects: [], end: { status: 'completed', at } };
    const step = stepOf(plan, id);
    if (step.kind === 'exit') return { state, effects: [], end: { status: 'exited', reason: step.reason, at } };
    if (step.kind === 'send' || step.kind === 'webhook') return startSend(state, id, step, 0, at + step.expiresMs);
    if (step.kind === 'ask') {
      const known = step.skipIfKnown ? oracle.known(id, step, at) : null;
      if (known === null) return startSend(state, id, step, 0, at + step.expiresMs);
      answer = known;
      id = branchOf(step, known);
      continue;
    }
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
    if (step.kind === 'handoff') {
      effects += 1;
      const isOpen = oracle.handoff(id, step, at, effects);
      if (isOpen && step.withinMs !== undefined)
        return still({ ...state, effects, handoff: effects, due: at + step.withinMs });
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

function hear(plan: Plan, state: State, id: string, step: Step, event: StoredEvent, oracle: Oracle): Moved {
  if (step.kind === 'handoff' && isResolved(event, state.handoff)) {
    oracle.resolved(id, event);
    return arrive(plan, state, step.next, event.receivedAt, oracle);
  }
  if (step.kind === 'ask') return takeAnswer(plan, state, id, step, [event], event.receivedAt, oracle) ?? still(state);
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
  if (isSending(step) && state.asking === undefined) {
    invariant(state.sending, 'a send is due that was never started');
    return { state: { ...state, due: null }, effects: [deliver(state, id, step)] };
  }
  invariant(step.kind === 'wait' || step.kind === 'ask' || step.kind === 'handoff', `a ${step.kind} has no due time`);
  const next = 'otherwise' in step ? step.otherwise : step.next;
  oracle.timedOut(id, at);
  return arrive(plan, state, next, at, oracle);
}

function startSend(state: State, id: string, step: Sending, channel: number, expiresAt: number): Moved {
  const effects = state.effects + 1;
  const started: State = {
    ...state,
    effects,
    due: null,
    sending: { effect: effects, channel, expiresAt },
  };
  return { state: started, effects: [deliver(started, id, step)] };
}

function deliver(state: State, id: string, step: Sending): Deliver {
  const { effect, channel, expiresAt } = state.sending!;
  return { kind: 'deliver', effect, step: id, channel: channelsOf(step)[channel]!, expiresAt };
}

function delivered(
  plan: Plan,
  state: State,
  id: string,
  step: Sending,
  at: number,
  result: DeliverResult,
  oracle: Oracle,
): Moved {
  const sending = state.sending!;
  if (result.kind === 'later') return still({ ...state, due: result.retryAt });
  const channel = sending.channel + 1;
  if (result.kind === 'next_channel' && channel < channelsOf(step).length)
    return startSend(state, id, step, channel, sending.expiresAt);
  if (step.kind === 'ask') {
    const isSilent = result.kind === 'next_channel' || result.silent;
    return isSilent ? arrive(plan, state, step.otherwise, at, oracle) : beginAsking(plan, state, id, step, at, oracle);
  }
  if (step.kind === 'webhook') {
    const returned = result.kind === 'over' && step.save !== undefined ? result.returned : undefined;
    const vars = returned ? { ...state.vars, [step.save!]: returned } : state.vars;
    return arrive(plan, vars ? { ...state, vars } : state, step.next, at, oracle);
  }
  if (result.failed && step.onFailure === 'exit')
    return { state, effects: [], end: { status: 'exited', reason: 'send_failed', at } };
  return arrive(plan, state, step.next, at, oracle);
}

/** The question is out: waits for its answer, which may have been quicker than the news of its delivery. */
function beginAsking(plan: Plan, state: State, id: string, step: AskStep, at: number, oracle: Oracle): Moved {
  const { sending, ...rest } = state;
  const due = step.withinMs === undefined ? null : at + step.withinMs;
  const asking: State = { ...rest, asking: sending!.effect, due };
  return takeAnswer(plan, asking, id, step, oracle.past(), at, oracle) ?? still(asking);
}

/** The first answer takes its branch; null where there is none to this question among these. */
function takeAnswer(
  plan: Plan,
  state: State,
  id: string,
  step: AskStep,
  events: StoredEvent[],
  at: number,
  oracle: Oracle,
): Moved | null {
  const event = events.find((one) => answerIn(one, state.asking) !== null);
  if (!event) return null;
  const answer = answerIn(event, state.asking)!;
  oracle.answered(id, event, answer);
  return arrive(plan, { ...state, answer }, branchOf(step, answer), at, oracle);
}

/** Steps that hand something over to somebody. */
type Sending = SendStep | AskStep | WebhookStep;

/** Tried in order. */
function channelsOf(step: Sending): string[] {
  return step.kind === 'webhook' ? [webhookChannel] : step.by;
}

function isSending(step: Step): step is Sending {
  return step.kind === 'send' || step.kind === 'ask' || step.kind === 'webhook';
}

function stepOf(plan: Plan, id: string): Step {
  const step = plan.steps[id];
  invariant(step, `no step ${id} in ${plan.journey}`);
  return step;
}

function still(state: State): Moved {
  return { state, effects: [] };
}
