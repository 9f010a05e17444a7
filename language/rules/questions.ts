// A question and the step that asks it: both must know the same answers, and the trait that keeps one must be able to.

import { convertMap } from '../../engine/core/convert.ts';
import type { PropertyType } from '../../engine/core/schema.ts';
import { type AskDraft, messageSteps, type SendDraft } from '../draft.ts';
import type { MessageDraft, VariantDraft } from '../messages.ts';
import { didYouMean } from '../nearest.ts';
import { listed, type Phrase, phrase, quoted } from '../phrase.ts';
import type { Report } from '../source.ts';
import type { Workspace } from '../workspace.ts';

export function questions(workspace: Workspace, report: Report): void {
  for (const message of workspace.messages.values()) sameAnswers(message, report);
  for (const journey of workspace.journeys) {
    for (const step of messageSteps(journey.steps)) {
      const message = workspace.messages.get(step.message?.value ?? '');
      if (!message) continue;
      if (step.kind === 'ask') checkAsk(step, message, workspace, report);
      else refuseQuestion(step, message, report);
    }
  }
}

/** The files of a message ask one thing. */
function sameAnswers(message: MessageDraft, report: Report): void {
  const asking = message.variants.filter((variant) => variant.question);
  const [first, ...rest] = asking;
  for (const variant of rest) {
    const missing = answersOf(first!).filter((answer) => !answersOf(variant).includes(answer));
    const added = answersOf(variant).filter((answer) => !answersOf(first!).includes(answer));
    if (missing.length + added.length === 0) continue;
    const names = listed([...missing, ...added].map(quoted));
    const place = variant.answers?.[0]?.answer.place ?? variant.question!.place;
    report(
      place,
      'question',
      phrase`the variants of a message have the same answers: ${first!.source.path} differs in ${names}`,
    );
  }
}

function refuseQuestion(step: SendDraft, message: MessageDraft, report: Report): void {
  if (!message.variants.some(({ channel, question }) => question && step.by.some((by) => by.value === channel))) return;
  report(step.place, 'question', phrase`messages/${message.name} has a question: write "ask" instead of "send"`);
}

function checkAsk(step: AskDraft, message: MessageDraft, workspace: Workspace, report: Report): void {
  for (const { value, place } of step.by) {
    const own = message.variants.filter(({ channel }) => channel === value);
    if (value === 'sms') report(place, 'question', phrase`a question cannot be asked by sms: no answer comes back`);
    else if (own.length > 0 && !own.every((variant) => variant.question))
      report(
        step.message!.place,
        'question',
        phrase`messages/${message.name} asks nothing by ${value}: give it a "question"`,
      );
  }
  const asking = message.variants.find((variant) => variant.question);
  if (!asking) return;
  const answers = answersOf(asking);
  for (const { answer } of step.answers) {
    if (answers.includes(answer.value)) continue;
    const why =
      answers.length === 0
        ? phrase`messages/${message.name} has no "answers": what is typed is looked at behind the step, as "answer"`
        : phrase`messages/${message.name} has no answer "${answer.value}"${didYouMean(answer.value, answers)}`;
    report(answer.place, 'unknown-answer', why);
  }
  if (step.save) checkTrait(step, answers, workspace, report);
}

function checkTrait({ save }: AskDraft, answers: string[], { settings }: Workspace, report: Report): void {
  const { value: name, place } = save!;
  const type = Object.hasOwn(settings.customer, name) ? settings.customer[name] : undefined;
  const mistake = type ? misfitOf(name, type, answers) : unknownTrait(name, Object.keys(settings.customer));
  if (mistake !== null) report(place, type ? 'type' : 'unknown-trait', mistake);
}

function unknownTrait(name: string, traits: string[]): Phrase {
  return phrase`unknown trait "${name}"${didYouMean(name, traits) || phrase`. declare it under "customer" in settings.yaml`}`;
}

function misfitOf(name: string, type: PropertyType, answers: string[]): Phrase | null {
  if (type.kind === 'list' || type.kind === 'map')
    return phrase`the trait "${name}" is a ${type.kind}, which no answer can be`;
  const fits = (answer: string) => convertMap({ [name]: type }, { [name]: answer }, 'UTC').flags.length === 0;
  const wrong = answers.find((answer) => !fits(answer));
  return wrong === undefined
    ? null
    : phrase`the trait "${name}" is of type ${type.kind}, which the answer "${wrong}" is not`;
}

function answersOf(variant: VariantDraft): string[] {
  return (variant.answers ?? []).map(({ answer }) => answer.value);
}
