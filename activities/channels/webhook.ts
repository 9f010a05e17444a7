// Webhooks of journeys: one signed call to a system of the shop, with an answer that the journey may keep.
// https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
import { Webhook } from 'standardwebhooks';
import type { Outcome } from '../../engine/channel.ts';
import type { JsonMap } from '../../engine/core/schema.ts';
import { type Attempts, attemptsOf, type CallLimits } from './attempts.ts';
import { callHttp, type HttpAnswer } from './http-call.ts';
import { jsonObjectOf, outcomeOf, plainOutcome } from './http-outcome.ts';
import type { Reach } from './reach.ts';

export interface WebhookCall {
  /** https, and nowhere inside a private network. */
  url: string;
  /** `whsec_` and base64; several while a secret is being changed: receivers need to know one of them. */
  secrets: string[];
  /** The effect key: the same for every attempt, and what a receiver knows a repeat by. */
  key: string;
  /** What happened, in the receiver's words: `crm-churn-alert`. */
  type: string;
  data: JsonMap;
  /** When the journey came to it, milliseconds since the epoch; the same for every attempt. */
  at: number;
}

/** Where it was `accepted`, with the receiver's JSON object; what it must hold is for the caller to check. */
export type WebhookOutcome = Outcome & { returned?: JsonMap };

export interface WebhookOptions extends CallLimits {
  /** Anything but `public` is for tests, and for operators who know their network. */
  reach?: Reach;
  /** The time of an attempt, which is signed, too; milliseconds since the epoch. */
  now?: () => number;
}

const mostBytes = 20_000;

/**
 * Attempts at webhooks. Any 2xx is `accepted`; 410 is `recipient_gone`: the receiver wants no more calls. A call that was
 * cut off is `unknown` and may be repeated at any time, because receivers are told to know a repeat by `webhook-id`.
 * No redirect is followed, and at most 64 KB of the answer are read.
 */
export function webhookCalls(options: WebhookOptions = {}): Attempts<WebhookCall, WebhookOutcome> {
  const { reach = 'public', now = Date.now } = options;
  return attemptsOf(
    { longestCallMs: 20_000, ...options },
    async (call: WebhookCall, attempt): Promise<WebhookOutcome> => {
      const body = JSON.stringify({ type: call.type, timestamp: new Date(call.at).toISOString(), data: call.data });
      if (Buffer.byteLength(body) > mostBytes) return { kind: 'message_rejected', code: 'too_large' };
      const signed = webhookHeaders(call.secrets, webhookIdOf(call.key), now(), body);
      if (!signed) return { kind: 'config_error', code: 'bad_secret' };
      const headers = { 'content-type': 'application/json', 'user-agent': 'Tabiji', ...signed };
      const result = await callHttp({ ...attempt, url: call.url, headers, body, reach });
      const outcome = outcomeOf(result, judge, Number.MAX_SAFE_INTEGER);
      if (result.kind !== 'answered' || outcome.kind !== 'accepted' || !result.isWhole) return outcome;
      return { ...outcome, returned: jsonObjectOf(result) as JsonMap };
    },
  );
}

/** The three headers of Standard Webhooks, signed with each secret; null where there is none, or one is none. */
export function webhookHeaders(secrets: string[], id: string, at: number, body: string) {
  try {
    const signatures = secrets.map((secret) => new Webhook(secret).sign(id, new Date(at), body));
    if (signatures.length === 0) return null;
    return {
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(at / 1000)),
      'webhook-signature': signatures.join(' '),
    };
  } catch {
    return null;
  }
}

/** Without the dots that part what is signed. */
function webhookIdOf(key: string): string {
  return `msg_${key.replace(/[^A-Za-z0-9_-]/g, '-')}`;
}

function judge(answer: HttpAnswer): Outcome {
  const { status } = answer;
  const code = String(status);
  if (status >= 200 && status < 300) return { kind: 'accepted', code };
  if (status === 410) return { kind: 'recipient_gone', code };
  if (status === 404) return { kind: 'config_error', code };
  return plainOutcome(answer) ?? { kind: 'message_rejected', code };
}
