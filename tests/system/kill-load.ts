// The load of the kill test: customers who enter, are nudged, and leave, from a sender that sends again until it has an
// answer, as Segment's clients do. What was acknowledged, and when, is written down.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Installation } from './installation.ts';
import type { Random } from './random.ts';

/** `send, wait, send, wait for an event, send`, with an exit. */
export const PROBE = {
  journeys: {
    probe: `
purpose: marketing
enter: { on: arrived, again: never }
exit:
  - on: left
    as: left
lasts: 1 hour
steps:
  - send: first
    by: email
  - wait: 1 second
  - send: second
    by: email
  - wait: { on: nudged, within: 3 seconds }
  - send: third
    by: email
`,
  },
  events: ['arrived', 'nudged', 'left'],
  messages: ['first', 'second', 'third'],
};

export interface Acknowledged {
  messageId: string;
  userId: string;
  name: string;
}

export interface Load {
  /** Every event that was acknowledged. */
  acknowledged: Acknowledged[];
  /** Resolves when the last customer has done everything. */
  over: Promise<void>;
}

/** Lets `count` customers come, evenly over `ms`. */
export function startLoad(installation: Installation, random: Random, count: number, ms: number): Load {
  const acknowledged: Acknowledged[] = [];

  async function tell(userId: string, ...names: string[]): Promise<void> {
    const calls = names.map((name) => ({ type: 'track', messageId: `${userId}-${name}`, userId, event: name }));
    const who = {
      ...{ type: 'identify', messageId: `${userId}-identify`, userId },
      traits: { email: addressOf(userId), first_name: FIRST_NAME },
      context: { consent: { email: ['marketing'] } },
    };
    await untilAcknowledged(() => installation.send(...(names[0] === 'arrived' ? [who] : []), ...calls));
    for (const { messageId, event } of calls) acknowledged.push({ messageId, userId, name: event });
  }

  async function live(number: number): Promise<void> {
    const userId = `customer-${String(number).padStart(4, '0')}`;
    const does = random.of(['left', 'left', 'nudged', 'nothing']);
    // Who leaves does it about when a message goes: that is the race.
    const afterMs = does === 'left' ? random.of([0, 1_000]) + random.below(500) : random.below(3_500);
    await sleep((number * ms) / count);
    await tell(userId, 'arrived');
    if (does === 'nothing') return;
    await sleep(afterMs);
    await tell(userId, does);
  }

  const over = Promise.all(Array.from({ length: count }, (_, number) => live(number))).then(() => {});
  return { acknowledged, over };
}

/** What no Temporal history may hold. */
export const FIRST_NAME = 'Kagami-Secretname';
export const DOMAIN = 'secret-address.example';
const addressOf = (userId: string) => `${userId}@${DOMAIN}`;

async function untilAcknowledged(send: () => Promise<void>): Promise<void> {
  const deadline = Date.now() + 180_000;
  for (;;) {
    try {
      return await send();
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await sleep(200);
    }
  }
}
