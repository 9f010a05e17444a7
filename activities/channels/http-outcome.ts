// What answers of HTTP mean where a provider says nothing of its own.
import type { Outcome } from '../../engine/channel.ts';
import type { HttpAnswer, HttpResult } from './http-call.ts';

/**
 * The outcome of a call. `judge` reads an answer; without an answer the call is `unknown` where anything may have left.
 * `repeatableUntil`: until then the provider knows a repeat by its key, in milliseconds since the epoch.
 */
export function outcomeOf(
  result: HttpResult,
  judge: (answer: HttpAnswer) => Outcome,
  repeatableUntil?: number,
): Outcome {
  switch (result.kind) {
    case 'not_sent':
      return result.outcome;
    case 'cut':
      return { kind: 'unknown', code: result.code, ...(repeatableUntil !== undefined && { repeatableUntil }) };
    case 'answered':
      return judge(result);
  }
}

/** Statuses that mean the same everywhere; null for those that the provider's own table must explain. */
export function plainOutcome(answer: HttpAnswer): Outcome | null {
  const { status } = answer;
  const code = String(status);
  if (status === 429 || status === 408 || status >= 500) return { kind: 'retry', code, ...waitOf(answer) };
  if (status === 413) return { kind: 'message_rejected', code };
  // A redirect is not followed: the address that was configured, and checked, is another one.
  if (status === 401 || status === 403 || (status >= 300 && status < 400)) return { kind: 'config_error', code };
  return null;
}

/** `Retry-After` as seconds or as a date (RFC 9110 §10.2.3); at most a day. */
function waitOf(answer: HttpAnswer): { afterMs?: number } {
  const said = answer.header('retry-after');
  if (said === null) return {};
  const seconds = /^\d{1,9}$/.test(said.trim()) ? Number(said) : (Date.parse(said) - Date.now()) / 1000;
  return Number.isFinite(seconds) && seconds > 0 ? { afterMs: Math.min(seconds, 86_400) * 1000 } : {};
}

/** The answer's JSON object; `{}` for anything else. */
export function jsonObjectOf(answer: HttpAnswer): { [name: string]: unknown } {
  try {
    const value: unknown = JSON.parse(answer.text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
  } catch {
    return {};
  }
}
