// A message whose first attempt may have left, and which is to be sent once more: a crash, or an exit, between every two
// steps of both attempts. Whatever prevents the repeat, nobody says that the first did not go.
import { describe, expect, it } from 'vitest';
import type { Plan } from '../../engine/core/plan.ts';
import type { Settings } from '../../engine/core/settings.ts';
import { day, planWith } from '../core/plans.ts';
import type { MakeRig } from './crash-suite.ts';
import { Crash, type Rig, reachable } from './rig.ts';

export const doubtPlan: Plan = planWith(
  {
    only: {
      ...{ kind: 'send', message: 'hi', by: ['email'], with: {}, expiresMs: day, next: null },
      onUnknown: 'resend',
    },
  },
  { exits: [{ on: ['order_completed'] }] },
);

/** The first attempt is handed over and never answered for. Answers what was handed over. */
async function play(rig: Rig): Promise<string[]> {
  const left: string[] = [];
  rig.script.push(async (claim) => {
    if (!(await claim())) return { kind: 'not_claimed' };
    await rig.ports.between('provider: before it takes the message');
    left.push((await rig.rows()).deliveries[0]!.key);
    await rig.ports.between('provider: after it took the message');
    return { kind: 'unknown', code: 'ETIMEDOUT' };
  });
  for (const incoming of [reachable, { kind: 'event' as const, name: 'signed_up' }]) {
    const same = { ...incoming, sourceId: `${incoming.kind}` };
    try {
      await rig.receive(same);
    } catch (error) {
      if (!(error instanceof Crash)) throw error;
      await rig.receive(same);
    }
  }
  await rig.runAll();
  return left;
}

export async function doubtCrashSuite(make: MakeRig, policies: Partial<Settings> = {}): Promise<void> {
  const makeRig = () => make([doubtPlan], policies);
  const baseline = await makeRig();
  await play(baseline);
  const points = baseline.passed.map((point, index) => ({ point, n: index + 1 }));
  const before = await baseline.rows();

  it('without a crash it is sent once more, and is then accepted', () => {
    expect(baseline.accepted).toHaveLength(1);
    expect(before.deliveries).toMatchObject([{ state: 'accepted', attempt: 2 }]);
  });

  describe.each(points)('at step $n ($point)', ({ n }) => {
    it('a crash comes to the end, and says of what was handed over only that it went or may have', async () => {
      const rig = await makeRig();
      rig.at = (_point, count) => {
        if (count === n) throw new Crash();
      };
      const left = await play(rig);
      const { enrollments, deliveries } = await rig.rows();
      expect(enrollments).toMatchObject([{ status: 'completed', needsAttention: null }]);
      expect(deliveries).toHaveLength(1);
      if (left.length + rig.accepted.length > 0) expect(['accepted', 'unknown']).toContain(deliveries[0]!.state);
    });

    it('an exit prevents what was not claimed, and leaves the doubt about what was', async () => {
      const rig = await makeRig();
      let isDone = false;
      let isOpen = false;
      rig.at = async (point, count) => {
        if (isDone || count < n || point.startsWith('ingest')) return;
        isDone = true;
        isOpen = (await rig.rows()).enrollments[0]?.status === 'active';
        await rig.receive({ kind: 'event', name: 'order_completed' });
      };
      const left = await play(rig);
      const { enrollments, deliveries, decisions } = await rig.rows();
      if (isOpen) expect(enrollments).toMatchObject([{ status: 'exited', reason: 'order_completed' }]);
      const [delivery] = deliveries;
      if (left.length > 0) expect(['accepted', 'unknown']).toContain(delivery!.state);
      if (left.length > 0) expect(decisions.map(({ kind }) => kind)).not.toContain('not_sent');
      if (delivery) expect(['accepted', 'unknown', 'suppressed']).toContain(delivery.state);
    });
  });
}
