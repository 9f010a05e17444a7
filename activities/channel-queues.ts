// The queues of the channels: on each, a worker of this process that makes attempts, and nothing else. Temporal holds a
// channel's rate over all workers; what is published of it is followed while they run.
import { setTimeout as sleep } from 'node:timers/promises';
import { type NativeConnection, Worker, type WorkerOptions } from '@temporalio/worker';
import type { Logger } from 'pino';
import type { Rate } from '../engine/core/settings.ts';
import { errorCode } from '../engine/error-code.ts';
import { channelQueue } from '../workflows/task-queue.ts';
import { createChannelActivities } from './index.ts';
import type { RunDelivery } from './turn.ts';

/** What the channels' queues need. */
export interface Deliveries {
  run: RunDelivery;
  channels: string[];
  /** The rates that are published now, by channel; rejects where that cannot be known. */
  rates(): Promise<{ [channel: string]: Rate | undefined }>;
  /** How often the rates are read. */
  intervalMs?: number;
}

export interface ChannelQueuesDeps {
  connection: NativeConnection;
  namespace: string;
  /** The journeys' own. */
  taskQueue: string;
  /** What this process's workers have in common. */
  options: Pick<WorkerOptions, 'dataConverter' | 'shutdownGraceTime' | 'shutdownForceTime'>;
  logger: Logger;
}

export interface ChannelQueues {
  /** Takes no new attempts, lets those under way end as the options say, and resolves. */
  stop(): Promise<void>;
  /** Rejects if a worker failed for good; never resolves. */
  failed: Promise<never>;
}

/** Attempts of one channel at a time in this process; more of them wait in Temporal, where any process can take them. */
const attempts = 20;
// Said aloud, because a limit that is not said any more stays: https://github.com/temporalio/temporal/issues/8137
const unlimited = 100_000;

interface Serving {
  perSecond: number;
  worker: Worker;
  ended: Promise<void>;
}

/** Serves the queue of every channel. A queue waits until its rate is known: not to know it is not to have none. */
export function serveChannels(deps: ChannelQueuesDeps, deliveries: Deliveries): ChannelQueues {
  const serving = new Map<string, Serving>();
  const running = new Set<Promise<void>>();
  let fail: (error: unknown) => void = () => {};
  const failed = new Promise<never>((_, reject) => {
    fail = reject;
  });
  // Whoever holds it sees the failure; nobody has to.
  failed.catch(() => {});
  const stopping = new AbortController();

  async function follow(): Promise<void> {
    while (!stopping.signal.aborted) {
      // Not known before the first publish, and while the database is away.
      const rates = await deliveries.rates().catch(() => null);
      if (rates) await serveAll(rates);
      const ms = rates ? (deliveries.intervalMs ?? 5_000) : 1_000;
      await sleep(ms, undefined, stopping).catch(() => {});
    }
  }

  async function serveAll(rates: Awaited<ReturnType<Deliveries['rates']>>): Promise<void> {
    for (const channel of deliveries.channels) {
      const rate = rates[channel];
      const perSecond = rate ? (rate.max * 1_000) / rate.perMs : unlimited;
      const known = serving.get(channel);
      if (known?.perSecond === perSecond || stopping.signal.aborted) continue;
      // The old one first: a process may have one worker on a queue. Its attempts under way go on.
      shutDown(known);
      serving.delete(channel);
      await serve(channel, perSecond).then(
        (fresh) => serving.set(channel, fresh),
        (error) =>
          deps.logger.warn({ channel, ...errorCode(error) }, "a channel's queue cannot be served; trying again"),
      );
    }
  }

  async function serve(channel: string, perSecond: number): Promise<Serving> {
    const worker = await Worker.create({
      ...deps.options,
      connection: deps.connection,
      namespace: deps.namespace,
      taskQueue: channelQueue(deps.taskQueue, channel),
      activities: createChannelActivities({ deliver: deliveries.run }),
      maxConcurrentActivityTaskExecutions: attempts,
      maxTaskQueueActivitiesPerSecond: perSecond,
    });
    const ended = worker.run().catch((error) => {
      if (!stopping.signal.aborted) fail(error);
    });
    running.add(ended);
    void ended.finally(() => running.delete(ended));
    return { perSecond, worker, ended };
  }

  const following = follow();
  return {
    failed,
    async stop() {
      stopping.abort();
      await following;
      for (const one of serving.values()) shutDown(one);
      while (running.size > 0) await Promise.all(running);
    },
  };
}

function shutDown(serving: Serving | undefined): void {
  if (serving?.worker.getState() === 'RUNNING') serving.worker.shutdown();
}
