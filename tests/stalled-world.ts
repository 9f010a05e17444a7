// One provider that hangs beside one that is well: real turns, a real Temporal server and a database; email stands still
// for as long as it is told to, and SMS is taken at once.
import { Client, Connection } from '@temporalio/client';
import pino from 'pino';
import { dataConverter } from '../activities/data-converter.ts';
import { MAX_TURNS, startWorker } from '../activities/worker.ts';
import { deliveriesOf } from '../drive.ts';
import type { Channel } from '../engine/channel.ts';
import type { Ports } from '../engine/ports.ts';
import { receive } from '../engine/receive.ts';
import { createTurns } from '../engine/turn.ts';
import { versionOf } from '../language/canonical.ts';
import { compile } from '../language/compile.ts';
import { startDispatcher } from '../server/dispatcher.ts';
import { realClock } from '../server/real-clock.ts';
import { createScriptedWebhooks } from '../simulator/scripted-webhooks.ts';
import { newId } from '../store/id.ts';
import { createOutbox } from '../store/outbox.ts';
import { publish } from '../store/publications.ts';
import { type Kind, openTestDatabase, type TestDatabase } from './database.ts';

export interface StalledWorld {
  /** Email hangs from now on, or answers again, those that hang included. */
  hang(): void;
  release(): void;
  /** Calls to email that hang now, and keys that each channel has taken. */
  hanging(): number;
  taken: { email: string[]; sms: string[] };
  /** New customers, each doing this; answers their enrollments. */
  enter(event: Doing, count: number): Promise<string[]>;
  /** Resolves when the workflows of these are closed. */
  closed(ids: string[]): Promise<void>;
  database: TestDatabase;
  stop(): Promise<void>;
}

/** `mailed` is sent two mails; `texted` two messages by SMS, a second apart; `rested` waits a second. */
export type Doing = 'mailed' | 'texted' | 'rested';

export interface StalledOptions {
  address: string;
  databaseKind?: Kind;
  /** How long a turn waits for a provider; its default is real life's. */
  budgetMs?: number;
  /** Attempts within turns at a time. */
  places?: number;
  /** Hangs past its claim only: who is given up before it comes again a minute later. */
  pastClaim?: boolean;
}

const FILES = {
  'settings.yaml': `
brand: { name: Shop, url: "https://shop.example", postal_address: 1 Example Street, contact: support@shop.example }
time_zone: UTC
locale: en
customer: { first_name: string? }
channels: { email: { from: "Shop <hello@shop.example>" }, sms: {} }
`,
  'events.yaml': 'mailed: { properties: {} }\ntexted: { properties: {} }\nrested: { properties: {} }\n',
  'messages/hi/email.liquid': '---\nsubject: Hi\n---\n<p>Hi</p>\n',
  'messages/hi/sms.yaml': 'body: Hi\n',
  'mailed.yaml': journey('mailed', ['send: hi\n    by: email', 'send: hi\n    by: email']),
  'texted.yaml': journey('texted', ['send: hi\n    by: sms', 'wait: 1 second', 'send: hi\n    by: sms']),
  'rested.yaml': journey('rested', ['wait: 1 second', 'exit: done']),
};

export async function startStalledWorld(options: StalledOptions): Promise<StalledWorld> {
  const { address, budgetMs, places = MAX_TURNS / 4 } = options;
  const taskQueue = `stalled-${newId()}`;
  const logger = pino({ level: 'silent' });
  const database = await openTestDatabase(options.databaseKind);
  await publishFiles(database);
  const email = hangingChannel('email', options.pastClaim);
  const sms = hangingChannel('sms');
  const ports: Ports = { ...links, store: database.store, channels: { email: email.channel, sms: sms.channel } };
  const turns = createTurns(ports, () => undefined, { places, ...(budgetMs !== undefined && { ms: budgetMs }) });
  const deliveries = { ...deliveriesOf(ports, turns), intervalMs: 500 };
  const worker = await startWorker({
    ...{ address, namespace: 'default', taskQueue, logger, deliveries },
    turn: turns.run,
    drainMs: 1_000,
  });
  const connection = await Connection.connect({ address });
  const client = new Client({ connection, dataConverter });
  const dispatcher = startDispatcher({ outbox: createOutbox(database.pool), client, taskQueue, logger });
  return {
    hang: email.hang,
    release: email.release,
    hanging: email.hanging,
    taken: { email: email.taken, sms: sms.taken },
    database,
    async enter(event, count) {
      const ids = await enterAll(ports, database, event, count);
      dispatcher.wake();
      return ids;
    },
    async closed(ids) {
      await dispatcher.idle();
      await Promise.all(ids.map((id) => client.workflow.getHandle(id).result()));
    },
    async stop() {
      email.release();
      await dispatcher.stop();
      await worker.stop();
      await turns.drain();
      await connection.close();
      await database.close();
    },
  };
}

