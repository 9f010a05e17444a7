// A server of this process: the application listening; the dispatcher, the reconciler and the flips running.
// `main.ts` and the embedded default start the same.
import type { AddressInfo } from 'node:net';
import type { Client } from '@temporalio/client';
import type pg from 'pg';
import type { Logger } from 'pino';
import type { IncomingAnswer } from '../engine/answer.ts';
import type { Clock } from '../engine/ports.ts';
import type { ReceivePorts } from '../engine/receive.ts';
import { createOutbox } from '../store/outbox.ts';
import { createStore } from '../store/postgres.ts';
import { createDrivenEnrollments } from '../store/reconcile.ts';
import type { Keys } from './access.ts';
import { createApp } from './app.ts';
import type { ModelSettings } from './chat/model.ts';
import { startChat } from './chat/start-chat.ts';
import type { ChatwootSettings } from './chatwoot/settings.ts';
import { startChatwoot } from './chatwoot/start-chatwoot.ts';
import type { AppDeps } from './deps.ts';
import { type Dispatcher, startDispatcher } from './dispatcher.ts';
import { startFlips, takeDue } from './flips.ts';
import { type Reconciler, startReconciler } from './reconciler.ts';
import { storeDeps } from './store-deps.ts';
import { type Sweeper, startSweeper } from './sweeper.ts';

export interface ServerDeps {
  /** Of a migrated database. */
  pool: pg.Pool;
  client: Client;
  taskQueue: string;
  clock: Clock;
  newId: () => string;
  keys: Keys;
  secret: string;
  /** See `bouncesSecretOf`. */
  bouncesSecret?: string | null;
  logger: Logger;
  host: string;
  /** 0: any free one. */
  port: number;
  mailbox?: AppDeps['mailbox'];
  shop?: AppDeps['shop'];
  vapidPublicKey?: AppDeps['vapidPublicKey'];
  lineChannelSecret?: AppDeps['lineChannelSecret'];
  shopKeys?: AppDeps['shopKeys'];
  lineAccessToken?: string | undefined;
  /** Asked what customers type in a chat; undefined: the FAQ alone answers. */
  model?: ModelSettings | undefined;
  /** Where conversations stand, too; undefined: only here. */
  chatwoot?: ChatwootSettings | undefined;
  pages?: AppDeps['pages'];
  testMail?: AppDeps['testMail'];
  browserRate?: AppDeps['browserRate'];
  speed?: AppDeps['speed'];
  between?: ReceivePorts['between'];
}

export interface RunningServer {
  port: number;
  dispatcher: Dispatcher;
  reconciler: Reconciler;
  /** Answers what is under way, then ends. The pool and the client stay open: they belong to who gave them. */
  stop(): Promise<void>;
}

/** Rejects if the port cannot be had (`EADDRINUSE`). Neither the database nor Temporal has to be there yet. */
export async function startServer(deps: ServerDeps): Promise<RunningServer> {
  const { pool, client, clock, logger } = deps;
  // The dispatcher starts once the port is ours; until then there is nobody to wake.
  let dispatcher: Dispatcher | null = null;
  let sweeper: Sweeper | null = null;
  const { outboxSize, sweep, ...stored } = storeDeps(deps);
  const answered = async (answer: IncomingAnswer) => {
    const receipt = await stored.answers.receive(answer);
    if (receipt.status === 'accepted') dispatcher?.wake();
    return receipt;
  };
  const chat = startChat({
    ...deps,
    receiveAnswer: answered,
    line: deps.lineAccessToken ? { accessToken: deps.lineAccessToken } : undefined,
  });
  const resolved = () => dispatcher?.wake();
  const told = deps.chatwoot && {
    settings: deps.chatwoot,
    ...startChatwoot({ ...deps, settings: deps.chatwoot, conversations: stored.conversations, resolved }),
  };
  const app = createApp({
    ...stored,
    readiness: { outboxSize, temporalHealthy: () => isHealthy(client) },
    wakeDispatcher: () => dispatcher?.wake(),
    wakeSweeper: () => sweeper?.wake(),
    keys: deps.keys,
    secret: deps.secret,
    bouncesSecret: deps.bouncesSecret ?? null,
    logger,
    mailbox: deps.mailbox,
    shop: deps.shop,
    vapidPublicKey: deps.vapidPublicKey,
    lineChannelSecret: deps.lineChannelSecret,
    shopKeys: deps.shopKeys,
    chat,
    chatwoot: told,
    pages: deps.pages,
    testMail: deps.testMail,
    browserRate: deps.browserRate,
    speed: deps.speed,
  });
  await app.listen({ host: deps.host, port: deps.port });
  const running = startDispatcher({ outbox: createOutbox(pool), client, taskQueue: deps.taskQueue, logger });
  dispatcher = running;
  const wake = () => running.wake();
  const sweeping = startSweeper({ sweep, wake, logger });
  sweeper = sweeping;
  const enrollments = createDrivenEnrollments(pool);
  const reconciler = startReconciler({ enrollments, client, now: () => clock.now(), wake, logger });
  const ports = { store: createStore(pool), clock, newId: deps.newId, between: deps.between ?? (() => {}) };
  const flips = startFlips({ take: () => takeDue(ports), wake, logger });
  return {
    port: (app.server.address() as AddressInfo).port,
    dispatcher: running,
    reconciler,
    async stop() {
      await app.close();
      await Promise.all([chat.stop(), told?.stop(), running.stop(), reconciler.stop(), sweeping.stop(), flips.stop()]);
    },
  };
}

const healthPatienceMs = 1500;

async function isHealthy(client: Client): Promise<boolean> {
  try {
    await client.withDeadline(Date.now() + healthPatienceMs, () => client.workflowService.getSystemInfo({}));
    return true;
  } catch {
    return false;
  }
}
