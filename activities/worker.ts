// A worker of this process: takes workflow tasks of one task queue and runs their turns.
import { isGrpcServiceError } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import type { Logger } from 'pino';
import { errorCode } from '../engine/error-code.ts';
import { type Bundle, workflowBundle } from './bundle.ts';
import { dataConverter } from './data-converter.ts';
import { type DrainableTurn, drainable } from './drain.ts';
import { createActivities } from './index.ts';
import { installRuntime } from './sdk-logger.ts';
import type { RunTurn } from './turn.ts';

export interface WorkerDeps {
  /** As in `127.0.0.1:7233`. The worker connects itself: a connection made before the SDK has its logger fixes another. */
  address: string;
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
  /** How long turns under way may go on after `stop()`, in milliseconds; then their signal aborts. */
  drainMs?: number;
}

export interface RunningWorker {
  /** Takes no new work, lets turns under way end, and resolves. A kill instead loses nothing. */
  stop(): Promise<void>;
  /** Resolves after `stop()`; rejects if the worker failed for good, and the process should end. */
  stopped: Promise<void>;
}

const DRAIN_MS = 20_000;
// https://grpc.io/docs/guides/status-codes/
const NOT_FOUND = 5;

/** Starts a worker. Refuses a local time zone other than UTC: within a workflow it would differ between workers. */
export async function startWorker(deps: WorkerDeps): Promise<RunningWorker> {
  refuseLocalTime();
  installRuntime(deps.logger);
  const bundle = deps.bundle ?? (await workflowBundle(deps.logger));
  const connection = await NativeConnection.connect({ address: deps.address });
  try {
    await requireNamespace(connection, deps.namespace);
    const turn = drainable(deps.turn);
    const worker = await Worker.create({ ...options({ ...deps, turn: turn.run }, bundle), connection });
    return run(worker, connection, turn, deps);
  } catch (error) {
    await connection.close();
    throw error;
  }
}

function run(worker: Worker, connection: NativeConnection, turn: DrainableTurn, deps: WorkerDeps): RunningWorker {
  let isStopping = false;
  const stopped = worker
    .run()
    .catch((error) => {
      if (!isStopping) throw error;
      deps.logger.warn(errorCode(error), 'a turn outlived the time to drain; the next worker runs it again');
    })
    .finally(() => connection.close());
  // Whoever holds `stopped` sees the failure; nobody has to.
  stopped.catch(() => {});
  return {
    stopped,
    async stop() {
      isStopping = true;
      const timer = setTimeout(turn.abortAll, deps.drainMs ?? DRAIN_MS);
      if (worker.getState() === 'RUNNING') worker.shutdown();
      await stopped.finally(() => clearTimeout(timer));
    },
  };
}

function options(deps: WorkerDeps, workflowBundle: Bundle) {
  const maxTurns = deps.maxTurns ?? 40;
  return {
    namespace: deps.namespace,
    taskQueue: deps.taskQueue,
    workflowBundle,
    activities: createActivities(deps),
    dataConverter,
    maxConcurrentWorkflowTaskExecutions: maxTurns,
    maxConcurrentLocalActivityExecutions: maxTurns,
    maxCachedWorkflows: deps.maxCachedWorkflows ?? 1_000,
    // Turns are local activities; nothing polls for others.
    enableNonLocalActivities: false,
    // After a kill, the next worker waits this long for tasks that were meant for the dead one.
    stickyQueueScheduleToStartTimeout: '5 seconds',
    // Only if a turn does not even heed its signal.
    shutdownForceTime: (deps.drainMs ?? DRAIN_MS) + 10_000,
  };
}

// A worker without its namespace would fail only once it runs.
async function requireNamespace(connection: NativeConnection, namespace: string): Promise<void> {
  try {
    await connection.workflowService.describeNamespace({ namespace });
  } catch (error) {
    if (!isGrpcServiceError(error) || error.code !== NOT_FOUND) throw error;
    const command = `temporal operator namespace create --retention 72h -n ${namespace}`;
    throw new Error(`Temporal has no namespace "${namespace}": create it (${command}) or set TEMPORAL_NAMESPACE`);
  }
}

function refuseLocalTime(): void {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (zone !== 'UTC') throw new Error(`the worker runs in ${zone}; start it with TZ=UTC`);
}
