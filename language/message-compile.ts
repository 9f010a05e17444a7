// A message's files → its templates: MJML compiled, layout applied, every variable checked for every step that sends it.
import type { Template as LiquidParts } from 'liquidjs';
import type { Message, QuestionTemplate, ShortTemplate, Template } from '../engine/core/plan.ts';
import { type LiquidPart, liquid } from '../engine/liquid.ts';
import { allSteps, type JourneyDraft, type MessageStepDraft, messageSteps } from './draft.ts';
import type { EmbeddedText } from './embedded-text.ts';
import { applyLayout } from './layout.ts';
import type { MailDraft, MessageDraft } from './messages.ts';
import { compileMjml } from './mjml.ts';
import { answerBlock, type QuestionDraft, withAnswers } from './question.ts';
import { sharedProperties } from './shared-properties.ts';
import type { ShortDraft } from './short-message.ts';
import type { Report } from './source.ts';
import { checkTemplate } from './template-check.ts';
import { parseTemplate } from './template-parse.ts';
import { scopeOf, type TemplateScope, withHead } from './template-scope.ts';
import { varsOf } from './webhooks.ts';
import { definitionsOf, namedEvents, type Workspace } from './workspace.ts';

/** All messages, ready for plans. Those with mistakes are reported and come out as far as they can be. */
export async function compileMessages(workspace: Workspace, report: Report): Promise<Map<string, Message>> {
  const compiled = new Map<string, Message>();
  for (const draft of workspace.messages.values()) {
    const scopes = scopesOf(draft, workspace);
    const message: Message = { channels: {} };
    for (const variant of draft.variants) {
      const template =
        variant.form === 'mail'
          ? await compileMail(variant, scopes, variant.locale || workspace.settings.locale, report)
          : compileShort(variant, scopes, report);
      const locales = message.channels[variant.channel] ?? {};
      if (template) message.channels[variant.channel] = { ...locales, [variant.locale]: template };
      if (variant.purpose) message.purpose = variant.purpose.value;
    }
    compiled.set(draft.name, message);
  }
  return compiled;
}

/** What each step that sends the message sends it with. */
function scopesOf(message: MessageDraft, workspace: Workspace): TemplateScope[] {
  return workspace.journeys.flatMap((journey) => {
    const steps = messageSteps(journey.steps).filter((step) => step.message?.value === message.name);
    return steps.flatMap((step) => scopeOfStep(step, journey, workspace) ?? []);
  });
}

/** Null where the entry events are unknown: so would be everything about them. */
function scopeOfStep(step: MessageStepDraft, journey: JourneyDraft, workspace: Workspace): TemplateScope | null {
  const entry = namedEvents(journey.enter.on, workspace.events);
  if (entry.length === 0) return null;
  const { customer, brand, webhooks } = workspace.settings;
  const vars = varsOf(allSteps(journey.steps), webhooks);
  return scopeOf({
    customer,
    brand,
    vars,
    with: step.with,
    entry: sharedProperties(entry, definitionsOf(workspace.events)),
  });
}

async function compileMail(
  variant: MailDraft,
  scopes: TemplateScope[],
  locale: string,
  report: Report,
): Promise<Template | null> {
  for (const text of [variant.subject, variant.preheader, variant.from]) checkText(text, 'text', scopes, report);
  const asked = compileQuestion(variant, scopes, report);
  const inBody = scopes.map((scope) => withHead(scope, variant.question !== undefined));
  checkText(variant.body, 'html', inBody, report);
  const body = variant.format === 'mjml' ? await compileMjml(variant.body, report) : variant.body.text;
  if (body === null || !variant.subject) return null;
  const html = asked.question === undefined ? body : asking(body, variant, locale);
  return {
    ...asked,
    subject: variant.subject.text,
    ...(variant.preheader && { preheader: variant.preheader.text }),
    ...(variant.from && { from: variant.from.text }),
    html: variant.layout === 'none' ? html : applyLayout(html, locale),
  };
}

function compileShort(draft: ShortDraft, scopes: TemplateScope[], report: Report): ShortTemplate | null {
  const { title, body, url, image } = draft;
  for (const text of [title, body, url, image]) checkText(text, 'text', scopes, report);
  const asked = compileQuestion(draft, scopes, report);
  if (!body && asked.question === undefined) return null;
  return {
    ...asked,
    ...(title && { title: title.text }),
    ...(body && { body: body.text }),
    ...(url && { url: url.text }),
    ...(image && { image: image.text }),
  };
}

function compileQuestion(draft: QuestionDraft, scopes: TemplateScope[], report: Report): QuestionTemplate {
  const { question, answers } = draft;
  for (const text of [question, ...(answers ?? []).map(({ label }) => label)]) checkText(text, 'text', scopes, report);
  if (!question) return {};
  const listed = (answers ?? []).map(({ answer, label }) => ({ answer: answer.value, label: label.text }));
  return { question: question.text, ...(listed.length > 0 && { answers: listed }) };
}

/** A body that shows no way to answer gets one. */
function asking(html: string, { body, answers }: MailDraft, locale: string): string {
  const isShown = /\b(answers|answer_url)\b/.test(body.text);
  return isShown ? html : withAnswers(html, answerBlock(answers === undefined, locale));
}

function checkText(text: EmbeddedText | undefined, part: LiquidPart, scopes: TemplateScope[], report: Report): void {
  const parts: LiquidParts[] | null = text ? parseTemplate(liquid[part], text, report) : null;
  for (const scope of scopes) if (text && parts) checkTemplate(parts, text, scope, report);
}
