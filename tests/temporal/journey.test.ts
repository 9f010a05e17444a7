// The workflow's loop on a real server, with turns that go by a script. Timers here are real, and short.
import { WorkflowFailedError } from '@temporalio/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventNames, finished, gate, look, parked, type Rig, scripted, sleeps, startRig } from './rig.ts';

const open = gate();
const slow = gate();
const busy = gate();
const leaving = gate();
const script = scripted({
  count: [sleeps(50), sleeps(50), sleeps(50), finished],
  sleeping: [sleeps(3_600_000), sleeps(3_600_000), finished],
  parked: [parked, finished],
  again: [sleeps(0), sleeps(0), finished],
  during: [() => open.opened.then(() => parked), parked, finished],
  far: [sleeps(1e15), finished],
  fraction: [sleeps(0.4), finished],
  throws: [new Error('no'), new Error('no'), finished],
  nonsense: [sleeps(Number.NaN), finished],
  slow: [() => slow.opened.then(() => parked), finished],
  last: [() => leaving.opened.then(() => finished), finished],
  cancelled: [parked],
  cancelledBusy: [() => busy.opened.then(() => parked)],
  cancelledFailing: [new Error('no')],
  ended: [finished, finished],
});

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
  await rig.work(script.turn);
});
afterAll(() => rig.stop());

test.concurrent('three sends and three waits take 24 events', async () => {
  const handle = await rig.enroll('count');
  await handle.result();
  expect(script.turns.count).toBe(4);
  expect(await eventNames(handle)).toHaveLength(24);
});

test.concurrent('a look ends a sleep at once, and once', async () => {
  const handle = await rig.enroll('sleeping');
  await script.began('sleeping', 1);
  await look(handle);
  await script.began('sleeping', 2);
  await look(handle);
  await handle.result();
  expect(script.turns.sleeping).toBe(3);
});

test.concurrent('a parked enrollment sets no timer and wakes by a look', async () => {
  const handle = await rig.enroll('parked');
  await script.began('parked', 1);
  await look(handle);
  await handle.result();
  expect(await eventNames(handle)).not.toContain('timerStarted');
});

test.concurrent('a turn that wants another gets it at once, without a timer', async () => {
  const handle = await rig.enroll('again');
  await handle.result();
  expect(await eventNames(handle)).not.toContain('timerStarted');
  expect(script.turns.again).toBe(3);
});

test.concurrent('looks during a turn lead to one more turn', async () => {
  const handle = await rig.enroll('during');
  await script.began('during', 1);
  await Promise.all([look(handle), look(handle), look(handle)]);
  open.open();
  await script.began('during', 2);
  await expect.poll(() => describe(handle)).toContain('when told to look');
  expect(script.turns.during).toBe(2);
  await look(handle);
  await handle.result();
});

test.concurrent('a sleep of thousands of years is cut to one', async () => {
  const handle = await rig.enroll('far');
  await script.began('far', 1);
  await expect.poll(() => eventNames(handle)).toContain('timerStarted');
  const timer = (await handle.fetchHistory()).events!.find((event) => event.timerStartedEventAttributes);
  expect(Number(timer!.timerStartedEventAttributes!.startToFireTimeout!.seconds)).toBe(365 * 24 * 3600);
  await look(handle);
  await handle.result();
});

test.concurrent('a fraction of a millisecond is rounded up', async () => {
  await (await rig.enroll('fraction')).result();
  expect(script.turns.fraction).toBe(2);
});

test.concurrent('a turn that fails is run again after a durable timer of one second, then of five', async () => {
  const handle = await rig.enroll('throws');
  await handle.result();
  const timers = (await handle.fetchHistory()).events!.flatMap((event) => event.timerStartedEventAttributes ?? []);
  expect(timers.map(({ startToFireTimeout }) => Number(startToFireTimeout!.seconds))).toEqual([1, 5]);
});

test.concurrent('a sleep that is no number is a failed turn, not an endless sleep', async () => {
  await (await rig.enroll('nonsense')).result();
  expect(script.turns.nonsense).toBe(2);
});

test.concurrent('a look that reaches the workflow during a turn longer than its task leads to one more turn', async () => {
  const handle = await rig.enroll('slow', { workflowTaskTimeout: '3 seconds' });
  await script.began('slow', 1);
  await look(handle);
  // The task is renewed while the turn runs, and the next one brings the look.
  const tasksAfterLook = async () => {
    const names = await eventNames(handle);
    return names.slice(names.indexOf('workflowExecutionSignaled')).filter((name) => name === 'workflowTaskCompleted');
  };
  await expect.poll(async () => (await tasksAfterLook()).length).toBeGreaterThan(1);
  slow.open();
  await handle.result();
  expect(script.turns.slow).toBe(2);
});

test.concurrent('a look during the last turn repeats that turn, and the workflow still ends', async () => {
  const handle = await rig.enroll('last');
  await script.began('last', 1);
  await look(handle);
  leaving.open();
  await handle.result();
});

test.concurrent('a cancelled workflow ends at its sleep', async () => {
  const handle = await rig.enroll('cancelled');
  await script.began('cancelled', 1);
  await handle.cancel();
  await expect(handle.result()).rejects.toThrow(WorkflowFailedError);
  expect((await handle.describe()).status.name).toBe('CANCELLED');
});

test.concurrent('a workflow cancelled during a turn finishes the turn first', async () => {
  const handle = await rig.enroll('cancelledBusy');
  await script.began('cancelledBusy', 1);
  await handle.cancel();
  busy.open();
  await expect(handle.result()).rejects.toThrow(WorkflowFailedError);
  expect(await eventNames(handle)).toContain('markerRecorded');
});

test.concurrent('a workflow cancelled while its turns fail ends instead of spinning', async () => {
  const handle = await rig.enroll('cancelledFailing');
  await script.began('cancelledFailing', 1);
  await handle.cancel();
  await expect(handle.result()).rejects.toThrow(WorkflowFailedError);
  expect(script.turns.cancelledFailing).toBe(1);
});

test.concurrent('any journey name is a workflow type', async () => {
  await (await rig.enroll('ended', { journey: 'cart-abandonment' })).result();
  const { type } = await rig.client.workflow.getHandle('ended').describe();
  expect(type).toBe('cart-abandonment');
});

async function describe(handle: Awaited<ReturnType<Rig['enroll']>>): Promise<string> {
  const metadata = await handle.query<{ currentDetails?: string }>('__temporal_workflow_metadata');
  return metadata.currentDetails ?? '';
}
