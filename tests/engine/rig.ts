// The engine over a store in memory, with a hand on every step: crashes, stalls, a provider that remembers.
import type { Channel, Outcome } from '../../engine/channel.ts';
import type { Plan } from '../../engine/core/plan.ts';
import type { Settings } from '../../engine/core/settings.ts';
import type { Ports } from '../../engine/ports.ts';
import { type Incoming, receive } from '../../engine/receive.ts';
import { createTurns, type Turns } from '../../engine/turn.ts';
import type { TurnResult } from '../../engine/turn-result.ts';
import { createMemoryStore, type MemoryStore } from '../../simulator/memory-store.ts';

export class Crash extends Error {}

export interface Rig {
  store: MemoryStore;
  ports: Ports;
  turns: Turns;
  /** Business and real time, moved by hand. */
  time: { now: number; real: number };
  /** Keys that the provider accepted, in order. */
  accepted: string[];
  /** Names of the steps passed so far. */
  passed: string[];
  /** Called at each step; throws to crash there. */
  at: (point: string, count: number) => void | Promise<void>;
  /** What the provider does with the next messages; `accepted` when empty. */
  script: ((claim: () => Promise<boolean>) => Promise<Outcome>)[];
  receive(incoming: Partial<Incoming>): Promise<unknown>;
  /** Runs what asks for a turn and what is due, moving the clock, until nothing is left; survives crashes. */
  runAll(): Promise<TurnResult | undefined>;
}

export const settings: Settings = {
  format: 1,
  brand: { name: 'Shop' },
  timeZone: 'UTC',
  locale: 'en',
  purposes: ['marketing'],
  customer: { email: { kind: 'string', optional: true } },
  channels: { email: { from: 'shop@shop.example' } },
  events: {},
};

export function createRig(plans: Plan[], budgetMs = 3_600_000): Rig {
  let ids = 0;
  const newId = () => `id${String(++ids).padStart(4, '0')}`;
  const store = createMemoryStore(newId);
  store.publish({ settings, journeys: plans.map((plan) => ({ version: `v-${plan.journey}`, plan })) });
  const time = { now: 1_000_000, real: 0 };
  const accepted: string[] = [];
  const rig: Rig = {
    store,
    time,
    accepted,
    passed: [],
    at: () => undefined,
    script: [],
    turns: undefined as never,
    ports: undefined as never,
    receive: (incoming) => receive(rig.ports, { ...call(time.now, ++ids), ...incoming }),
    runAll: () => runAll(rig),
  };
  const email: Channel = {
    name: 'email',
    longestCallMs: 1000,
    async attempt(message, claim) {
      const scripted = rig.script.shift();
      if (scripted) return scripted(claim);
      if (!(await claim())) return { kind: 'not_claimed' };
      await rig.ports.between('provider: before it takes the message');
      accepted.push(message.key);
      await rig.ports.between('provider: after it took the message');
      return { kind: 'accepted' };
    },
    close: async () => undefined,
  };
  rig.ports = {
    store,
    newId,
    channels: { email },
    clock: {
      now: () => time.now,
      real: () => time.real,
      sleepMs: (due) => (due !== null && due <= time.now ? 0 : null),
    },
    unsubscribeUrl: () => 'https://shop.example/u/x',
    async between(point) {
      rig.passed.push(point);
      await rig.at(point, rig.passed.length);
    },
  };
  rig.turns = createTurns(rig.ports, () => undefined, { ms: budgetMs, effects: 50 });
  return rig;
}

async function runAll(rig: Rig): Promise<TurnResult | undefined> {
  let last: TurnResult | undefined;
  for (let round = 0; round < 500; round += 1) {
    const ids = new Set([...rig.store.takeLooks(), ...due(rig)]);
    if (ids.size === 0 && !advance(rig)) return last;
    for (const id of ids) last = (await runOnce(rig, id)) ?? last;
  }
  throw new Error('it does not come to rest');
}

/** As the workflow does it: a turn that throws is run again a second later. */
async function runOnce(rig: Rig, id: string): Promise<TurnResult | undefined> {
  for (let tries = 0; tries < 20; tries += 1) {
    try {
      return await rig.turns.run(id);
    } catch (error) {
      if (!(error instanceof Crash) && (error as Error).name !== 'TurnFenced') throw error;
      rig.time.real += 1000;
    }
  }
  throw new Error(`${id} fails for ever`);
}

function due(rig: Rig): string[] {
  const open = [...rig.store.tables().enrollments.values()].filter((e) => e.status === 'active' && !e.needsAttention);
  return open.filter((e) => e.dueAt !== null && e.dueAt <= rig.time.now).map((e) => e.id);
}

function advance(rig: Rig): boolean {
  const open = [...rig.store.tables().enrollments.values()].filter((e) => e.status === 'active' && !e.needsAttention);
  const dues = open.flatMap((e) => e.dueAt ?? []);
  if (dues.length === 0) return false;
  const step = Math.max(0, Math.min(...dues) - rig.time.now);
  rig.time.now += step;
  rig.time.real += step;
  return true;
}

function call(now: number, id: number): Incoming {
  return {
    source: 'test',
    sourceId: `m${id}`,
    identity: { userId: 'u1' },
    kind: 'event',
    name: null,
    occurredAt: now,
    data: {},
    traits: {},
    context: {},
    grants: [],
    trusted: true,
  };
}

export const reachable: Partial<Incoming> = {
  kind: 'identify',
  traits: { email: 'a@example.com' },
  grants: [{ channel: 'email', purpose: 'marketing' }],
};
