// A message of which nobody knows, sent once more by an agent: a crash between every two steps of the press and of what
// follows, and an execution that wakes after its successor. One press, at most one more message.
import { describe, expect, it } from 'vitest';
import type { Plan, SendStep } from '../../engine/core/plan.ts';
import { resend } from '../../engine/resend.ts';
import { day, hour, planWith } from '../core/plans.ts';
import type { MakeRig } from './crash-suite.ts';
import { Crash, type Rig, reachable } from './rig.ts';

const send: SendStep = { kind: 'send', message: 'hi', by: ['email'], with: {}, expiresMs: day, next: 'nap' };
export const resendPlan: Plan = planWith({
  only: send,
  nap: {
    ...{ kind: 'wait', form: 'event', listeners: [{ on: ['cart_updated'], next: 'second' }] },
    ...{ withinMs: hour, otherwise: 'second' },
  },
  second: { ...send, next: 'rest' },
  rest: { kind: 'wait', form: 'length', forMs: hour, next: null },
});

/** Presses, and an event moves the journey on in the same turn. */
async function play(rig: Rig): Promise<string> {
  const at = rig.at;
  rig.at = () => undefined;
  rig.script.push(async (claim) => {
    await claim();
    return { kind: 'unknown', code: 'ETIMEDOUT' };
  });
  await rig.receive(reachable);
  await rig.receive({ kind: 'event', name: 'signed_up' });
  await rig.runUntil(({ deliveries }) => deliveries.length > 0);
  const { key } = (await rig.rows()).deliveries[0]!;
  await rig.receive({ kind: 'event', name: 'cart_updated', sourceId: 'cart' });
  rig.passed.length = 0;
  rig.at = at;
  await resend(rig.ports, key, 'support');
  await rig.runAll();
  return key;
}

export async function resendCrashSuite(make: MakeRig): Promise<void> {
  const baseline = await make([resendPlan]);
  const pressed = await play(baseline);
  const points = baseline.passed.map((point, index) => ({ point, n: index + 1 }));

  it('without a crash it goes once more, and the journey goes on', () => {
    expect(points.length).toBeGreaterThan(10);
    expect(baseline.accepted.filter((key) => key === pressed)).toHaveLength(1);
    expect(baseline.accepted).toHaveLength(2);
  });

  const check = async (rig: Rig, key: string) => {
    expect(new Set(rig.accepted).size).toBe(rig.accepted.length);
    const { enrollments, deliveries } = await rig.rows();
    expect(enrollments).toMatchObject([{ status: 'completed', needsAttention: null }]);
    expect(deliveries).toHaveLength(2);
    for (const { key: each, state } of deliveries)
      expect(state).toBe(state === 'accepted' && rig.accepted.includes(each) ? 'accepted' : 'unknown');
    expect(deliveries.map((each) => each.key)).toContain(key);
    expect(enrollments[0]!.state).not.toHaveProperty('resend');
  };

  describe.each(points)('at step $n ($point)', ({ n }) => {
    it('a crash sends nothing twice, and comes to the end', async () => {
      const rig = await make([resendPlan]);
      rig.at = (_point, count) => {
        if (count === n) throw new Crash();
      };
      await check(rig, await play(rig));
    });

    it('an execution that stalls, and wakes after its successor, sends nothing twice', async () => {
      const rig = await make([resendPlan]);
      rig.at = async (_point, count) => {
        if (count !== n) return;
        rig.at = () => undefined;
        rig.time.real += 60_000;
        const [enrollment] = (await rig.rows()).enrollments;
        const { deliver } = await rig.turns.run(enrollment!.id);
        if (deliver) await rig.turns.deliver(deliver.key);
      };
      await check(rig, await play(rig));
    });
  });
}
