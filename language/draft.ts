// A journey as its author wrote it: shape checked, names not yet. Every part knows its place; what was broken is absent.
import type { Again, AudienceStep } from '../engine/core/plan.ts';
import type { Json, JsonMap } from '../engine/core/schema.ts';
import type { Shift } from '../engine/core/wall-clock.ts';
import type { EmbeddedText } from './embedded-text.ts';
import type { Located, Place, SourceFile } from './source.ts';

export interface JourneyDraft {
  source: SourceFile;
  journey?: Located<string>;
  title?: Located<string>;
  description?: Located<string>;
  stage?: Located<string>;
  owner?: Located<string>;
  tags?: Located<string>[];
  purpose?: Located<string>;
  enter: EnterDraft;
  goal?: GoalDraft;
  exits: ExitDraft[];
  /** In hundredths of a percent. */
  holdout?: Located<number>;
  priority?: number;
  lastsMs?: Located<number>;
  steps: StepDraft[];
}

/** Names as written: one may end in `*`. */
export interface ListenerDraft {
  on: Located<string>[];
  where?: EmbeddedText;
}

export interface EnterDraft {
  on: Located<string>[];
  when?: EmbeddedText;
  existing?: 'enter' | 'ignore';
  if?: EmbeddedText;
  key?: Located<string>;
  again?: Again;
  lateMs?: Located<number>;
  from?: Located<string>;
  until?: Located<string>;
}

export interface GoalDraft extends ListenerDraft {
  withinMs?: Located<number>;
  exits: boolean;
}

export interface ExitDraft extends ListenerDraft {
  if?: EmbeddedText;
  as?: Located<string>;
}

/** `id` is the author's, or the step's path; `place` is the key that names its kind. */
export interface StepBase {
  id: string;
  /** Where the author's own id stands. */
  ownId?: Place;
  place: Place;
}

export interface LengthDraft extends StepBase {
  kind: 'wait';
  form: 'length';
  forMs?: Located<number>;
}
export interface AtDraft extends StepBase {
  kind: 'wait';
  form: 'at';
  at?: Located<string>;
  inDays?: Located<number>;
  weekdays?: number[];
}
/** `until`, `plus` or `minus`, and `at`. */
export interface MomentDraft {
  of?: EmbeddedText;
  shift: Shift;
  at?: Located<string>;
}
export interface UntilDraft extends StepBase {
  kind: 'wait';
  form: 'until';
  until: MomentDraft;
  ifPast: 'continue' | 'skip_next' | 'exit';
}
export interface EventWaitDraft extends StepBase {
  kind: 'wait';
  form: 'event';
  branches: (ListenerDraft & { steps: StepDraft[] })[];
  withinMs?: Located<number>;
  until?: MomentDraft;
  otherwise: StepDraft[];
  since?: 'entry';
}
export interface IfWaitDraft extends StepBase {
  kind: 'wait';
  form: 'if';
  if?: EmbeddedText;
  then: StepDraft[];
  withinMs?: Located<number>;
  until?: MomentDraft;
  otherwise: StepDraft[];
}
export interface UntilNoDraft extends StepBase, ListenerDraft {
  kind: 'wait';
  form: 'until_no';
  forMs?: Located<number>;
}
/** What all steps that send a message say. */
export interface MessageStepDraft extends StepBase {
  message?: Located<string>;
  by: Located<string>[];
  with: JsonMap;
  /** The place of each name in `with`. */
  withPlaces: Map<string, Place>;
  expiresMs?: Located<number>;
  onlyIf?: EmbeddedText;
  onUnknown?: 'leave' | 'resend';
  hold?: 'next_channel';
}
export interface SendDraft extends MessageStepDraft {
  kind: 'send';
  onFailure?: 'continue' | 'exit';
}
export interface AskDraft extends MessageStepDraft {
  kind: 'ask';
  /** The trait that keeps the answer. */
  save?: Located<string>;
  skipIfKnown?: Located<boolean>;
  withinMs?: Located<number>;
  answers: { answer: Located<string>; steps: StepDraft[] }[];
  otherwise: StepDraft[];
}
export interface SetDraft extends StepBase {
  kind: 'set';
  traits: { name: Located<string>; place: Place; value?: Json; cel?: EmbeddedText }[];
}
export interface AudienceDraft extends StepBase {
  kind: 'audience';
  change: 'add' | 'remove';
  audience?: Located<string> | undefined;
  platforms: Located<string>[];
  keep?: NonNullable<AudienceStep['keep']>;
}
export interface HandoffDraft extends StepBase {
  kind: 'handoff';
  queue?: Located<string>;
  note?: Located<string>;
  withinMs?: Located<number>;
}
export interface WebhookDraft extends StepBase {
  kind: 'webhook';
  webhook?: Located<string>;
  with: { name: string; value?: Json; cel?: EmbeddedText }[];
  save?: Located<string>;
  expiresMs?: Located<number>;
}
export interface ChooseDraft extends StepBase {
  kind: 'choose';
  arms: { when?: EmbeddedText; steps: StepDraft[] }[];
  otherwise: StepDraft[];
}
export interface ExitStepDraft extends StepBase {
  kind: 'exit';
  reason?: Located<string>;
}
export type WaitDraft = LengthDraft | AtDraft | UntilDraft | EventWaitDraft | IfWaitDraft | UntilNoDraft;
export type StepDraft =
  | WaitDraft
  | SendDraft
  | AskDraft
  | WebhookDraft
  | HandoffDraft
  | SetDraft
  | AudienceDraft
  | ChooseDraft
  | ExitStepDraft;

/** The step lists that a step branches into, in the order of the file; none for a step that does not branch. */
export function branchesOf(step: StepDraft): StepDraft[][] {
  if (step.kind === 'ask') return [...step.answers.map((answer) => answer.steps), step.otherwise];
  if (step.kind === 'choose') return [...step.arms.map((arm) => arm.steps), step.otherwise];
  if (step.kind === 'wait' && step.form === 'if') return [step.then, step.otherwise];
  if (step.kind === 'wait' && step.form === 'event') {
    return [...step.branches.map((branch) => branch.steps), step.otherwise];
  }
  return [];
}

/** Every step, depth first, in the order of the file. */
export function allSteps(steps: StepDraft[]): StepDraft[] {
  return steps.flatMap((step) => [step, ...branchesOf(step).flatMap(allSteps)]);
}

/** Every step that sends a message, in the order of the file. */
export function messageSteps(steps: StepDraft[]): (SendDraft | AskDraft)[] {
  return allSteps(steps).filter((step) => step.kind === 'send' || step.kind === 'ask');
}
