// The picture of a plan: every step is there, and every way leads to a step or to the end.
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { mapOf } from '../../engine/core/journey-map.ts';
import type { Plan } from '../../engine/core/plan.ts';
import { compile } from '../../language/compile.ts';
import { loadFolder } from '../../language/load.ts';

const { plans } = await compile(await loadFolder(join(import.meta.dirname, '../../journeys')));

test.each(plans.map((plan) => [plan.journey, plan] as const))(
  'every step of %s is on the map, once, and can be reached on it',
  (_name, plan) => {
    const map = mapOf(plan);
    expect(map.steps.map(({ id }) => id)).toEqual(Object.keys(plan.steps));
    const reached = new Set<string>();
    const follow = (id: string | null) => {
      if (id === null || reached.has(id)) return;
      reached.add(id);
      for (const { to } of map.steps.find((step) => step.id === id)!.ways) follow(to);
    };
    follow(map.first);
    expect([...reached].sort()).toEqual(Object.keys(plan.steps).sort());
  },
);

test('each branch says when it is taken', () => {
  const condition = (cel: string) => ({ cel, history: [] });
  const steps: Plan['steps'] = {
    choose: {
      kind: 'choose',
      arms: [
        { when: condition('a'), next: 'wait' },
        { when: condition('b'), next: null },
      ],
      otherwise: null,
    },
    wait: {
      kind: 'wait',
      form: 'event',
      listeners: [{ on: ['x', 'y'], next: 'choose' }],
      withinMs: 5,
      otherwise: null,
    },
  };
  const [choose, wait] = mapOf({ first: 'choose', steps }).steps;
  expect(choose!.ways).toEqual([
    { to: 'wait', when: { kind: 'if', cel: 'a' } },
    { to: null, when: { kind: 'if', cel: 'b' } },
    { to: null, when: { kind: 'else' } },
  ]);
  expect(wait).toMatchObject({ kind: 'wait', form: 'event', ms: 5 });
  expect(wait!.ways).toEqual([
    { to: 'choose', when: { kind: 'on', events: ['x', 'y'] } },
    { to: null, when: { kind: 'else' } },
  ]);
});
