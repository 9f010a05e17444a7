// A worker of this process: takes workflow tasks of one task queue and runs their turns.
import { type NativeConnection, Worker } from '@temporalio/worker';
import type { Logger } from 'pino';
import { errorCode } from '../engine/error-code.ts';
import { type Bundle, workflowBundle } from './bundle.ts';
import { dataConverter } from './data-converter.ts';
import { createActivities } from './index.ts';
import { installRuntime } from './sdk-logger.ts';
import type { RunTurn } from './turn.ts';

export interface WorkerDeps {
  connection: NativeConnection;
  namespace: string;
  taskQueue: string;
  turn: RunTurn;
  logger: Logger;
  /** Where none is given, the kept one or a new one; see `workflowBundle`. */
  bundle?: Bundle;
  /** Turns at a time; a turn holds a workflow-task slot while it runs. */
  maxTurns?: number;
  /** Sleeping workflows kept in memory, about 0.1 MB each; others are replayed from their history on waking. */
  maxCachedWorkflows?: number;
  /** How long turns under way may go on after `stop()`, in milliseconds. */
  drainMs?: number;
}

export interface RunningWorker {
  /** Takes no new work, lets turns under way end, and resolves. A kill instead loses nothing. */
  stop(): Promise<void>;
  /** Resolves after `stop()`; rejects if the worker failed for good, and the process should end. */
  stopped: Promise<void>;
}

/** Starts a worker. Refuses a local time zone other than UTC: within a workflow it would differ between workers. */
export async function startWorker(deps: WorkerDeps): Promise<RunningWorker> {
  refuseLocalTime();
  installRuntime(deps.logger);
  const worker = await Worker.create(await workerOptions(deps));
  const stopped = worker.run().catch((error) => ignoreForced(error, deps.logger));
  // Whoever holds `stopped` sees the failure; nobody has to.
  stopped.catch(() => {});
  return {
    stopped,
    async stop() {
      if (worker.getState() === 'RUNNING') worker.shutdown();
      await stopped;
    },
  };
}

async function workerOptions(deps: WorkerDeps) {
  const maxTurns = deps.maxTurns ?? 40;
  const drainMs = deps.drainMs ?? 20_000;
  return {
    connection: deps.connection,
    namespace: deps.namespace,
    taskQueue: deps.taskQueue,
    workflowBundle: deps.bundle ?? (await workflowBundle(deps.logger)),
    activities: createActivities(deps),
    dataConverter,
    maxConcurrentWorkflowTaskExecutions: maxTurns,
    maxConcurrentLocalActivityExecutions: maxTurns,
    maxCachedWorkflows: deps.maxCachedWorkflows ?? 1_000,
    // Turns are local activities; nothing polls for others.
    enableNonLocalActivities: false,
    // After a kill, the next worker waits this long for tasks that were meant for the dead one.
    stickyQueueScheduleToStartTimeout: '5 seconds',
    shutdownGraceTime: drainMs,
    shutdownForceTime: drainMs + 10_000,
  };
}

function ignoreForced(error: unknown, logger: Logger): void {
  if (errorCode(error).type !== 'GracefulShutdownPeriodExpiredError') throw error;
  logger.warn('a turn outlived the time to drain; it is run again by the next worker');
}

function refuseLocalTime(): void {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (zone !== 'UTC') throw new Error(`the worker runs in ${zone}; start it with TZ=UTC`);
}
