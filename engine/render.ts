// A message's template with its values, as it will be sent. Pure: the same template, values and options give the same text.
import { Context, type Template as Parsed } from 'liquidjs';
import type { Question, Rendered, ShortMessage } from './core/content.ts';
import type { QuestionTemplate, ShortTemplate, Template } from './core/plan.ts';
import type { JsonMap } from './core/schema.ts';
import { type LiquidPart, liquid, renderParsed } from './liquid.ts';
import { nowRegister } from './liquid-filters.ts';
import { failureOf, type Unrendered } from './render-failure.ts';
import { textPart } from './text-part.ts';

export interface RenderOptions {
  /** The message's locale (`ja`, `en-US`): how dates, numbers and money are written. */
  locale: string;
  /** The customer's IANA zone: whose clock moments are shown by. */
  timeZone: string;
  /** What `"now" | date` means, milliseconds since the epoch. */
  at: number;
  /** Null in a transactional message: `unsubscribe_url` is empty there. */
  unsubscribeUrl: string | null;
  /** Where a question can be answered, with this answer chosen or none. Needed only for templates with a question. */
  answerUrl?: (answer: string | null) => string;
  /** Where a person confirms that the address is theirs; absent: empty. */
  confirmUrl?: string;
}

export type RenderResult<Content = Rendered | ShortMessage> = { ok: true; rendered: Content } | Unrendered;

/** Renders one part of a template: Liquid, for HTML or plain text. */
type Render = (name: string, source: string, kind: LiquidPart, more?: JsonMap) => string;

/**
 * Renders all parts of a mail or a short message. `values` is what the template sees: `customer entry latest vars brand`
 * and the step's `with`, flat. `unsubscribe_url`, and for a mail's bodies `subject` and `preheader`, are added here.
 * Never throws.
 */
export function renderTemplate(template: Template, values: JsonMap, options: RenderOptions): RenderResult<Rendered>;
export function renderTemplate(
  template: Template | ShortTemplate,
  values: JsonMap,
  options: RenderOptions,
): RenderResult;
export function renderTemplate(
  template: Template | ShortTemplate,
  values: JsonMap,
  options: RenderOptions,
): RenderResult {
  const links = { unsubscribe_url: options.unsubscribeUrl ?? '', confirm_url: options.confirmUrl ?? '' };
  const scope = { ...values, ...links };
  let part = '';
  const render: Render = (name, source, kind, more = {}) => {
    part = name;
    return renderParsed(kind, parsedOf(template, name, source, kind), contextOf(kind, { ...scope, ...more }, options));
  };
  try {
    return 'html' in template ? mailOf(template, render, options) : shortOf(template, render, options);
  } catch (error) {
    return failureOf(part, error);
  }
}

function mailOf(template: Template, render: Render, options: RenderOptions): RenderResult {
  const line = (name: string, source: string | undefined) =>
    source === undefined ? null : oneLine(render(name, source, 'text'));
  const subject = line('subject', template.subject)!;
  if (subject === '') return { ok: false, code: 'empty_subject', detail: 'subject: nothing came out' };
  const asked = questionOf(template, render, options);
  const head = { subject, preheader: line('preheader', template.preheader) ?? '', ...namesOf(asked) };
  const from = line('from', template.from);
  const html = render('html', template.html, 'html', head);
  const text = template.text === undefined ? textPart(html) : render('text', template.text, 'text', head);
  return { ok: true, rendered: { subject, html, text, from, locale: options.locale, ...asked } };
}

function shortOf(template: ShortTemplate, render: Render, options: RenderOptions): RenderResult {
  const part = (name: 'title' | 'body' | 'url' | 'image') => {
    const source = template[name];
    return source === undefined ? '' : render(name, source, 'text').trim();
  };
  const asked = questionOf(template, render, options);
  const [title, said, url, image] = [oneLine(part('title')), part('body'), part('url'), part('image')];
  const body = [said, asked.question ?? ''].filter((text) => text !== '').join('\n\n');
  if (body === '') return { ok: false, code: 'empty_body', detail: 'body: nothing came out' };
  const wrong = Object.entries({ url, image }).find(([, address]) => address !== '' && !isWebAddress(address));
  if (wrong) return { ok: false, code: 'bad_url', detail: `${wrong[0]}: this is no address that begins with https://` };
  return {
    ok: true,
    rendered: { title, body, url: url || null, image: image || null, locale: options.locale, ...asked },
  };
}

/** What is asked, and how it is answered; nothing for a message that asks nothing. */
function questionOf(template: QuestionTemplate, render: Render, { answerUrl }: RenderOptions): Question {
  if (template.question === undefined) return {};
  const link = answerUrl ?? (() => '');
  const question = render('question', template.question, 'text').trim();
  const answers = (template.answers ?? []).map(({ answer, label }) => ({
    answer,
    label: oneLine(render(`answers ${answer}`, label, 'text')),
    url: link(answer),
  }));
  return { question, answers, answerUrl: link(null) };
}

/** As a mail's body sees it. */
function namesOf({ question, answers, answerUrl }: Question): JsonMap {
  if (question === undefined) return {};
  const listed = (answers ?? []).map(({ answer, label, url }) => ({ answer, label, url: url ?? '' }));
  return { question, answers: listed, answer_url: answerUrl ?? '' };
}

/** Absolute, and of the web: `javascript:` and its like never reach a customer's device. */
function isWebAddress(text: string): boolean {
  return /^https?:\/\/[^\s"'<>]+$/.test(text) && URL.canParse(text);
}

// Templates are parts of published plans, which live as long as the process and never change.
const parsedTemplates = new WeakMap<object, { [part: string]: Parsed[] }>();

function parsedOf(template: object, part: string, source: string, kind: LiquidPart): Parsed[] {
  const parsed = parsedTemplates.get(template) ?? {};
  parsedTemplates.set(template, parsed);
  parsed[part] ??= liquid[kind].parse(source);
  return parsed[part];
}

function contextOf(kind: LiquidPart, scope: JsonMap, options: RenderOptions): Context {
  const settings = { ...liquid[kind].options, locale: options.locale, timezoneOffset: options.timeZone };
  const context = new Context(scope, settings, { sync: true });
  context.setRegister(nowRegister, options.at);
  return context;
}

function oneLine(text: string): string {
  return text.replace(/[\s\u0085\u2028\u2029]+/g, ' ').trim();
}
