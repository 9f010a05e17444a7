// One customer (and key) in one journey version, and what is recorded about it.
import type { Exchange, Rendered, ShortMessage } from './content.ts';
import type { JsonMap } from './schema.ts';
import type { Watching } from './watch.ts';

/** Where the machine stands. Small, JSON, and the whole of what a turn begins from. */
export interface State {
  /** The step it is at; null before the first and after the last. */
  step: string | null;
  /** When that step began. */
  since: number;
  /** Effects asked for so far; the next effect key is `{enrollment}/{effects + 1}`. Never reset. */
  effects: number;
  /** When time alone moves it on: the wait's end, or a delivery's next attempt. Null: only an event, or `lasts`. */
  due: number | null;
  /** The delivery it waits for, while a send is under way. */
  sending?: Sending;
  /** The effect number of the question whose answer it waits for. */
  asking?: number;
  /** The effect number of the handoff whose resolution it waits for. */
  handoff?: number;
  /** The last answer that took a branch; what conditions call `answer`. */
  answer?: string;
  /** What webhooks have answered, by the name it was saved under. */
  vars?: { [name: string]: JsonMap };
  /** After a release: what the turn that did not fit had begun to send, and the next turn must not send again. */
  begun?: { effect: number; step: string; channel: string }[];
  /** A message of before that an agent wants sent once more. The machine knows nothing of it. */
  resend?: Resend;
}

/** The delivery of this effect, on its way once more; `due` is when the next turn looks after it. */
export interface Resend {
  effect: number;
  step: string;
  channel: string;
  expiresAt: number;
  due: number;
}

export interface Sending {
  /** The number in the delivery's effect key. */
  effect: number;
  /** Index into the step's `by`. */
  channel: number;
  /** Counted from when the step was reached. */
  expiresAt: number;
}

export type EnrollmentStatus = 'active' | 'completed' | 'exited';

export interface Enrollment extends Watching {
  /** Opaque; also the Temporal workflow's id. */
  id: string;
  customerId: string;
  journey: string;
  /** The version's content hash. */
  version: string;
  key: string | null;
  entryEventId: string;
  /** The newest (by when it happened) event with an entry event's name, for the same key. */
  latestEventId: string;
  /** When the entry event happened. */
  entryOccurredAt: number;
  /** When it was acknowledged; waits and `lasts` count from here. */
  enteredAt: number;
  /**
   * What no other row may hold at the same time: `once/{customer}/{journey}/{key}` for ever under `never`,
   * `open/{customer}/{journey}/{key}` while open where one at a time is allowed, else null. Two words, since the rule
   * may change between versions. Entry is decided under the customer's lock; this backs it in the database.
   */
  entrySlot: string | null;
  heldOut: boolean;
  status: EnrollmentStatus;
  reason: string | null;
  endedAt: number | null;
  /** The event that ended it, if one did. */
  endedBy: string | null;
  /** When the goal was reached; it is credited once. */
  goalAt: number | null;
  /** Completed, it can be credited until then (entry + the goal's `within`); null where the goal says no `within`. */
  creditUntil: number | null;
  /** Not driven until an agent releases it: its journal does not fit what the machine asks. */
  needsAttention: string | null;
  /** Takes no step until it is resumed; clocks run and events are kept meanwhile. Its journey may be paused besides. */
  pausedAt: number | null;
  state: State;
  /** Events that would move it on where it stands; what ingest wakes it for. */
  waitingFor: string[];
  /** min(state.due, end of `lasts`, what is watched); null when finished. */
  dueAt: number | null;
  /** Goal and exit conditions that failed to evaluate; while any stands here, only `set` takes effect. */
  conditionErrors: string[];
  /** Number of the last turn that was opened. */
  turn: number;
  /** Taken anew by each execution of a turn; a write that carries an older one is refused. */
  turnToken: number;
}

/** The slot of an enrollment that has ended: kept for ever under `never`, given up otherwise. */
export function slotAfterEnd(slot: string | null): string | null {
  return slot?.startsWith('once/') ? slot : null;
}

