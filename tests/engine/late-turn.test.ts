// A turn that runs long after what it decides about: the worker or Temporal was away. What counted then counts now.
import { expect, test } from 'vitest';
import { versionOf } from '../../language/canonical.ts';
import { compile } from '../../language/compile.ts';
import { createMemoryWorld } from '../../simulator/memory-world.ts';
import { transcriptOf } from '../../simulator/transcript.ts';

const files = Object.entries({
  'settings.yaml':
    'brand: { name: Shop }\ntime_zone: UTC\nlocale: en\nchannels: { email: { from: "Shop <shop@shop.example>" } }\n',
  'events.yaml':
    'asked: { properties: { n: int? } }\nclicked: { properties: { n: int? } }\nbought: { properties: { n: int? } }\n',
  'j.yaml': `journey: j
purpose: transactional
enter: { on: asked }
steps:
  - wait: { on: clicked, within: 1 day }
  - if: did("bought", "1 hour")
    then: [{ exit: bought }]
    else: [{ exit: not_bought }]
`,
}).map(([path, text]) => ({ path: `journeys/${path}`, text }));

const minute = 60_000;

// It loaded history for windows that end when the turn runs, and asked about windows that end when the event came.
test('a condition is asked of the moment at which its step was reached, however late the turn runs', async () => {
  const { plans, settings } = await compile(files);
  const world = createMemoryWorld(0);
  const journeys = plans.map((plan) => ({ version: versionOf(plan), plan }));
  await world.publish({ settings: settings!, journeys });
  const happen = async (name: string, at: number) => {
    world.clock.set(at);
    const shape = { kind: 'event' as const, data: {}, traits: {}, context: {}, grants: [], trusted: true };
    await world.receive({ ...shape, source: 'test', sourceId: name, identity: { userId: 'c1' }, name, occurredAt: at });
  };
  await happen('asked', 10 * minute);
  await world.settle();
  await happen('bought', 20 * minute);
  await happen('clicked', 50 * minute);
  // Nobody runs the turn for an hour.
  world.clock.set(110 * minute);
  await world.settle();
  const facts = transcriptOf(await world.record());
  expect(facts.map(({ kind, what }) => `${kind} ${what}`)).toContain('exit bought');
});
