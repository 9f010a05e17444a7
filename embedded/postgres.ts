// The embedded PostgreSQL: PGlite in a worker thread, behind an ordinary postgres:// address on loopback.
// In a thread, so that a query never holds up the main loop; inside this process, so that nothing outlives it.
// Limit: PGlite never calls fsync. A kill of any process loses nothing; a power cut or a crash of the system may.
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { portRefused } from './ports.ts';
import { StartError } from './start-error.ts';

export interface PostgresOptions {
  /** Absent: in memory. PGlite itself has no lock on it; hold the lock of the home that it lies in. */
  folder?: string;
  /** Absent: a free one. */
  port?: number;
  /** A database to begin with, from `dump()`; only without a folder. A tenth of the time of an empty one. */
  dump?: Uint8Array;
  /** Told when the database ends without having been stopped. */
  onFailure?: (error: StartError) => void;
}

export interface Postgres {
  /** With a password that is new at every start, for all programs of this user would reach the port. */
  url: string;
  /** The whole database as bytes, for `dump` of another start. No transaction may be open. */
  dump(): Promise<Uint8Array>;
  stop(): Promise<void>;
}

/** What goes to the thread at its start, and back and forth later. */
export interface PostgresThreadData {
  folder?: string;
  port: number;
  password: string;
  dump?: Uint8Array;
}
export type FromPostgresThread =
  | { ready: number }
  | { refused: string; code?: string }
  | { dumped: Uint8Array }
  | { broken: string };
export type ToPostgresThread = 'dump' | 'stop';

/** Starts the database and answers when it takes connections: 3 s for a new folder, 1 s for an old one. */
export async function startPostgres(options: PostgresOptions = {}): Promise<Postgres> {
  const { folder, port = 0, dump, onFailure } = options;
  const password = randomBytes(18).toString('base64url');
  const workerData: PostgresThreadData = { folder, port, password, dump };
  // execArgv: the flags of this process are not for the thread (a test runner's would break it).
  const worker = new Worker(new URL('./postgres-thread.js', import.meta.url), { workerData, execArgv: [] });
  const ended = once(worker, 'exit');
  const answer = await firstAnswer(worker);
  if (!('ready' in answer)) {
    await worker.terminate();
    throw refusal(options, answer);
  }
  let stopping = false;
  const failed = (reason: string) => {
    if (!stopping) onFailure?.(new StartError(`the embedded PostgreSQL ended by itself (${reason}); start again`));
    stopping = true;
  };
  worker.on('message', (message: FromPostgresThread) => 'broken' in message && failed(message.broken));
  worker.on('error', (error) => failed(error.message));
  worker.on('exit', (code) => failed(`status ${code}`));
  return {
    url: `postgres://postgres:${password}@127.0.0.1:${answer.ready}/postgres?sslmode=disable`,
    dump: () => askForDump(worker),
    stop: async () => {
      stopping = true;
      worker.postMessage('stop' satisfies ToPostgresThread);
      await ended;
    },
  };
}

async function firstAnswer(worker: Worker): Promise<FromPostgresThread> {
  try {
    const [message] = await once(worker, 'message');
    return message;
  } catch (error) {
    return { refused: error instanceof Error ? error.message : String(error) };
  }
}

function refusal({ folder, port = 0 }: PostgresOptions, answer: FromPostgresThread): StartError {
  if ('code' in answer && answer.code?.startsWith('EADDR'))
    return portRefused(port, 'TABIJI_POSTGRES_PORT', answer.code);
  const reason = 'refused' in answer ? answer.refused : JSON.stringify(answer);
  const advice = folder
    ? `If ${folder} was made by another version, or its disk is full, put that right; or set DATABASE_URL to a PostgreSQL`
    : 'Set DATABASE_URL to a PostgreSQL';
  return new StartError(`the embedded PostgreSQL did not start (${reason}). ${advice}`);
}

async function askForDump(worker: Worker): Promise<Uint8Array> {
  worker.postMessage('dump' satisfies ToPostgresThread);
  for (;;) {
    const [message] = (await once(worker, 'message')) as [FromPostgresThread];
    if ('dumped' in message) return message.dumped;
    if ('broken' in message) throw new Error(message.broken);
  }
}
