// A worker process of a production installation: reads the environment, builds the clients, runs turns until it is
// told to end. Any number of them share one database and one Temporal cluster.
import { setTimeout as sleep } from 'node:timers/promises';
import pino from 'pino';
import { type AdPlatforms, adPlatformsOf } from './activities/audiences/from-environment.ts';
import { type ChannelKeys, readChannelKeys } from './activities/channels/keys.ts';
import { type MailEnvironment, readMailEnvironment } from './activities/channels/mail-environment.ts';
import { type RunningWorker, startWorker, type WorkerDeps } from './activities/worker.ts';
import { startAds } from './ads.ts';
import { createDrive } from './drive.ts';
import { errorCode } from './engine/error-code.ts';
import { createOutage } from './server/outage.ts';
import { realClock } from './server/real-clock.ts';
import { migrate } from './store/migrate.ts';
import { openPool } from './store/pool.ts';
import { taskQueue } from './workflows/task-queue.ts';

const logger = pino();

const NEEDED = {
  DATABASE_URL: 'the PostgreSQL database, as in postgresql://tabiji@db.example/tabiji',
  TEMPORAL_ADDRESS: 'the Temporal cluster, as in temporal.example:7233',
  SMTP_URL: 'where mail goes, as in smtps://user:password@mail.example',
  TABIJI_PUBLIC_URL: 'what links in messages begin with, as in https://journeys.shop.example',
  TABIJI_SECRET: 'signs the links in messages; the same as the server has',
} as const;

const OUR_ERRORS = ['Error', 'MigrationError', 'StoreError'];

async function main(
  env: Record<keyof typeof NEEDED, string>,
  namespace: string,
  email: MailEnvironment,
  channelKeys: ChannelKeys,
  platforms: AdPlatforms,
): Promise<void> {
  await migrate(env.DATABASE_URL);
  const onLost = (error: unknown) => logger.warn(errorCode(error), 'a connection to the database was lost');
  const pool = openPool(env.DATABASE_URL, { max: 20, onLost });
  const drive = createDrive({
    pool,
    clock: realClock,
    smtpUrl: env.SMTP_URL,
    publicUrl: env.TABIJI_PUBLIC_URL,
    secret: env.TABIJI_SECRET,
    logger,
    email,
    channelKeys,
  });
  const { turns, deliveries } = drive;
  const address = env.TEMPORAL_ADDRESS;
  const deps = { address, namespace, taskQueue, turn: turns.run, deliveries, logger };
  const worker = await whenTemporalAnswers(deps);
  logger.info({ taskQueue }, 'running turns');
  const ads = startAds({ pool, platforms, logger });
  endOnSignals(worker);
  await worker.stopped;
  await ads.stop();
  await drive.close();
  await pool.end();
}

/** Waits for a Temporal that is not there yet; whatever else is wrong ends the start. */
async function whenTemporalAnswers(deps: WorkerDeps): Promise<RunningWorker> {
  const outage = createOutage(logger, Date.now);
  for (;;) {
    try {
      const worker = await startWorker(deps);
      outage.end();
      return worker;
    } catch (error) {
      const { type, code } = errorCode(error);
      if (type !== 'TransportError') throw error;
      await sleep(outage.begin('Temporal', code || type));
    }
  }
}

function endOnSignals(worker: RunningWorker): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void worker.stop().catch(() => {}));
}

function readEnvironment(env: NodeJS.ProcessEnv): Record<keyof typeof NEEDED, string> {
  const missing = Object.entries(NEEDED).filter(([name]) => !env[name]);
  const lines = missing.map(([name, what]) => `  ${name} is not set: ${what}`);
  if (lines.length > 0) throw new Error(`the worker cannot start:\n${lines.join('\n')}`);
  return env as Record<keyof typeof NEEDED, string>;
}

// Within a workflow, a local time would differ between workers.
process.env.TZ = 'UTC';
try {
  const env = readEnvironment(process.env);
  const email = readMailEnvironment(process.env);
  const channelKeys = readChannelKeys(process.env, env.TABIJI_PUBLIC_URL);
  const platforms = adPlatformsOf(process.env);
  await main(env, process.env.TEMPORAL_NAMESPACE ?? 'default', email, channelKeys, platforms);
  process.exit(0);
} catch (error) {
  const { type, code } = errorCode(error);
  // Our own sentences hold no values; of all other errors only type and code are said.
  if (OUR_ERRORS.includes(type)) process.stderr.write(`${(error as Error).message}\n`);
  else logger.fatal({ type, code }, 'the worker ends');
  process.exit(1);
}
