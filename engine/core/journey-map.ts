// A plan as a picture shows it: its steps in order, what each one is about, and the ways from one to the next.
import type { Next, Plan, Step } from './plan.ts';

export interface JourneyMap {
  /** The id of the first step; null: it has none. */
  first: Next;
  /** In the order of the file. */
  steps: MappedStep[];
}

export interface MappedStep {
  id: string;
  kind: Step['kind'];
  /** Of a wait: which one. */
  form: string | null;
  message: string | null;
  by: string[];
  /** How long it waits at most, where that is a length. */
  ms: number | null;
  /** What else tells it apart: the exit's reason, the time of day, the audience, the condition on a send. */
  about: string | null;
  ways: Way[];
}

/** `to` is null at the end of the journey. */
export interface Way {
  to: Next;
  /** What leads there: nothing else, a condition, events, or none of the others. */
  when: { kind: 'then' } | { kind: 'if'; cel: string } | { kind: 'on'; events: string[] } | { kind: 'else' };
}

export function mapOf({ first, steps }: Pick<Plan, 'first' | 'steps'>): JourneyMap {
  return { first, steps: Object.entries(steps).map(([id, step]) => mapped(id, step)) };
}

function mapped(id: string, step: Step): MappedStep {
  return {
    id,
    kind: step.kind,
    form: 'form' in step ? step.form : null,
    message: 'message' in step ? step.message : null,
    by: 'by' in step ? step.by : [],
    ms: lengthOf(step),
    about: aboutOf(step),
    ways: waysOf(step),
  };
}

function lengthOf(step: Step): number | null {
  if ('forMs' in step) return step.forMs;
  return 'withinMs' in step ? (step.withinMs ?? null) : null;
}

function aboutOf(step: Step): string | null {
  if (step.kind === 'exit') return step.reason;
  if (step.kind === 'send') return step.onlyIf?.cel ?? null;
  if (step.kind === 'audience') return `${step.change} ${step.audience}`;
  if (step.kind === 'handoff') return step.queue;
  if (step.kind === 'webhook') return step.webhook;
  if (step.kind === 'set') return Object.keys(step.traits).join(', ');
  if (step.kind !== 'wait') return null;
  if (step.form === 'at') return step.at;
  if (step.form === 'until') return step.until.of.cel;
  return step.form === 'if' ? step.if.cel : 'on' in step ? step.on.join(', ') : null;
}

/** Whatever branches a step has: read by the names that all of them share, so that a new kind of step is drawn, too. */
function waysOf(step: Step): Way[] {
  const fields = step as unknown as { [name: string]: unknown };
  const branches = Object.values(fields).filter(Array.isArray).flat().filter(isBranch);
  const ways = branches.map((branch): Way => ({ to: branch.next, when: whenOf(branch) }));
  if ('next' in fields) ways.push({ to: fields.next as Next, when: { kind: 'then' } });
  if ('otherwise' in fields) ways.push({ to: fields.otherwise as Next, when: { kind: 'else' } });
  if (fields.ifPast === 'skip_next') ways.push({ to: fields.skip as Next, when: { kind: 'else' } });
  return ways;
}

interface Branch {
  next: Next;
  when?: { cel: string };
  where?: { cel: string };
  on?: string[];
  name?: string;
  answer?: string;
}

function isBranch(value: unknown): value is Branch {
  return typeof value === 'object' && value !== null && 'next' in value;
}

function whenOf({ when, on, name, answer }: Branch): Way['when'] {
  if (when) return { kind: 'if', cel: when.cel };
  if (on) return { kind: 'on', events: on };
  const word = name ?? answer;
  return word === undefined ? { kind: 'then' } : { kind: 'if', cel: word };
}
