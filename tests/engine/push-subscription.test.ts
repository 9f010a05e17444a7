// Devices in the engine: found by who is on them, kept through a login, gone with an erasure.
import { expect, it } from 'vitest';
import { eraseCustomer } from '../../engine/erase.ts';
import { subscribe, unsubscribe } from '../../engine/push-subscription.ts';
import { createRig } from './rig.ts';

const device = { kind: 'webpush', endpoint: 'https://push.example/1', keys: {} } as const;

it("a visitor's device goes along when they log in", async () => {
  const { ports, receive, store } = await createRig([]);
  await receive({ identity: { userId: 'u1' }, kind: 'identify' });
  await subscribe(ports, { anonymousId: 'a1' }, device);
  await receive({ identity: { userId: 'u1', anonymousId: 'a1' }, kind: 'identify' });
  const { id } = await store.transaction((tx) => tx.lockCustomerOf({ userId: 'u1' }, 0));
  expect(await store.transaction((tx) => tx.pushSubscriptions(id))).toMatchObject([device]);
  expect(await unsubscribe(ports, { anonymousId: 'a1' }, device.endpoint)).toBe(true);
  expect(await unsubscribe(ports, { anonymousId: 'a1' }, device.endpoint)).toBe(false);
});

it('nobody who was erased is subscribed again by their old browser', async () => {
  const { ports, receive, store } = await createRig([]);
  await receive({ identity: { anonymousId: 'a1' }, kind: 'identify' });
  const { id } = await store.transaction((tx) => tx.lockCustomerOf({ anonymousId: 'a1' }, 0));
  expect(await subscribe(ports, { anonymousId: 'a1' }, device)).toBe(true);
  await eraseCustomer(ports, id);
  expect(await subscribe(ports, { anonymousId: 'a1' }, device)).toBe(false);
  expect(await unsubscribe(ports, { anonymousId: 'a1' }, device.endpoint)).toBe(false);
  expect(await store.transaction((tx) => tx.pushSubscriptions(id))).toEqual([]);
});
