// Steps as written, branches within branches → the plan's graph: each step by its id, with the id of what comes next.
import type { Condition, Next, Step } from '../engine/core/plan.ts';
import { allSteps, type ChooseDraft, type EventWaitDraft, type ListenerDraft, type StepDraft } from './draft.ts';
import type { EmbeddedText } from './embedded-text.ts';
import type { Located } from './source.ts';

/** What the graph needs to know of the folder: names and conditions. */
export interface GraphScope {
  events(names: Located<string>[]): string[];
  /** Checks a condition; `event` are the events it may have in hand, null if it has none. */
  condition(text: EmbeddedText | undefined, event: string[] | null): Condition;
}

/** A message that is not handed over within a day is not sent any more. */
const defaultExpiresMs = 24 * 3_600_000;

/** Links the steps. The end of a branch goes on behind the step that branched; the end of the journey is null. */
export function toGraph(steps: StepDraft[], scope: GraphScope): { first: Next; steps: { [id: string]: Step } } {
  const graph: { [id: string]: Step } = {};
  const first = link(steps, null, scope, graph);
  const inOrder = allSteps(steps).flatMap(({ id }) => (graph[id] ? [[id, graph[id]] as const] : []));
  return { first, steps: Object.fromEntries(inOrder) };
}

function link(steps: StepDraft[], after: Next, scope: GraphScope, graph: { [id: string]: Step }): Next {
  let next = after;
  for (const step of steps.toReversed()) {
    const branch = (inner: StepDraft[]) => link(inner, next, scope, graph);
    graph[step.id] = toStep(step, next, branch, scope);
    next = step.id;
  }
  return next;
}

type Branch = (steps: StepDraft[]) => Next;

function toStep(step: StepDraft, next: Next, branch: Branch, scope: GraphScope): Step {
  switch (step.kind) {
    case 'exit':
      return { kind: 'exit', reason: step.reason?.value ?? '' };
    case 'send':
      return {
        kind: 'send',
        message: step.message?.value ?? '',
        by: step.by.map((channel) => channel.value),
        with: step.with,
        expiresMs: step.expiresMs?.value ?? defaultExpiresMs,
        next,
      };
    case 'choose':
      return toChoose(step, branch, scope);
    case 'wait':
      if (step.form === 'length') return { kind: 'wait', form: 'length', forMs: step.forMs?.value ?? 0, next };
      if (step.form === 'event') return toEventWait(step, branch, scope);
      return { kind: 'wait', form: 'until_no', ...toListener(step, scope), forMs: step.forMs?.value ?? 0, next };
    default:
      return step satisfies never;
  }
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
    otherwise: branch(step.otherwise),
    ...(step.since && { since: step.since }),
  };
}

/** The plan's form of `on` and `where`. */
export function toListener(listener: ListenerDraft, scope: GraphScope): { on: string[]; where?: Condition } {
  const on = scope.events(listener.on);
  return listener.where ? { on, where: scope.condition(listener.where, on) } : { on };
}
