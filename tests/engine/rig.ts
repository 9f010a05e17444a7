// The engine over a store in memory, with a hand on every step: crashes, stalls, a provider that remembers.
import type { Channel, Outcome } from '../../engine/channel.ts';
import type { Decision, Delivery, Enrollment } from '../../engine/core/enrollment.ts';
import type { Plan } from '../../engine/core/plan.ts';
import type { Settings } from '../../engine/core/settings.ts';
import type { Catalog, Ports, Store } from '../../engine/ports.ts';
import { type Incoming, receive } from '../../engine/receive.ts';
import { createTurns, type Turns } from '../../engine/turn.ts';
import type { TurnResult } from '../../engine/turn-result.ts';
import { createMemoryStore } from '../../simulator/memory-store.ts';
import { createScriptedWebhooks } from '../../simulator/scripted-webhooks.ts';

export class Crash extends Error {}

/** A store and a look into it. */
export interface Rows {
  enrollments: Enrollment[];
  deliveries: Delivery[];
  decisions: Decision[];
}
export interface Backing {
  store: Store;
  publish(catalog: Catalog): Promise<void>;
  rows(): Promise<Rows>;
  /** Takes the enrollments that asked for a turn. */
  takeLooks(): Promise<string[]>;
}

export interface Rig extends Backing {
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
  /** The same, until the rows are as wanted. */
  runUntil(isWanted: (rows: Rows) => boolean): Promise<TurnResult | undefined>;
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

export function memoryBacking(): Backing {
  let ids = 0;
  const store = createMemoryStore(() => `id${String(++ids).padStart(4, '0')}`);
  return {
    store,
    publish: async (catalog) => store.publish(catalog),
    async rows() {
      const { enrollments, deliveries, decisions } = store.tables();
      return { enrollments: [...enrollments.values()], deliveries: [...deliveries.values()], decisions };
    },
    takeLooks: async () => store.takeLooks(),
  };
}

export async function createRig(
  plans: Plan[],
  backing: Backing = memoryBacking(),
  budgetMs = 3_600_000,
  policies: Partial<Settings> = {},
): Promise<Rig> {
  let ids = 0;
  const newId = () => `new${String(++ids).padStart(4, '0')}`;
  const journeys = plans.map((plan) => ({ version: `v-${plan.journey}`, plan }));
  await backing.publish({ settings: { ...settings, ...policies }, journeys });
  const time = { now: 1_000_000, real: 0 };
  const accepted: string[] = [];
  const rig: Rig = {
    ...backing,
    time,
    accepted,
    passed: [],
    at: () => undefined,
    script: [],
    turns: undefined as never,
    ports: undefined as never,
    receive: (incoming) => receive(rig.ports, { ...call(time.now, ++ids), ...incoming }),
    runAll: () => runAll(rig),
    runUntil: (isWanted) => runAll(rig, isWanted),
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
    store: backing.store,
    newId,
    channels: { email },
    clock: {
      now: () => time.now,
      real: () => time.real,
      sleepMs: (due) => (due !== null && due <= time.now ? 0 : null),
    },
    keyedHash: (text) => `hash of ${text}`,
    unsubscribeUrl: () => 'https://shop.example/u/x',
    answerUrl: (_key, answer) => `https://tabiji.invalid/a/${answer ?? ''}`,
    webhooks: createScriptedWebhooks(),
    async between(point) {
      rig.passed.push(point);
      await rig.at(point, rig.passed.length);
    },
  };
  rig.turns = createTurns(rig.ports, () => undefined, { ms: budgetMs, effects: 50 });
  return rig;
}

async function runAll(rig: Rig, isWanted = (_rows: Rows) => false): Promise<TurnResult | undefined> {
  let last: TurnResult | undefined;
  for (let round = 0; round < 500; round += 1) {
    const ids = new Set([...(await rig.takeLooks()), ...(await due(rig))]);
    if (ids.size === 0 && isWanted(await rig.rows())) return last;
    if (ids.size === 0 && !(await advance(rig))) return last;
    for (const id of ids) last = (await runOnce(rig, id)) ?? last;
  }
  throw new Error('it does not come to rest');
}

/**
 * As the workflow does it: what waits for its channel's queue is attempted from there, and after a turn or an attempt that
 * throws comes a turn, a second later.
 */
async function runOnce(rig: Rig, id: string): Promise<TurnResult | undefined> {
  let queued: TurnResult['deliver'];
  for (let tries = 0; tries < 20; tries += 1) {
    try {
      const { key } = queued ?? {};
      queued = undefined;
      const result = await (key ? rig.turns.deliver(key) : rig.turns.run(id));
      if (!result.deliver) return result;
      queued = result.deliver;
    } catch (error) {
      if (!(error instanceof Crash) && (error as Error).name !== 'TurnFenced') throw error;
      rig.time.real += 1000;
    }
  }
  throw new Error(`${id} fails for ever`);
}

async function due(rig: Rig): Promise<string[]> {
  return (await driven(rig)).filter((e) => e.dueAt !== null && e.dueAt <= rig.time.now).map((e) => e.id);
}

async function advance(rig: Rig): Promise<boolean> {
  const dues = (await driven(rig)).flatMap((e) => e.dueAt ?? []);
  if (dues.length === 0) return false;
  const step = Math.max(0, Math.min(...dues) - rig.time.now);
  rig.time.now += step;
  rig.time.real += step;
  return true;
}

async function driven(rig: Rig): Promise<Enrollment[]> {
  const { enrollments } = await rig.rows();
  const { halted = {} } = await rig.store.transaction((tx) => tx.catalog());
  const isPaused = (e: Enrollment) => e.pausedAt !== null || halted[e.journey] === 'paused';
  return enrollments.filter((e) => e.status === 'active' && e.needsAttention === null && !isPaused(e));
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
  grants: [
    { channel: 'email', purpose: 'marketing' },
    { channel: 'ads', purpose: 'marketing' },
  ],
};
