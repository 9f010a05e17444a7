// A channel's rate, held by Temporal over all workers, and followed when another one is published.
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Deliveries } from '../../activities/channel-queues.ts';
import type { RunTurn } from '../../activities/turn.ts';
import type { Rate } from '../../engine/core/settings.ts';
import { finished, queues, type Rig, startRig } from './rig.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => rig.stop());

/** Every enrollment has one message, which goes through the queue. Notes when each came up there. */
function drive(taskQueue: string, rates: { email?: Rate }) {
  const attempts: number[] = [];
  const turn: RunTurn = async (id) => queues(`${id}/1`);
  const run: RunTurn = async () => {
    attempts.push(performance.now());
    return finished;
  };
  const deliveries: Deliveries = { run, channels: ['email'], rates: async () => ({ ...rates }), intervalMs: 100 };
  const work = () => rig.work(turn, { taskQueue, deliveries });
  const enroll = async (count: number) => {
    const ids = Array.from({ length: count }, (_, index) => `${taskQueue}-${index}`);
    const start = (workflowId: string) =>
      rig.client.workflow.start('welcome', { taskQueue, workflowId, args: [workflowId] });
    return Promise.all(ids.map(start));
  };
  return { attempts, work, enroll };
}

test('two workers together make no more attempts than the rate allows', async () => {
  const { attempts, work, enroll } = drive('rated', { email: { max: 5, perMs: 1_000 } });
  await Promise.all([work(), work()]);
  const handles = await enroll(25);
  await Promise.all(handles.map((handle) => handle.result()));
  expect(attempts).toHaveLength(25);
  const [first, last] = [Math.min(...attempts), Math.max(...attempts)];
  console.log(`rate: 25 attempts at 5/s in ${Math.round(last - first)} ms`);
  // A slow machine only takes longer. What was saved up before may go at once: see docs/operations.md.
  expect(last - first).toBeGreaterThan(2_000);
});

// What went wrong: a process may have one worker on a queue, so the one for the new rate was refused as long as the old one
// was there; and a limit that is not said any more stays.
test('a rate that is changed, or taken away, is followed while the worker runs', async () => {
  const rates: { email?: Rate } = { email: { max: 2, perMs: 1_000 } };
  const { attempts, work, enroll } = drive('changed', rates);
  await work();
  await expect.poll(() => limitOf('changed-email')).toBe(2);
  rates.email = { max: 420, perMs: 60_000 };
  await expect.poll(() => limitOf('changed-email')).toBe(7);
  delete rates.email;
  // None of ours: what is left is the server's own, which depends on its settings.
  await expect.poll(() => limitOf('changed-email')).toBeGreaterThan(1_000);
  const [handle] = await enroll(1);
  await handle!.result();
  expect(attempts).toHaveLength(1);
});

/** Attempts a second, as the server holds them. */
async function limitOf(queue: string): Promise<number | null | undefined> {
  const { effectiveRateLimit } = await rig.client.workflowService.describeTaskQueue({
    ...{ namespace: 'default', taskQueue: { name: queue }, reportConfig: true },
    // Of activities: https://github.com/temporalio/api, enums/v1/task_queue.proto
    taskQueueType: 2,
  });
  return effectiveRateLimit?.requestsPerSecond;
}

test('while the rate is not known nothing is attempted', async () => {
  const { attempts, enroll } = drive('unknown', {});
  let isKnown = false;
  let asked = 0;
  const rates = async () => {
    asked += 1;
    if (!isKnown) throw new Error('nothing is published');
    return {};
  };
  const run: RunTurn = async () => {
    attempts.push(performance.now());
    return finished;
  };
  const deliveries = { run, channels: ['email'], rates, intervalMs: 100 };
  await rig.work(async (id) => queues(`${id}/1`), { taskQueue: 'unknown', deliveries });
  const [handle] = await enroll(1);
  await expect.poll(() => asked).toBeGreaterThan(1);
  expect(attempts).toEqual([]);
  isKnown = true;
  await handle!.result();
  expect(attempts).toHaveLength(1);
});
