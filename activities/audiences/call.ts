// One call to an ad platform: JSON out, JSON in, a time limit, no redirect. What is said may be said again, so an answer
// that does not come is a reason to repeat and nothing else.
import type { AudienceOutcome } from '../../engine/audience-platform.ts';

export interface PlatformCall {
  method: 'POST' | 'DELETE' | 'GET';
  url: string;
  headers: { [name: string]: string };
  body?: object;
  timeoutMs: number;
}

export interface PlatformAnswer {
  status: number;
  headers: Headers;
  /** `{}` where it is no JSON object. */
  json: { [name: string]: unknown };
}

type Refused = Extract<AudienceOutcome, { code: string }>;
export type NoAnswer = Extract<AudienceOutcome, { kind: 'retry' }>;

/** The answer, whatever its status; `retry` where none came. Never throws. */
export async function callPlatform(call: PlatformCall): Promise<PlatformAnswer | NoAnswer> {
  try {
    const response = await fetch(call.url, {
      method: call.method,
      headers: { ...call.headers, ...(call.body && { 'content-type': 'application/json' }) },
      ...(call.body && { body: JSON.stringify(call.body) }),
      redirect: 'manual',
      signal: AbortSignal.timeout(call.timeoutMs),
    });
    return { status: response.status, headers: response.headers, json: objectOf(await response.text()) };
  } catch (error) {
    return { kind: 'retry', code: codeOf(error) };
  }
}

/** What a status means where the platform's own code does not say; null: it is an answer. */
export function plainOutcome({ status, headers }: PlatformAnswer): Refused | null {
  const code = String(status);
  if (status === 429 || status === 408 || status >= 500) return { kind: 'retry', code, afterMs: waitOf(headers) };
  // A redirect is not followed: the address that was configured is another one.
  if (status === 401 || status === 403 || status === 404 || (status >= 300 && status < 400))
    return { kind: 'config_error', code };
  return status >= 400 ? { kind: 'rejected', code } : null;
}

/** `Retry-After` in seconds or as a date; at most a day. */
function waitOf(headers: Headers): number | undefined {
  const said = headers.get('retry-after')?.trim() ?? '';
  const ms = /^\d{1,9}$/.test(said) ? Number(said) * 1000 : Date.parse(said) - Date.now();
  return ms > 0 ? Math.min(ms, 86_400_000) : undefined;
}

function objectOf(text: string): { [name: string]: unknown } {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
  } catch {
    return {};
  }
}

/** A system's code, never a text: it may name an address. */
function codeOf(error: unknown): string {
  const { name, cause } = (error ?? {}) as { name?: unknown; cause?: { code?: unknown } };
  if (name === 'TimeoutError') return 'ETIMEDOUT';
  const code = cause?.code;
  return typeof code === 'string' && /^[A-Z][A-Z0-9_]{1,59}$/.test(code) ? code : 'ESOCKET';
}
