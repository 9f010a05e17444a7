// Erasure in the middle of a turn: what was not claimed does not go, and nothing personal is written afterwards.
import { describe, expect, it } from 'vitest';
import { eraseCustomer } from '../../engine/erase.ts';
import { crashPlan } from './crash-suite.ts';
import { createRig, type Rig, reachable } from './rig.ts';

async function enter(): Promise<Rig> {
  const rig = await createRig([crashPlan]);
  await rig.receive(reachable);
  await rig.receive({ name: 'signed_up' });
  rig.passed.length = 0;
  return rig;
}
const baseline = await enter();
await baseline.runAll();
const points = baseline.passed.map((point, index) => ({ point, n: index + 1 }));

const whole = ({ deliveries, decisions, enrollments }: Awaited<ReturnType<Rig['rows']>>) =>
  JSON.stringify([deliveries, decisions, enrollments]);

describe('an erasure between any two steps of a turn', () => {
  it.each(points)('before step $n ($point) stops what was not claimed, and nothing comes back', async ({ n }) => {
    const rig = await enter();
    let claimed: string[] = [];
    rig.at = async (_point, count) => {
      if (count !== n) return;
      rig.at = () => undefined;
      const { deliveries, enrollments } = await rig.rows();
      claimed = deliveries.filter(({ state }) => state === 'sending' || state === 'accepted').map(({ key }) => key);
      await eraseCustomer(rig.ports, enrollments[0]!.customerId);
    };
    await rig.runAll();
    expect(rig.accepted.filter((key) => !claimed.includes(key))).toEqual([]);
    const rows = await rig.rows();
    expect(whole(rows)).not.toContain('a@example.com');
    expect(rows.enrollments[0]!.status).not.toBe('active');
    for (const { state } of rows.deliveries) expect(['accepted', 'suppressed', 'unknown']).toContain(state);
    expect(await rig.receive({ name: 'signed_up' })).toEqual({ status: 'dropped', eventId: null });
  });

  it('is something that could have been seen', async () => {
    expect(whole(await baseline.rows())).toContain('a@example.com');
  });
});
