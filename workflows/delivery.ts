// A delivery in its channel's queue: an ordinary activity there, given up when there is something new to look at.
import * as workflow from '@temporalio/workflow';
import type { createChannelActivities } from '../activities/index.ts';
import type { Queued, TurnResult } from '../engine/turn-result.ts';
import { channelQueue } from './task-queue.ts';

// Far within what a timer can hold, and a turn too early only answers how long is left.
export const LONGEST_SLEEP_MS = 365 * 24 * 3_600_000;

/**
 * The result of the delivery's own turn. What was known before it (`turn`) where a look came first: an attempt that has not
 * claimed is given up then. Null where it failed, its worker died, or it waited until something else was due.
 */
export async function runDelivery(
  turn: TurnResult,
  { channel, key }: Queued,
  looked: () => boolean,
): Promise<TurnResult | null> {
  workflow.setCurrentDetails(`step: ${turn.step ?? '-'}, in the queue of ${channel}`);
  const { deliver } = workflow.proxyActivities<ReturnType<typeof createChannelActivities>>({
    taskQueue: channelQueue(workflow.workflowInfo().taskQueue, channel),
    ...(turn.sleepMs !== null && { scheduleToStartTimeout: Math.min(turn.sleepMs, LONGEST_SLEEP_MS) }),
    // Longer than any channel's calls take, one after the other; a worker that has died is silent long before.
    startToCloseTimeout: '15 minutes',
    heartbeatTimeout: '30 seconds',
    // The schedule of attempts is the engine's.
    retry: { maximumAttempts: 1 },
  });
  const scope = new workflow.CancellationScope();
  const attempt = scope.run(() => deliver(key));
  scope
    .run(() => workflow.condition(looked))
    .then(
      () => scope.cancel(),
      () => {},
    );
  try {
    return await attempt;
  } catch (error) {
    if (!(error instanceof workflow.TemporalFailure)) throw error;
    return looked() ? turn : null;
  } finally {
    scope.cancel();
  }
}
