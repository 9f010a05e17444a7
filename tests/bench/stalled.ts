// One hanging provider beside a healthy one: how long the others take while it hangs, as a ratio to how long they take
// alone, in the same rounds. With the limit on attempts within turns, and without it.
import { setTimeout as sleep } from 'node:timers/promises';
import { type StalledWorld, startStalledWorld } from '../stalled-world.ts';
import { median } from './journeys.ts';
import type { BenchWorld } from './world.ts';

const rounds = 3;
/** More than there are slots for turns. */
const stalled = 80;
const others = 30;
/** So many calls hang before the others come: what all its places and its queue take. */
const hanging = 30;

/** Lines of the report. */
export async function measureStalled({ address, databaseKind }: BenchWorld): Promise<string[]> {
  const limited = await slowdown(await startStalledWorld({ address, databaseKind, pastClaim: true }));
  const unlimited = await slowdown(await startStalledWorld({ address, databaseKind, pastClaim: true, places: 1_000 }));
  return [
    `one hanging provider beside a healthy one: ${rounds} rounds, ${stalled} messages that hang, ${2 * others} other journeys`,
    `as long as without it, times  ${limited.toFixed(2)}`,
    `and if turns waited for it     ${unlimited.toFixed(2)}`,
  ];
}

async function slowdown(world: StalledWorld): Promise<number> {
  const ratios: number[] = [];
  for (let round = 0; round <= rounds; round += 1) {
    const alone = await secondsOfOthers(world);
    world.hang();
    const mailed = await world.enter('mailed', stalled);
    while (world.hanging() < hanging) await sleep(20);
    const beside = await secondsOfOthers(world);
    world.release();
    await world.closed(mailed);
    // The first round only warms up.
    if (round > 0) ratios.push(beside / alone);
  }
  await world.stop();
  return median(ratios);
}

async function secondsOfOthers(world: StalledWorld): Promise<number> {
  const startedAt = performance.now();
  const ids = [await world.enter('texted', others), await world.enter('rested', others)];
  await world.closed(ids.flat());
  return (performance.now() - startedAt) / 1_000;
}
