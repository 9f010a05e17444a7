// A caller's mistakes: a code and a sentence that says what to do next. One table takes the codes to HTTP.
// Nothing of the request stands in a sentence: it would put a stranger's text into our pages and logs.

export const statusOf = {
  invalid: 400,
  unauthorized: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  too_large: 413,
  /** Sources that cannot be published as they are; the answer carries the diagnostics. */
  rejected: 422,
  /** This key has had its share. */
  limited: 429,
  overloaded: 503,
} as const;

export type ErrorKind = keyof typeof statusOf;

/** Thrown by routes and hooks, answered by the application's error handler. */
export class CallerError extends Error {
  override readonly name = 'CallerError';
  readonly kind: ErrorKind;
  /** Further fields of the answer, such as the id under which an event was quarantined. */
  readonly details: { [field: string]: unknown };

  constructor(kind: ErrorKind, sentence: string, details: { [field: string]: unknown } = {}) {
    super(sentence);
    this.kind = kind;
    this.details = details;
  }
}

/** The body of every answer that is not a success, and of no other. */
export function errorBody(kind: ErrorKind, message: string, details: { [field: string]: unknown } = {}) {
  return { error: { code: kind, message }, ...details };
}

/** Seconds after which a caller may come again; short, as most overloads and restarts of a database are. */
export const retryAfterSeconds = 2;

/**
 * How an error that Fastify found in the request is said to the caller; null if the error is not the request's fault.
 * `mostBytes`: what the route takes, where that is known.
 */
export function requestFault(error: unknown, mostBytes?: number): CallerError | null {
  if (error instanceof CallerError) return error;
  const { statusCode, code } = error as { statusCode?: number; code?: string };
  if (statusCode === 413) return tooLarge(mostBytes);
  if (statusCode === 415) return new CallerError('invalid', 'send the body as application/json');
  if (code === 'FST_ERR_CTP_EMPTY_JSON_BODY')
    return new CallerError('invalid', 'the body is empty; send a JSON object');
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    return new CallerError('invalid', 'the request could not be read; check its address, headers and JSON body');
  }
  return null;
}

/** @param mostBytes what the route takes, where that is known */
export function tooLarge(mostBytes?: number): CallerError {
  const most = mostBytes === undefined ? 'is larger than this route takes' : `may have ${mostBytes} bytes`;
  return new CallerError('too_large', `the body ${most}; send less at a time`);
}

/** True for a failure that passes: the database is away, full or busy. Said by the store, as it knows its driver. */
export function isTransient(error: unknown): boolean {
  return (error as { isTransient?: unknown } | null)?.isTransient === true || isUnpublished(error);
}

/** True where nothing has been published yet: events cannot be understood before they are declared. */
export function isUnpublished(error: unknown): boolean {
  return (error as { code?: unknown } | null)?.code === 'nothing_published';
}
