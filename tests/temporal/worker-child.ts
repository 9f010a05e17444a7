// A worker process that a test kills in the middle of a turn: it says which turn it began, and never ends one.
import pino from 'pino';
import { startWorker } from '../../activities/worker.ts';

await startWorker({
  address: process.env.TEMPORAL_ADDRESS!,
  namespace: 'default',
  taskQueue: 'tabiji',
  logger: pino({ level: 'silent' }),
  turn: (enrollmentId) => {
    process.stdout.write(`turn ${enrollmentId}\n`);
    return new Promise(() => {});
  },
});
