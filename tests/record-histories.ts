// Records what today's workflow leaves in Temporal, for the replay tests: `node --import tsx tests/record-histories.ts NAME…`.
// A change of the workflow must replay every history recorded before it; record new ones beside them, never over them.
import { access, mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { WorkflowHandle } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { finished, gate, look, parked, queues, type Rig, scripted, serving, sleeps, startRig } from './temporal/rig.ts';

const FOLDER = fileURLToPath(new URL('histories/', import.meta.url));

const looked = gate();
const over = gate();
const script = scripted({
  'three-waits': [sleeps(50), sleeps(50), sleeps(50), finished],
  'looked-asleep': [sleeps(3_600_000), parked, finished],
  'looked-busy': [() => looked.opened.then(() => parked), parked, finished],
  'failed-turns': [new Error('no'), new Error('no'), sleeps(0), finished],
  'begun-anew': [...Array.from({ length: 6 }, () => sleeps(5)), parked],
  'started-by-look': [parked, finished],
  queued: [queues('queued/1', 3_600_000), sleeps(5), finished],
  'queued/1': [sleeps(5)],
  'queued-failed': [queues('queued-failed/1'), finished],
  'queued-failed/1': [new Error('no')],
  'queued-looked': [queues('queued-looked/1'), finished],
  'queued-looked/1': [() => over.opened.then(() => finished)],
});

const SCENES: { [name: string]: (rig: Rig) => Promise<WorkflowHandle> } = {
  'three-waits': (rig) => rig.enroll('three-waits'),
  async 'looked-asleep'(rig) {
    const handle = await rig.enroll('looked-asleep');
    await lookAfter(handle, 1);
    return lookAfter(handle, 2);
  },
  async 'looked-busy'(rig) {
    const handle = await rig.enroll('looked-busy');
    await lookAfter(handle, 1);
    looked.open();
    return lookAfter(handle, 2);
  },
  'failed-turns': (rig) => rig.enroll('failed-turns'),
  async 'begun-anew'(rig) {
    const handle = await rig.enroll('begun-anew');
    const { runId } = await handle.describe();
    await script.began('begun-anew', 7);
    // Its first run, which ends by being continued.
    return rig.client.workflow.getHandle('begun-anew', runId);
  },
  async 'started-by-look'(rig) {
    const start = { taskQueue: 'tabiji', workflowId: 'started-by-look', args: ['started-by-look'], signal: 'look' };
    return lookAfter(await rig.client.workflow.signalWithStart('welcome', start), 1);
  },
  queued: (rig) => rig.enroll('queued'),
  'queued-failed': (rig) => rig.enroll('queued-failed'),
  async 'queued-looked'(rig) {
    const handle = await rig.enroll('queued-looked');
    await script.began('queued-looked/1', 1);
    await look(handle);
    return handle;
  },
};

async function lookAfter(handle: WorkflowHandle, turns: number): Promise<WorkflowHandle> {
  await script.began(handle.workflowId, turns);
  await look(handle);
  return handle;
}

async function record(rig: Rig, name: string): Promise<void> {
  const file = `${FOLDER}${name}.json`;
  if (await exists(file)) return console.log(`${name}: kept as it is`);
  const handle = await SCENES[name]!(rig);
  if (name !== 'begun-anew') await handle.result();
  const json = historyToJSON(await handle.fetchHistory());
  // Who polled, and its own queue: a process and a machine.
  await writeFile(file, `${json.replace(/"[0-9]+@[^"]+"/g, '"recorder"')}\n`);
  console.log(`${name}: recorded`);
}

function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}

await mkdir(FOLDER, { recursive: true });
const rig = await startRig({ config: { 'limit.historyCount.suggestContinueAsNew': 25 } });
await rig.work(script.turn, { deliveries: serving(script.turn) });
const names = process.argv.slice(2);
for (const name of names.length > 0 ? names : Object.keys(SCENES)) await record(rig, name);
over.open();
await rig.stop();
