// A message's template with its values, as it will be sent. Pure: the same template, values and options give the same text.
import { Context, type Template as Parsed, ParseError, TokenizationError, UndefinedVariableError } from 'liquidjs';
import type { Rendered } from './core/content.ts';
import type { Template } from './core/plan.ts';
import type { JsonMap } from './core/schema.ts';
import { type LiquidPart, liquid, RenderLimitError, renderParsed } from './liquid.ts';
import { FilterValueError, nowRegister } from './liquid-filters.ts';
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
}

/**
 * Why a message could not be rendered: a value is missing, a filter cannot read one, the template is broken, it renders
 * too much, or no subject comes out of it.
 */
type RenderFailure = 'missing_value' | 'bad_value' | 'template' | 'too_much' | 'empty_subject';

export type RenderResult =
  | { ok: true; rendered: Rendered }
  /** `detail` names part, place and variable, and holds no value. */
  | { ok: false; code: RenderFailure; detail: string };

type Part = 'subject' | 'preheader' | 'from' | 'html' | 'text';

/**
 * Renders all parts. `values` is what the template sees: `customer entry latest vars brand` and the step's `with`, flat.
 * `unsubscribe_url`, and for the bodies `subject` and `preheader`, are added here. Never throws.
 */
export function renderTemplate(template: Template, values: JsonMap, options: RenderOptions): RenderResult {
  const scope = { ...values, unsubscribe_url: options.unsubscribeUrl ?? '' };
  let part: Part = 'subject';
  const render = (name: Part, more: JsonMap = {}): string => {
    part = name;
    return renderParsed(
      kindOf(name),
      parsedOf(template, name),
      contextOf(kindOf(name), { ...scope, ...more }, options),
    );
  };
  try {
    const subject = oneLine(render('subject'));
    if (subject === '') return { ok: false, code: 'empty_subject', detail: 'subject: nothing came out' };
    const preheader = template.preheader === undefined ? '' : oneLine(render('preheader'));
    const from = template.from === undefined ? null : oneLine(render('from'));
    const html = render('html', { subject, preheader });
    const text = template.text === undefined ? textPart(html) : render('text', { subject, preheader });
    return { ok: true, rendered: { subject, html, text, from, locale: options.locale } };
  } catch (error) {
    return failureOf(part, error);
  }
}

function kindOf(part: Part): LiquidPart {
  return part === 'html' ? 'html' : 'text';
}

// Templates are parts of published plans, which live as long as the process and never change.
const parsedTemplates = new WeakMap<Template, { [part in Part]?: Parsed[] }>();

function parsedOf(template: Template, part: Part): Parsed[] {
  const parsed = parsedTemplates.get(template) ?? {};
  parsedTemplates.set(template, parsed);
  parsed[part] ??= liquid[kindOf(part)].parse(template[part] ?? '');
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

function failureOf(part: Part, error: unknown): RenderResult {
  const original = (error as { originalError?: unknown }).originalError ?? error;
  const place = placeOf(part, error);
  if (error instanceof UndefinedVariableError || original instanceof UndefinedVariableError) {
    return { ok: false, code: 'missing_value', detail: `${place}: ${nameOf(error)} has no value` };
  }
  if (original instanceof FilterValueError)
    return { ok: false, code: 'bad_value', detail: `${place}: ${original.message}` };
  if (error instanceof ParseError || error instanceof TokenizationError) {
    return { ok: false, code: 'template', detail: `${place}: the template is not valid Liquid` };
  }
  if (isLimit(original))
    return { ok: false, code: 'too_much', detail: `${place}: it renders too much; is a loop without end in it?` };
  return { ok: false, code: 'bad_value', detail: `${place}: a filter or tag cannot work with a value it was given` };
}

/** Ours; liquidjs's memory limit; or the language's own bounds on strings and on the stack. */
function isLimit(error: unknown): boolean {
  if (error instanceof RenderLimitError || error instanceof RangeError) return true;
  return error instanceof Error && /limit exceeded/.test(error.message);
}

/** `html, line 3, column 14`. */
function placeOf(part: Part, error: unknown): string {
  const position = (error as { token?: { getPosition?(): [number, number] } }).token?.getPosition?.();
  return position ? `${part}, line ${position[0]}, column ${position[1]}` : part;
}

function nameOf(error: unknown): string {
  return /undefined variable: ([\w.[\]"-]+)/.exec(String((error as Error).message))?.[1] ?? 'a variable';
}
