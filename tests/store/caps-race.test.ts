// A cap is held whichever processes send at once: claims of one customer's messages race on real PostgreSQL.
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Plan, SendStep } from '../../engine/core/plan.ts';
import type { Cap } from '../../engine/core/settings.ts';
import { day, minute, planWith } from '../core/plans.ts';
import { openTestDatabase, type TestDatabase } from '../database.ts';
import { createRig, type Rig, reachable } from '../engine/rig.ts';
import { databaseBacking } from './backing.ts';
import { onPostgres } from './databases.ts';

const send: SendStep = { kind: 'send', message: 'hi', by: ['email'], with: {}, expiresMs: day, next: null };
const journey = (name: string, priority: number): Plan => planWith({ only: send }, { journey: name, priority });

onPostgres('a cap', () => {
  let database: TestDatabase;
  beforeEach(async () => {
    database = await openTestDatabase('postgres');
  });
  afterEach(() => database.close());

  /** The customer is in all journeys; nothing has run. */
  async function entered(plans: Plan[], cap: Cap): Promise<{ rig: Rig; ids: string[] }> {
    const rig = await createRig(plans, databaseBacking(database), undefined, { caps: [cap] });
    await rig.receive(reachable);
    await rig.receive({ kind: 'event', name: 'signed_up' });
    return { rig, ids: await rig.takeLooks() };
  }

  /** Turns come as far as their claims, and then all claim at once. */
  function gather(rig: Rig, count: number): void {
    let arrived = 0;
    let open = () => {};
    const all = new Promise<void>((resolve) => {
      open = resolve;
    });
    rig.at = async (point) => {
      if (point !== 'claim: asked') return;
      arrived += 1;
      if (arrived === count) open();
      await all;
    };
  }

  const skip: Cap = { max: 1, per: 7 * day, channels: ['email'], answer: 'skip' };
  const five = [1, 2, 3, 4, 5].map((n) => journey(`j${n}`, n));

  it.each([1, 2, 3])('of 1 lets one of five through that claim at once (round %i)', async () => {
    const { rig, ids } = await entered(five, skip);
    // Longer overdue than turns wait for each other: nothing but the customer's lock orders these.
    rig.time.now += 2 * minute;
    gather(rig, 5);
    await Promise.all(ids.map((id) => rig.turns.run(id)));
    expect(rig.accepted).toHaveLength(1);
    const { deliveries } = await rig.rows();
    expect(deliveries.map(({ state }) => state).sort()).toEqual(['accepted', ...Array(4).fill('suppressed')]);
    expect(deliveries.filter(({ reason }) => reason === 'cap')).toHaveLength(4);
  });

  it('of 2 that holds lets two through, and the others when there is room', async () => {
    const { rig, ids } = await entered(five, { ...skip, max: 2, per: 10 * minute, answer: 'hold' });
    rig.time.now += 2 * minute;
    gather(rig, 5);
    await Promise.all(ids.map((id) => rig.turns.run(id)));
    expect(rig.accepted).toHaveLength(2);
    await rig.runAll();
    const moments = (await rig.rows()).deliveries.map(({ sentAt }) => sentAt!).sort((a, b) => a - b);
    expect(moments.map((at) => (at - moments[0]!) / minute)).toEqual([0, 0, 10, 10, 20]);
  });

  it('goes to the message of higher priority, whichever turn is asked for first', async () => {
    const { rig, ids } = await entered([journey('late', 9), journey('early', 1)], skip);
    const both = await Promise.all([...ids, ...ids, ...ids].map((id) => rig.turns.run(id).catch(() => null)));
    expect(both.length).toBeGreaterThan(0);
    await rig.runAll();
    const { deliveries } = await rig.rows();
    expect(deliveries.map(({ journey: name, state }) => `${name} ${state}`).sort()).toEqual([
      'early accepted',
      'late suppressed',
    ]);
  });
});
