// A journey's draft → its plan: names looked up, conditions checked, steps linked, schemas and messages put in.

import type { Condition, Message, Plan, Watched } from '../engine/core/plan.ts';
import type { Kind } from './condition/kind.ts';
import { checkCondition, checkExpression, type Scope } from './conditions.ts';
import { allSteps, type JourneyDraft, messageSteps } from './draft.ts';
import type { EmbeddedText } from './embedded-text.ts';
import type { EventSources } from './events.ts';
import { type GraphScope, toExit, toGraph, toListener } from './graph.ts';
import { type Phrase, phrase } from './phrase.ts';
import { segmentsIn } from './segments.ts';
import { toSetTraits } from './set-step.ts';
import type { Located, Report } from './source.ts';
import { watchedOf } from './watched.ts';
import { toWebhookValues, varsOf } from './webhooks.ts';
import { definitionOf, namedEvents, refuseUnknownEvents, scopeOf, type Workspace } from './workspace.ts';

/** Defaults of the head (journey-language §3), in milliseconds. */
const defaultLateMs = 24 * 3_600_000;
const defaultLastsMs = 90 * 24 * 3_600_000;

/**
 * The plan of a journey. Where the draft has holes the plan has placeholders: it is for use only if nothing was
 * reported as an error.
 */
export function resolve(
  draft: JourneyDraft,
  workspace: Workspace,
  messages: Map<string, Message>,
  report: Report,
): Plan {
  const entry = namedEvents(draft.enter.on, workspace.events);
  const scope = scopeFor(draft.enter.when ? undefined : entry, workspace, report);
  refuseUnknownEvents(draft.enter.on, workspace.events, report);
  const plan: Plan = {
    format: 1,
    journey: draft.journey?.value ?? '',
    ...headTexts(draft),
    purpose: draft.purpose?.value ?? '',
    ...(draft.priority !== undefined && { priority: draft.priority }),
    enter: resolveEnter(draft, entry, workspace, report, scope),
    exits: draft.exits.map((exit) => toExit(exit, scope)),
    holdout: draft.holdout?.value ?? 0,
    lastsMs: lastsOf(draft),
    ...toGraph(draft.steps, stepScope(draft, scope, workspace, report)),
    messages: Object.fromEntries(usedMessages(draft).flatMap((name) => pick(messages, name))),
    schemas: { customer: workspace.settings.customer, events: {} },
  };
  if (draft.goal) plan.goal = resolveGoal(draft.goal, scope);
  const segments = segmentsIn(plan).flatMap((name) => pickSegment(workspace, name));
  if (segments.length > 0) plan.segments = Object.fromEntries(segments);
  const vars = varsOf(allSteps(draft.steps), workspace.settings.webhooks);
  if (Object.keys(vars).length > 0) plan.schemas.vars = vars;
  plan.schemas.events = schemasOf(eventsIn(plan), workspace.events);
  return plan;
}

/** How long an enrollment may live, in milliseconds. */
export function lastsOf(draft: JourneyDraft): number {
  return draft.lastsMs?.value ?? defaultLastsMs;
}

/** Every event that a plan names: those it enters on, listens to, or reads in conditions. */
export function eventsIn(plan: Plan): string[] {
  const names = new Set<string>();
  JSON.stringify([plan.enter, plan.goal, plan.exits, plan.steps], (_key, value) => {
    for (const name of eventNames(value)) names.add(name);
    return value;
  });
  return [...names].toSorted();
}

/** The names that stand in a part of a plan, if it is a listener or a condition. */
function eventNames(part: unknown): string[] {
  if (typeof part !== 'object' || part === null) return [];
  if ('cel' in part) return (part as Condition).history.map((read) => read.event);
  return 'on' in part && Array.isArray(part.on) ? (part.on as string[]) : [];
}

/** Messages that the journey sends, by name. */
export function usedMessages(draft: JourneyDraft): string[] {
  const names = messageSteps(draft.steps).flatMap((step) => (step.message ? [step.message.value] : []));
  return [...new Set(names)];
}

function headTexts(draft: JourneyDraft): Partial<Plan> {
  return {
    ...(draft.title && { title: draft.title.value }),
    ...(draft.description && { description: draft.description.value }),
    ...(draft.stage && { stage: draft.stage.value }),
    ...(draft.owner && { owner: draft.owner.value }),
    ...(draft.tags && { tags: draft.tags.map((tag) => tag.value) }),
  };
}

