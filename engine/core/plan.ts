// What a published journey is: canonical JSON, made by the compiler, run by the machine, never changed afterwards.
// Steps are a graph keyed by step id, so that a place in a journey is one id and survives an edit elsewhere.
import type { Json, JsonMap, Schema } from './schema.ts';
import type { ClockTime, Shift } from './wall-clock.ts';

/** A condition, type-checked by the compiler. What it reads is listed, so that a turn can load it beforehand. */
export interface Condition {
  cel: string;
  /** The names that `event` may have here; its type is the properties they share. Absent where there is no `event`. */
  event?: string[];
  /** History it reads through `did`, `count` and `last`: event name and longest window in milliseconds. */
  history: { event: string; windowMs: number }[];
  /** Segments it asks for through `in_segment`; what they read is in `history`, too. */
  segments?: string[];
}

/** A condition that is looked at whenever its answer may have changed, time aside: these events and traits, consents. */
export interface Watched extends Condition {
  changes: { events: string[]; traits: string[]; consents: boolean };
}

/** An event that ends, or is listened to; with `where`, only if that holds. */
export interface Listener {
  on: string[];
  where?: Condition;
}

/** `as` is the reason, by default the event's name (absent here). With `if`, `on` is empty and `as` is there. */
export type Exit = Listener & { if?: Watched; as?: string };

export type Again = { mode: 'never' | 'after_exit' | 'always' | 'restart' } | { mode: 'after'; ms: number };

export interface Enter {
  /** Empty where `when` stands. */
  on: string[];
  /** Instead of an event: entry when it becomes true. Who fulfils it at publish enters only where `existing` says so. */
  when?: Watched;
  existing?: 'enter';
  if?: Condition;
  /** The property of the entry event that says what the enrollment is about. */
  key?: string;
  again: Again;
  /** An event that arrives later than this after it happened opens nothing. */
  lateMs: number;
  /** Whole days in the settings' zone (`2026-12-01`), both included. */
  from?: string;
  until?: string;
}

/** The id of the next step; null is the end of the journey (`completed`). */
export type Next = string | null;

