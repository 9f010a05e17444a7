// A world on the real parts: a Temporal server, a worker, the dispatcher, and a database; only the clock is stepped and
// the channels are scripted. Scenarios that pass in the simulator must give the same transcript here.

import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import pino from 'pino';
import type { Deliveries } from '../activities/channel-queues.ts';
import { dataConverter } from '../activities/data-converter.ts';
import { type RunningWorker, startWorker } from '../activities/worker.ts';
import { receiveAnswer } from '../engine/answer.ts';
import { channelNames, webhookChannel } from '../engine/core/channels.ts';
import type { Ports } from '../engine/ports.ts';
import { receive, recordConsent } from '../engine/receive.ts';
import { createTurns, type Turns } from '../engine/turn.ts';
import { type Dispatcher, startDispatcher } from '../server/dispatcher.ts';
import { takeDue } from '../server/flips.ts';
import { act, resolveConversations } from '../simulator/act.ts';
import { forgetDevices, peopleOn } from '../simulator/people.ts';
import { createScriptedChannels } from '../simulator/scripted-channel.ts';
import { createScriptedWebhooks } from '../simulator/scripted-webhooks.ts';
import { createStepClock } from '../simulator/step-clock.ts';
import type { World } from '../simulator/world.ts';
import { newId } from '../store/id.ts';
import { createOutbox } from '../store/outbox.ts';
import { publish } from '../store/publications.ts';
import { createSteps, type Steps } from '../store/steps.ts';
import { openTestDatabase, type TestDatabase } from './database.ts';
import { recordOf } from './record.ts';

process.env.TZ = 'UTC';
const logger = pino({ level: 'silent' });

export interface TemporalWorlds {
  /** A new world on an empty database. The one before is closed first: there is one at a time. */
  make(start: number): Promise<World>;
  client: Client;
  /** The database of the present world. */
  database(): TestDatabase;
  stop(): Promise<void>;
}

interface Current {
  turns: Turns;
  database: TestDatabase;
  dispatcher: Dispatcher;
}

/** One connection and one worker for any number of worlds, on a task queue of their own. */
export async function temporalWorlds(address: string): Promise<TemporalWorlds> {
  const taskQueue = `worlds-${newId()}`;
  let current: Current | null = null;
  const connection = await Connection.connect({ address });
  const client = new Client({ connection, dataConverter });
  // In virtual time a queued delivery goes at once, whatever its channel's rate.
  const deliveries: Deliveries = {
    run: (key, signal) => current!.turns.deliver(key, signal),
    channels: [...channelNames, webhookChannel],
    rates: async () => ({}),
  };
  const worker: RunningWorker = await startWorker({
    ...{ address, namespace: 'default', taskQueue, logger },
    turn: (id, signal) => current!.turns.run(id, signal),
    deliveries,
  });
  const close = async () => {
    await current?.dispatcher.stop();
    await current?.database.close();
    current = null;
  };
  return {
    client,
    database: () => current!.database,
    async make(start) {
      await close();
      const database = await openTestDatabase();
      const outbox = createOutbox(database.pool);
      const steps = createSteps(database.pool);
      let isRunning = false;
      const claim: typeof outbox.claim = async (...args) => (isRunning ? outbox.claim(...args) : []);
      // All rows of a moment are acknowledged before anything runs, whenever the dispatcher happens to poll.
      const settle = async () => {
        isRunning = true;
        dispatcher.wake();
        do await dispatcher.idle();
        while (await isBusy(steps, world.clock.now()));
        isRunning = false;
      };
      const { world, turns } = worldOn(database, steps, start, settle);
      const dispatcher = startDispatcher({ outbox: { ...outbox, claim }, client, taskQueue, logger });
      current = { turns, database, dispatcher };
      return world;
    },
    async stop() {
      await close();
      await worker.stop();
      await connection.close();
    },
  };
}

function worldOn({ pool, store }: TestDatabase, steps: Steps, start: number, settle: () => Promise<void>) {
  const clock = createStepClock(start);
  const channel = createScriptedChannels(channelNames, forgetDevices(store));
  const webhooks = createScriptedWebhooks();
  const ports: Ports = {
    store,
    clock,
    newId,
    channels: channel.channels,
    webhooks,
    keyedHash: (text) => `hash of ${text}`,
    unsubscribeUrl: () => 'https://tabiji.invalid/u/simulated',
    answerUrl: (_key, answer) => `https://tabiji.invalid/a/${answer ?? ''}`,
    confirmUrl: () => 'https://tabiji.invalid/u/confirm',
    between: () => undefined,
  };
  const turns = createTurns(ports, (error) => Promise.reject(error), { ms: 30_000, effects: 50 });
  const world: World = {
    clock,
    channel,
    webhooks,
    async publish({ settings, journeys }) {
      const plans = journeys.map(({ version, plan }) => ({ version, plan, source: [] }));
      await publish(pool, { settings, plans, by: 'test', at: clock.now() });
    },
    async receive(incoming) {
      await receive(ports, incoming);
    },
    answer: (answer) => receiveAnswer(ports, answer),
    resolveConversations: (who, queue) => resolveConversations(ports, who, queue),
    async consent(input) {
      await recordConsent(ports, input);
    },
    ...peopleOn(store, clock),
    async act(journeys, who, action) {
      await act(ports, journeys, who, action);
    },
    async settle() {
      while ((await takeDue(ports)) > 0);
      await settle();
    },
    nextDue: steps.nextDue,
    nudge: () => steps.nudge(clock.now()),
    record: () => recordOf(pool),
  };
  return { world, turns };
}

async function isBusy(steps: Steps, now: number): Promise<boolean> {
  const isBusy = await steps.isBusy(now, Date.now());
  if (isBusy) await sleep(2);
  return isBusy;
}
