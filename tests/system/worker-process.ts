// A worker process with leases of seconds. Enrollments can be given a point of their turn where they stand until the
// process has been stopped (SIGSTOP) and woken (SIGCONT): it says when they are there.
import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import pino from 'pino';
import { type RunningWorker, startWorker, type WorkerDeps } from '../../activities/worker.ts';
import { createDrive } from '../../drive.ts';
import { realClock } from '../../server/real-clock.ts';
import { openPool } from '../../store/pool.ts';
import { taskQueue } from '../../workflows/task-queue.ts';

export interface WorkerOptions {
  databaseUrl: string;
  address: string;
  smtpUrl: string;
  publicUrl: string;
  secret: string;
  longestCallMs: number;
  claimMs: number;
  /** By enrollment. */
  standAt: { [enrollmentId: string]: string };
}

process.env.TZ = 'UTC';
const options = JSON.parse(process.argv[2]!) as WorkerOptions;
const { databaseUrl, address, smtpUrl, publicUrl, secret, longestCallMs, claimMs, standAt } = options;
const say = (line: string) => process.stdout.write(`${line}\n`);

const enrollmentOf = new AsyncLocalStorage<string>();
const woken = new Promise<void>((resolve) => process.once('SIGCONT', resolve));

async function between(point: string): Promise<void> {
  const enrollmentId = enrollmentOf.getStore();
  if (enrollmentId === undefined || standAt[enrollmentId] !== point) return;
  delete standAt[enrollmentId];
  say(`stands at ${point}`);
  await woken;
}

const pool = openPool(databaseUrl, { max: 10 });
const logger = pino();
// Enrollments that stand wait for each other: no turn must give up on its call before.
const budget = Object.keys(standAt).length > 0 ? { ms: 45_000, effects: 50 } : undefined;
const email = { longestCallMs, limits: { leaseSlackMs: claimMs } };
const drive = createDrive({ pool, clock: realClock, smtpUrl, publicUrl, secret, logger, email, budget, between });
// The claim is asked for from the socket, outside of the turn's own context.
const channel = drive.ports.channels.email!;
drive.ports.channels.email = {
  ...channel,
  attempt: (message, claim, signal) =>
    channel.attempt(message, () => enrollmentOf.run(message.key.split('/')[0]!, claim), signal),
};

const worker = await whenTemporalAnswers({
  ...{ address, namespace: 'default', taskQueue, logger, deliveries: drive.deliveries },
  async turn(enrollmentId, signal) {
    try {
      return await enrollmentOf.run(enrollmentId, () => drive.turns.run(enrollmentId, signal));
    } finally {
      say(`turn over ${enrollmentId}`);
    }
  },
});
say('running turns');
await worker.stopped;

async function whenTemporalAnswers(deps: WorkerDeps): Promise<RunningWorker> {
  for (;;) {
    try {
      return await startWorker(deps);
    } catch (error) {
      if ((error as Error).name !== 'TransportError') throw error;
      await sleep(200);
    }
  }
}
