// A call of a webhook and a handoff to a person, with a crash between every two steps: each call has one key, what came back is kept where it was
// whole, one conversation is opened, and the journey comes to its end.
import { describe, expect, it } from 'vitest';
import type { Plan, Step } from '../../engine/core/plan.ts';
import { day, planWith, when } from '../core/plans.ts';
import type { MakeRig } from './crash-suite.ts';
import { Crash, type Rig, reachable } from './rig.ts';

const steps: { [id: string]: Step } = {
  call: {
    ...{ kind: 'webhook', webhook: 'crm', save: 'crm', expiresMs: day, next: 'fork' },
    with: { at: { value: 1 }, who: when('customer.?email.orValue("")') },
  },
  fork: { kind: 'choose', arms: [{ when: when('vars.?crm.?score.orValue(0) > 5'), next: 'hello' }], otherwise: 'help' },
  hello: { kind: 'send', message: 'hi', by: ['email'], with: {}, expiresMs: day, next: 'help' },
  help: { kind: 'handoff', queue: 'support', next: null },
};
const base = planWith(steps);
const crm = { kind: 'map', fields: { score: { kind: 'int', optional: true } }, optional: true } as const;
const customer = { email: { kind: 'string', optional: true } } as const;
export const webhookPlan: Plan = { ...base, schemas: { ...base.schemas, customer, vars: { crm } } };
const policies = { webhooks: { crm: { url: 'https://crm.example/hook', returns: {} } } };

/** Calls as the receiver saw them. */
async function play(rig: Rig): Promise<string[]> {
  const keys: string[] = [];
  rig.ports.webhooks = {
    longestCallMs: 1000,
    async attempt({ key, data }, claim) {
      if (!(await claim())) return { kind: 'not_claimed' };
      await rig.ports.between('receiver: before it takes the call');
      keys.push(`${key} ${JSON.stringify(data)}`);
      await rig.ports.between('receiver: after it took the call');
      return { kind: 'accepted', returned: { score: 9, secret: 'x' } };
    },
  };
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
  return keys;
}

export async function webhookCrashSuite(make: MakeRig): Promise<void> {
  const baseline = await make([webhookPlan], policies);
  const called = await play(baseline);
  const points = baseline.passed.map((point, index) => ({ point, n: index + 1 }));
  const before = await baseline.rows();
  const opened = await conversationsOf(baseline);

  it('without a crash it is called once, and what is declared of its answer is kept', () => {
    expect(called).toEqual([expect.stringMatching(/\/1 \{.*"at":1,"who":"a@example\.com"\}$/)]);
    expect(baseline.accepted).toHaveLength(1);
    const [enrollment] = before.enrollments;
    expect(enrollment).toMatchObject({ status: 'completed', state: { vars: { crm: { score: 9 } } } });
    expect(JSON.stringify(enrollment)).not.toContain('secret');
    expect(opened).toMatchObject([{ queue: 'support', status: 'open', step: 'help' }]);
  });

  describe.each(points)('a crash at step $n ($point)', ({ n }) => {
    it('calls it at most once, hands over once, and comes to the end', async () => {
      const rig = await make([webhookPlan], policies);
      rig.at = (_point, count) => {
        if (count === n) throw new Crash();
      };
      const keys = await play(rig);
      expect(keys.length).toBeLessThanOrEqual(1);
      expect(new Set(rig.accepted).size).toBe(rig.accepted.length);
      const { enrollments, deliveries } = await rig.rows();
      expect(enrollments).toMatchObject([{ status: 'completed', needsAttention: null }]);
      expect(await conversationsOf(rig)).toHaveLength(1);
      const call = deliveries.find(({ channel }) => channel === 'webhook')!;
      expect(['accepted', 'unknown']).toContain(call.state);
      // Where it is known what came back, the branch that looks at it was taken.
      expect(deliveries).toHaveLength(call.state === 'accepted' ? 2 : 1);
    });
  });
}

async function conversationsOf(rig: Rig) {
  const [enrollment] = (await rig.rows()).enrollments;
  return rig.store.transaction((tx) => tx.openConversations(enrollment!.customerId));
}
