// The simulator: the real intake and the real turns over a store in memory, driven by the step clock.
import { receiveAnswer } from '../engine/answer.ts';
import { endKeptAudiences } from '../engine/audiences.ts';
import { channelNames } from '../engine/core/channels.ts';
import type { Enrollment } from '../engine/core/enrollment.ts';
import { takeFlips } from '../engine/flips.ts';
import type { Ports } from '../engine/ports.ts';
import { receive, recordConsent } from '../engine/receive.ts';
import { createTurns } from '../engine/turn.ts';
import { act, resolveConversations } from './act.ts';
import { createMemoryStore } from './memory-store.ts';
import { forgetDevices, peopleOn } from './people.ts';
import { createScriptedChannels } from './scripted-channel.ts';
import { createScriptedWebhooks } from './scripted-webhooks.ts';
import { createStepClock } from './step-clock.ts';
import type { World } from './world.ts';

/** @param start the clock's first moment */
export function createMemoryWorld(start: number): World {
  let ids = 0;
  const newId = () => `id-${String(++ids).padStart(6, '0')}`;
  const clock = createStepClock(start);
  const store = createMemoryStore(newId);
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
  // The simulator's budget never runs out: a turn's outcome must not depend on how fast this machine is.
  const turns = createTurns(ports, (error) => Promise.reject(error), { ms: 3_600_000, effects: 50 });
  const active = () => {
    const { enrollments, journeys } = store.tables();
    const isPaused = (e: Enrollment) => e.pausedAt !== null || journeys.get(e.journey)?.status === 'paused';
    return [...enrollments.values()].filter((e) => e.status === 'active' && !e.needsAttention && !isPaused(e));
  };

  async function settle(): Promise<void> {
    while ((await takeFlips(ports)) + (await endKeptAudiences(ports)) > 0);
    for (let looks = store.takeLooks(); looks.length > 0; looks = store.takeLooks())
      for (const id of looks) {
        let result = await turns.run(id);
        while (result.deliver || result.sleepMs === 0)
          result = await (result.deliver ? turns.deliver(result.deliver.key) : turns.run(id));
      }
  }

  return {
    clock,
    channel,
    webhooks,
    settle,
    async publish(catalog) {
      store.publish(catalog, clock.now());
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
    act: (journeys, who, action) => act(ports, journeys, who, action),
    async nextDue() {
      const { watches, journeys, audiences } = store.tables();
      const isHalted = (journey: string) => (journeys.get(journey)?.status ?? 'live') !== 'live';
      const live = [...watches.values()].filter(({ journey, isPaused }) => !(isPaused && isHalted(journey)));
      const flips = live.flatMap(({ nextFlip }) => nextFlip ?? []);
      const ends = [...audiences.values()].flatMap(({ endsAt }) => endsAt ?? []);
      const dues = [...active().flatMap(({ dueAt }) => dueAt ?? []), ...flips, ...ends];
      return dues.length === 0 ? null : Math.min(...dues);
    },
    async nudge() {
      const due = active().filter(({ dueAt }) => dueAt !== null && dueAt <= clock.now());
      await store.transaction(async (tx) => {
        for (const { id } of due) await tx.look(id);
      });
    },
    async record() {
      const { decisions, deliveries, enrollments, audiences, identities } = store.tables();
      // A user id is the better name where there is one.
      const named = [...identities].filter(([identity]) => !identity.startsWith('line:'));
      const names = named.sort(([a], [b]) => (a < b ? -1 : 1));
      return {
        decisions,
        deliveries: [...deliveries.values()],
        enrollments: [...enrollments.values()],
        audiences: [...audiences.values()],
        customers: Object.fromEntries(names.map(([identity, id]) => [id, identity.slice(identity.indexOf(':') + 1)])),
      };
    },
  };
}
