// The whole product in one process: Temporal and PostgreSQL (embedded, or the real ones), mailbox, worker, server.
// Parts start in the order they need each other and stop in the opposite one.
import { Client, Connection } from '@temporalio/client';
import type { Logger } from 'pino';
import { adPlatformsOf } from '../activities/audiences/from-environment.ts';
import { type ChannelKeys, readChannelKeys } from '../activities/channels/keys.ts';
import { readMailEnvironment } from '../activities/channels/mail-environment.ts';
import { dataConverter } from '../activities/data-converter.ts';
import { startWorker } from '../activities/worker.ts';
import { startAds } from '../ads.ts';
import { createDrive } from '../drive.ts';
import { errorCode } from '../engine/error-code.ts';
import { builtPages, ensurePages } from '../pages/build.ts';
import { readModelSettings } from '../server/chat/model.ts';
import { readChatwootSettings } from '../server/chatwoot/settings.ts';
import { bouncesSecretOf } from '../server/environment.ts';
import { realClock } from '../server/real-clock.ts';
import { readShopKeys } from '../server/shops/keys.ts';
import { startServer } from '../server/start-server.ts';
import { newId } from '../store/id.ts';
import { migrate } from '../store/migrate.ts';
import { openPool } from '../store/pool.ts';
import { taskQueue } from '../workflows/task-queue.ts';
import { type Home, openHome } from './home.ts';
import { type JourneysState, publishAtStart } from './journeys-at-start.ts';
import { startMailbox } from './mailbox.ts';
import { answerMailbox } from './mailbox-answer.ts';
import { isLoopback, portRefused, requireFreePort } from './ports.ts';
import { startPostgres } from './postgres.ts';
import { createBackEnd } from './shop/back-end.ts';
import { shopRoutes } from './shop/shop.ts';
import { StartError } from './start-error.ts';
import { resolveTemporalCli } from './temporal-cli.ts';
import { startTemporal } from './temporal-server.ts';

export interface ProductOptions {
  env: NodeJS.ProcessEnv;
  /** Tabiji's own, as in `0.1.0`. */
  version: string;
  logger: Logger;
  /** Told before anything that takes longer than a second. */
  say(line: string): void;
  /** Told once when a part ends without having been stopped: the product should stop, too. */
  onFailure(error: Error): void;
}

export interface Product {
  url: string;
  home: Home;
  journeys: JourneysState;
  /** Where each part is: `Temporal at 127.0.0.1:7233 (embedded)`. */
  places: string[];
  /** Lets what is under way end; nothing is lost by killing instead. */
  stop(): Promise<void>;
}

