// Promises 1 and 3 for watched conditions: whatever dies between any two steps, who becomes such enters once, waits and
// exits that follow a condition are not lost, and nothing goes twice.
import { describe, expect, it } from 'vitest';
import type { Plan, SendStep, Watched } from '../../engine/core/plan.ts';
import { takeFlips } from '../../engine/flips.ts';
import { day, hour, planWith } from '../core/plans.ts';
import { Crash, createRig, type Rig, reachable } from './rig.ts';

const send: SendStep = { kind: 'send', message: 'hi', by: ['email'], with: {}, expiresMs: day, next: null };
const watched = (cel: string, changes: Partial<Watched['changes']>, history: Watched['history'] = []): Watched => ({
  ...{ cel, history, changes: { events: [], traits: [], consents: false, ...changes } },
});
const cart = (cel: string) => watched(cel, { events: ['cart_updated'] }, [{ event: 'cart_updated', windowMs: day }]);
const schemas: Plan['schemas'] = {
  customer: { email: { kind: 'string', optional: true } },
  events: planWith({}).schemas.events,
};

const byTrait = planWith(
  {
    first: { ...send, next: 'for-cart' },
    'for-cart': {
      ...{ kind: 'wait', form: 'if', if: cart('did("cart_updated", "1 hour")'), next: 'second' },
      ...{ withinMs: day, otherwise: null },
    },
    second: { ...send, next: 'nap' },
    nap: { kind: 'wait', form: 'length', forMs: 3 * hour, next: 'third' },
    third: send,
  },
  {
    journey: 'by-trait',
    enter: {
      on: [],
      when: watched('has(customer.email)', { traits: ['email'] }),
      again: { mode: 'never' },
      lateMs: day,
    },
    exits: [{ on: [], if: cart('did("cart_updated", "1 day") && !did("cart_updated", "2 hours")'), as: 'quiet' }],
    schemas,
  },
);
const byTime = planWith(
  { only: send },
  {
    journey: 'by-time',
    enter: {
      ...{ on: [], again: { mode: 'after_exit' }, lateMs: day },
      when: cart('did("cart_updated", "1 day") && !did("cart_updated", "1 hour")'),
    },
    schemas,
  },
);

async function play(rig: Rig): Promise<void> {
  await insist(() => rig.receive({ ...reachable, sourceId: 'a' }));
  await runLooks(rig);
  await insist(() => rig.receive({ kind: 'event', name: 'cart_updated', sourceId: 'b' }));
  await rig.runAll();
  while (await insist(() => takeFlips(rig.ports)));
  await rig.runAll();
}

/** What has been asked for now; the clock stands still. */
async function runLooks(rig: Rig): Promise<void> {
  for (const id of await rig.takeLooks()) {
    await insist(() => rig.turns.run(id));
    // The lease of what a crash has left under way.
    rig.time.real += 120_000;
    rig.time.now += 120_000;
    await insist(() => rig.turns.run(id));
  }
}

async function insist<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Crash)) throw error;
    return work();
  }
}

const baseline = await createRig([byTrait, byTime]);
await play(baseline);
const points = baseline.passed.map((point, index) => ({ point, n: index + 1 }));

async function outcomeOf(rig: Rig) {
  const { enrollments, decisions } = await rig.rows();
  const ends = enrollments.map(({ journey, status, reason }) => [journey, status, reason]).toSorted();
  return {
    ends,
    accepted: rig.accepted.length,
    decisions: decisions.map(({ kind, step }) => `${kind} ${step}`).toSorted(),
  };
}

it('without a crash both journeys are entered, and the first ends by time', async () => {
  const { ends, accepted } = await outcomeOf(baseline);
  expect(ends).toEqual([
    ['by-time', 'completed', null],
    ['by-trait', 'exited', 'quiet'],
  ]);
  expect(accepted).toBe(3);
  expect(points.filter(({ point }) => point.startsWith('flip')).length).toBeGreaterThanOrEqual(3);
});

describe.each(points)('a crash at step $n ($point)', ({ n, point }) => {
  it('comes to the same end', async () => {
    const rig = await createRig([byTrait, byTime]);
    rig.at = (_point, count) => {
      if (count === n) throw new Crash();
    };
    await play(rig);
    const expected = await outcomeOf(baseline);
    const found = await outcomeOf(rig);
    expect(new Set(rig.accepted).size).toBe(rig.accepted.length);
    // A message that the provider never got may stand as unknown; nothing else may differ.
    const isBeforeProvider = point.startsWith('claim: committed') || point.startsWith('provider: before');
    expect({ ...found, accepted: expected.accepted }).toEqual(expected);
    expect(found.accepted).toBe(expected.accepted - (isBeforeProvider ? 1 : 0));
  });
});
