// What happens to turns when a worker is stopped, killed, or too slow; and what a start refuses.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { workflowBundle } from '../../activities/bundle.ts';
import { startWorker } from '../../activities/worker.ts';
import { taskQueue } from '../../workflows/task-queue.ts';
import { finished, gate, type Rig, scripted, silent, startRig } from './rig.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => rig.stop());

test('a stop lets the turn under way end, and it is not run again', async () => {
  const leaving = gate();
  const script = scripted({ drained: [() => leaving.opened.then(() => finished)] });
  const worker = await rig.work(script.turn);
  const handle = await rig.enroll('drained');
  await script.began('drained', 1);
  const stopped = worker.stop();
  leaving.open();
  await stopped;
  await handle.result();
  expect(script.turns.drained).toBe(1);
});

test('a turn that outlives the time to drain is told to abort, and run again by the next worker', async () => {
  let isAborted = false;
  let hasBegun = false;
  const worker = await rig.work(
    (_, signal) =>
      new Promise((_, reject) => {
        hasBegun = true;
        signal.addEventListener('abort', () => {
          isAborted = true;
          reject(signal.reason);
        });
      }),
    { drainMs: 200 },
  );
  const handle = await rig.enroll('overdue');
  await expect.poll(() => hasBegun).toBe(true);
  await worker.stop();
  expect(isAborted).toBe(true);
  const next = await rig.work(async () => finished);
  await handle.result();
  await next.stop();
});

test('a worker killed during a turn loses nothing: the next one runs the turn again', async () => {
  const child = spawnWorker();
  const handle = await rig.enroll('killed');
  await line(child.stdout!, 'turn killed');
  child.kill('SIGKILL');
  await once(child, 'exit');
  const script = scripted({ killed: [finished] });
  const next = await rig.work(script.turn);
  await handle.result();
  expect(script.turns.killed).toBe(1);
  await next.stop();
});

test('a turn that takes too long is given up and run again', async () => {
  const { code } = await bundleWith("startToCloseTimeout: '60 seconds'", "startToCloseTimeout: '3 seconds'");
  const late = gate();
  const script = scripted({ late: [() => late.opened.then(() => finished), finished] });
  const worker = await rig.work(script.turn, { bundle: { code } });
  const handle = await rig.enroll('late');
  await handle.result();
  expect(script.turns.late).toBe(2);
  late.open();
  await worker.stop();
});

test('the bundle is built once for the same sources', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'tabiji-bundle-'));
  const first = await workflowBundle(silent, folder);
  const second = await workflowBundle(silent, folder);
  expect(second).toEqual(first);
  expect(await readdir(folder)).toHaveLength(1);
  await rm(folder, { recursive: true });
});

test('a bundle that cannot be kept is used all the same', async () => {
  const bundle = await workflowBundle(silent, '/dev/null/nowhere');
  expect(bundle).toHaveProperty('code');
});

test('the bundle holds neither zod nor YAML nor CEL', async () => {
  const code = await bundleCode();
  for (const library of ['node_modules/zod', 'node_modules/yaml', 'cel-js']) expect(code).not.toContain(library);
});

test('a namespace that does not exist is refused with how to make it', async () => {
  const deps = { address: rig.server.address, namespace: 'nowhere', taskQueue, turn: async () => finished };
  await expect(startWorker({ ...deps, logger: silent })).rejects.toThrow(
    /"nowhere".*temporal operator namespace create/,
  );
});

async function bundleCode(): Promise<string> {
  const bundle = await workflowBundle(silent);
  return 'code' in bundle ? bundle.code : readFile(bundle.codePath, 'utf8');
}

async function bundleWith(original: string, replacement: string): Promise<{ code: string }> {
  const code = await bundleCode();
  expect(code).toContain(original);
  return { code: code.replace(original, replacement) };
}

function spawnWorker() {
  const file = fileURLToPath(new URL('worker-child.ts', import.meta.url));
  const env = { ...process.env, TZ: 'UTC', TEMPORAL_ADDRESS: rig.server.address };
  return spawn(process.execPath, ['--import', 'tsx', file], { env, stdio: ['ignore', 'pipe', 'inherit'] });
}

async function line(stream: NodeJS.ReadableStream, text: string): Promise<void> {
  let said = '';
  for await (const chunk of stream) {
    said += chunk;
    if (said.includes(text)) return;
  }
  throw new Error(`the worker ended without saying "${text}"`);
}
