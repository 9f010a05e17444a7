// Steps as written, branches within branches → the plan's graph: each step by its id, with the id of what comes next.
import type {
  Condition,
  Exit,
  MessageStep,
  Moment,
  Next,
  SetStep,
  Step,
  Watched,
  WebhookStep,
} from '../engine/core/plan.ts';
import {
  allSteps,
  type ChooseDraft,
  type EventWaitDraft,
  type ExitDraft,
  type ListenerDraft,
  type MessageStepDraft,
  type MomentDraft,
  type SetDraft,
  type StepDraft,
  type WaitDraft,
  type WebhookDraft,
} from './draft.ts';
import type { EmbeddedText } from './embedded-text.ts';
import type { Located } from './source.ts';

/** What the graph needs to know of the folder: names and conditions. */
export interface GraphScope {
  events(names: Located<string>[]): string[];
  /** Checks a condition; `event` are the events it may have in hand, null if it has none. */
  condition(text: EmbeddedText | undefined, event: string[] | null): Condition;
  /** Checks a condition that is looked at whenever its answer may have changed. */
  watched(text: EmbeddedText | undefined): Watched;
  /** Checks an expression that is a date or a time. */
  moment(text: EmbeddedText | undefined): Condition;
  /** Checks traits and their values. */
  traits(step: SetDraft): SetStep['traits'];
  /** Checks what a webhook is told. */
  webhookValues(step: WebhookDraft): WebhookStep['with'];
}

/** A message that is not handed over within a day is not sent any more. */
export const defaultExpiresMs = 24 * 3_600_000;

/** Links the steps. The end of a branch goes on behind the step that branched; the end of the journey is null. */
export function toGraph(steps: StepDraft[], scope: GraphScope): { first: Next; steps: { [id: string]: Step } } {
  const graph: Graph = {};
  const first = link(steps, null, { ...scope, behind: new Map() }, graph);
  const inOrder = allSteps(steps).flatMap(({ id }) => (graph[id] ? [[id, graph[id]] as const] : []));
  return { first, steps: Object.fromEntries(inOrder) };
}

interface Graph {
  [id: string]: Step;
}

/** With what stands behind each step that is linked already. */
type Linking = GraphScope & { behind: Map<string, Next> };

function link(steps: StepDraft[], after: Next, scope: Linking, graph: Graph): Next {
  let next = after;
  for (const step of steps.toReversed()) {
    const branch = (inner: StepDraft[]) => link(inner, next, scope, graph);
    graph[step.id] = toStep(step, next, branch, scope);
    scope.behind.set(step.id, next);
    next = step.id;
  }
  return next;
}

type Branch = (steps: StepDraft[]) => Next;

function toStep(step: StepDraft, next: Next, branch: Branch, scope: Linking): Step {
  switch (step.kind) {
    case 'exit':
      return { kind: 'exit', reason: step.reason?.value ?? '' };
    case 'send':
      return {
        kind: 'send',
        ...toMessageStep(step, scope),
        ...(step.onFailure === 'exit' && { onFailure: 'exit' }),
        next,
      };
    case 'ask':
      return {
        kind: 'ask',
        ...toMessageStep(step, scope),
        ...(step.save && { save: step.save.value }),
        ...(step.skipIfKnown?.value && { skipIfKnown: true }),
        ...(step.withinMs && { withinMs: step.withinMs.value }),
        answers: step.answers.map(({ answer, steps }) => ({ answer: answer.value, next: branch(steps) })),
        next,
        otherwise: branch(step.otherwise),
      };
    case 'set':
      return { kind: 'set', traits: scope.traits(step), next };
    case 'audience': {
      const { change, audience, keep } = step;
      const platforms = [...new Set(step.platforms.map(({ value }) => value))];
      const kept = keep !== undefined && { keep };
      return { kind: 'audience', change, audience: audience?.value ?? '', platforms, ...kept, next };
    }
    case 'handoff':
      return {
        kind: 'handoff',
        queue: step.queue?.value ?? '',
        ...(step.note && { note: step.note.value }),
        ...(step.withinMs && { withinMs: step.withinMs.value }),
        next,
      };
    case 'webhook':
      return {
        kind: 'webhook',
        webhook: step.webhook?.value ?? '',
        with: scope.webhookValues(step),
        ...(step.save && { save: step.save.value }),
        expiresMs: step.expiresMs?.value ?? defaultExpiresMs,
        next,
      };
    case 'choose':
      return toChoose(step, branch, scope);
    case 'wait':
      return toWait(step, next, branch, scope);
    default:
      return step satisfies never;
  }
}

