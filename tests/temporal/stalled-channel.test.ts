// A provider that stands still slows nobody else. Counted, not timed: the others finish while every call to it still hangs,
// though a turn would wait longer for it than the test does, and there are more such messages than slots for turns.
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { MAX_TURNS } from '../../activities/worker.ts';
import { type StalledWorld, startStalledWorld } from '../stalled-world.ts';

let world: StalledWorld;
beforeAll(async () => {
  world = await startStalledWorld({ address: inject('temporalAddress'), budgetMs: 55_000 });
});
afterAll(() => world.stop());

/** In the channel's queue of one process. */
const attempts = 20;
const stalled = MAX_TURNS + 30;

test('journeys without it, and journeys on another channel, go through while all of its calls hang', async () => {
  world.hang();
  const mailed = await world.enter('mailed', stalled);
  // A quarter of the slots for turns, and as many as its queue takes at a time; the others wait in Temporal.
  await expect.poll(world.hanging).toBe(MAX_TURNS / 4 + attempts);

  const rested = await world.enter('rested', 20);
  const texted = await world.enter('texted', 20);
  await Promise.all([world.closed(rested), world.closed(texted)]);
  expect(world.taken.sms).toHaveLength(40);
  expect(world.taken.email).toEqual([]);
  expect(world.hanging()).toBeGreaterThanOrEqual(attempts);

  world.release();
  await world.closed(mailed);
  expect(new Set(world.taken.email).size).toBe(world.taken.email.length);
  expect(world.taken.email).toHaveLength(2 * stalled);
}, 180_000);
