// What every contender of a benchmark runs on: one Temporal server, one database, one mailbox, and customers who have
// just entered the journey of design §3: send, wait, send, wait, wait for an event that does not come, send.
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import pino, { type Logger } from 'pino';
import { dataConverter } from '../../activities/data-converter.ts';
import { startMailbox } from '../../embedded/mailbox.ts';
import type { Plan } from '../../engine/core/plan.ts';
import { type Incoming, receive } from '../../engine/receive.ts';
import { versionOf } from '../../language/canonical.ts';
import { compile } from '../../language/compile.ts';
import { loadFolder } from '../../language/load.ts';
import { realClock } from '../../server/real-clock.ts';
import { newId } from '../../store/id.ts';
import { publish } from '../../store/publications.ts';
import { type Kind, openTestDatabase, type TestDatabase } from '../database.ts';
import { startForTests } from '../temporal-server.ts';

/** Somebody in the journey, of whom Temporal has not heard yet. */
export interface Entered {
  enrollmentId: string;
  customerId: string;
  version: string;
  email: string;
}

export interface BenchWorld {
  address: string;
  client: Client;
  database: TestDatabase;
  databaseKind: Kind;
  smtpUrl: string;
  logger: Logger;
  /** New customers, each with the event that lets them in; what asks for their first turn stands in the outbox. */
  enter(count: number): Promise<Entered[]>;
  stop(): Promise<void>;
}

/**
 * The waits of the journey, in place of its days. The last one is long, so that no turn comes so late that it finds two
 * waits over at once and saves a wake-up.
 */
export const waitsMs = [200, 200, 1_000] as const;

/** @param address of a Temporal server; without one, a server of its own is started */
export async function startWorld(databaseKind: Kind, address?: string): Promise<BenchWorld> {
  const temporal = address ? { address, stop: async () => {} } : await startForTests();
  const database = await openTestDatabase(databaseKind);
  const mailbox = await startMailbox();
  const connection = await Connection.connect({ address: temporal.address });
  await publishShortened(database);
  return {
    address: temporal.address,
    client: new Client({ connection, dataConverter }),
    ...{ database, databaseKind, smtpUrl: mailbox.smtpUrl },
    logger: pino({ level: 'silent' }),
    enter: (count) => enter(database, count),
    async stop() {
      await connection.close();
      await mailbox.stop();
      await database.close();
      await temporal.stop();
    },
  };
}

/** The journey as an author writes it, with waits that a benchmark can wait for. */
async function publishShortened({ pool }: TestDatabase): Promise<void> {
  const folder = fileURLToPath(new URL('journeys', import.meta.url));
  const { plans, settings, diagnostics } = await compile(await loadFolder(folder));
  if (!settings) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  const shortened = plans.map(shorten).map((plan) => ({ version: versionOf(plan), plan, source: [] }));
  await publish(pool, { settings, plans: shortened, by: 'bench', at: Date.now() });
}

function shorten(plan: Plan): Plan {
  const steps = Object.entries(plan.steps).map(([id, step]) => {
    if (step.kind !== 'wait') return [id, step];
    return [id, step.form === 'event' ? { ...step, withinMs: waitsMs[2] } : { ...step, forMs: waitsMs[0] }];
  });
  return { ...plan, steps: Object.fromEntries(steps) };
}

async function enter({ pool, store }: TestDatabase, count: number): Promise<Entered[]> {
  const ports = { store, clock: realClock, newId, keyedHash: (name: string) => name, between: () => {} };
  const users = Array.from({ length: count }, () => newId());
  const one = async (userId: string) => {
    const grants = [{ channel: 'email', purpose: 'marketing' }];
    const traits = { email: `${userId}@shop.example`, first_name: '花子' };
    await receive(ports, { ...call(userId), kind: 'identify', traits, grants });
    await receive(ports, { ...call(userId), kind: 'event', name: 'signed_up' });
  };
  for (let next = 0; next < count; next += 10) await Promise.all(users.slice(next, next + 10).map(one));
  const { rows } = await pool.query<Entered>(ENTERED, [users]);
  return rows;
}

const ENTERED = `
  SELECT e.id AS "enrollmentId", e.customer_id AS "customerId", e.version, i.value || '@shop.example' AS email
    FROM enrollments e JOIN identities i ON i.customer_id = e.customer_id WHERE i.value = ANY ($1)`;

function call(userId: string): Incoming {
  return {
    ...{ source: 'bench', sourceId: newId(), identity: { userId }, kind: 'event', name: null, occurredAt: Date.now() },
    ...{ data: {}, traits: {}, context: {}, grants: [], trusted: true },
  };
}
