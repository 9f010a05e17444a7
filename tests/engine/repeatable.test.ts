// A provider that knows a repeat by its key makes `unknown` askable: again with the same key, until it forgets.
import { expect, it } from 'vitest';
import type { Outbound, Outcome } from '../../engine/channel.ts';
import { day, planWith } from '../core/plans.ts';
import { createRig, reachable } from './rig.ts';

const hour = 3_600_000;

/** A journey of one message, over a provider that answers so. */
async function sent(answer: (attempt: number, startedAt: number) => Outcome) {
  const plan = planWith({
    first: { kind: 'send', message: 'hi', by: ['email'], with: {}, expiresMs: 3 * day, next: null },
  });
  const rig = await createRig([plan]);
  const asked: Outbound[] = [];
  const startedAt = rig.time.now;
  rig.ports.channels.email!.attempt = async (message, claim) => {
    await claim();
    asked.push(message);
    return answer(asked.length, startedAt);
  };
  await rig.receive(reachable);
  await rig.receive({ kind: 'event', name: 'signed_up' });
  await rig.runAll();
  const [delivery] = (await rig.rows()).deliveries;
  return { asked, delivery: delivery! };
}

it('an unknown outcome is asked about again, and told that it is', async () => {
  const { asked, delivery } = await sent((attempt, startedAt) =>
    attempt < 3 ? { kind: 'unknown', code: 'ETIMEDOUT', repeatableUntil: startedAt + day } : { kind: 'duplicate' },
  );
  expect(asked.map(({ key, mayHaveLeft }) => [key, mayHaveLeft])).toEqual([
    [delivery.key, false],
    [delivery.key, true],
    [delivery.key, true],
  ]);
  expect(delivery.state).toBe('accepted');
});

it('it stays unknown once the provider would have forgotten the key', async () => {
  const { asked, delivery } = await sent((_, startedAt) => ({
    kind: 'unknown',
    code: 'ETIMEDOUT',
    repeatableUntil: startedAt + hour,
  }));
  // At 0, 1, 6 and 21 minutes; the next would be at 81.
  expect(asked).toHaveLength(4);
  expect(delivery).toMatchObject({ state: 'unknown', reason: null });
});

it('what may have gone is not called failed because nobody could be asked until the end', async () => {
  const { delivery } = await sent((attempt, startedAt) =>
    attempt === 1
      ? { kind: 'unknown', code: 'ETIMEDOUT', repeatableUntil: startedAt + day }
      : { kind: 'retry', code: 'ECONNREFUSED' },
  );
  expect(delivery.state).toBe('unknown');
});

it('without a key it is asked once', async () => {
  const { asked, delivery } = await sent(() => ({ kind: 'unknown', code: 'ETIMEDOUT' }));
  expect(asked).toHaveLength(1);
  expect(delivery.state).toBe('unknown');
});
