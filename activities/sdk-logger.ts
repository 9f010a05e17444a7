// The SDK's log in our words: one line with ids and codes. The SDK's own logger prints errors and attributes whole.
import type { LogLevel, Logger as SdkLogger } from '@temporalio/common';
import { Runtime } from '@temporalio/worker';
import type { Logger } from 'pino';
import { errorCode, errorFrames } from '../engine/error-code.ts';

type Level = 'trace' | 'debug' | 'warn' | 'error';
type Attributes = Record<string | symbol, unknown>;

// What the SDK finds worth telling ("Worker state changed") is of use only to whoever debugs it.
const LEVELS: Record<LogLevel, Level> = { TRACE: 'trace', DEBUG: 'debug', INFO: 'debug', WARN: 'warn', ERROR: 'error' };

/** A channel's worker makes deliveries and nothing else. */
const meant = /^No workflows registered/;

/** Wraps our logger for the SDK: of its attributes only ids pass, of an error only type, code and frames. */
export function sdkLogger(logger: Logger): SdkLogger {
  const write = (level: Level, message: string, attributes: Attributes = {}) =>
    logger[meant.test(message) ? 'debug' : level](pick(attributes), withoutAddresses(message));
  return {
    log: (level, message, attributes) => write(LEVELS[level], message, attributes),
    trace: (message, attributes) => write('trace', message, attributes),
    debug: (message, attributes) => write('debug', message, attributes),
    info: (message, attributes) => write('debug', message, attributes),
    warn: (message, attributes) => write('warn', message, attributes),
    error: (message, attributes) => write('error', message, attributes),
  };
}

let isInstalled = false;

/**
 * Gives the SDK of this process its logger, once: a second call changes nothing, because the SDK has one runtime a
 * process. Also takes the process's signals away from it: stopping is the composition root's business.
 */
export function installRuntime(logger: Logger): void {
  if (isInstalled) return;
  isInstalled = true;
  Runtime.install({
    logger: sdkLogger(logger),
    telemetryOptions: { logging: { filter: { core: 'WARN', other: 'ERROR' }, forward: {} } },
    shutdownSignals: [],
  });
}

function pick(attributes: Attributes): object {
  const { workflowId, workflowType, runId, activityType, attempt, taskQueue, error } = attributes;
  return {
    enrollment: workflowId,
    journey: workflowType,
    runId,
    activity: activityType,
    attempt,
    taskQueue,
    ...(error !== undefined && { error: { ...errorCode(error), ...namedFailure(error), frames: errorFrames(error) } }),
  };
}

/** A failure that `activities/turn.ts` made: its type is the original error's, its message the code. */
function namedFailure(error: unknown): { type: string; code: string } | undefined {
  if (typeof error !== 'object' || error === null || !('type' in error) || !('message' in error)) return undefined;
  const { code } = errorCode({ name: 'Error', code: error.message });
  return { type: String(error.type), code };
}

function withoutAddresses(message: string): string {
  return message.replace(/\S+@\S+/g, '(address)').slice(0, 300);
}