/** Starts everything. Throws a `StartError` that says what to do; whatever had started is stopped again. */
export async function startProduct(options: ProductOptions): Promise<Product> {
  const stops: (() => Promise<void>)[] = [];
  const stop = async () => {
    for (const one of stops.splice(0).reverse()) await one();
  };
  try {
    return { ...(await startParts(options, (one) => stops.push(one))), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startParts(options: ProductOptions, onStop: (stop: () => Promise<void>) => void) {
  const { env, logger, say } = options;
  const port = Number(env.PORT ?? 3000);
  const host = env.TABIJI_HOST ?? '127.0.0.1';
  await requireFreePort(port, 'PORT');
  const model = settingsOf(() => readModelSettings(env));
  const chatwoot = settingsOf(() => readChatwootSettings(env));
  const home = await openHome(env.TABIJI_HOME ?? '.tabiji', options.version, env);
  onStop(home.close);
  const [temporal, database, mail, pages] = await Promise.all([
    temporalOf(options, home, onStop),
    databaseOf(options, home, onStop),
    mailOf(options, home, onStop),
    pagesOf(options),
  ]);
  await migrate(database.url).catch(explainMigration);
  const pool = openPool(database.url, {
    max: 10,
    onLost: (error) => logger.warn(errorCode(error), 'a connection to the database was lost'),
  });
  onStop(() => pool.end());
  const journeys = await publishAtStart(pool, env.TABIJI_JOURNEYS ?? 'journeys');
  say('Starting the worker …');
  const url = env.TABIJI_PUBLIC_URL ?? `http://127.0.0.1:${port}`;
  const secret = home.keys.TABIJI_SECRET;
  const email = readMailEnvironment(env);
  const channelKeys = channelKeysOf({ ...env, ...home.keys }, url);
  const links = { publicUrl: url, secret };
  const drive = createDrive({ pool, clock: realClock, smtpUrl: mail.url, ...links, logger, email, channelKeys });
  onStop(drive.close);
  const ads = startAds({ pool, platforms: adPlatformsOf(env), logger });
  onStop(ads.stop);
  const { address, namespace } = temporal;
  const { turns, deliveries } = drive;
  const worker = await startWorker({ address, namespace, taskQueue, turn: turns.run, deliveries, logger });
  onStop(worker.stop);
  worker.stopped.catch((error) => options.onFailure(error));
  const connection = Connection.lazy({ address });
  onStop(() => connection.close());
  const client = new Client({ connection, namespace, dataConverter });
  const bouncesSecret = bouncesSecretOf(env);
  const keys = keysOf(home);
  const backEnd = createBackEnd({ url: `http://127.0.0.1:${port}`, writeKey: keys.server });
  const server = await startServer({
    ...{ pool, client, taskQueue, clock: realClock, newId, secret, bouncesSecret, logger, port },
    host,
    keys,
    vapidPublicKey: channelKeys.vapid?.publicKey,
    lineChannelSecret: env.LINE_CHANNEL_SECRET || undefined,
    shopKeys: readShopKeys(env),
    lineAccessToken: env.LINE_CHANNEL_ACCESS_TOKEN || undefined,
    browserRate: Number(env.TABIJI_BROWSER_RATE) || undefined,
    mailbox: mail.answer,
    // It speaks with the server's key for whoever opens it: only for this machine.
    shop: isLoopback(host) ? (app) => shopRoutes(app, backEnd, keys.browser) : undefined,
    model,
    chatwoot,
    pages,
  }).catch((error: NodeJS.ErrnoException) => {
    throw error.code ? portRefused(port, 'PORT', error.code) : error;
  });
  onStop(server.stop);
  const shopPlace = isLoopback(host) ? [`Shop       ${url}/shop (a made-up one, to try everything on)`] : [];
  return { url, home, journeys, places: [...shopPlace, temporal.place, database.place, mail.place] };
}

function settingsOf<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new StartError((error as Error).message);
  }
}

async function temporalOf(options: ProductOptions, home: Home, onStop: (stop: () => Promise<void>) => void) {
  const { env, say, onFailure } = options;
  if (env.TEMPORAL_ADDRESS) {
    const namespace = env.TEMPORAL_NAMESPACE ?? 'default';
    return { address: env.TEMPORAL_ADDRESS, namespace, place: `Temporal   ${env.TEMPORAL_ADDRESS}` };
  }
  const cli = await resolveTemporalCli({ env, say });
  say('Starting Temporal …');
  const port = env.TABIJI_TEMPORAL_PORT ? Number(env.TABIJI_TEMPORAL_PORT) : undefined;
  const { temporalDb: dbFile, temporalLog: logFile } = home;
  const server = await startTemporal({ cli, dbFile, logFile, port, retentionHours: 72, onFailure });
  onStop(server.stop);
  return { address: server.address, namespace: 'default', place: `Temporal   ${server.address} (embedded)` };
}

async function databaseOf(options: ProductOptions, home: Home, onStop: (stop: () => Promise<void>) => void) {
  const { env, say, onFailure } = options;
  if (env.DATABASE_URL) return { url: env.DATABASE_URL, place: 'PostgreSQL the one of DATABASE_URL' };
  say('Starting PostgreSQL …');
  const postgres = await startPostgres({ folder: home.postgres, onFailure });
  onStop(postgres.stop);
  return { url: postgres.url, place: `PostgreSQL ${home.postgres} (embedded)` };
}

async function mailOf(options: ProductOptions, home: Home, onStop: (stop: () => Promise<void>) => void) {
  const { env, onFailure } = options;
  if (env.SMTP_URL) return { url: env.SMTP_URL, place: 'Mail       goes to the server of SMTP_URL' };
  const port = env.TABIJI_SMTP_PORT ? Number(env.TABIJI_SMTP_PORT) : undefined;
  const mailbox = await startMailbox({ folder: home.mail, port, onFailure });
  onStop(mailbox.stop);
  const answer = (url: string, accept: string) => answerMailbox(mailbox, url, accept);
  return { url: mailbox.smtpUrl, answer, place: `Mail       is kept in ${home.mail} and goes nowhere` };
}

/** What cannot build (a folder that is read-only, say) still takes events and sends mail. */
async function pagesOf({ say, logger }: ProductOptions): Promise<string | null> {
  try {
    return await ensurePages(say);
  } catch (error) {
    logger.warn(errorCode(error), 'the pages could not be built; npm run build says why');
    return builtPages();
  }
}

function keysOf({ keys }: Home) {
  return {
    server: keys.TABIJI_WRITE_KEY,
    browser: keys.TABIJI_BROWSER_KEY,
    support: keys.TABIJI_SUPPORT_TOKEN,
    marketer: keys.TABIJI_MARKETER_TOKEN,
    admin: keys.TABIJI_ADMIN_TOKEN,
  };
}

function channelKeysOf(env: NodeJS.ProcessEnv, publicUrl: string): ChannelKeys {
  try {
    return readChannelKeys(env, publicUrl);
  } catch (error) {
    throw new StartError((error as Error).message);
  }
}

function explainMigration(error: Error): never {
  const { code } = errorCode(error);
  if (['ECONNREFUSED', 'ENOTFOUND', 'ETIMEDOUT', '28P01', '3D000'].includes(code))
    throw new StartError(`PostgreSQL cannot be used (${code}); check DATABASE_URL, or unset it for the embedded one`);
  throw error;
}
