// What went wrong: a worker stood still in a turn, Temporal gave it up, and the next call found the journey paused and
// waited for the resume. Then the worker woke and put its message off by a minute. The resume nudged what was due by then,
// and the enrollment, due a minute later, was nobody's.
import { expect, it } from 'vitest';
import { pauseJourney } from '../../engine/journey-commands.ts';
import { day, planWith } from '../core/plans.ts';
import { createRig, reachable } from './rig.ts';

it('a turn that was given up while its journey was paused moves nothing', async () => {
  const plan = planWith({
    only: { kind: 'send', message: 'hi', by: ['email'], with: {}, expiresMs: day, next: null },
  });
  const rig = await createRig([plan]);
  await rig.receive(reachable);
  await rig.receive({ kind: 'event', name: 'signed_up' });
  const [id] = await rig.takeLooks();
  rig.script.push(async () => ({ kind: 'retry', code: '451' }));
  rig.at = async (point) => {
    if (point !== 'turn: opened') return;
    rig.at = () => undefined;
    await pauseJourney(rig.ports, plan.journey, 'marketer');
    expect(await rig.turns.run(id!)).toMatchObject({ sleepMs: null, finished: false });
  };
  await expect(rig.turns.run(id!)).rejects.toThrow('fenced');

  const [enrollment] = (await rig.rows()).enrollments;
  expect(enrollment!.dueAt).toBeLessThanOrEqual(rig.time.now);
});
