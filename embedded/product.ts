// The whole product in one process: Temporal and PostgreSQL (embedded, or the real ones), mailbox, worker, server.
// Parts start in the order they need each other and stop in the opposite one.
import { Client, Connection } from '@temporalio/client';
import type pg from 'pg';
import type { Logger } from 'pino';
import { adPlatformsOf } from '../activities/audiences/from-environment.ts';
import type { ChannelKeys } from '../activities/channels/keys.ts';
import { dataConverter } from '../activities/data-converter.ts';
import { startWorker } from '../activities/worker.ts';
import { startAds } from '../ads.ts';
import { createDrive } from '../drive.ts';
import type { Channel } from '../engine/channel.ts';
import { errorCode } from '../engine/error-code.ts';
import type { Clock, Store } from '../engine/ports.ts';
import { startServer } from '../server/start-server.ts';
import { newId } from '../store/id.ts';
import { migrate } from '../store/migrate.ts';
import { openPool } from '../store/pool.ts';
import { createStore } from '../store/postgres.ts';
import { taskQueue } from '../workflows/task-queue.ts';
import { type Home, openHome } from './home.ts';
import { type JourneysState, publishAtStart } from './journeys-at-start.ts';
import { startParts } from './parts.ts';
import { isLoopback, portRefused, requireFreePort } from './ports.ts';
import { accessKeysOf, channelKeysOf, type EmbeddedSettings, readSettings } from './settings.ts';
import { createBackEnd } from './shop/back-end.ts';
import { shopRoutes } from './shop/shop.ts';
import { StartError } from './start-error.ts';
import { timeOf } from './step/home-time.ts';
import { createPace, type Pace } from './step/pace.ts';
import { type Agenda, startSteppedTime } from './step/stepped-time.ts';

export interface ProductOptions {
  env: NodeJS.ProcessEnv;
  /** Tabiji's own, as in `0.1.0`. */
  version: string;
  logger: Logger;
  /** Told before anything that takes longer than a second. */
  say(line: string): void;
  /** Told once when a part ends without having been stopped: the product should stop, too. */
  onFailure(error: Error): void;
  /** How time goes; undefined: as it does. */
  time?: SteppedTime | undefined;
}

export interface SteppedTime {
  /** Business time for each real time. */
  speed: number;
  /** No stretch in which nothing happens takes longer, in real milliseconds. */
  longestIdleMs?: number;
  /** Where a new home begins; now, unless told. */
  start?: number;
}

