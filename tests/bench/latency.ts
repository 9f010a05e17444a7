// From an acknowledged event to the finished turn that it causes: dispatcher, Temporal, worker, turn. Beside it the way
// alone: a signal to the same workflow on the same server, whose local activity does nothing.
import { startWorker } from '../../activities/worker.ts';
import { createDrive } from '../../drive.ts';
import { type Incoming, receive } from '../../engine/receive.ts';
import { startDispatcher } from '../../server/dispatcher.ts';
import { tellToLook } from '../../server/look.ts';
import { realClock } from '../../server/real-clock.ts';
import { newId } from '../../store/id.ts';
import { createOutbox } from '../../store/outbox.ts';
import { publish } from '../../store/publications.ts';
import { day, planWith } from '../core/plans.ts';
import { openTestDatabase } from '../database.ts';
import { settings } from '../store/samples.ts';
import type { BenchWorld } from './world.ts';

/** Milliseconds. */
export interface Latency {
  p50: number;
  p99: number;
}
export interface Latencies {
  ours: { idle: Latency; loaded: Latency };
  bare: { idle: Latency; loaded: Latency };
}

/** Enrollments for each figure, and how many events are on their way at a time under load. */
const samples = { idle: 100, loaded: 600 };
const atATime = 20;

/** What is measured: `prepare` makes it wait for its event, `wake` resolves when the event is acknowledged. */
interface Way {
  prepare(id: string): Promise<void>;
  wake(id: string): Promise<void>;
  stop(): Promise<void>;
}

export async function measureLatency(world: BenchWorld): Promise<Latencies> {
  const ours = await measure((turned) => oursWay(world, turned));
  return { ours, bare: await measure((turned) => bareWay(world, turned)) };
}

async function measure(open: (turned: (id: string) => void) => Promise<Way>) {
  const waiting = new Map<string, () => void>();
  const way = await open((id) => waiting.get(id)?.());
  const turn = (id: string) => new Promise<void>((resolve) => waiting.set(id, resolve));
  const run = async (count: number, lanes: number): Promise<Latency> => {
    const ids = Array.from({ length: count }, () => newId());
    await inLanes(20, ids, async (id) => {
      const ready = turn(id);
      await way.prepare(id);
      await ready;
    });
    const times: number[] = [];
    await inLanes(lanes, ids, async (id) => {
      let finishedAt = 0;
      const finished = turn(id).then(() => {
        finishedAt = performance.now();
      });
      await way.wake(id);
      const acknowledgedAt = performance.now();
      await finished;
      times.push(Math.max(0, finishedAt - acknowledgedAt));
    });
    return percentiles(times);
  };
  await run(40, atATime);
  const measured = { idle: await run(samples.idle, 1), loaded: await run(samples.loaded, atATime) };
  await way.stop();
  return measured;
}

/** A wait for an event, in a database of its own; the worker tells of each turn that is over. */
async function oursWay({ address, client, databaseKind, smtpUrl, logger }: BenchWorld, turned: (id: string) => void) {
  const { pool, store, close } = await openTestDatabase(databaseKind);
  const listeners = [{ on: ['cart_updated'], next: null }];
  const plan = planWith(
    { wait: { kind: 'wait', form: 'event', listeners, withinMs: day, otherwise: null } },
    { journey: 'latency', enter: { on: ['signed_up'], again: { mode: 'never' }, lateMs: day } },
  );
  await publish(pool, { settings: settings(), plans: [{ version: 'l1', plan, source: [] }], by: 'bench', at: 0 });
  const links = { publicUrl: 'https://shop.example', secret: 'a secret of the bench' };
  const drive = createDrive({ pool, clock: realClock, smtpUrl, ...links, logger });
  const people = new Map<string, string>();
  const turn = async (id: string, signal: AbortSignal) => {
    const result = await drive.turns.run(id, signal);
    const { rows } = people.has(id) ? { rows: [] } : await pool.query(WHO, [id]);
    if (rows[0]) people.set(id, rows[0].value);
    turned(people.get(id)!);
    return result;
  };
  const taskQueue = 'latency-ours';
  const worker = await startWorker({ address, namespace: 'default', taskQueue, turn, logger });
  const dispatcher = startDispatcher({ outbox: createOutbox(pool), client, taskQueue, logger });
  const ports = { store, clock: realClock, newId, keyedHash: (text: string) => text, between: () => {} };
  const send = async (userId: string, name: string) => {
    await receive(ports, callOf(userId, name));
    dispatcher.wake();
  };
  return {
    prepare: (id: string) => send(id, 'signed_up'),
    wake: (id: string) => send(id, 'cart_updated'),
    async stop() {
      await dispatcher.stop();
      await worker.stop();
      await drive.close();
      await close();
    },
  };
}

const WHO = `
  SELECT i.value FROM enrollments e JOIN identities i ON i.customer_id = e.customer_id WHERE e.id = $1`;

/** The same workflow and signal, and a turn that does nothing: what the way through Temporal costs by itself. */
async function bareWay({ address, client, logger }: BenchWorld, turned: (id: string) => void): Promise<Way> {
  const woken = new Set<string>();
  const turn = async (id: string) => {
    turned(id);
    return { turn: 1, step: null, sleepMs: null, finished: woken.has(id) };
  };
  const taskQueue = 'latency-bare';
  const worker = await startWorker({ address, namespace: 'default', taskQueue, turn, logger });
  const look = (enrollmentId: string, fresh: boolean) =>
    tellToLook(client, taskQueue, { enrollmentId, journey: 'latency', fresh });
  return {
    prepare: (id) => look(id, true),
    // There is nothing to acknowledge: the clock begins as the signal is sent.
    async wake(id) {
      woken.add(id);
      void look(id, false);
    },
    stop: () => worker.stop(),
  };
}

async function inLanes<T>(lanes: number, items: T[], work: (item: T) => Promise<void>): Promise<void> {
  const left = [...items];
  const lane = async () => {
    for (let next = left.pop(); next !== undefined; next = left.pop()) await work(next);
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}

function percentiles(times: number[]): Latency {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!;
  return { p50: at(0.5), p99: at(0.99) };
}

function callOf(userId: string, name: string): Incoming {
  return {
    ...{ source: 'bench', sourceId: newId(), identity: { userId }, kind: 'event', name, occurredAt: Date.now() },
    ...{ data: {}, traits: {}, context: {}, grants: [], trusted: true },
  };
}
