// A production installation on this machine: PostgreSQL, Temporal, a mail server, and worker and server processes that
// a test starts, stops and kills as it likes.
import { Client, Connection } from '@temporalio/client';
import { dataConverter } from '../../activities/data-converter.ts';
import { freePort } from '../../embedded/ports.ts';
import { loadFolder } from '../../language/load.ts';
import { type Kind, openTestDatabase, type TestDatabase } from '../database.ts';
import { newFolder, type Written, writeJourneys } from './folders.ts';
import { json } from './npm-start.ts';
import { type Program, runProgram } from './program.ts';
import { type SlowMailbox, startSlowMailbox } from './slow-mailbox.ts';
import { startTemporalProcess, type TemporalProcess } from './temporal-process.ts';
import { until } from './until.ts';
import type { WorkerOptions } from './worker-process.ts';

export interface Installation {
  database: TestDatabase;
  temporal: TemporalProcess;
  client: Client;
  mailbox: SlowMailbox;
  /** Where its server processes listen, one at a time. */
  url: string;
  /** Starts a server process and waits until it takes events in. */
  startServer(): Promise<Program>;
  /** Starts a worker process and waits until it runs turns. */
  startWorker(options?: Partial<WorkerOptions>): Promise<Program>;
  publish(written: Written): Promise<void>;
  /** One batch of Segment's calls; rejects when it is not acknowledged in full. */
  send(...batch: object[]): Promise<void>;
  /** All enrollments, newest first. */
  enrollments(): Promise<EnrollmentRow[]>;
  close(): Promise<void>;
}

export interface EnrollmentRow {
  id: string;
  userId: string;
  journey: string;
  status: string;
  reason: string | null;
  step: string | null;
  endedAt: Date | null;
}

const KEYS = {
  TABIJI_WRITE_KEY: 'wk_0123456789abcdef',
  TABIJI_BROWSER_KEY: 'bk_0123456789abcdef',
  TABIJI_SUPPORT_TOKEN: 'support_0123456789abcdef',
  TABIJI_MARKETER_TOKEN: 'marketer_0123456789abcdef',
  TABIJI_ADMIN_TOKEN: 'admin_0123456789abcdef',
  TABIJI_SECRET: 'secret_0123456789abcdef',
};

/** Short enough to be waited for, and longer than a call on a busy machine. */
export const longestCallMs = 8_000;
export const claimMs = 4_000;

const ENROLLMENTS = `
  SELECT e.id, i.value AS "userId", e.journey, e.status, e.reason, e.step, e.ended_at AS "endedAt"
    FROM enrollments e JOIN identities i ON i.customer_id = e.customer_id AND i.kind = 'user'
   ORDER BY e.entered_at DESC, e.id`;

/** Everything but worker and server processes runs when it resolves. */
export async function openInstallation(kind: Kind): Promise<Installation> {
  const [database, temporal, mailbox, port] = await Promise.all([
    openTestDatabase(kind),
    startTemporalProcess(),
    startSlowMailbox(),
    freePort(),
  ]);
  const url = `http://127.0.0.1:${port}`;
  const connection = Connection.lazy({ address: temporal.address });
  const client = new Client({ connection, dataConverter });
  const installation: Installation = {
    ...{ database, temporal, client, mailbox, url },
    async startServer() {
      const settings = { DATABASE_URL: database.url, TEMPORAL_ADDRESS: temporal.address, PORT: String(port) };
      const server = await runProgram('server/main.ts', { ...KEYS, ...settings });
      await until('the server is ready', () => isReady(url) || server.hasEnded(), 90_000, 100);
      return server;
    },
    async startWorker(changed = {}) {
      const { smtpUrl } = mailbox;
      const places = { databaseUrl: database.url, address: temporal.address, smtpUrl, publicUrl: url };
      const options = { ...places, secret: KEYS.TABIJI_SECRET, longestCallMs, claimMs, standAt: {}, ...changed };
      const worker = await runProgram('tests/system/worker-process.ts', {}, JSON.stringify(options));
      await worker.says(/^running turns$/m);
      return worker;
    },
    async publish(written) {
      const folder = newFolder();
      writeJourneys(folder, written);
      const files = (await loadFolder(folder)).map(({ path, text }) => ({ path: path.replace(/^\//, ''), text }));
      await json(`${url}/journeys`, KEYS.TABIJI_MARKETER_TOKEN, { files });
    },
    async send(...batch) {
      const answer = await json<{ quarantined: object[] }>(`${url}/v1/batch`, KEYS.TABIJI_WRITE_KEY, { batch });
      if (answer.quarantined.length > 0) throw new Error(`not all were taken: ${JSON.stringify(answer)}`);
    },
    enrollments: async () => (await database.pool.query<EnrollmentRow>(ENROLLMENTS)).rows,
    async close() {
      await connection.close();
      await Promise.all([mailbox.stop(), temporal.halt(), database.close()]);
    },
  };
  return installation;
}

async function isReady(url: string): Promise<boolean> {
  return fetch(`${url}/ready`).then(
    ({ ok }) => ok,
    () => false,
  );
}
