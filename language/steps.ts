// The steps of a journey: which kinds there are, and the readers of each.

import { readAudience } from './audience-step.ts';
import type { ChooseDraft, ExitStepDraft, StepBase, StepDraft } from './draft.ts';
import { readCondition } from './embedded-text.ts';
import { readHandoff } from './handoff-step.ts';
import { readReason } from './listeners.ts';
import { readAsk, readSend } from './message-steps.ts';
import { didYouMean } from './nearest.ts';
import { phrase } from './phrase.ts';
import { type Fields, readEntries, readList, readMap, readText, say } from './reader.ts';
import { readSet } from './set-step.ts';
import type { Place } from './source.ts';
import { readWait } from './waits.ts';
import { readWebhook } from './webhooks.ts';
import type { Value } from './yaml.ts';

/** The step being read: its fields, and what it is called. */
export interface StepContext {
  fields: Fields;
  /** The whole step. */
  value: Value;
  base: StepBase;
  /** Where it stands: `steps.3`; its branches' steps are called after it. */
  path: string;
}

const kinds = ['wait', 'send', 'ask', 'if', 'choose', 'set', 'audience', 'webhook', 'handoff', 'exit'] as const;
type Kind = (typeof kinds)[number];

/** Kinds of the language that this version does not run. */
const laterKinds = ['split', 'emit', 'repeat'];

const readers: { [kind in Kind]: (context: StepContext) => StepDraft } = {
  wait: readWait,
  send: readSend,
  ask: readAsk,
  if: readIf,
  choose: readChoose,
  set: readSet,
  audience: readAudience,
  webhook: readWebhook,
  handoff: readHandoff,
  exit: readExit,
};

/** Journeys deeper than this are refused: nobody can read them, and every walk over steps is recursive. */
const deepest = 20;

/** Reads a list of steps. `path` is where it stands (`steps`, `steps.3.then`). */
export function readSteps(value: Value | undefined, path: string): StepDraft[] {
  if (!value) return [];
  if (path.split('.').length > 3 * deepest) {
    say(value, 'shape', phrase`branches nest at most ${deepest} levels deep`);
    return [];
  }
  const items = readList(value, phrase`steps are a list: each begins with "- " and the kind of the step`) ?? [];
  return items.flatMap((item, index) => readStep(item, `${path}.${index}`) ?? []);
}

function readStep(value: Value, path: string): StepDraft | undefined {
  const fields = readEntries(value, phrase`a step is a map whose first key names its kind, like "- send: welcome"`);
  if (!fields) return undefined;
  const [first, field] = [...fields][0] ?? [];
  if (first === undefined || !field)
    return say(value, 'shape', phrase`an empty step: remove it, or name its kind first`);
  const kind = kinds.find((candidate) => candidate === first);
  if (!kind) return refuseKind(first, field, fields);
  const base: StepBase = { id: path, place: field.key, ...readId(fields.get('id')) };
  return readers[kind]({ fields, value, base, path });
}

function refuseKind(first: string, field: Value & { key: Place }, fields: Fields): undefined {
  const { report } = field.yaml;
  if (laterKinds.includes(first))
    return report(field.key, 'unsupported', phrase`"${first}" is not supported yet`) as undefined;
  const kind = kinds.find((candidate) => fields.has(candidate));
  if (kind)
    report(field.key, 'shape', phrase`the first key of a step names its kind: write "${kind}" before "${first}"`);
  else
    report(
      field.key,
      'unknown-step',
      phrase`there is no step "${first}". steps are ${kinds.join(', ')}${didYouMean(first, [...kinds, ...laterKinds])}`,
    );
}

function readId(value: Value | undefined): { id: string; ownId: Place } | undefined {
  const id = value && readText(value, phrase`an id is a name made of letters, digits and "-"`);
  if (!id) return undefined;
  if (/^[A-Za-z0-9-]{1,64}$/.test(id.value)) return { id: id.value, ownId: id.place };
  return say(value, 'name', phrase`"${id.value}" cannot be an id: letters, digits and "-", at most 64`);
}

/** Checks a step's keys; undefined if it is not even a map. */
export function readStepKeys(context: StepContext, kind: Kind, known: string[], later: string[] = []): void {
  readMap(context.value, { what: phrase`a step "${kind}"`, known: [kind, 'id', ...known], later });
}

function readIf(context: StepContext): ChooseDraft {
  readStepKeys(context, 'if', ['then', 'else'], []);
  const { fields, path, value } = context;
  if (!fields.has('then')) say(value, 'missing-key', phrase`a step "if" needs "then": the steps to take when it holds`);
  return {
    ...context.base,
    kind: 'choose',
    arms: [{ when: readCondition(fields.get('if')!), steps: readSteps(fields.get('then'), `${path}.then`) }],
    otherwise: readSteps(fields.get('else'), `${path}.else`),
  };
}

function readChoose(context: StepContext): ChooseDraft {
  readStepKeys(context, 'choose', []);
  const draft: ChooseDraft = { ...context.base, kind: 'choose', arms: [], otherwise: [] };
  const items = readList(context.fields.get('choose')!, phrase`"choose" is a list of { when: …, then: […] }`) ?? [];
  if (items.length === 0) say(context.value, 'shape', phrase`"choose" is empty: give it an arm`);
  items.forEach((item, index) => {
    readArm(item, index === items.length - 1, `${context.path}.choose`, draft);
  });
  return draft;
}

function readArm(item: Value, isLast: boolean, path: string, draft: ChooseDraft): void {
  const fields = readMap(item, { what: phrase`an arm of "choose"`, known: ['when', 'then', 'otherwise'] });
  const otherwise = fields?.get('otherwise');
  const when = fields?.get('when');
  if (otherwise && !when) {
    if (!isLast) say(item, 'shape', phrase`"otherwise" comes last: what stands behind it is never reached`);
    draft.otherwise = readSteps(otherwise, `${path}.otherwise`);
  } else if (fields) {
    if (!when || otherwise)
      say(item, 'shape', phrase`an arm is either { when: …, then: […] } or, as the last, { otherwise: […] }`);
    const steps = readSteps(fields.get('then'), `${path}.${draft.arms.length}.then`);
    draft.arms.push({ when: when && readCondition(when), steps });
  }
}

function readExit(context: StepContext): ExitStepDraft {
  readStepKeys(context, 'exit', []);
  const reason = readReason(context.fields.get('exit')!);
  return { ...context.base, kind: 'exit', reason };
}
