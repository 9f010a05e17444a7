// What may be said aloud about an error that came from outside: its class and its code. Its text may hold an address,
// so it goes neither into Temporal's history nor into a log.

export interface ErrorCode {
  /** The error's class: `Error`, `TypeError`, `PrismaClientKnownRequestError`. */
  type: string;
  /** A driver's or provider's code (`ECONNREFUSED`, `40P01`, `5.1.1`), or empty. */
  code: string;
}

// A word, an SQLSTATE, a dotted reply code: too tight for an address, a telephone number or a sentence.
const WORD = /^[A-Za-z][A-Za-z0-9_.:-]{0,39}$/;
const SHAPES = [WORD, /^[0-9A-Z]{5}$/, /^[0-9]{1,5}(\.[0-9]{1,3}){0,2}$/];

/** Type and code of whatever was thrown. Looks for the code in the causes too, outermost first. */
export function errorCode(error: unknown): ErrorCode {
  return { type: isError(error) && WORD.test(error.name) ? error.name : 'Error', code: firstCode(error, 5) };
}

/** The stack's frames without the message that opens it: where it went wrong, not with whose data. */
export function errorFrames(error: unknown): string[] {
  if (!isError(error)) return [];
  return (error.stack ?? '').split('\n').filter((line) => /^\s+at .*:\d+:\d+\)?$/.test(line));
}

function firstCode(error: unknown, depth: number): string {
  if (!isError(error) || depth === 0) return '';
  const code = String((error as { code?: unknown }).code ?? '');
  return SHAPES.some((shape) => shape.test(code)) ? code : firstCode(error.cause, depth - 1);
}

function isError(value: unknown): value is Error {
  return typeof value === 'object' && value !== null && 'name' in value && typeof value.name === 'string';
}
