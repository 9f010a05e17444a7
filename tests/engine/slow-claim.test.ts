// What went wrong: the budget ran out while the claim waited for the database. The turn went on without an answer, the next
// one ended the enrollment as expired, and the claim was then refused: nothing was sent, and nothing said why.
import { expect, it } from 'vitest';
import { day, planWith } from '../core/plans.ts';
import { createRig, reachable } from './rig.ts';

it('a turn whose budget is over waits for the claim that it has asked for', async () => {
  const plan = planWith({
    only: { kind: 'send', message: 'hi', by: ['email'], with: {}, expiresMs: day, next: null },
  });
  const rig = await createRig([plan], undefined, 5);
  await rig.receive(reachable);
  await rig.receive({ kind: 'event', name: 'signed_up' });
  const [id] = await rig.takeLooks();
  rig.at = async (point) => {
    if (point !== 'claim: asked') return;
    await new Promise((resolve) => setTimeout(resolve, 40));
    expect(rig.passed).not.toContain('turn: moved');
  };
  await rig.turns.run(id!);
  await rig.turns.drain();

  expect((await rig.rows()).deliveries).toMatchObject([{ state: 'accepted' }]);
  expect(rig.accepted).toHaveLength(1);
});
