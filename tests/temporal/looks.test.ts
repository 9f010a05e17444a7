// No look is lost: not in a sleep, a turn, a failed turn, a back-off, or where a history is cut and begun anew.
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import type { RunTurn } from '../../activities/turn.ts';
import { LOOK } from '../../workflows/look.ts';
import { finished, look, parked, type Rig, scripted, sleeps, startRig } from './rig.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig({ config: { 'limit.historyCount.suggestContinueAsNew': 40 } });
});
afterAll(() => rig.stop());

test('a thousand looks at random times leave nothing unseen', async () => {
  const work = inboxes(20);
  const worker = await rig.work(work.turn);
  onTestFinished(() => worker.stop());
  await Promise.all(work.ids.map((id) => rig.enroll(id, { workflowTaskTimeout: '1 second' })));
  await Promise.all(work.ids.map((id) => postAtRandom(id, 50, work)));
  await expect.poll(work.unseen, { interval: 200 }).toEqual([]);
});

test('a long history is begun anew without a turn too many, and goes on where it was', async () => {
  const script = scripted({ long: [...Array.from({ length: 20 }, () => sleeps(5)), parked, finished] });
  const worker = await rig.work(script.turn);
  onTestFinished(() => worker.stop());
  const handle = await rig.enroll('long');
  await script.began('long', 21);
  await look(rig.client.workflow.getHandle('long'));
  await handle.result();
  expect(script.turns.long).toBe(22);
  await expect.poll(() => runs('long')).toBeGreaterThan(1);
});

async function runs(id: string): Promise<number> {
  const { count } = await rig.client.workflow.count(`WorkflowId = '${id}'`);
  return count;
}

/** Enrollments with work that is posted to them, and turns that take what was posted before they began. */
function inboxes(count: number) {
  const ids = Array.from({ length: count }, (_, index) => `inbox-${index}`);
  const posted: { [id: string]: number } = {};
  const failures: { [id: string]: number } = {};
  const seen: { [id: string]: number } = {};
  const turn: RunTurn = async (id) => {
    const taken = posted[id] ?? 0;
    const dice = Math.random();
    // Some outlast their workflow task: then a look reaches the workflow while the turn runs.
    await pause(Math.random() * (dice > 0.8 ? 2_500 : 20));
    // Not for ever: after the fourth in a row the next turn is a minute away.
    failures[id] = dice < 0.05 && (failures[id] ?? 0) < 2 ? (failures[id] ?? 0) + 1 : 0;
    if (failures[id] > 0) throw new Error('a turn that fails');
    // On a busy machine a turn whose task timed out may still run beside its repeat, and end after it.
    seen[id] = Math.max(seen[id] ?? 0, taken);
    // Mostly parked: then only a look can wake it.
    return dice < 0.15 ? sleeps(20) : dice < 0.2 ? sleeps(0) : parked;
  };
  const unseen = () => ids.filter((id) => (posted[id] ?? 0) !== (seen[id] ?? 0));
  return { ids, posted, turn, unseen };
}

async function postAtRandom(id: string, count: number, { posted }: ReturnType<typeof inboxes>): Promise<void> {
  const handle = rig.client.workflow.getHandle(id);
  for (let index = 0; index < count; index += 1) {
    await pause(Math.random() * 150);
    posted[id] = (posted[id] ?? 0) + 1;
    await handle.signal(LOOK);
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
