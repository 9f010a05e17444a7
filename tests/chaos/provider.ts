// A provider that refuses, stalls, forgets to answer, and remembers every message it took. Its channel keeps the
// contract of engine/channel.ts as the one for email does.
import { type Channel, leaseSlackMs, type Outcome } from '../../engine/channel.ts';
import type { Process, Scheduler } from './scheduler.ts';

/** What it does with one attempt; before the claim, after it without taking the message, and having taken it. */
export const behaviours = [
  'accept',
  'greylisted',
  'slow_greeting',
  'refused_late',
  'gone',
  'unwanted',
  'rejected',
  'misconfigured',
  'lost_unsent',
  'lost_sent',
  'slow_accept',
  'slow_refusal',
  'slow_lost',
] as const;
export type Behaviour = (typeof behaviours)[number];

export interface Provider {
  /** The next attempts, in this order; afterwards it accepts. */
  script: Behaviour[];
  accepted: string[];
  channelFor(process: Process, name: string): Channel;
}

const slowMs = 20_000;

export function createProvider(scheduler: Scheduler): Provider {
  const script: Behaviour[] = [];
  const accepted: string[] = [];
  return {
    script,
    accepted,
    channelFor: (process, name) => ({
      name,
      longestCallMs: 60_000,
      async attempt(message, claim, signal) {
        const behaviour = script.shift() ?? 'accept';
        if (signal.aborted) return { kind: 'retry', code: 'aborted' };
        if (behaviour === 'greylisted') return { kind: 'retry', code: '451' };
        if (behaviour === 'slow_greeting') {
          await scheduler.park(process, 'provider greets', { wakeAt: scheduler.now + slowMs });
          if (signal.aborted) return { kind: 'retry', code: 'aborted' };
        }
        const askedAt = scheduler.now;
        const granted = await claim().catch(() => null);
        if (granted === null) return { kind: 'retry', code: 'claim_failed' };
        if (!granted) return { kind: 'not_claimed' };
        if (scheduler.now - askedAt >= leaseSlackMs) return { kind: 'retry', code: 'lease_over' };
        if (isTaken(behaviour)) accepted.push(message.key);
        const answerMs = behaviour.startsWith('slow_') ? slowMs : 0;
        await scheduler.park(process, `provider: ${behaviour}`, { wakeAt: scheduler.now + answerMs });
        return answerOf(behaviour);
      },
      close: async () => undefined,
    }),
  };
}

function isTaken(behaviour: Behaviour): boolean {
  return ['accept', 'slow_greeting', 'lost_sent', 'slow_accept', 'slow_lost'].includes(behaviour);
}

function answerOf(behaviour: Behaviour): Outcome {
  switch (behaviour) {
    case 'accept':
    case 'slow_greeting':
    case 'slow_accept':
      return { kind: 'accepted' };
    case 'lost_unsent':
    case 'lost_sent':
    case 'slow_lost':
      return { kind: 'unknown', code: 'ETIMEDOUT' };
    case 'gone':
      return { kind: 'recipient_gone', code: '5.1.1' };
    case 'unwanted':
      return { kind: 'recipient_refused', code: '5.2.1' };
    case 'rejected':
      return { kind: 'message_rejected', code: '5.6.0' };
    case 'misconfigured':
      return { kind: 'config_error', code: '535' };
    case 'greylisted':
    case 'refused_late':
    case 'slow_refusal':
      return { kind: 'retry', code: '452' };
  }
}
