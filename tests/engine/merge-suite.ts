// A login in the middle of a turn: whoever is merged, and whenever, a message goes once and to whom it is.
import { describe, expect, it } from 'vitest';
import { crashPlan, type MakeRig } from './crash-suite.ts';
import { type Rig, reachable } from './rig.ts';

/**
 * A visitor enters; the login that shows who they are comes between any two steps, twice.
 *
 * @param make as for `crashSuite`
 */
export async function mergeSuite(make: MakeRig): Promise<void> {
  const login = { kind: 'identify', identity: { userId: 'u1', anonymousId: 'a' } } as const;
  const enter = async (rig: Rig) => {
    await rig.receive({ ...reachable, traits: { email: 'known@example.com' } });
    const visitor = { identity: { anonymousId: 'a' } };
    await rig.receive({ ...reachable, ...visitor, traits: { email: 'visitor@example.com' } });
    await rig.receive({ ...visitor, name: 'signed_up' });
    rig.passed.length = 0;
  };
  const baseline = await make([crashPlan]);
  await enter(baseline);
  await baseline.runAll();
  const points = baseline.passed.map((point, index) => ({ point, n: index + 1 }));

  describe('a merge between any two steps of a turn', () => {
    it.each(points)('before step $n ($point) sends once, to whom it is, and leaves nothing behind', async ({ n }) => {
      const rig = await make([crashPlan]);
      await enter(rig);
      let claimedBefore: string[] = [];
      rig.at = async (_point, count) => {
        if (count !== n) return;
        rig.at = () => undefined;
        const { deliveries } = await rig.rows();
        claimedBefore = deliveries.filter(({ state }) => state !== 'queued').map(({ key }) => key);
        await rig.receive(login);
        await rig.receive({ ...login, kind: 'alias', identity: { userId: 'u1' }, previousId: 'a' });
      };
      await rig.runAll();
      expect(new Set(rig.accepted).size).toBe(rig.accepted.length);
      const { id } = (await rig.store.transaction((tx) => tx.lockCustomerOf({ userId: 'u1' }, 0)))!;
      const { enrollments, deliveries, decisions } = await rig.rows();
      expect(enrollments).toMatchObject([{ status: 'completed', needsAttention: null, customerId: id }]);
      expect(deliveries).toHaveLength(3);
      expect([...deliveries, ...decisions].filter(({ customerId }) => customerId !== id)).toEqual([]);
      for (const { key, state, to } of deliveries) {
        expect(['accepted', 'unknown']).toContain(state);
        expect(to).toBe(claimedBefore.includes(key) ? 'visitor@example.com' : 'known@example.com');
      }
    });

    it.each(points)('stalled at step $n ($point), with a successor after the merge, changes nothing', async ({ n }) => {
      const rig = await make([crashPlan]);
      await enter(rig);
      rig.at = async (_point, count) => {
        if (count !== n) return;
        rig.at = () => undefined;
        await rig.receive(login);
        rig.time.real += 60_000;
        const [enrollment] = (await rig.rows()).enrollments;
        await rig.turns.run(enrollment!.id);
      };
      await rig.runAll();
      expect(new Set(rig.accepted).size).toBe(rig.accepted.length);
      const { id } = await rig.store.transaction((tx) => tx.lockCustomerOf({ userId: 'u1' }, 0));
      const { enrollments, deliveries, decisions } = await rig.rows();
      expect(enrollments).toMatchObject([{ status: 'completed', needsAttention: null, customerId: id }]);
      expect([...deliveries, ...decisions].filter(({ customerId }) => customerId !== id)).toEqual([]);
    });
  });
}
