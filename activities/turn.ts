// One turn as an activity, local or in a channel's queue: the engine's turn, with nothing but ids, codes and numbers
// passing to Temporal.
import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { invariant } from '../engine/core/invariant.ts';
import { errorCode, errorFrames } from '../engine/error-code.ts';
import type { TurnResult } from '../engine/turn-result.ts';

/** The engine's turn over its ports; `signal` aborts what has not been handed over when the activity is cancelled. */
export type RunTurn = (enrollmentId: string, signal: AbortSignal) => Promise<TurnResult>;

/** The engine's turn of a delivery that comes up in its channel's queue, by its key. */
export type RunDelivery = (key: string, signal: AbortSignal) => Promise<TurnResult>;

/** Well within the time-out that the workflow sets: whoever is silent for longer is taken for dead. */
const beatMs = 5_000;

/** The activity `turn`: answers the fields of a turn's result, or throws a failure of type and code. */
export function turnActivity(runTurn: RunTurn): (enrollmentId: string) => Promise<TurnResult> {
  return (enrollmentId) => withoutText(() => runTurn(enrollmentId, Context.current().cancellationSignal));
}

/** The activity `deliver`: the same for a delivery, with a sign of life while the provider takes its time. */
export function deliverActivity(runDelivery: RunDelivery): (key: string) => Promise<TurnResult> {
  return async (key) => {
    const context = Context.current();
    const beat = setInterval(() => context.heartbeat(), beatMs);
    try {
      return await withoutText(() => runDelivery(key, context.cancellationSignal));
    } finally {
      clearInterval(beat);
    }
  };
}

/** Copied field by field, so that nothing a later engine adds reaches history unseen. */
function forHistory({ turn, step, sleepMs, finished, deliver }: TurnResult): TurnResult {
  // JSON would make null of it, and the enrollment would sleep for ever.
  invariant(sleepMs === null || Number.isFinite(sleepMs), 'a turn said to sleep no number of milliseconds');
  return {
    ...{ turn, step, sleepMs: sleepMs === null ? null : Math.max(0, Math.ceil(sleepMs)), finished },
    ...(deliver && { deliver: { channel: deliver.channel, key: deliver.key } }),
  };
}

/** Of an error type, code and frames; no cause, for the SDK would log and store it in full. The frames go to the log only. */
async function withoutText(run: () => Promise<TurnResult>): Promise<TurnResult> {
  try {
    return forHistory(await run());
  } catch (error) {
    const { type, code } = errorCode(error);
    const failure = ApplicationFailure.create({ type, message: code });
    failure.stack = errorFrames(error).join('\n');
    throw failure;
  }
}
