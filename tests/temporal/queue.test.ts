// A delivery in its channel's queue, on a real server, with turns and attempts that go by a script.
import { readFile } from 'node:fs/promises';
import { WorkflowFailedError } from '@temporalio/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { workflowBundle } from '../../activities/bundle.ts';
import type { RunTurn } from '../../activities/turn.ts';
import type { TurnResult } from '../../engine/turn-result.ts';
import {
  eventNames,
  finished,
  gate,
  look,
  queues,
  type Rig,
  scripted,
  serving,
  silent,
  sleeps,
  startRig,
} from './rig.ts';

const busy = gate();
const silentOne = gate();
const script = scripted({
  simple: [queues('simple/1'), finished],
  'simple/1': [sleeps(0)],
  ended: [queues('ended/1')],
  'ended/1': [finished],
  twice: [queues('twice/1'), finished],
  'twice/1': [queues('twice/2')],
  'twice/2': [sleeps(0)],
  failing: [queues('failing/1'), queues('failing/1'), finished],
  'failing/1': [new Error('no'), sleeps(0)],
  looked: [queues('looked/1'), finished],
  'looked/1': [() => busy.opened.then(() => sleeps(0))],
  silent: [queues('silent/1'), finished],
  'silent/1': [() => silentOne.opened.then(() => sleeps(0))],
  waits: [{ ...queues('waits/1', 300), deliver: { channel: 'unserved', key: 'waits/1' } }, finished],
  cancelled: [{ ...queues('cancelled/1'), deliver: { channel: 'unserved', key: 'cancelled/1' } }],
  gone: [{ ...queues('gone/1'), deliver: { channel: 'unserved', key: 'gone/1' } }, finished],
});

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
  await rig.work(script.turn, { deliveries: serving(script.turn), drainMs: 500 });
});
afterAll(async () => {
  busy.open();
  silentOne.open();
  await rig.stop();
});

test('an attempt is an activity in the queue of its channel, and its result is the turn', async () => {
  const handle = await rig.enroll('simple');
  await handle.result();
  const names = await eventNames(handle);
  expect(names.filter((name) => name.startsWith('activityTask'))).toEqual([
    'activityTaskScheduled',
    'activityTaskStarted',
    'activityTaskCompleted',
  ]);
  const { events } = await handle.fetchHistory();
  const scheduled = events!.flatMap((event) => event.activityTaskScheduledEventAttributes ?? [])[0]!;
  expect(scheduled.taskQueue!.name).toBe('tabiji-email');
  expect(scheduled.activityType!.name).toBe('deliver');
  expect(names).not.toContain('timerStarted');
});

test('an attempt that ends the enrollment ends the workflow, without another turn', async () => {
  await (await rig.enroll('ended')).result();
  expect(script.turns.ended).toBe(1);
});

test('an attempt may lead to the next', async () => {
  await (await rig.enroll('twice')).result();
  expect([script.turns['twice/1'], script.turns['twice/2'], script.turns.twice]).toEqual([1, 1, 2]);
});

test('an attempt that fails is not repeated by Temporal: a turn a second later decides', async () => {
  const handle = await rig.enroll('failing');
  await handle.result();
  expect([script.turns['failing/1'], script.turns.failing]).toEqual([2, 3]);
  const timers = (await handle.fetchHistory()).events!.flatMap((event) => event.timerStartedEventAttributes ?? []);
  expect(timers.map(({ startToFireTimeout }) => Number(startToFireTimeout!.seconds))).toEqual([1]);
});

test('a look while it is under way leads to a turn at once', async () => {
  const handle = await rig.enroll('looked');
  await script.began('looked/1', 1);
  await look(handle);
  // Its provider has not answered yet.
  await handle.result();
  expect(await eventNames(handle)).not.toContain('timerStarted');
  busy.open();
});

test('a look while it waits in the queue leads to a turn at once', async () => {
  const handle = await rig.enroll('gone');
  await expect.poll(() => eventNames(handle)).toContain('activityTaskScheduled');
  await look(handle);
  await handle.result();
  expect(await eventNames(handle)).toContain('activityTaskCancelRequested');
});

test('what waits in the queue when something else is due comes out of it, and a turn follows', async () => {
  const handle = await rig.enroll('waits');
  await handle.result();
  expect(await eventNames(handle)).toContain('activityTaskTimedOut');
  expect(script.turns.waits).toBe(2);
});

test('a workflow cancelled while its message is queued ends', async () => {
  const handle = await rig.enroll('cancelled');
  await expect.poll(() => eventNames(handle)).toContain('activityTaskScheduled');
  await handle.cancel();
  await expect(handle.result()).rejects.toThrow(WorkflowFailedError);
  expect((await handle.describe()).status.name).toBe('CANCELLED');
});

test('a worker that gives no sign of life during an attempt is taken for dead, and a turn follows', async () => {
  const bundle = await workflowBundle(silent);
  const code = 'code' in bundle ? bundle.code : await readFile(bundle.codePath, 'utf8');
  // Below the beat of our workers, so that a living one looks dead.
  const impatient = code.replace("heartbeatTimeout: '30 seconds'", "heartbeatTimeout: '1 second'");
  expect(impatient).not.toBe(code);
  const taskQueue = 'impatient';
  const deliveries = serving(script.turn);
  const worker = await rig.work(script.turn, { taskQueue, bundle: { code: impatient }, deliveries, drainMs: 100 });
  const handle = await rig.client.workflow.start('welcome', { taskQueue, workflowId: 'silent', args: ['silent'] });
  await handle.result();
  expect(script.turns).toMatchObject({ silent: 2, 'silent/1': 1 });
  silentOne.open();
  await worker.stop();
});

test('a stop lets the attempt under way end; one that outlives the time to drain is told to abort, and a turn follows', async () => {
  const leaving = gate();
  const isAborted: string[] = [];
  const stopping = scripted({
    quick: [queues('quick/1')],
    'quick/1': [() => leaving.opened.then(() => finished)],
    overdue: [queues('overdue/1'), finished],
  });
  const overdue = (key: string, signal: AbortSignal) =>
    new Promise<TurnResult>((_, reject) => {
      begun.open();
      signal.addEventListener('abort', () => {
        isAborted.push(key);
        reject(signal.reason);
      });
    });
  const begun = gate();
  const run: RunTurn = (key, signal) => (key === 'overdue/1' ? overdue(key, signal) : stopping.turn(key, signal));
  const place = { taskQueue: 'stopping', deliveries: serving(run) };
  const enroll = (workflowId: string) =>
    rig.client.workflow.start('welcome', { taskQueue: 'stopping', workflowId, args: [workflowId] });
  const worker = await rig.work(stopping.turn, { ...place, drainMs: 3_000 });
  const [quick, late] = [await enroll('quick'), await enroll('overdue')];
  await Promise.all([stopping.began('quick/1', 1), begun.opened]);
  const stopped = worker.stop();
  leaving.open();
  await stopped;
  expect(isAborted).toEqual(['overdue/1']);
  const next = await rig.work(stopping.turn, place);
  await Promise.all([quick.result(), late.result()]);
  expect(stopping.turns).toMatchObject({ quick: 1, 'quick/1': 1, overdue: 2 });
  await next.stop();
});
