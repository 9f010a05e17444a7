// Follows and blocks of a LINE account: consent and reachability, whatever the order in which they are told.
import { expect, it } from 'vitest';
import { eraseCustomer } from '../../engine/erase.ts';
import { recordFollow } from '../../engine/line-follow.ts';
import { createRig } from './rig.ts';

const lineUserId = `U${'0a'.repeat(16)}`;

async function after(...said: [follows: boolean, at: number][]) {
  const rig = await createRig([]);
  for (const [follows, at] of said) await recordFollow(rig.ports, { lineUserId, follows, at, eventId: `e${at}` });
  return rig.store.transaction(async (tx) => {
    const { id } = await tx.lockCustomerOf({ lineUserId }, 0);
    const grants = await tx.grants(id);
    return { grants, suppressed: await tx.suppression('line', lineUserId), address: await tx.lineUserId(id) };
  });
}

const follows = { grants: [{ channel: 'line', purpose: 'marketing' }], suppressed: null, address: lineUserId };
const blocked = { grants: [], suppressed: 'hard_bounce', address: lineUserId };

it.each<[[boolean, number][], object]>([
  [[[true, 10]], follows],
  [
    [
      [true, 10],
      [false, 20],
    ],
    blocked,
  ],
  [
    [
      [false, 20],
      [true, 10],
    ],
    blocked,
  ],
  [
    [
      [true, 10],
      [false, 20],
      [true, 30],
    ],
    follows,
  ],
  [
    [
      [true, 10],
      [true, 30],
      [false, 20],
    ],
    follows,
  ],
  [
    [
      [true, 10],
      [false, 20],
      [false, 20],
    ],
    blocked,
  ],
])('told %j it stands as %j', async (said, standing) => {
  expect(await after(...said)).toEqual(standing);
});

it('a link gives the customer of the shop what the LINE account agreed to, and its address', async () => {
  const { ports, receive, store } = await createRig([]);
  await receive({ identity: { userId: 'u1' }, kind: 'identify' });
  await recordFollow(ports, { lineUserId, follows: true, at: 10, eventId: 'e' });
  await receive({ identity: { userId: 'u1', lineUserId }, kind: 'identify', source: 'line', trusted: true });
  await store.transaction(async (tx) => {
    const { id } = await tx.lockCustomerOf({ userId: 'u1' }, 0);
    expect(await tx.lineUserId(id)).toBe(lineUserId);
    expect(await tx.grants(id)).toEqual([{ channel: 'line', purpose: 'marketing' }]);
  });
});

it('nobody who was erased comes back by following', async () => {
  const { ports, store } = await createRig([]);
  await recordFollow(ports, { lineUserId, follows: true, at: 10, eventId: 'e' });
  const { id } = await store.transaction((tx) => tx.lockCustomerOf({ lineUserId }, 0));
  await eraseCustomer(ports, id);
  expect(await recordFollow(ports, { lineUserId, follows: true, at: 20, eventId: 'f' })).toBe(false);
});
