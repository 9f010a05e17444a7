// Explanations of what scenarios have recorded: in it, out of it, kept out of it, never near it.
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { textOf } from '../../cli/explain.ts';
import { type ExplanationFacts, explain } from '../../engine/core/explanation.ts';
import type { JourneyStatus } from '../../engine/core/journey-status.ts';
import type { Locale } from '../../engine/core/sentences.ts';
import type { Incoming } from '../../engine/receive.ts';
import { loadFolder } from '../../language/load.ts';
import { createMemoryWorld } from '../../simulator/memory-world.ts';
import { readTests } from '../../simulator/run-tests.ts';
import { advance } from '../../simulator/world.ts';

const { folder } = await readTests(await loadFolder(join(import.meta.dirname, '../scenarios/acts')));
const start = Date.parse('2026-05-01T10:00:00+09:00');
const hour = 3_600_000;

async function begun() {
  const { settings, journeys } = folder!;
  const world = createMemoryWorld(start);
  await world.publish({ settings, journeys });
  let calls = 0;
  const call = (more: Partial<Incoming>) =>
    world.receive({
      ...{ source: 'test', sourceId: `call ${++calls}`, identity: { userId: 'c1' }, kind: 'event', name: null },
      ...{ occurredAt: world.clock.now(), data: {}, traits: {}, context: {}, grants: [], trusted: true },
      ...more,
    });
  await call({
    kind: 'identify',
    traits: { email: 'c1@example.com' },
    grants: [{ channel: 'email', purpose: 'marketing' }],
  });
  const happens = async (name: string) => {
    await call({ name, data: name === 'asked' ? { thing: '茶' } : {} });
    await world.settle();
  };
  const told = async (
    status: JourneyStatus = 'live',
    locale: Locale = 'en',
    inOrder?: ExplanationFacts['decisions'],
  ) => {
    const { decisions: recorded, enrollments } = await world.record();
    const decisions = inOrder ?? recorded;
    return explain({
      ...{ journey: 'letters', status, now: world.clock.now(), zone: settings.timeZone, locale },
      published: journeys.find(({ plan }) => plan.journey === 'letters')!.plan,
      enrollments: enrollments.filter(({ journey }) => journey === 'letters'),
      plans: Object.fromEntries(journeys.map(({ version, plan }) => [version, plan])),
      decisions: decisions.filter(({ journey }) => journey === 'letters'),
      events: {},
    });
  };
  return { world, happens, told, at: (hours: number) => advance(world, start + hours * hour) };
}

test('who never did anything is told which event would open it', async () => {
  const { told } = await begun();
  expect((await told()).summary).toBe('Not in letters: nothing that opens it has happened yet. It opens on asked.');
  expect((await told('live', 'ja')).summary).toContain('asked で始まります');
  expect((await told('stopped')).summary).toBe('Not in letters: it is stopped and takes nobody.');
});

// What a turn decided stood behind an exit that was committed in the middle of it.
test('what happened is told in order of time, in whatever order it was committed', async () => {
  const { happens, told, at, world } = await begun();
  await happens('asked');
  await at(25);
  const { decisions } = await world.record();
  const lines = (await told('live', 'en', decisions.toReversed())).enrollments[0]!.lines.map((line) => line.at);
  expect(lines.length).toBeGreaterThan(1);
  expect(lines).toEqual(lines.toSorted());
});

test('who is in it is told what comes next, on their own clock', async () => {
  const { happens, told, at } = await begun();
  await happens('asked');
  const explanation = await told();
  expect(explanation.summary).toBe('In letters since 2026-05-01 10:00, now at steps.0.');
  expect(explanation.enrollments[0]!.next).toEqual([
    { at: '2026-05-02 10:00', sentence: 'the wait is over' },
    { at: null, sentence: 'then hello is sent by email, if nothing forbids it' },
    { at: null, sentence: 'then it waits at steps.2' },
  ]);
  await at(25);
  expect((await told()).enrollments[0]!.next).toEqual([
    { at: '2026-05-04 10:00', sentence: 'the wait is over, or answered comes before' },
    { at: null, sentence: 'then it ends: "unanswered"' },
  ]);
});

test('repeated triggers of an open enrollment are one line with their count', async () => {
  const { happens, told } = await begun();
  for (let time = 0; time < 4; time += 1) await happens('asked');
  const { notEntered } = await told();
  expect(notEntered).toMatchObject([{ outcome: 'again', count: 3, needed: 'no enrollment may be open' }]);
});

test('a paused journey says that nothing comes next, and of which message it keeps back', async () => {
  const { world, happens, told, at } = await begun();
  await happens('asked');
  world.channel.fail('email', 1);
  await at(24.005);
  await world.act(['letters'], { userId: 'c1' }, { on: 'journey', what: 'pause' });
  expect((await told('paused')).enrollments[0]!.next).toEqual([
    { at: null, sentence: 'nothing, until the journey is resumed' },
  ]);
  await world.act(['letters'], { userId: 'c1' }, { on: 'message', what: 'cancel', message: 'hello' });
  const sentences = (await told('paused')).enrollments[0]!.lines.map(({ sentence }) => sentence);
  expect(sentences).toEqual([
    'entered',
    'the wait steps.0 was over',
    'hello by email could not be handed over and is tried again',
    'hello by email was not sent: support cancelled it (by test)',
  ]);
});

test('who has left is told why, in both languages', async () => {
  const { world, happens, told } = await begun();
  await happens('asked');
  await world.act(['letters'], { userId: 'c1' }, { on: 'enrollment', what: 'eject' });
  expect((await told()).summary).toBe(
    'Was in letters from 2026-05-01 10:00 and left at 2026-05-01 10:00: support took the customer out of the journey.',
  );
  expect((await told('live', 'ja')).summary).toContain('サポートがお客様をジャーニーから外したため');
});

test('as text it is a page that support can read aloud', async () => {
  const { world, happens, told, at } = await begun();
  await happens('asked');
  await happens('asked');
  await world.consent({
    ...{ customer: { userId: 'c1' }, channel: 'email', purpose: 'marketing', state: 'withdrawn' },
    ...{ at: world.clock.now() + 1, source: 'test', evidence: {} },
  });
  await at(25);
  const text = textOf(await told()).replace(/id-\d+/g, 'id');
  expect(text).toBe(`In letters since 2026-05-01 10:00, now at steps.2.  (Asia/Tokyo)

[id]
  2026-05-01 10:00  entered
  2026-05-02 10:00  the wait steps.0 was over
  2026-05-02 10:00  hello by email was not sent: the customer has not consented to it  [consent]
                    consent to marketing by email must be granted
  2026-05-04 10:00  → the wait is over, or answered comes before
                    → then it ends: "unanswered"

  2026-05-01 10:00  did not enter: the customer is in the journey or was before, and may not enter again yet  [again]
                    no enrollment may be open
                    again: "after_exit", enrollment: "id", open: true
`);
});
