// The embedded Temporal server: the `temporal` command as a child process on a durable file, or in memory for tests.
// It ends with this process, also after kill -9: a server that lived on would hold the file and the port.
import { readFile, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { type GuardedChild, launch, logTail } from './guarded-child.ts';
import { freePort, requireFreePort } from './ports.ts';
import { reasonOf, StartError } from './start-error.ts';
import type { TemporalCli } from './temporal-command.ts';
import { frontendAnswers, setRetention } from './temporal-namespace.ts';

export interface TemporalOptions {
  cli: TemporalCli;
  /** Absent: in memory, and everything is gone when it stops. */
  dbFile?: string;
  /** Absent: a free one. */
  port?: number;
  logFile: string;
  /** Timers that fire within 0.1 s of their time instead of 1 s, for tests and `--speed`. */
  exactTimers?: boolean;
  /** More of the server's dynamic configuration, by key; values as JSON. */
  dynamicConfig?: Record<string, string | number | boolean>;
  /** How long closed workflows are kept; the server's own default is 24 hours. */
  retentionHours?: number;
  /** Told when the server ends without having been stopped. */
  onFailure?: (error: StartError) => void;
}

export interface TemporalServer {
  /** As Temporal's clients take it, `127.0.0.1:7233`. */
  address: string;
  stop(): Promise<void>;
}

const READY_MS = 60_000;
// With these, what it has acknowledged survives its being killed.
const DURABLE = ['--sqlite-pragma', 'journal_mode=WAL', '--sqlite-pragma', 'synchronous=FULL'];

/** Starts the server and waits until it answers. Refuses a taken port and a file of another server version. */
export async function startTemporal(options: TemporalOptions): Promise<TemporalServer> {
  if (options.port !== undefined) await requireFreePort(options.port, 'TABIJI_TEMPORAL_PORT');
  if (options.dbFile) await requireSameServer(options.dbFile, options.cli);
  return launchAndWait(options, 1);
}

async function launchAndWait(options: TemporalOptions, attempt: number): Promise<TemporalServer> {
  const port = options.port ?? (await freePort());
  const address = `127.0.0.1:${port}`;
  const child = await launch(options.cli.path, serverArguments(options, port), options.logFile);
  try {
    await ready(address, child.ended);
    await setRetention(address, options.retentionHours ?? 72);
    if (options.dbFile) await writeFile(versionNote(options.dbFile), `${options.cli.server}\n`, { mode: 0o600 });
  } catch (error) {
    await child.stop();
    const tail = await logTail(options.logFile);
    // The server takes free ports for its parts too, and another program may be quicker.
    if (attempt < 3 && /address already in use|ephemeral port/.test(tail)) return launchAndWait(options, attempt + 1);
    throw new StartError(`the Temporal server did not start: ${reasonOf(error)}${tail}`);
  }
  return running(options, address, child);
}

function running({ logFile, onFailure }: TemporalOptions, address: string, child: GuardedChild): TemporalServer {
  let stopping = false;
  void child.ended.then(async (code) => {
    if (stopping) return;
    onFailure?.(new StartError(`the Temporal server ended by itself (status ${code})${await logTail(logFile)}`));
  });
  return {
    address,
    stop: () => {
      stopping = true;
      return child.stop();
    },
  };
}

function serverArguments(options: TemporalOptions, port: number): string[] {
  const { dbFile, exactTimers, dynamicConfig } = options;
  const config = { ...(exactTimers && { 'history.timerProcessorMaxTimeShift': '100ms' }), ...dynamicConfig };
  return [
    ...`server start-dev --headless --ip 127.0.0.1 --port ${port} --log-level warn`.split(' '),
    ...(dbFile ? ['--db-filename', dbFile, ...DURABLE] : []),
    ...Object.entries(config).flatMap(([key, value]) => ['--dynamic-config-value', `${key}=${JSON.stringify(value)}`]),
  ];
}

async function ready(address: string, exit: Promise<number | null>): Promise<void> {
  const gaveUp = new AbortController();
  const early = exit.then((code) => {
    throw new Error(`it ended at once (status ${code})`);
  });
  const late = sleep(READY_MS, undefined, { signal: gaveUp.signal }).then(() => {
    throw new Error(`no answer in ${READY_MS / 1000} s`);
  });
  late.catch(() => {});
  try {
    await Promise.race([early, late, frontendAnswers(address, gaveUp.signal)]);
  } finally {
    gaveUp.abort();
    early.catch(() => {});
  }
}

// Temporal does not migrate its file between minor versions of the server, and what it then does with it is not defined.
async function requireSameServer(dbFile: string, cli: TemporalCli): Promise<void> {
  const minor = (version: string) => version.split('.').slice(0, 2).join('.');
  const writtenBy = await readFile(versionNote(dbFile), 'utf8').catch(() => undefined);
  if (writtenBy === undefined || minor(writtenBy.trim()) === minor(cli.server)) return;
  throw new StartError(
    `${dbFile} was written by Temporal server ${writtenBy.trim()}, and ${cli.path} is ${cli.server}. ` +
      `Set TABIJI_TEMPORAL_CLI to a command with the former, or move ${dbFile}* away: ` +
      'open enrollments are kept in the database and are driven on from there',
  );
}

function versionNote(dbFile: string): string {
  return `${dbFile}.version`;
}