export interface Product {
  url: string;
  home: Home;
  store: Store;
  clock: Clock;
  journeys: JourneysState;
  /** Where each part is: `Temporal at 127.0.0.1:7233 (embedded)`. */
  places: string[];
  /** How fast time goes; null: it is real. */
  pace: Pace | null;
  /** Lets time go, where it is stepped: it stands until then. Rejects when the agenda has failed. */
  run(agenda?: Agenda): Promise<void>;
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
    return { ...(await startAll(options, (one) => stops.push(one))), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

type OnStop = (stop: () => Promise<void>) => void;

const longestIdleMs = 10_000;

async function startAll(options: ProductOptions, onStop: OnStop): Promise<Omit<Product, 'stop'>> {
  const { env, logger, say, time } = options;
  const settings = readSettings(env);
  await requireFreePort(settings.port, 'PORT');
  const home = await openHome(settings.home, options.version, env);
  onStop(home.close);
  const { clock, stepped } = timeOf(home, env, time?.speed, time?.start ?? Date.now());
  const pace = time ? createPace({ longestIdleMs, ...time }) : null;
  const { temporal, database, mail, pages } = await startParts({ ...options, home, now: clock.now, onStop });
  const pool = await openDatabase(database.url, logger, onStop);
  const journeys = await publishAtStart(pool, settings.journeys, clock.now(), settings.locale);
  say('Starting the worker …');
  const channelKeys = channelKeysOf(env, home, settings.url);
  const common = { ...{ pool, clock, logger, settings, home, channelKeys }, ...temporal };
  const channels = await startWork({ ...common, smtpUrl: mail.url, env, onFailure: options.onFailure }, onStop);
  const server = await serve(
    { ...common, mailbox: mail.answer, pages, speed: pace?.speed, email: channels.email! },
    onStop,
  );
  const { url } = settings;
  const shop = isLoopback(settings.host) ? [`Shop       ${url}/shop (a made-up one, to try everything on)`] : [];
  return {
    ...{ url, home, store: createStore(pool), clock, journeys, pace },
    places: [...shop, temporal.place, database.place, mail.place],
    run: async (agenda) => {
      if (!stepped || !pace) return;
      const running = startSteppedTime({ pool, clock: stepped, pace, agenda, wake: server.dispatcher.wake, logger });
      onStop(running.stop);
      await running.ended;
    },
  };
}

async function openDatabase(url: string, logger: Logger, onStop: OnStop): Promise<pg.Pool> {
  await migrate(url).catch(explainMigration);
  const pool = openPool(url, {
    max: 10,
    onLost: (error) => logger.warn(errorCode(error), 'a connection to the database was lost'),
  });
  onStop(() => pool.end());
  return pool;
}

interface Common {
  pool: pg.Pool;
  clock: Clock;
  logger: Logger;
  settings: EmbeddedSettings;
  home: Home;
  channelKeys: ChannelKeys;
  /** Temporal's. */
  address: string;
  namespace: string;
}

interface Work extends Common {
  smtpUrl: string;
  env: NodeJS.ProcessEnv;
  onFailure(error: Error): void;
}

/** Turns, and what is told to ad platforms. Answers the channels that messages leave by. */
async function startWork(input: Work, onStop: OnStop): Promise<{ [name: string]: Channel }> {
  const { pool, clock, logger, settings, home, channelKeys, address, namespace, smtpUrl } = input;
  const links = { publicUrl: settings.url, secret: home.keys.TABIJI_SECRET };
  const drive = createDrive({ pool, clock, smtpUrl, ...links, logger, email: settings.email, channelKeys });
  onStop(drive.close);
  const ads = startAds({ pool, platforms: adPlatformsOf(input.env), logger });
  onStop(ads.stop);
  const { turns, deliveries } = drive;
  const worker = await startWorker({ address, namespace, taskQueue, turn: turns.run, deliveries, logger });
  onStop(worker.stop);
  worker.stopped.catch((error) => input.onFailure(error));
  return drive.ports.channels;
}

interface Serving extends Common {
  mailbox: Parameters<typeof startServer>[0]['mailbox'];
  pages: string | null;
  speed: (() => number) | undefined;
  /** Where tests that marketers send to themselves leave. */
  email: Channel;
}

async function serve(input: Serving, onStop: OnStop) {
  const { pool, clock, logger, settings, home, channelKeys, address, namespace, mailbox, pages, speed, email } = input;
  const connection = Connection.lazy({ address });
  onStop(() => connection.close());
  const client = new Client({ connection, namespace, dataConverter });
  const keys = accessKeysOf(home);
  const { port, host } = settings;
  const backEnd = createBackEnd({ url: `http://127.0.0.1:${port}`, writeKey: keys.server });
  const server = await startServer({
    ...settings,
    ...{ pool, client, taskQueue, clock, newId, keys, secret: home.keys.TABIJI_SECRET, logger },
    ...{ mailbox, pages, speed, vapidPublicKey: channelKeys.vapid?.publicKey },
    // It speaks with the server's key for whoever opens it: only for this machine.
    shop: isLoopback(host) ? (app) => shopRoutes(app, backEnd, keys.browser) : undefined,
    testMail: { channel: email },
  }).catch((error: NodeJS.ErrnoException) => {
    throw error.code ? portRefused(port, 'PORT', error.code) : error;
  });
  onStop(server.stop);
  return server;
}

function explainMigration(error: Error): never {
  const { code } = errorCode(error);
  if (['ECONNREFUSED', 'ENOTFOUND', 'ETIMEDOUT', '28P01', '3D000'].includes(code))
    throw new StartError(`PostgreSQL cannot be used (${code}); check DATABASE_URL, or unset it for the embedded one`);
  throw error;
}
