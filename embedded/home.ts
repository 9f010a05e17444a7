// The home: the folder with the embedded default's whole state, opened by one process at a time.
// Layout: temporal.db, temporal.log, postgres/, mail/, keys, version, lock/, and clock where time is stepped.
import { chmod, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeDurably } from './durable-file.ts';
import { lockHome } from './home-lock.ts';
import { type KeyName, type Keys, readKeys } from './keys.ts';
import { reasonOf, StartError } from './start-error.ts';

export interface Home {
  folder: string;
  temporalDb: string;
  temporalLog: string;
  postgres: string;
  mail: string;
  keys: Keys;
  /** Those made just now: the one time to show them. */
  newKeys: KeyName[];
  /** Lets the next process in. */
  close(): Promise<void>;
}

/**
 * Opens the folder, made if need be, for this process alone. `version` is Tabiji's own, as in `0.1.0`; keys in `env` win.
 * Refuses a folder that another process holds, that a newer Tabiji has written, or that cannot be written to.
 */
export async function openHome(folder: string, version: string, env: NodeJS.ProcessEnv = {}): Promise<Home> {
  await makePrivate(folder);
  const lock = await lockHome(folder);
  try {
    await refuseNewer(folder, version);
    const { keys, made } = await readKeys(join(folder, 'keys'), env);
    await writeDurably(join(folder, 'version'), `${version}\n`);
    return {
      folder,
      temporalDb: join(folder, 'temporal.db'),
      temporalLog: join(folder, 'temporal.log'),
      postgres: join(folder, 'postgres'),
      mail: join(folder, 'mail'),
      keys,
      newKeys: made,
      close: () => lock.release(),
    };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

async function makePrivate(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await chmod(folder, 0o700);
  } catch (error) {
    throw new StartError(`cannot use ${folder} (${reasonOf(error)}); set TABIJI_HOME to a folder of yours`);
  }
}

async function refuseNewer(folder: string, version: string): Promise<void> {
  const written = (await readFile(join(folder, 'version'), 'utf8').catch(() => version)).trim();
  if (!/^\d+\.\d+\.\d+/.test(written))
    throw new StartError(
      `${join(folder, 'version')} is not a version ("${written.slice(0, 20)}"); ` +
        `write the version that last ran there into it, or set TABIJI_HOME to another folder`,
    );
  if (compareVersions(written, version) <= 0) return;
  throw new StartError(
    `${folder} was written by Tabiji ${written}, and this is ${version}; ` +
      `run ${written} or later, or set TABIJI_HOME to another folder`,
  );
}

function compareVersions(a: string, b: string): number {
  const [left, right] = [a, b].map((version) => version.split('-')[0]!.split('.').map(Number));
  const place = left!.findIndex((part, at) => part !== right![at]);
  return place < 0 ? 0 : left![place]! - (right![place] ?? 0);
}
