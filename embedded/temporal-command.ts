// The `temporal` command itself: which version we fetch, and whether a file is it.
// Whatever a file came from, it counts only once it has answered.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { reasonOf } from './start-error.ts';

const run = promisify(execFile);

/** The version that is fetched: a database file of the embedded server is not migrated between versions. */
export const CLI_VERSION = '1.9.1';

/** A command that answered `--version`. `server` is the server's version in it, as in `1.32.0`. */
export interface TemporalCli {
  path: string;
  how: string;
  server: string;
}

/** Runs `--version`: a half-written file, another platform's binary or another program is found out here. */
export async function probe(path: string, how: string): Promise<TemporalCli> {
  let answer: string;
  try {
    answer = (await run(path, ['--version'], { timeout: 60_000, killSignal: 'SIGKILL' })).stdout.trim();
  } catch (error) {
    throw new Error(`${path} does not run (${reasonOf(error).split('\n')[0]})`);
  }
  const server = /^temporal version .*\bserver (\d+\.\d+\.\d+)/i.exec(answer)?.[1];
  if (!server) throw new Error(`${path} is not Temporal's command line (it answered "${answer.slice(0, 80)}")`);
  return { path, how, server };
}
