// A server process of a production installation: reads the environment, builds the clients, serves until it is told to end.
import { Client, Connection } from '@temporalio/client';
import pino from 'pino';
import { emailChannel } from '../activities/channels/email.ts';
import { readMailEnvironment } from '../activities/channels/mail-environment.ts';
import { dataConverter } from '../activities/data-converter.ts';
import { errorCode } from '../engine/error-code.ts';
import { builtPages } from '../pages/build.ts';
import { StoreError } from '../store/error.ts';
import { newId } from '../store/id.ts';
import { MigrationError, migrate } from '../store/migrate.ts';
import { openPool } from '../store/pool.ts';
import { taskQueue } from '../workflows/task-queue.ts';
import { readServerEnvironment, type ServerEnvironment } from './environment.ts';
import { realClock } from './real-clock.ts';
import { startServer } from './start-server.ts';

const logger = pino();

async function main(environment: ServerEnvironment): Promise<void> {
  await migrate(environment.databaseUrl);
  const pool = openPool(environment.databaseUrl, {
    max: 20,
    onLost: (error) => logger.warn(errorCode(error), 'a connection to the database was lost'),
  });
  // Lazy: events are taken in while Temporal is away.
  const connection = Connection.lazy({ address: environment.temporalAddress });
  const client = new Client({ connection, namespace: environment.temporalNamespace, dataConverter });
  const {
    host,
    port,
    keys,
    secret,
    bouncesSecret,
    vapidPublicKey,
    lineChannelSecret,
    shopKeys,
    lineAccessToken,
    model,
    chatwoot,
    browserRate,
    smtpUrl,
  } = environment;
  const mail = smtpUrl === undefined ? undefined : emailChannel({ ...readMailEnvironment(process.env), smtpUrl });
  const server = await startServer({
    pool,
    client,
    taskQueue,
    clock: realClock,
    newId,
    keys,
    secret,
    bouncesSecret,
    vapidPublicKey,
    lineChannelSecret,
    shopKeys,
    lineAccessToken,
    browserRate,
    logger,
    host,
    port,
    model,
    chatwoot,
    pages: builtPages(),
    testMail: mail && { channel: mail },
  });
  logger.info({ host, port: server.port }, 'serving');

  const stop = async () => {
    await server.stop();
    await mail?.close();
    await connection.close();
    await pool.end();
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void stop().then(() => process.exit(0), fail));
  }
}

function fail(error: unknown): void {
  logger.fatal(errorCode(error), sentenceOf(error));
  process.exit(1);
}

/** Our own sentences hold no values; of anybody else's error only the code is told. */
function sentenceOf(error: unknown): string {
  if (error instanceof StoreError || error instanceof MigrationError) return error.message;
  if (errorCode(error).code === 'EADDRINUSE') return 'PORT is taken by another program; stop it or choose another port';
  return 'the server ends; the code says what failed';
}

try {
  main(readServerEnvironment(process.env)).catch(fail);
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exit(1);
}