function journey(name: string, steps: string[]): string {
  const lines = steps.map((step) => `  - ${step}\n`).join('');
  return `journey: ${name}\npurpose: transactional\nenter: { on: ${name}, again: always }\nsteps:\n${lines}`;
}

const links = {
  clock: realClock,
  newId,
  keyedHash: (text: string) => text,
  answerUrl: () => 'https://shop.example/a',
  confirmUrl: () => 'https://shop.example/c',
  unsubscribeUrl: () => 'https://shop.example/u',
  webhooks: createScriptedWebhooks(),
  between: () => {},
};

async function publishFiles({ pool }: TestDatabase): Promise<void> {
  const files = Object.entries(FILES).map(([path, text]) => ({ path: `journeys/${path}`, text }));
  const { plans, settings, diagnostics } = await compile(files);
  if (!settings) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  const versions = plans.map((plan) => ({ version: versionOf(plan), plan, source: [] }));
  await publish(pool, { settings, plans: versions, by: 'test', at: Date.now() });
}

/** Hangs past its claim with every second message at least, and before it with the others. */
function hangingChannel(name: string, pastClaim = false) {
  const taken: string[] = [];
  const waiting = new Set<() => void>();
  let isHanging = false;
  let calls = 0;
  const passes = (signal?: AbortSignal) =>
    new Promise<void>((resolve) => {
      if (!isHanging || signal?.aborted) return resolve();
      const go = () => {
        waiting.delete(go);
        resolve();
      };
      waiting.add(go);
      signal?.addEventListener('abort', go, { once: true });
    });
  const channel: Channel = {
    name,
    longestCallMs: 600_000,
    async attempt({ key }, claim, signal) {
      calls += 1;
      const hangsFirst = !pastClaim && calls % 2 === 0;
      if (hangsFirst) await passes(signal);
      if (signal.aborted) return { kind: 'retry', code: 'aborted' };
      if (!(await claim())) return { kind: 'not_claimed' };
      if (!hangsFirst) await passes();
      taken.push(key);
      return { kind: 'accepted' };
    },
    close: async () => {},
  };
  return {
    channel,
    taken,
    hanging: () => waiting.size,
    hang() {
      isHanging = true;
    },
    release() {
      isHanging = false;
      for (const go of [...waiting]) go();
    },
  };
}

async function enterAll(ports: Ports, { pool }: TestDatabase, event: Doing, count: number): Promise<string[]> {
  const users = Array.from({ length: count }, () => newId());
  const call = (userId: string) => ({
    ...{ source: 'test', sourceId: newId(), identity: { userId }, occurredAt: Date.now(), data: {}, traits: {} },
    ...{ context: {}, grants: [], trusted: true },
  });
  let phone = Math.floor(Math.random() * 1e9);
  const one = async (userId: string) => {
    phone += 1;
    const traits = { email: `${userId}@shop.example`, phone: `+8190${String(phone).padStart(10, '0').slice(-8)}` };
    await receive(ports, { ...call(userId), kind: 'identify', name: null, traits });
    await receive(ports, { ...call(userId), kind: 'event', name: event });
  };
  for (let next = 0; next < count; next += 10) await Promise.all(users.slice(next, next + 10).map(one));
  const { rows } = await pool.query<{ id: string }>(
    `SELECT e.id FROM enrollments e JOIN identities i ON i.customer_id = e.customer_id WHERE i.value = ANY ($1)`,
    [users],
  );
  return rows.map(({ id }) => id);
}