function toMessageStep(step: MessageStepDraft, scope: GraphScope): MessageStep {
  return {
    message: step.message?.value ?? '',
    by: step.by.map((channel) => channel.value),
    with: step.with,
    expiresMs: step.expiresMs?.value ?? defaultExpiresMs,
    ...(step.onlyIf && { onlyIf: scope.condition(step.onlyIf, null) }),
    ...(step.onUnknown && { onUnknown: step.onUnknown }),
    ...(step.hold && { hold: step.hold }),
  };
}

function toWait(step: WaitDraft, next: Next, branch: Branch, scope: Linking): Step {
  switch (step.form) {
    case 'length':
      return { kind: 'wait', form: 'length', forMs: step.forMs?.value ?? 0, next };
    case 'at': {
      const { at, inDays, weekdays } = step;
      const clock = { at: at?.value ?? '00:00', inDays: inDays?.value ?? 0, ...(weekdays && { weekdays }) };
      return { kind: 'wait', form: 'at', ...clock, next };
    }
    case 'until': {
      const skip = next === null ? null : (scope.behind.get(next) ?? null);
      return { kind: 'wait', form: 'until', until: toMoment(step.until, scope), ifPast: step.ifPast, next, skip };
    }
    case 'event':
      return toEventWait(step, branch, scope);
    case 'if':
      return {
        kind: 'wait',
        form: 'if',
        if: scope.watched(step.if),
        next: branch(step.then),
        ...(step.withinMs && { withinMs: step.withinMs.value }),
        ...(step.until && { until: toMoment(step.until, scope) }),
        otherwise: branch(step.otherwise),
      };
    case 'until_no':
      return { kind: 'wait', form: 'until_no', ...toListener(step, scope), forMs: step.forMs?.value ?? 0, next };
    default:
      return step satisfies never;
  }
}

function toMoment({ of, shift, at }: MomentDraft, scope: GraphScope): Moment {
  return { of: scope.moment(of), shift, ...(at && { at: at.value }) };
}

function toChoose(step: ChooseDraft, branch: Branch, scope: GraphScope): Step {
  const arms = step.arms.map((arm) => ({ when: scope.condition(arm.when, null), next: branch(arm.steps) }));
  return { kind: 'choose', arms, otherwise: branch(step.otherwise) };
}

function toEventWait(step: EventWaitDraft, branch: Branch, scope: GraphScope): Step {
  return {
    kind: 'wait',
    form: 'event',
    listeners: step.branches.map((one) => ({ ...toListener(one, scope), next: branch(one.steps) })),
    ...(step.withinMs && { withinMs: step.withinMs.value }),
    ...(step.until && { until: toMoment(step.until, scope) }),
    otherwise: branch(step.otherwise),
    ...(step.since && { since: step.since }),
  };
}

/** The plan's form of `on` and `where`. */
export function toListener(listener: ListenerDraft, scope: GraphScope): { on: string[]; where?: Condition } {
  const on = scope.events(listener.on);
  return listener.where ? { on, where: scope.condition(listener.where, on) } : { on };
}

/** The plan's form of an exit. */
export function toExit(exit: ExitDraft, scope: GraphScope): Exit {
  const listener = exit.if ? { on: [], if: scope.watched(exit.if) } : toListener(exit, scope);
  return { ...listener, ...(exit.as && { as: exit.as.value }) };
}