export type DecisionKind =
  | 'entered'
  | 'not_entered'
  /** A choose or if was evaluated: `outcome` is the arm's index or `otherwise`. */
  | 'chose'
  /** A listened event was looked at: `outcome` is the listener's index, or `no_match`; of a question `answer`. */
  | 'heard'
  | 'timed_out'
  /** A condition that a step waits for was looked at: `outcome` is `true`, `false` or `error`. */
  | 'watched'
  /** Traits were set: `inputs.traits` says to what. */
  | 'set'
  /** `added` to an audience, `removed` from it (`inputs` say which, and why), or the reason word for doing neither. */
  | 'audience'
  /** When a wait ends was worked out, once: `outcome` is the moment in ISO, or `never` where it has none. */
  | 'scheduled'
  | 'sent'
  /** A person was called: `opened`, or why not; later, in whose role it was `resolved`. */
  | 'handoff'
  /** The customer answered a question (`inputs.answer`); outcome `known`: nobody had to ask. */
  | 'answered'
  | 'not_sent'
  /** It may have gone, and is not sent once more: `outcome` is the reason word. Whether it went is as open as before. */
  | 'not_repeated'
  /** An agent wants a message sent once more of which nobody knows whether it went. */
  | 'resend'
  /** A gate keeps a message back; `outcome` is the gate, `inputs.until` when it comes up again. */
  | 'held'
  /** An attempt failed before hand-over; `until` says when the next one is. */
  | 'retry'
  /** Something was heard of a message after its hand-over: `outcome` is which report. Repeats are one with a count. */
  | 'reported'
  /** Nobody knew whether it went; now it is known: `outcome` is `accepted`, `gone` or `failed`. */
  | 'resolved'
  | 'completed'
  | 'exited'
  | 'credited'
  /** A goal or exit condition could not be evaluated. */
  | 'condition_error'
  | 'needs_attention'
  /** What people did to the enrollment; `inputs.by` says in whose role. */
  | 'paused'
  | 'resumed'
  | 'released';

/** A recorded answer with its inputs. Append-only; what support and the transcript are made from. */
export interface Decision {
  kind: DecisionKind;
  customerId: string;
  journey: string;
  version: string;
  /** Null for a non-entry. */
  enrollmentId: string | null;
  /** Turn and position in it; null for what intake decided. */
  turn: number | null;
  seq: number | null;
  at: number;
  step: string | null;
  /** Reason word, arm, listener or exit reason. */
  outcome: string;
  /** What was looked at: condition text and the values it read, consent, address (masked), ... */
  inputs: JsonMap;
  /** What would have had to be true for it to go otherwise; empty when it went. */
  needed: string;
  eventId: string | null;
  /** The message and channel of a send or silence, and its delivery. */
  message: string | null;
  channel: string | null;
  effectKey: string | null;
}

export type DeliveryState = 'held' | 'queued' | 'sending' | 'accepted' | 'failed' | 'suppressed' | 'unknown';

/** One message's way to one customer on one channel (design §5). */
export interface Delivery {
  /** `{enrollment}/{effect counter}`: one step's message on one channel, once. */
  key: string;
  enrollmentId: string;
  customerId: string;
  journey: string;
  version: string;
  step: string;
  message: string;
  channel: string;
  purpose: string;
  /** Its journey's: 1 goes first, 9 last. */
  priority: number;
  state: DeliveryState;
  /** Why it failed, was suppressed or is held; or, where nobody knows whether it went, why it is not sent once more. */
  reason: string | null;
  /** The provider's code for it (`5.1.1`); never its text. */
  code: string | null;
  /** Attempts made; the holder of a claim is the attempt's number and token. */
  attempt: number;
  /** The turn token under which it was claimed; kept while nobody knows what came of that claim. */
  claimedBy: number | null;
  /** End of the claim's lease, real time. */
  leaseUntil: number | null;
  retryAt: number | null;
  /** Hand-over, by the clock port. */
  sentAt: number | null;
  createdAt: number;
  providerId: string | null;
  /** As it was sent. Purged on erasure. */
  rendered: Rendered | ShortMessage | Exchange | null;
  to: string | null;
}

/** When a turn looks after a delivery that is still in its channel's queue: as soon as it has expired there. */
export function queuedUntil(expiresAt: number): number {
  return expiresAt + 1;
}

/** Whether the delivery that it waits for is in its channel's queue. */
export function isInQueue({ sending, due }: State): boolean {
  return sending !== undefined && due === queuedUntil(sending.expiresAt);
}
