// The steps that send a message: `send`, and `ask`, which then waits for the answer.

import type { AskDraft, MessageStepDraft, SendDraft } from './draft.ts';
import { readCondition } from './embedded-text.ts';
import { phrase, quoted } from './phrase.ts';
import { readBool, readEntries, readJson, readLength, readNames, readOneOf, readText, say } from './reader.ts';
import type { Located } from './source.ts';
import { readStepKeys, readSteps, type StepContext } from './steps.ts';
import type { Value } from './yaml.ts';

const common = ['by', 'with', 'expires', 'only_if', 'on_unknown', 'hold'];

export function readSend(context: StepContext): SendDraft {
  readStepKeys(context, 'send', [...common, 'on_failure']);
  return {
    ...readMessage(context, 'send'),
    kind: 'send',
    onFailure: word(context, 'on_failure', ['continue', 'exit']),
  };
}

export function readAsk(context: StepContext): AskDraft {
  readStepKeys(context, 'ask', [...common, 'save', 'within', 'answers', 'otherwise', 'skip_if_known']);
  const { fields, path } = context;
  const [save, within, skip] = ['save', 'within', 'skip_if_known'].map((key) => fields.get(key));
  const draft: AskDraft = {
    ...readMessage(context, 'ask'),
    kind: 'ask',
    ...(save && { save: readTrait(save) }),
    ...(skip && { skipIfKnown: readBool(skip, quoted('skip_if_known')) }),
    ...(within && { withinMs: readLength(within, quoted('within')) }),
    answers: readAnswers(fields.get('answers'), `${path}.answers`),
    otherwise: readSteps(fields.get('otherwise'), `${path}.otherwise`),
  };
  if (draft.skipIfKnown?.value && !save)
    say(skip!, 'missing-key', phrase`"skip_if_known" needs "save": the trait that says whether the answer is known`);
  return draft;
}

function readMessage(context: StepContext, kind: 'send' | 'ask'): MessageStepDraft {
  const { fields, base } = context;
  const by = fields.get('by');
  if (!by)
    say(
      context.value,
      'missing-key',
      phrase`a step "${kind}" needs "by": the channel, or a list of channels tried in order`,
    );
  const expires = fields.get('expires');
  const values =
    fields.get('with') && readEntries(fields.get('with')!, phrase`values are given as a map: { percent: 10 }`);
  return {
    ...base,
    message: readText(fields.get(kind)!, phrase`the name of a message is expected here: a folder in messages/`),
    by: by ? readNames(by, phrase`a channel is expected here, like email`) : [],
    with: Object.fromEntries([...(values ?? [])].map(([name, value]) => [name, readJson(value) ?? null])),
    withPlaces: new Map([...(values ?? [])].map(([name, value]) => [name, value.key])),
    ...(expires && { expiresMs: readLength(expires, quoted('expires')) }),
    ...(fields.has('only_if') && { onlyIf: readCondition(fields.get('only_if')!) }),
    onUnknown: word(context, 'on_unknown', ['leave', 'resend']),
    hold: word(context, 'hold', ['next_channel']),
  };
}

function word<T extends string>({ fields }: StepContext, key: string, words: readonly T[]): T | undefined {
  return fields.has(key) ? readOneOf(fields.get(key)!, quoted(key), words)?.value : undefined;
}

/** `customer.skin_type` → `skin_type`. */
function readTrait(value: Value): Located<string> | undefined {
  const text = readText(value, phrase`"save" is a trait of the customer, like customer.skin_type`);
  const trait = text && /^customer\.([A-Za-z_]\w*)$/.exec(text.value)?.[1];
  if (!text || trait) return text && { value: trait!, place: text.place };
  return say(value, 'value', phrase`"save" is a trait of the customer: write it as customer.skin_type`);
}

/** A map from answers to steps. */
function readAnswers(value: Value | undefined, path: string): AskDraft['answers'] {
  const entries =
    value && readEntries(value, phrase`"answers" is a map from answers to steps: { good: [{ send: thanks }] }`);
  return [...(entries ?? [])].map(([answer, steps]) => ({
    answer: { value: answer, place: steps.key },
    steps: readSteps(steps, `${path}.${answer}`),
  }));
}
