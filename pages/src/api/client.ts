// One way to the server: JSON in and out, the session's cookie and its token, and errors as the server says them.

/** What the server refused, in its own code and sentence; `unreachable` where it did not answer at all. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, sentence: string) {
    super(sentence);
    this.status = status;
    this.code = code;
  }
}

let csrf = '';

/** The token that goes along with everything that changes something. */
export function carryToken(token: string): void {
  csrf = token;
}

export function get<T>(path: string): Promise<T> {
  return ask<T>('GET', path);
}

export function post<T>(path: string, body: unknown = {}): Promise<T> {
  return ask<T>('POST', path, body);
}

export function remove<T>(path: string): Promise<T> {
  return ask<T>('DELETE', path);
}

async function ask<T>(method: string, path: string, body?: unknown): Promise<T> {
  // The page's own language, which may be another than the browser's.
  const spoken = { 'accept-language': document.documentElement.lang || 'en' };
  const headers: Record<string, string> = { accept: 'application/json', ...spoken };
  if (method !== 'GET') headers['x-csrf-token'] = csrf;
  if (body !== undefined) headers['content-type'] = 'application/json';
  const answer = await fetch(path, { method, headers, body: body === undefined ? null : JSON.stringify(body) }).catch(
    () => {
      throw new ApiError(0, 'unreachable', '');
    },
  );
  const said = (await answer.json().catch(() => null)) as { error?: { code: string; message: string } } | null;
  if (answer.ok && said !== null) return said as T;
  const { code, message } = said?.error ?? { code: 'unreachable', message: '' };
  throw new ApiError(answer.status, code, message);
}
