// Places for attempts within turns: so many a channel, first come first served, and no waiting where nothing moves.
import { expect, it } from 'vitest';
import type { StartTimer } from '../../engine/calls.ts';
import { createPlaces } from '../../engine/places.ts';

/** Timers that the test ends. */
function timers() {
  const ends: (() => void)[] = [];
  const start: StartTimer = () => {
    let end = () => {};
    const over = new Promise<void>((resolve) => {
      end = resolve;
    });
    ends.push(end);
    return { over, cancel: () => {} };
  };
  return { start, end: () => ends.splice(0).forEach((end) => void end()) };
}

it('there are so many on each channel, and a place that was left is free again', async () => {
  const { start } = timers();
  const places = createPlaces(1, () => 0, start);
  const leave = await places.enter('email');
  expect(await places.enter('email')).toBeNull();
  expect(await places.enter('push')).not.toBeNull();
  leave!();
  expect(await places.enter('email')).not.toBeNull();
});

it('where somebody has just left, one waits for a place, in order', async () => {
  const { start } = timers();
  const places = createPlaces(2, () => 0, start);
  const [first, second] = [await places.enter('email'), await places.enter('email')];
  first!();
  expect(await places.enter('email')).not.toBeNull();
  const order: string[] = [];
  const enter = async (name: string) => {
    const leave = await places.enter('email');
    order.push(name);
    return leave;
  };
  const [third, fourth] = [enter('third'), enter('fourth')];
  second!();
  (await third)!();
  expect(await fourth).not.toBeNull();
  expect(order).toEqual(['third', 'fourth']);
});

it('who has waited in vain gets none, and takes none from those who come later', async () => {
  const { start, end } = timers();
  const places = createPlaces(1, () => 0, start);
  (await places.enter('email'))!();
  const leave = await places.enter('email');
  const waiting = places.enter('email');
  end();
  expect(await waiting).toBeNull();
  leave!();
  expect(await places.enter('email')).not.toBeNull();
});

it('where nobody has left for a second, nobody waits', async () => {
  let now = 0;
  const places = createPlaces(
    1,
    () => now,
    () => {
      throw new Error('it waits');
    },
  );
  (await places.enter('email'))!();
  await places.enter('email');
  now = 1_001;
  expect(await places.enter('email')).toBeNull();
});
