// The Liquid that messages are written in: one engine for HTML, which escapes, and one for text, which does not.
// The compiler parses and analyses templates with these very engines, so what it lets through is what will be rendered.
import { type Context, Liquid, type Template, toValue, toValueSync } from 'liquidjs';
import { registerFilters } from './liquid-filters.ts';

/** What a template is for: `html` escapes every value that is not marked `| raw`. */
export type LiquidPart = 'html' | 'text';

/** What rendering adds to the values for the bodies: the rendered subject and preheader (empty without one), for layouts. */
export const bodyNames = ['subject', 'preheader'] as const;

/** Characters of one template's source. */
const longestSource = 500_000;
/** Characters of one rendered part; more than a mailbox shows (Gmail clips at about 102,000 bytes). */
const longestOutput = 1_000_000;
/** Nodes rendered in one part: a loop over a thousand items of a hundred nodes. Counted and not timed, so that it is the same on a slow machine. */
const mostSteps = 100_000;
/** What filters and ranges may allocate in one part, in characters and items. */
const mostMemory = 2_000_000;

/** Tags that bring in other files; there are none. */
const fileTags = ['include', 'render', 'layout', 'block'];
/** Filters that answer differently every time, or read the machine's clock and zone. */
const impureFilters = ['sample', 'date_to_xmlschema', 'date_to_rfc822', 'date_to_string', 'date_to_long_string'];

/** The engines themselves, for parsing and static analysis (`parse`, `fullVariablesSync`, `analyzeSync`). */
export const liquid: { [part in LiquidPart]: Liquid } = {
  html: createLiquid(escapeHtml),
  text: createLiquid((text) => text),
};

/** Thrown when a template renders too much. */
export class RenderLimitError extends Error {}

/**
 * Renders a parsed template in a context made by `contextOf`; throws what liquidjs throws, or RenderLimitError. Bounded
 * in steps, memory and length, whatever the template says.
 */
export function renderParsed(part: LiquidPart, parsed: Template[], context: Context): string {
  const emitter = new BoundedEmitter();
  context.renderLimit = new StepLimit() as unknown as Context['renderLimit'];
  toValueSync(liquid[part].renderer.renderTemplates(parsed, context, emitter));
  return emitter.buffer;
}

function createLiquid(encode: (text: string) => string): Liquid {
  const engine = new Liquid({
    strictVariables: true,
    strictFilters: true,
    lenientIf: true,
    ownPropertyOnly: true,
    parseLimit: longestSource,
    memoryLimit: mostMemory,
    templates: {},
    outputEscape: (value) => encode(bounded(textOf(value))),
  });
  for (const tag of fileTags) delete engine.tags[tag];
  for (const filter of impureFilters) engine.unregisterFilter(filter);
  registerFilters(engine);
  return engine;
}

/** As liquidjs writes a value: nothing for nil, lists joined; maps as JSON, which says what went wrong. */
function textOf(written: unknown): string {
  const value: unknown = toValue(written);
  if (value === null || value === undefined) return '';
  if (Array.isArray(value)) return value.map(textOf).join('');
  return typeof value === 'object' ? JSON.stringify(value) : `${value as string | number | boolean}`;
}

const entities: { [char: string]: string } = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&#34;', "'": '&#39;' };

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (char) => entities[char]!);
}

function bounded(text: string): string {
  if (text.length > longestOutput) throw new RenderLimitError(`more than ${longestOutput} characters`);
  return text;
}

class BoundedEmitter {
  buffer = '';
  write(text: unknown): void {
    this.buffer = bounded(this.buffer + textOf(text));
  }
}

/** Stands in for liquidjs's time limit, which is asked before each node is rendered. */
class StepLimit {
  private steps = 0;
  check(): void {
    if (++this.steps > mostSteps) throw new RenderLimitError(`more than ${mostSteps} steps`);
  }
  use(): void {}
}
