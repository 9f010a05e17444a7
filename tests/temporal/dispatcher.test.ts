// The outbox drained into a real Temporal server, which is stopped and started again on the way.
import pino from 'pino';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Dispatcher, startDispatcher } from '../../server/dispatcher.ts';
import { taskQueue } from '../../workflows/task-queue.ts';
import { type MemoryOutbox, memoryOutbox } from './outbox.ts';
import { eventNames, parked, type Rig, startRig } from './rig.ts';

const turns: { [id: string]: number } = {};
let rig: Rig;
beforeAll(async () => {
  rig = await startRig({ isDurable: true });
  await rig.work(async (id) => {
    turns[id] = (turns[id] ?? 0) + 1;
    return parked;
  });
});
afterAll(() => rig.stop());

let outbox: MemoryOutbox;
let lines: { level: number; msg: string }[];
beforeEach(() => {
  outbox = memoryOutbox();
  lines = [];
});

test('a new enrollment takes a plain start, later looks a signal', async () => {
  await dispatching(async (dispatcher) => {
    outbox.add('new', true);
    await dispatcher.idle();
    await expect.poll(() => turns.new).toBe(1);
    expect(await eventNames(rig.client.workflow.getHandle('new'))).not.toContain('workflowExecutionSignaled');
    outbox.add('new');
    outbox.add('new');
    await dispatcher.idle();
    await expect.poll(() => turns.new).toBe(2);
  });
});

test('a look starts what does not run, with one turn', async () => {
  await dispatching(async (dispatcher) => {
    outbox.add('unknown');
    await dispatcher.idle();
    await expect.poll(() => turns.unknown).toBe(1);
    await rig.client.workflow.getHandle('unknown').terminate();
    outbox.add('unknown');
    await dispatcher.idle();
    await expect.poll(() => turns.unknown).toBe(2);
  });
});

test('a start that is repeated while the workflow runs becomes a look', async () => {
  await dispatching(async (dispatcher) => {
    outbox.add('twice', true);
    await dispatcher.idle();
    await expect.poll(() => turns.twice).toBe(1);
    outbox.add('twice', true);
    await dispatcher.idle();
    await expect.poll(() => turns.twice).toBe(2);
  });
});

test('a row that Temporal refuses keeps no other waiting, and is tried again', async () => {
  const poison = 'x'.repeat(2_000);
  outbox.add(poison);
  outbox.add('healthy');
  await dispatching(
    async () => {
      // More than once where telling it took longer than the lease.
      await expect.poll(() => turns.healthy).toBeGreaterThanOrEqual(1);
      await expect.poll(() => logged('Temporal refused looks; they are tried again').length).toBeGreaterThan(1);
      await expect.poll(() => outbox.rows()).toBe(1);
    },
    { leaseMs: 200 },
  );
});

test('with Temporal stopped, rows stay, it is said once, and all is told when it is back', async () => {
  await dispatching(async (dispatcher) => {
    await rig.server.halt();
    for (let index = 0; index < 50; index += 1) outbox.add(`outage-${index}`, index % 2 === 0);
    dispatcher.wake();
    await expect.poll(() => logged('Temporal cannot be reached').length).toBe(1);
    const ringing = setInterval(() => dispatcher.wake(), 5);
    const claims = outbox.claims;
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    clearInterval(ringing);
    expect(outbox.claims - claims).toBeLessThan(5);
    expect(outbox.rows()).toBe(50);
    await rig.server.start();
    await dispatcher.idle();
    await expect.poll(() => Object.keys(turns).filter((id) => id.startsWith('outage-')).length).toBe(50);
    expect(logged('Temporal cannot be reached')).toHaveLength(1);
    expect(logged('Temporal is back')).toHaveLength(1);
  });
});

test('a database that is away is waited for', async () => {
  outbox.isBroken = true;
  outbox.add('later', true);
  await dispatching(async (dispatcher) => {
    await expect.poll(() => logged('the outbox cannot be reached').length).toBe(1);
    outbox.isBroken = false;
    await dispatcher.idle();
    await expect.poll(() => turns.later).toBe(1);
    expect(logged('the outbox is back')).toHaveLength(1);
  });
});

async function dispatching(work: (dispatcher: Dispatcher) => Promise<void>, more: { leaseMs?: number } = {}) {
  const logger = pino({ level: 'info' }, { write: (line: string) => lines.push(JSON.parse(line)) });
  const dispatcher = startDispatcher({ outbox, client: rig.client, taskQueue, logger, ...more });
  await work(dispatcher).finally(() => dispatcher.stop());
}

function logged(text: string) {
  return lines.filter(({ msg }) => msg.startsWith(text));
}
