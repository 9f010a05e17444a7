// Webhooks that answer as a test tells them. They claim as real calls do.

import type { JsonMap } from '../engine/core/schema.ts';
import type { WebhookOutcome, Webhooks } from '../engine/webhook.ts';

export interface WebhookScript extends Webhooks {
  /** What calls of this webhook are answered from now on. */
  returns(name: string, answer: JsonMap): void;
  /** The next attempts, as on a channel. */
  fail(name: string, how: number | 'unknown' | 'gone'): void;
}

export function createScriptedWebhooks(): WebhookScript {
  const answers = new Map<string, JsonMap>();
  const scripts = new Map<string, WebhookOutcome[]>();
  return {
    longestCallMs: 60_000,
    async attempt({ name }, claim) {
      const script = scripts.get(name) ?? [];
      if (script[0]?.kind === 'retry') return script.shift()!;
      if (!(await claim())) return { kind: 'not_claimed' };
      const returned = answers.get(name);
      return script.shift() ?? { kind: 'accepted', ...(returned && { returned }) };
    },
    returns(name, answer) {
      answers.set(name, answer);
    },
    fail(name, how) {
      const outcomes: WebhookOutcome[] =
        typeof how === 'number'
          ? Array.from({ length: how }, () => ({ kind: 'retry', code: '503' }))
          : [how === 'gone' ? { kind: 'recipient_gone', code: '410' } : unanswered];
      scripts.set(name, [...(scripts.get(name) ?? []), ...outcomes]);
    },
  };
}

/** Receivers know a repeat by its id, so a call that was cut off may be made again at any time. */
const unanswered: WebhookOutcome = { kind: 'unknown', code: 'ETIMEDOUT', repeatableUntil: Number.MAX_SAFE_INTEGER };