export interface WaitLength {
  kind: 'wait';
  form: 'length';
  forMs: number;
  next: Next;
}
/** A time of day on the customer's wall clock. */
export interface WaitAt extends ClockTime {
  kind: 'wait';
  form: 'at';
  next: Next;
}
/** A moment in data: a condition's text that is a `date` or a `time`, moved; with `at`, the time of day it comes to. */
export interface Moment {
  of: Condition;
  shift: Shift;
  at?: string;
}
export interface WaitUntil {
  kind: 'wait';
  form: 'until';
  until: Moment;
  ifPast: 'continue' | 'skip_next' | 'exit';
  next: Next;
  /** What stands behind the next step; for `skip_next`. */
  skip: Next;
}
/** `on` and `first_of`: the first listener whose event arrives takes its branch. */
export interface WaitEvent {
  kind: 'wait';
  form: 'event';
  listeners: (Listener & { next: Next })[];
  /** With neither `withinMs` nor `until` it is bounded by `lasts` only, and there is no `otherwise`. */
  withinMs?: number;
  until?: Moment;
  otherwise: Next;
  /** Also counts what came since entry. */
  since?: 'entry';
}
/** Until a condition on the customer becomes true; at once if it is. */
export interface WaitIf {
  kind: 'wait';
  form: 'if';
  if: Watched;
  next: Next;
  /** As in a wait for an event. */
  withinMs?: number;
  until?: Moment;
  otherwise: Next;
}
export interface WaitUntilNo extends Listener {
  kind: 'wait';
  form: 'until_no';
  forMs: number;
  next: Next;
}
/** How a step's message goes out. */
export interface MessageStep {
  message: string;
  /** Channels, tried in order. */
  by: string[];
  /** Values for the template. */
  with: JsonMap;
  expiresMs: number;
  /** Else nothing is sent, and the journey goes on. */
  onlyIf?: Condition;
  /** Absent: as the channel's setting says. */
  onUnknown?: 'leave' | 'resend';
  /** A gate that would hold the message passes it to the next channel instead. */
  hold?: 'next_channel';
}
export interface SendStep extends MessageStep {
  kind: 'send';
  /** Absent: the journey goes on. */
  onFailure?: 'exit';
  next: Next;
}
/** A message with a question, then a wait for the answer. */
export interface AskStep extends MessageStep {
  kind: 'ask';
  /** The trait that keeps the answer; what is typed must be of its type. */
  save?: string;
  /** Where that trait has a value already, nobody is asked. */
  skipIfKnown?: true;
  /** Counted from the message's outcome. Absent: bounded by `lasts` only. */
  withinMs?: number;
  /** Answers with steps of their own. */
  answers: { answer: string; next: Next }[];
  /** After any other answer. */
  next: Next;
  /** No answer in time, or the message did not go. */
  otherwise: Next;
}
/** Calls a person, and may wait for them. */
export interface HandoffStep {
  kind: 'handoff';
  /** Who is asked: `support`. */
  queue: string;
  /** For the person. */
  note?: string;
  /** Waits until they have resolved it, at most so long. */
  withinMs?: number;
  next: Next;
}
/** Calls a system of the shop. */
export interface WebhookStep {
  kind: 'webhook';
  /** Its name under `webhooks` in settings. */
  webhook: string;
  /** What it is told. */
  with: { [name: string]: { value: Json } | Condition };
  /** Its answer is `vars.<save>` from then on. */
  save?: string;
  expiresMs: number;
  next: Next;
}
/** Writes traits; held out or not. */
export interface SetStep {
  kind: 'set';
  traits: { [name: string]: { value: Json } | Condition };
  next: Next;
}
/** Puts the customer into an audience of ad platforms, or takes them out of it. */
export interface AudienceStep {
  kind: 'audience';
  change: 'add' | 'remove';
  /** Its name in the settings. */
  audience: string;
  platforms: string[];
  /** How long whoever is added stays, in milliseconds or as a word; absent on a removal. */
  keep?: number | 'until_exit' | 'forever';
  next: Next;
}
/** `if` and `choose`: the first arm that holds, else `otherwise`. */
export interface ChooseStep {
  kind: 'choose';
  arms: { when: Condition; next: Next }[];
  otherwise: Next;
}
export interface ExitStep {
  kind: 'exit';
  reason: string;
}
export type WaitStep = WaitLength | WaitAt | WaitUntil | WaitEvent | WaitIf | WaitUntilNo;
export type Step =
  | WaitStep
  | SendStep
  | AskStep
  | WebhookStep
  | HandoffStep
  | SetStep
  | AudienceStep
  | ChooseStep
  | ExitStep;

/** What a message asks; both Liquid. */
export interface QuestionTemplate {
  question?: string;
  /** What can be answered, in order; with a question and none of these, the answer is typed. */
  answers?: { answer: string; label: string }[];
}

/** A message's template for one channel and locale, ready for Liquid: MJML compiled, layout applied. */
export interface Template extends QuestionTemplate {
  subject: string;
  preheader?: string;
  /** Overrides the channel's sender. */
  from?: string;
  html: string;
  /** Liquid too. Absent: the text part is made from the rendered HTML. */
  text?: string;
}

/** A short message's template for one channel and locale: all of it Liquid, rendered as plain text. */
export interface ShortTemplate extends QuestionTemplate {
  title?: string;
  /** Absent only where the question is all there is to say. */
  body?: string;
  url?: string;
  image?: string;
}

export interface Message {
  /** Needed beside the journey's own purpose. */
  purpose?: string;
  /** By channel, then by locale; '' is the variant without a locale. */
  channels: { [channel: string]: { [locale: string]: Template | ShortTemplate } };
}

export interface Plan {
  format: 1;
  journey: string;
  title?: string;
  description?: string;
  stage?: string;
  owner?: string;
  tags?: string[];
  purpose: string;
  /** 1 (first) to 9; absent: 5. */
  priority?: number;
  enter: Enter;
  goal?: Listener & { withinMs?: number; exits: boolean };
  /** In the order of the file. */
  exits: Exit[];
  /** Share in hundredths of a percent (10% = 1000). */
  holdout: number;
  lastsMs: number;
  first: Next;
  steps: { [id: string]: Step };
  messages: { [name: string]: Message };
  /** The segments that its conditions name, as they stood when it was published. */
  segments?: { [name: string]: Condition };
  /** The schemas its conditions and templates were checked against; only the events it names. */
  schemas: {
    customer: Schema;
    events: { [name: string]: { properties: Schema; correlate: string[] } };
    /** By the name that a webhook's answer is saved under; all of it may be missing. */
    vars?: Schema;
  };
}
