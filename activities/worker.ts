// A worker of this process: takes workflow tasks of one task queue and runs their turns, and attempts deliveries from the
// queues of the channels.
import { isGrpcServiceError } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import type { Logger } from 'pino';
import { errorCode } from '../engine/error-code.ts';
import { type Bundle, workflowBundle } from './bundle.ts';
import { type Deliveries, serveChannels } from './channel-queues.ts';
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
  /** Without it, no channel's queue is served: what goes there waits for a worker that serves it. */
  deliveries?: Deliveries;
  logger: Logger;
  /** Where none is given, the kept one or a new one; see `workflowBundle`. */
  bundle?: Bundle;
  /** Turns at a time; a turn holds a workflow-task slot while it runs. */
  maxTurns?: number;
  /** Sleeping workflows kept in memory, about 0.1 MB each; others are replayed from their history on waking. */
  maxCachedWorkflows?: number;
  /** How long turns and attempts under way may go on after `stop()`, in milliseconds; then their signal aborts. */
  drainMs?: number;
}

export interface RunningWorker {
  /** Takes no new work, lets turns under way end, and resolves. A kill instead loses nothing. */
  stop(): Promise<void>;
  /** Resolves after `stop()`; rejects if the worker failed for good, and the process should end. */
  stopped: Promise<void>;
}

/** Turns at a time where nothing else is said. */
export const MAX_TURNS = 40;
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
  const { namespace, taskQueue, logger, deliveries } = deps;
  const place = { connection, namespace, taskQueue, options: common(deps), logger };
  const queues = deliveries && serveChannels(place, deliveries);
  const turns = worker.run().catch((error) => {
    if (!isStopping) throw error;
    logger.warn(errorCode(error), 'a turn outlived the time to drain; the next worker runs it again');
  });
  const stopped = Promise.race([turns, ...(queues ? [queues.failed] : [])]).finally(async () => {
    isStopping = true;
    if (worker.getState() === 'RUNNING') worker.shutdown();
    await Promise.all([turns.catch(() => {}), queues?.stop()]);
    await connection.close();
  });
  // Whoever holds `stopped` sees the failure; nobody has to.
  stopped.catch(() => {});
  return {
    stopped,
    async stop() {
      isStopping = true;
      const timer = setTimeout(turn.abortAll, deps.drainMs ?? DRAIN_MS);
      if (worker.getState() === 'RUNNING') worker.shutdown();
      void queues?.stop();
      await stopped.finally(() => clearTimeout(timer));
    },
  };
}

function options(deps: WorkerDeps, workflowBundle: Bundle) {
  const maxTurns = deps.maxTurns ?? MAX_TURNS;
  return {
    ...common(deps),
    namespace: deps.namespace,
    taskQueue: deps.taskQueue,
    workflowBundle,
    activities: createActivities(deps),
    maxConcurrentWorkflowTaskExecutions: maxTurns,
    maxConcurrentLocalActivityExecutions: maxTurns,
    maxCachedWorkflows: deps.maxCachedWorkflows ?? 1_000,
    // Turns are local activities; others wait in the channels' queues.
    enableNonLocalActivities: false,
    // After a kill, the next worker waits this long for tasks that were meant for the dead one.
    stickyQueueScheduleToStartTimeout: '5 seconds',
  } as const;
}

function common({ drainMs = DRAIN_MS }: WorkerDeps) {
  return {
    dataConverter,
    // Then the SDK aborts the signals of attempts, as `drainable` does those of turns.
    shutdownGraceTime: drainMs,
    // Only if one does not even heed its signal.
    shutdownForceTime: drainMs + 10_000,
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
