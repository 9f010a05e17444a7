// What the shop answers on LINE goes out from here. LINE knows a message by its retry key for a day, so that several
// servers, or one that was killed, may hand over the same message: the customer gets it once.

import type { Channel, Outcome } from '../../engine/channel.ts';
import { errorCode } from '../../engine/error-code.ts';
import type { UnsentChatMessage } from '../../store/chat.ts';
import { createBell } from '../bell.ts';

export interface LineSenderDeps {
  channel: Channel;
  unsent(since: number, limit: number): Promise<UnsentChatMessage[]>;
  sent(key: string, sentAt: number | null, code: string | null): Promise<void>;
  /** Business time: when a message was said. */
  now(): number;
  /** Real time, for the pauses between attempts. */
  real(): number;
  failed(problem: { type: string; code: string }): void;
  everyMs?: number;
}

export interface LineSender {
  ring(): void;
  stop(): Promise<void>;
}

/** Shorter than LINE keeps a retry key: later, a repeat could be a second message. */
const patienceMs = 23 * 60 * 60 * 1000;
const longestPauseMs = 5 * 60 * 1000;
const atOnce = 50;

export function startLineSender(deps: LineSenderDeps): LineSender {
  const { channel, unsent, sent, now, real, failed, everyMs = 2_000 } = deps;
  const bell = createBell();
  const pauses = new Map<string, { until: number; ms: number }>();
  const stopping = new AbortController();
  const running = run();

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      await round().catch((error: unknown) => failed(errorCode(error)));
      await bell.wait(everyMs);
    }
  }

  async function round(): Promise<void> {
    // One that waits for another attempt holds back what was said to the same customer after it: a talk has an order.
    const waiting = new Set<string>();
    for (const message of await unsent(now() - patienceMs, atOnce)) {
      if (stopping.signal.aborted) return;
      if (waiting.has(message.to) || (pauses.get(message.key)?.until ?? 0) > real()) waiting.add(message.to);
      else if (!(await hand(message))) waiting.add(message.to);
    }
  }

  /** False: it must be tried again. */
  async function hand({ key, content, to }: UnsentChatMessage): Promise<boolean> {
    const rendered = { title: '', body: content.text, url: null, image: null, locale: '' };
    const outbound = { key, to, rendered, unsubscribeUrl: null, mayHaveLeft: pauses.has(key) };
    const outcome = await channel.attempt(outbound, async () => true, stopping.signal);
    if (isOpen(outcome)) {
      const ms = Math.min((pauses.get(key)?.ms ?? 1_000) * 2, longestPauseMs);
      pauses.set(key, { until: real() + ms, ms });
      failed({ type: outcome.kind, code: 'code' in outcome ? (outcome.code ?? '') : '' });
      return false;
    }
    pauses.delete(key);
    const isTaken = outcome.kind === 'accepted' || outcome.kind === 'duplicate';
    await sent(key, isTaken ? now() : null, isTaken ? null : (outcome.code ?? outcome.kind));
    return true;
  }

  return {
    ring: () => bell.ring(),
    async stop() {
      stopping.abort();
      bell.ring();
      await running;
      await channel.close();
    },
  };
}

type Open = Extract<Outcome, { kind: 'retry' | 'unknown' | 'config_error' | 'not_claimed' }>;

/** Wrong credentials are mended by somebody, and then it goes. */
function isOpen(outcome: Outcome): outcome is Open {
  return ['retry', 'unknown', 'config_error', 'not_claimed'].includes(outcome.kind);
}
