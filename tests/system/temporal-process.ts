// A Temporal server on a durable file that a test may kill, start again, empty, and set back to an older copy.
import { cpSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../../embedded/ports.ts';
import { resolveTemporalCli } from '../../embedded/temporal-cli.ts';
import { startTemporal, type TemporalServer } from '../../embedded/temporal-server.ts';
import { newFolder } from './folders.ts';
import { processesWith } from './program.ts';
import { until } from './until.ts';

export interface TemporalProcess {
  address: string;
  /** Kill -9. */
  kill(): Promise<void>;
  /** Asks it to end. */
  halt(): Promise<void>;
  /** On the same port and file as before. */
  start(): Promise<void>;
  /** While it is down: copies its file, replaces it with the copy, or removes it. */
  copy(): void;
  restore(): void;
  empty(): void;
}

export async function startTemporalProcess(): Promise<TemporalProcess> {
  const cli = await resolveTemporalCli({ env: process.env });
  const folder = newFolder();
  const [data, copy] = [join(folder, 'data'), join(folder, 'copy')];
  mkdirSync(data);
  const port = await freePort();
  const dbFile = join(data, 'temporal.db');
  const options = { cli, port, dbFile, logFile: join(folder, 'log'), exactTimers: true };
  let server: TemporalServer = await startTemporal(options);
  const replaceWith = (source: string | null) => {
    for (const name of readdirSync(data)) rmSync(join(data, name));
    if (source) cpSync(source, data, { recursive: true });
  };
  return {
    address: server.address,
    async kill() {
      const own = processesWith(dbFile).filter((line) => !line.includes('sh -c'));
      for (const line of own) process.kill(Number.parseInt(line, 10), 'SIGKILL');
      await until('Temporal is gone', () => processesWith(dbFile).length === 0);
    },
    halt: () => server.stop(),
    async start() {
      server = await startTemporal(options);
    },
    copy: () => cpSync(data, copy, { recursive: true }),
    restore: () => replaceWith(copy),
    empty: () => replaceWith(null),
  };
}
