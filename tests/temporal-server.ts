// One Temporal server in memory for all suites of a run: name this file in vitest's `globalSetup`.
// A suite reads the address with `inject('temporalAddress')`; TEMPORAL_ADDRESS, if set, is used instead of a server of ours.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { resolveTemporalCli } from '../embedded/temporal-cli.ts';
import { startTemporal } from '../embedded/temporal-server.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    temporalAddress: string;
  }
}

/** Starts the server before the first suite; vitest calls what this resolves to after the last one. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env.TEMPORAL_ADDRESS;
  const server = given ? { address: given, stop: async () => {} } : await startForTests();
  project.provide('temporalAddress', server.address);
  return () => server.stop();
}

/** A server of a test's own, in memory, with exact timers; for scripts and suites without vitest's setup. */
export async function startForTests(): Promise<{ address: string; stop(): Promise<void> }> {
  const cli = await resolveTemporalCli({ env: process.env, say: (line) => process.stderr.write(`${line}\n`) });
  const folder = await mkdtemp(join(tmpdir(), 'tabiji-test-'));
  const server = await startTemporal({ cli, logFile: join(folder, 'temporal.log'), exactTimers: true });
  return {
    address: server.address,
    async stop() {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
