// A Temporal server of a test file's own: these tests stop it, start it again, and set its limits.
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { resolveTemporalCli } from '../../embedded/temporal-cli.ts';
import type { TemporalCli } from '../../embedded/temporal-command.ts';
import { startTemporal } from '../../embedded/temporal-server.ts';

export interface DevServer {
  address: string;
  /** Stops it, and starts it again on the same port and file with `start()`. */
  halt(): Promise<void>;
  start(): Promise<void>;
  /** Stops it and removes what it kept. */
  stop(): Promise<void>;
}

export interface DevServerOptions {
  /** Keeps its state in a file, so that it survives `halt()`. */
  isDurable?: boolean;
  /** Dynamic configuration by key. */
  config?: { [key: string]: string | number };
}

export async function startDevServer({ isDurable = false, config = {} }: DevServerOptions = {}): Promise<DevServer> {
  const folder = await mkdtemp(join(tmpdir(), 'tabiji-temporal-'));
  const cli = await configured(await resolveTemporalCli({ env: process.env }), folder, config);
  const options = {
    cli,
    logFile: join(folder, 'log'),
    exactTimers: true,
    ...(isDurable && { dbFile: join(folder, 'temporal.db') }),
  };
  let server = await startTemporal(options);
  const { address } = server;
  const port = Number(address.split(':')[1]);
  return {
    address,
    halt: () => server.stop(),
    async start() {
      server = await startTemporal({ ...options, port });
    },
    async stop() {
      await server.stop();
      await rm(folder, { recursive: true });
    },
  };
}

/** The command with more flags: a script that passes them on. */
async function configured(cli: TemporalCli, folder: string, config: DevServerOptions['config']): Promise<TemporalCli> {
  const flags = Object.entries(config ?? {}).map(
    ([key, value]) => `--dynamic-config-value '${key}=${JSON.stringify(value)}'`,
  );
  const path = join(folder, 'temporal');
  await writeFile(path, `#!/bin/sh\nexec '${cli.path}' "$@" ${flags.join(' ')}\n`);
  await chmod(path, 0o700);
  return { ...cli, path };
}
