// A worker process with leases of seconds, which can stop itself (SIGSTOP) in the middle of turns: the first enrollments
// it sees wait at one point each, and when all have arrived it stops; woken, they all go on from there.
import { AsyncLocalStorage } from 'node:async_hooks';
import pino from 'pino';
import { startWorker } from '../../activities/worker.ts';
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
  /** Points of a turn; the n-th enrollment that this process sees stops at the n-th. */
  stopAt: string[];
}

process.env.TZ = 'UTC';
const options = JSON.parse(process.argv[2]!) as WorkerOptions;
const { databaseUrl, address, smtpUrl, publicUrl, secret, longestCallMs, claimMs, stopAt } = options;
const say = (line: string) => process.stdout.write(`${line}\n`);

const enrollmentOf = new AsyncLocalStorage<string>();
const points = new Map<string, string>();
let arrived = 0;
let wake = () => {};
const woken = new Promise<void>((resolve) => {
  wake = resolve;
});

async function between(point: string): Promise<void> {
  const enrollmentId = enrollmentOf.getStore();
  if (enrollmentId === undefined || points.get(enrollmentId) !== point) return;
  points.set(enrollmentId, 'passed');
  arrived += 1;
  if (arrived === stopAt.length) setImmediate(stop);
  await woken;
}

function stop(): void {
  say('stops');
  process.kill(process.pid, 'SIGSTOP');
  // Signals are delivered at once; the next line runs after SIGCONT.
  say('goes on');
  wake();
}

const pool = openPool(databaseUrl, { max: 10 });
const logger = pino();
const email = { longestCallMs, limits: { leaseSlackMs: claimMs } };
const drive = createDrive({ pool, clock: realClock, smtpUrl, publicUrl, secret, logger, email, between });
// The claim is asked for from the socket, outside of the turn's own context.
const channel = drive.ports.channels.email!;
drive.ports.channels.email = {
  ...channel,
  attempt: (message, claim, signal) =>
    channel.attempt(message, () => enrollmentOf.run(message.key.split('/')[0]!, claim), signal),
};

const worker = await startWorker({
  ...{ address, namespace: 'default', taskQueue, logger },
  async turn(enrollmentId, signal) {
    if (!points.has(enrollmentId)) points.set(enrollmentId, stopAt[points.size] ?? 'passed');
    try {
      return await enrollmentOf.run(enrollmentId, () => drive.turns.run(enrollmentId, signal));
    } finally {
      say(`turn over ${enrollmentId}`);
    }
  },
});
say('running turns');
await worker.stopped;
