// Why a message could not be rendered, in a word and a place; never with a value of the customer's.
import { ParseError, TokenizationError, UndefinedVariableError } from 'liquidjs';
import { RenderLimitError } from './liquid.ts';
import { FilterValueError } from './liquid-filters.ts';

/**
 * Why a message could not be rendered: a value is missing, a filter cannot read one, the template is broken, it renders
 * too much, nothing comes out that can be sent, or an address in it is none.
 */
export type RenderFailure =
  | 'missing_value'
  | 'bad_value'
  | 'template'
  | 'too_much'
  | 'empty_subject'
  | 'empty_body'
  | 'bad_url';

/** `detail` names part, place and variable, and holds no value. */
export interface Unrendered {
  ok: false;
  code: RenderFailure;
  detail: string;
}

/** What an error in rendering `part` means. */
export function failureOf(part: string, error: unknown): Unrendered {
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
function placeOf(part: string, error: unknown): string {
  const position = (error as { token?: { getPosition?(): [number, number] } }).token?.getPosition?.();
  return position ? `${part}, line ${position[0]}, column ${position[1]}` : part;
}

function nameOf(error: unknown): string {
  return /undefined variable: ([\w.[\]"-]+)/.exec(String((error as Error).message))?.[1] ?? 'a variable';
}
