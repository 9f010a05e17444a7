// A question and its answer, with a crash between every two steps of the turns and of the answer's intake: it is asked once,
// answered once, and nothing that was acknowledged is lost.
import { describe, expect, it } from 'vitest';
import { receiveAnswer } from '../../engine/answer.ts';
import type { Plan, Step } from '../../engine/core/plan.ts';
import { day, hour, planWith } from '../core/plans.ts';
import type { MakeRig } from './crash-suite.ts';
import { Crash, type Rig, reachable } from './rig.ts';

const by = { by: ['email'], with: {}, expiresMs: day };
const steps: { [id: string]: Step } = {
  ask: {
    ...{ kind: 'ask', message: 'quiz', ...by, save: 'tier', withinMs: hour },
    ...{ answers: [{ answer: 'gold', next: 'thanks' }], next: null, otherwise: null },
  },
  thanks: { kind: 'send', message: 'hi', ...by, next: null },
};
const base = planWith(steps);
const quiz = {
  subject: 'Q',
  html: '<p>{{ question }}</p>',
  question: 'Which?',
  answers: [{ answer: 'gold', label: 'Gold' }],
};
export const askPlan: Plan = {
  ...base,
  messages: { ...base.messages, quiz: { channels: { email: { '': quiz } } } },
};
export const askPolicies = {
  customer: { email: { kind: 'string', optional: true }, tier: { kind: 'string', optional: true } },
} as const;

/** Enters, is asked, answers half an hour later (twice, where the first try crashed), and runs to the end. */
async function play(rig: Rig): Promise<void> {
  const insist = async (work: () => Promise<unknown>) => {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof Crash)) throw error;
      await work();
    }
  };
  for (const incoming of [reachable, { kind: 'event' as const, name: 'signed_up' }])
    await insist(() => rig.receive({ ...incoming, sourceId: `${incoming.kind}` }));
  await rig.runUntil(({ enrollments, deliveries }) => {
    const hasAnswerable = deliveries.some(({ rendered, state }) => rendered?.question && state !== 'queued');
    return hasAnswerable || enrollments.some(({ status }) => status !== 'active');
  });
  const asked = (await rig.rows()).deliveries.find(({ rendered }) => rendered?.question);
  const answer = { key: asked?.key ?? '', answer: 'gold', source: 'link', sourceId: 'page 1', at: rig.time.now };
  await insist(() => receiveAnswer(rig.ports, answer));
  await rig.runAll();
}

export async function askCrashSuite(make: MakeRig): Promise<void> {
  const baseline = await make([askPlan], askPolicies);
  await play(baseline);
  const points = baseline.passed.map((point, index) => ({ point, n: index + 1 }));
  const { enrollments, decisions } = await baseline.rows();

  it('without a crash it is asked, answered and thanked for', () => {
    expect(baseline.accepted).toHaveLength(2);
    expect(enrollments).toMatchObject([{ status: 'completed' }]);
    expect(decisions.map(({ kind }) => kind)).toContain('answered');
    expect(points.map(({ point }) => point)).toContain('answer: stored');
  });

  describe.each(points)('a crash at step $n ($point)', ({ n }) => {
    it('asks once, takes the answer once, keeps it, and comes to the end', async () => {
      const rig = await make([askPlan], askPolicies);
      rig.at = (_point, count) => {
        if (count === n) throw new Crash();
      };
      await play(rig);
      expect(new Set(rig.accepted).size).toBe(rig.accepted.length);
      const { enrollments, deliveries, decisions } = await rig.rows();
      expect(enrollments).toMatchObject([{ status: 'completed', needsAttention: null }]);
      expect(deliveries).toHaveLength(2);
      // Whoever answers has been reached, so nothing is left in doubt of the question.
      expect(deliveries.map(({ state }) => state)).not.toContain('failed');
      expect(deliveries.find(({ message }) => message === 'quiz')?.state).toBe('accepted');
      expect(decisions.filter(({ kind }) => kind === 'answered')).toHaveLength(1);
      expect(decisions.filter(({ outcome }) => outcome === 'answer')).toHaveLength(1);
      const customer = await rig.store.transaction((tx) => tx.customer(enrollments[0]!.customerId));
      expect(customer!.traits.tier).toBe('gold');
    });
  });

  describe.each(points.filter(({ point }) => !/^(ingest|answer)/.test(point)))(
    'stalled at step $n ($point)',
    ({ n }) => {
      it('while a successor runs, it asks and thanks once', async () => {
        const rig = await make([askPlan], askPolicies);
        rig.at = async (_point, count) => {
          if (count !== n) return;
          rig.at = () => undefined;
          rig.time.real += 60_000;
          const [enrollment] = (await rig.rows()).enrollments;
          await rig.turns.run(enrollment!.id);
        };
        await play(rig);
        expect(new Set(rig.accepted).size).toBe(rig.accepted.length);
        expect((await rig.rows()).enrollments).toMatchObject([{ status: 'completed', needsAttention: null }]);
      });
    },
  );
}
