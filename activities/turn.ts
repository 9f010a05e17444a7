// One turn as a local activity: the engine's turn, with nothing but ids, codes and numbers passing to Temporal.
import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { invariant } from '../engine/core/invariant.ts';
import { errorCode, errorFrames } from '../engine/error-code.ts';
import type { TurnResult } from '../engine/turn-result.ts';

/** The engine's turn over its ports; `signal` aborts what has not been handed over when the activity is cancelled. */
export type RunTurn = (enrollmentId: string, signal: AbortSignal) => Promise<TurnResult>;

/** The activity `turn`: answers the four fields of a turn's result, or throws a failure of type and code. */
export function turnActivity(runTurn: RunTurn): (enrollmentId: string) => Promise<TurnResult> {
  return async (enrollmentId) => {
    try {
      return forHistory(await runTurn(enrollmentId, Context.current().cancellationSignal));
    } catch (error) {
      throw withoutText(error);
    }
  };
}

/** Copied field by field, so that nothing a later engine adds reaches history unseen. */
function forHistory({ turn, step, sleepMs, finished }: TurnResult): TurnResult {
  // JSON would make null of it, and the enrollment would sleep for ever.
  invariant(sleepMs === null || Number.isFinite(sleepMs), 'a turn said to sleep no number of milliseconds');
  return { turn, step, sleepMs: sleepMs === null ? null : Math.max(0, Math.ceil(sleepMs)), finished };
}

/** Type, code and frames; no cause, for the SDK would log and store it in full. The frames go to the log only. */
function withoutText(error: unknown): ApplicationFailure {
  const { type, code } = errorCode(error);
  const failure = ApplicationFailure.create({ type, message: code });
  failure.stack = errorFrames(error).join('\n');
  return failure;
}
