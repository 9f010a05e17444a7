// Enrollments that Temporal has lost, or that nobody woke, are found and asked a look for.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type DrivenEnrollments, startReconciler } from '../../server/reconciler.ts';
import { gate, parked, type Rig, scripted, silent, startRig } from './rig.ts';

const NOW = Date.parse('2026-11-22T12:00:00Z');
const script = scripted(Object.fromEntries(names(150).map((id) => [id, [parked]])));

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
  await rig.work(script.turn);
});
afterAll(() => rig.stop());

test('those that Temporal does not run are asked a look for, and no others', async () => {
  const ids = names(150);
  await Promise.all(ids.map((id) => rig.enroll(id)));
  await expect.poll(running).toBe(150);
  const lost = [ids[3]!, ids[120]!];
  await Promise.all(lost.map((id) => rig.client.workflow.getHandle(id).terminate()));
  await expect.poll(running).toBe(148);
  const unheard = "it's-unheard-of";
  const result = await oneRound({ active: [...ids, unheard] });
  expect(result.asked).toEqual([unheard, ...lost].sort());
  expect(result.reconciled).toEqual({ overdue: 0, lost: 3 });
});

test('those past their due time by more than the grace are asked a look for', async () => {
  const moments: number[] = [];
  const overdue = (before: number) => {
    moments.push(before);
    return ['late-1', 'late-2'];
  };
  const result = await oneRound({ overdue });
  expect(result.asked).toEqual(['late-1', 'late-2']);
  expect(result.rings).toBe(1);
  expect(moments).toEqual([NOW - 60_000]);
});

test('a round looks at a bounded part and the next one goes on there', async () => {
  const all = names(2_500);
  const seen: string[] = [];
  const { enrollments } = fake({ overdue: () => [] });
  const reconciler = await quiet({
    ...enrollments,
    overdue: async (_, after, limit) => {
      const page = all.filter((id) => id > after).slice(0, limit);
      seen.push(...page);
      return page;
    },
  });
  await reconciler.round();
  expect(seen).toHaveLength(2_000);
  await reconciler.round();
  expect(seen).toEqual(all);
  await reconciler.round();
  expect(seen).toHaveLength(4_500);
  await reconciler.stop();
});

async function oneRound(world: World) {
  const { enrollments, asked } = fake(world);
  let rings = 0;
  const reconciler = await quiet(enrollments, () => {
    rings += 1;
  });
  const reconciled = await reconciler.round();
  await reconciler.stop();
  return { asked: asked.sort(), reconciled, rings };
}

interface World {
  active?: string[];
  overdue?: (before: number) => string[];
}

function fake({ active = [], overdue = () => [] }: World) {
  const asked: string[] = [];
  const enrollments: DrivenEnrollments = {
    overdue: async (before, after) => (after === '' ? overdue(before) : []),
    enteredBefore: async (_, after, limit) =>
      [...active]
        .sort()
        .filter((id) => id > after)
        .slice(0, limit),
    askForLooks: async (ids) => {
      asked.push(...ids);
    },
  };
  return { enrollments, asked };
}

/** A reconciler whose own first round has found nothing, so that the test's rounds are all there is. */
async function quiet(enrollments: DrivenEnrollments, wake = () => {}) {
  let isQuiet = true;
  const first = gate();
  const reconciler = startReconciler({
    enrollments: {
      overdue: async (...args) => (isQuiet ? [] : enrollments.overdue(...args)),
      enteredBefore: async (...args) => {
        if (!isQuiet) return enrollments.enteredBefore(...args);
        first.open();
        return [];
      },
      askForLooks: (ids) => enrollments.askForLooks(ids),
    },
    client: rig.client,
    now: () => NOW,
    wake,
    logger: silent,
    intervalMs: 3_600_000,
  });
  await first.opened;
  isQuiet = false;
  return reconciler;
}

async function running(): Promise<number> {
  return (await rig.client.workflow.count("ExecutionStatus = 'Running'")).count;
}

function names(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `e-${String(index).padStart(4, '0')}`);
}
