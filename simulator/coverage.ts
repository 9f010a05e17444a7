// Which steps and branches of a journey its tests have played, and which they have not.
import type { Decision, Enrollment } from '../engine/core/enrollment.ts';
import { type MappedStep, mapOf, type Way } from '../engine/core/journey-map.ts';
import type { Exit, Plan } from '../engine/core/plan.ts';
import { type Phrase, phrase } from '../language/phrase.ts';

/** What no test has played: a step or a branch of it (`step`), or one of the journey's own ends. */
export interface Gap {
  /** Null: an exit or the goal of the whole journey. */
  step: string | null;
  what: Phrase;
}

interface Played {
  decisions: Pick<Decision, 'journey' | 'kind' | 'step' | 'outcome' | 'inputs'>[];
  enrollments: Pick<Enrollment, 'journey' | 'state'>[];
}

/**
 * In the order of the file. Ways of one step that lead to the same place count as one. A message must have been sent once,
 * by whichever channel. What stands behind a branch that was not taken is not named, too.
 */
export function gapsIn(plan: Plan, played: Played[]): Gap[] {
  const decisions = played.flatMap((one) => one.decisions).filter(({ journey }) => journey === plan.journey);
  const open = played.flatMap((one) => one.enrollments).filter(({ journey }) => journey === plan.journey);
  if (!decisions.some(({ kind }) => kind === 'entered')) return [{ step: null, what: phrase`nobody enters` }];
  const reached = new Set([...decisions.map(({ step }) => step), ...open.map(({ state }) => state.step)]);
  const map = mapOf(plan).steps;
  const steps = map.flatMap((step): Gap[] => {
    if (reached.has(step.id))
      return gapsOf(
        step,
        plan,
        decisions.filter((decision) => decision.step === step.id),
      );
    const isBehindReached = map.some((one) => reached.has(one.id) && !branches(one, plan) && leadsTo(one, step.id));
    return isBehindReached ? [{ step: step.id, what: phrase`nobody comes to this step` }] : [];
  });
  return [...endsOf(plan, decisions), ...steps];
}

type Made = Played['decisions'];

function gapsOf(step: MappedStep, plan: Plan, made: Made): Gap[] {
  const sends = step.kind === 'send' || step.kind === 'ask';
  const isSent = made.some(({ kind }) => kind === 'sent');
  const unsent = sends && !isSent ? [{ step: step.id, what: phrase`the message is never sent` }] : [];
  if (!branches(step, plan)) return unsent;
  const untaken = placesOf(step, plan).filter((ways) => !ways.some(({ by }) => made.some(by)));
  return [...unsent, ...untaken.map(([way]) => ({ step: step.id, what: sayingOf(way!, step) }))];
}

/** The ways of a step, by where they lead. */
function placesOf(step: MappedStep, plan: Plan): Taken[][] {
  const places = new Map<string | null, Taken[]>();
  for (const way of waysOf(step, plan)) places.set(way.to, [...(places.get(way.to) ?? []), way]);
  return [...places.values()];
}

function branches(step: MappedStep, plan: Plan): boolean {
  return placesOf(step, plan).length > 1;
}

function leadsTo({ ways }: MappedStep, id: string): boolean {
  return ways.some(({ to }) => to === id);
}

/** A way, and how it is known to have been taken. */
interface Taken extends Way {
  by: (decision: Made[number]) => boolean;
  where?: string | undefined;
}

function waysOf({ id, ways }: MappedStep, plan: Plan): Taken[] {
  const step = plan.steps[id]!;
  const isBounded = 'withinMs' in step || 'until' in step;
  const own = step.kind === 'ask' ? step.answers.map(({ answer }) => answer) : [];
  const arms = ways.filter(({ when }) => when.kind === 'if' || when.kind === 'on');
  return ways.flatMap((way): Taken[] => {
    const index = arms.indexOf(way);
    if (way.when.kind === 'else') {
      if (step.kind === 'choose') return [{ ...way, by: is('chose', 'otherwise') }];
      if (step.kind === 'ask') return [{ ...way, by: ({ kind }) => kind === 'timed_out' || kind === 'not_sent' }];
      return isBounded ? [{ ...way, by: ({ kind }) => kind === 'timed_out' }] : [];
    }
    if (step.kind === 'choose') return [{ ...way, by: is('chose', String(index)) }];
    if (step.kind === 'ask' && way.when.kind === 'then' && hasNoOther(plan, step.message, own)) return [];
    if (step.kind === 'ask') return [{ ...way, by: answered(way, own) }];
    if (step.kind === 'wait' && step.form === 'event')
      return [{ ...way, by: is('heard', String(index)), where: step.listeners[index]?.where?.cel }];
    if (step.kind === 'wait' && step.form === 'if') return [{ ...way, by: is('watched', 'true') }];
    return [];
  });
}

function is(kind: Decision['kind'], outcome: string): Taken['by'] {
  return (decision) => decision.kind === kind && decision.outcome === outcome;
}

/** The answer of this branch; the way without one is for all others. */
function answered({ when }: Way, own: string[]): Taken['by'] {
  return ({ kind, inputs }) => {
    if (kind !== 'answered') return false;
    const answer = String(inputs.answer);
    return when.kind === 'if' ? answer === when.cel : !own.includes(answer);
  };
}

/** Whether each possible answer has a branch of its own. What is typed may be anything. */
function hasNoOther({ messages }: Plan, message: string, own: string[]): boolean {
  const variants = Object.values(messages[message]?.channels ?? {}).flatMap((locales) => Object.values(locales));
  const lists = variants.filter(({ question }) => question !== undefined).map(({ answers }) => answers ?? []);
  return lists.every((list) => list.length > 0 && list.every(({ answer }) => own.includes(answer)));
}

function sayingOf({ when, where }: Taken, { kind }: MappedStep): Phrase {
  switch (when.kind) {
    case 'on':
      if (where !== undefined) return phrase`never goes on by ${when.events.join(', ')} where ${where}`;
      return phrase`never goes on by ${when.events.join(', ')}`;
    case 'if':
      return kind === 'ask' ? phrase`never answered "${when.cel}"` : phrase`never goes on where ${when.cel}`;
    case 'else':
      return kind === 'choose' ? phrase`never goes on by "else"` : phrase`never goes on by "otherwise"`;
    case 'then':
      return kind === 'ask' ? phrase`never answered otherwise` : phrase`its condition never becomes true`;
    default:
      return when satisfies never;
  }
}

function endsOf({ goal, exits }: Plan, decisions: Made): Gap[] {
  const isReached = decisions.some(({ kind, outcome }) => ['exited', 'credited'].includes(kind) && outcome === 'goal');
  const untaken = exits.filter(
    (exit) => !decisions.some(({ kind, outcome }) => kind === 'exited' && isOf(exit, outcome)),
  );
  return [
    ...(goal && !isReached ? [{ step: null, what: phrase`the goal is never reached` }] : []),
    ...untaken.map(({ as, on }) => ({ step: null, what: phrase`nobody leaves by "${as ?? on.join(', ')}"` })),
  ];
}

function isOf({ as, on }: Exit, reason: string): boolean {
  return as === undefined ? on.includes(reason) : as === reason;
}
