// A worker and a client on a Temporal server, with a turn that the test writes.
import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import type { Duration } from '@temporalio/common';
import pino, { type Logger } from 'pino';
import type { Deliveries } from '../../activities/channel-queues.ts';
import { dataConverter } from '../../activities/data-converter.ts';
import type { RunDelivery, RunTurn } from '../../activities/turn.ts';
import { type RunningWorker, startWorker, type WorkerDeps } from '../../activities/worker.ts';
import type { TurnResult } from '../../engine/turn-result.ts';
import { LOOK } from '../../workflows/look.ts';
import { taskQueue } from '../../workflows/task-queue.ts';
import { type DevServer, type DevServerOptions, startDevServer } from './dev-server.ts';

process.env.TZ = 'UTC';

export const silent: Logger = pino({ level: 'silent' });

export interface Rig {
  server: DevServer;
  client: Client;
  /** Starts a worker with this turn; `stop()` stops those that still run. */
  work(turn: RunTurn, options?: Partial<WorkerDeps>): Promise<RunningWorker>;
  /** Starts an enrollment's workflow, as the dispatcher does for a new one. */
  enroll(id: string, options?: { journey?: string; workflowTaskTimeout?: Duration }): Promise<WorkflowHandle>;
  stop(): Promise<void>;
}

export async function startRig(options: DevServerOptions = {}): Promise<Rig> {
  const server = await startDevServer(options);
  const connection = await Connection.connect({ address: server.address });
  const client = new Client({ connection: connection, dataConverter });
  const workers: RunningWorker[] = [];
  return {
    server,
    client,
    async work(turn, more) {
      const base = { address: server.address, namespace: 'default', taskQueue, turn, logger: silent };
      const worker = await startWorker({ ...base, ...more });
      workers.push(worker);
      return worker;
    },
    enroll: (id, { journey = 'welcome', ...options } = {}) =>
      client.workflow.start(journey, { taskQueue, workflowId: id, args: [id], ...options }),
    async stop() {
      await Promise.all(workers.map((worker) => worker.stop()));
      await connection.close();
      await server.stop();
    },
  };
}

/** A turn's result, for a script. */
export function sleeps(sleepMs: number | null): TurnResult {
  return { turn: 1, step: 'steps.0', sleepMs, finished: false };
}
export const parked = sleeps(null);
/** Its message waits in the queue of email, for as long at most. */
export function queues(key: string, sleepMs: number | null = null): TurnResult {
  return { ...sleeps(sleepMs), deliver: { channel: 'email', key } };
}
export const finished: TurnResult = { turn: 1, step: null, sleepMs: null, finished: true };

export type Act = TurnResult | Error | (() => Promise<TurnResult>);

/** Turns that go by a script of acts for each enrollment, and are counted. */
export function scripted(scripts: { [id: string]: Act[] }) {
  const turns: { [id: string]: number } = {};
  const waiting: { id: string; count: number; resolve: () => void }[] = [];
  const turn: RunTurn = async (id) => {
    const act = scripts[id]![turns[id] ?? 0];
    turns[id] = (turns[id] ?? 0) + 1;
    for (const entry of waiting) if (entry.id === id && turns[id]! >= entry.count) entry.resolve();
    if (act === undefined) throw new Error(`turn ${turns[id]} of ${id} is not in the script`);
    if (act instanceof Error) throw act;
    return typeof act === 'function' ? act() : act;
  };
  /** Resolves when that many turns of it have begun. */
  const began = (id: string, count: number) =>
    new Promise<void>((resolve) => {
      if ((turns[id] ?? 0) >= count) resolve();
      else waiting.push({ id, count, resolve });
    });
  return { turn, turns, began };
}

/** The queue of email, without a rate, served by this. */
export function serving(run: RunDelivery): Deliveries {
  return { run, channels: ['email'], rates: async () => ({}) };
}

/** Tells a workflow to look. */
export function look(handle: WorkflowHandle): Promise<void> {
  return handle.signal(LOOK);
}

/** The names of a workflow's events so far, in order. */
export async function eventNames(handle: WorkflowHandle): Promise<string[]> {
  const { events } = await handle.fetchHistory();
  return (events ?? []).map((event) => {
    const key = Object.keys(event).find((name) => name.endsWith('EventAttributes')) ?? '';
    return key.replace('EventAttributes', '');
  });
}

/** A promise and what resolves it. */
export function gate(): { opened: Promise<void>; open: () => void } {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}
