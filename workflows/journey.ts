// The drive of every journey: run a turn, sleep, run the next. What happens in a turn is the engine's business and
// is never replayed. One workflow for all journeys: its type is the journey's name, its id the enrollment's.
import * as workflow from '@temporalio/workflow';
import type { createActivities } from '../activities/index.ts';
import type { TurnResult } from '../engine/turn-result.ts';
import { LONGEST_SLEEP_MS, runDelivery } from './delivery.ts';
import { LOOK } from './look.ts';

// One attempt: a local activity's own back-off holds a workflow-task slot and delays journeys that are well.
const { turn } = workflow.proxyLocalActivities<ReturnType<typeof createActivities>>({
  startToCloseTimeout: '60 seconds',
  retry: { maximumAttempts: 1 },
});

const BACK_OFF_MS = [1_000, 5_000, 15_000, 60_000, 300_000];

const lookSignal = workflow.defineSignal(LOOK);

/**
 * Drives one enrollment until its turn says that it is finished.
 *
 * @param failures turns that have failed in a row, carried over when the history is cut
 */
export default async function journey(enrollmentId: string, failures = 0): Promise<void> {
  let looked = false;
  // Only sets a flag, synchronously: no handler is ever unfinished when the workflow returns or is continued.
  workflow.setHandler(lookSignal, () => {
    looked = true;
  });

  for (;;) {
    // Just before a turn, because the new run begins with one: whatever look was set here is answered by it.
    if (workflow.workflowInfo().continueAsNewSuggested) await continueAsNew(enrollmentId, failures);
    looked = false;
    let result = await runTurn(enrollmentId);
    while (result?.deliver && !looked) result = await runDelivery(result, result.deliver, () => looked);
    if (result?.finished) return;
    failures = result ? 0 : failures + 1;
    workflow.setCurrentDetails(describe(result, failures));
    if (!result) await workflow.sleep(backOffMs(failures));
    else if (!looked) await sleepOrLook(result.sleepMs, () => looked);
  }
}

const continueAsNew = workflow.makeContinueAsNewFunc<typeof journey>();

/**
 * The turn's result, or null if it failed or timed out. It may still be running then; the engine's turn token stops
 * it. A cancelled workflow ends at its next sleep, never within a turn.
 */
async function runTurn(enrollmentId: string): Promise<TurnResult | null> {
  try {
    return await workflow.CancellationScope.nonCancellable(() => turn(enrollmentId));
  } catch (error) {
    // A throw arrives as ApplicationFailure, a time-out as ActivityFailure; anything else is a mistake in this file.
    if (error instanceof workflow.TemporalFailure) return null;
    throw error;
  }
}

async function sleepOrLook(sleepMs: number | null, looked: () => boolean): Promise<void> {
  if (sleepMs === null) await workflow.condition(looked);
  // condition(…, 0) would be a timer too.
  else if (sleepMs > 0) await workflow.condition(looked, Math.min(sleepMs, LONGEST_SLEEP_MS));
}

function backOffMs(failures: number): number {
  return BACK_OFF_MS[Math.min(failures, BACK_OFF_MS.length) - 1]!;
}

/** For whoever opens the workflow in Temporal's own pages; costs no event. */
function describe(result: TurnResult | null, failures: number): string {
  if (!result) return `turn failed ${failures} time(s), next try in ${backOffMs(failures) / 1000} s`;
  const due = result.sleepMs === null ? 'when told to look' : new Date(Date.now() + result.sleepMs).toISOString();
  return `step: ${result.step ?? '-'}, next turn: ${due}`;
}