function resolveEnter(
  draft: JourneyDraft,
  entry: string[],
  workspace: Workspace,
  report: Report,
  scope: GraphScope,
): Plan['enter'] {
  const { enter } = draft;
  // The entry event is `event` here; there is no enrollment yet, so no `entry` and no `latest`.
  const condition = enter.if && conditionIn(enter.if, { event: entry }, workspace, report);
  return {
    on: entry,
    ...(enter.when && { when: scope.watched(enter.when) }),
    ...(enter.existing === 'enter' && { existing: enter.existing }),
    ...(condition && { if: condition }),
    ...(enter.key && { key: enter.key.value }),
    again: enter.again ?? { mode: 'never' },
    lateMs: enter.lateMs?.value ?? defaultLateMs,
    ...(enter.from && { from: enter.from.value }),
    ...(enter.until && { until: enter.until.value }),
  };
}

function resolveGoal(goal: NonNullable<JourneyDraft['goal']>, scope: GraphScope): NonNullable<Plan['goal']> {
  return { ...toListener(goal, scope), ...(goal.withinMs && { withinMs: goal.withinMs.value }), exits: goal.exits };
}

/** Steps see more than the head does: the answers to the journey's questions. What is watched is looked at without them. */
function stepScope(draft: JourneyDraft, head: GraphScope, workspace: Workspace, report: Report): GraphScope {
  const steps = allSteps(draft.steps);
  const vars = varsOf(steps, workspace.settings.webhooks);
  const more: Pick<Scope, 'answer' | 'vars'> = {};
  if (steps.some((step) => step.kind === 'ask')) more.answer = true;
  if (Object.keys(vars).length > 0) more.vars = vars;
  const entry = draft.enter.when ? undefined : namedEvents(draft.enter.on, workspace.events);
  return Object.keys(more).length > 0 ? { ...scopeFor(entry, workspace, report, more), watched: head.watched } : head;
}

/** @param entry the names that `entry` may have; undefined where there is no entry event */
function scopeFor(
  entry: string[] | undefined,
  workspace: Workspace,
  report: Report,
  more: Pick<Scope, 'answer' | 'vars'> = {},
): GraphScope {
  const expression = (text: EmbeddedText | undefined, fits: (kind: Kind) => boolean, expected: Phrase): Condition => {
    const check = (whole: string, scope: Scope) => checkExpression(whole, scope, fits, expected);
    return conditionIn(text, { entry, ...more }, workspace, report, check) ?? { cel: '', history: [] };
  };
  return {
    events(names: Located<string>[]): string[] {
      refuseUnknownEvents(names, workspace.events, report);
      return namedEvents(names, workspace.events);
    },
    condition(text, event): Condition {
      return (
        conditionIn(text, { entry, ...more, ...(event && { event }) }, workspace, report) ?? { cel: '', history: [] }
      );
    },
    watched(text): Watched {
      const condition = conditionIn(text, { entry }, workspace, report);
      return watchedOf(condition, text, entry ?? [], workspace, report);
    },
    moment: (text) =>
      expression(text, (kind) => ['date', 'time'].includes(kind.kind), phrase`"until" is a date or a time`),
    traits: (step) => toSetTraits(step, { customer: workspace.settings.customer, report, expression }),
    webhookValues: (step) => toWebhookValues(step, expression),
  };
}

function conditionIn(
  text: EmbeddedText | undefined,
  inHand: Pick<Scope, 'event' | 'entry' | 'answer' | 'vars'>,
  workspace: Workspace,
  report: Report,
  check = checkCondition,
): Condition | null {
  // Where an event is unknown, so are its properties: only the name is reported.
  if (!text || inHand.event?.length === 0 || inHand.entry?.length === 0) return null;
  const scope: Scope = { ...scopeOf(workspace), ...inHand, segments: workspace.segments };
  const { condition, problems } = check(text.text, scope);
  for (const { start, end, rule, message, hint } of problems) {
    report(text.placeOf(start, end), rule, hint ? phrase`${message}. ${hint}` : message);
  }
  return condition;
}

function schemasOf(names: string[], events: EventSources): Plan['schemas']['events'] {
  const schemas: Plan['schemas']['events'] = {};
  for (const name of names) {
    const { properties, correlate } = definitionOf(name, events);
    schemas[name] = { properties: properties ?? {}, correlate };
  }
  return schemas;
}

function pick(messages: Map<string, Message>, name: string): [string, Message][] {
  const message = messages.get(name);
  return message ? [[name, message]] : [];
}

function pickSegment({ segments }: Workspace, name: string): [string, Condition][] {
  const condition = segments[name];
  return condition ? [[name, condition]] : [];
}
