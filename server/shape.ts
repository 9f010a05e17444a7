// Checks that what came in has the declared shape, and says in one sentence what is wrong. Never repeats the value.
import type { z } from 'zod';
import { CallerError } from './errors.ts';

/** Text that PostgreSQL and people can hold: no control characters, no half of a surrogate pair. */
export function isPlainText(text: string): boolean {
  return !/[\p{Cc}\p{Cs}]/u.test(text);
}

/** `properties.total: must be a number`. Of several problems the first is said. */
export function problemOf(error: z.ZodError): string {
  const issue = error.issues[0];
  if (!issue) return 'the body has the wrong shape';
  // Keys that nobody declared are the caller's own words, so their number is said, not their names.
  if (issue.code === 'invalid_type' && issue.expected === 'object' && issue.path.length === 0)
    return 'must be a JSON object';
  if (issue.code === 'unrecognized_keys') return `${pathOf(issue.path)}has ${issue.keys.length} unknown key(s)`;
  return `${pathOf(issue.path)}${issue.message.replace(/^Invalid input: /, '')}`;
}

/** The value as declared; throws `invalid` with the first problem. */
export function shaped<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value);
  if (!result.success) throw new CallerError('invalid', problemOf(result.error));
  return result.data;
}

function pathOf(path: PropertyKey[]): string {
  if (path.length === 0) return '';
  const text = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('');
  return `${text.replace(/^\./, '')}: `;
}
