// A worker that was given no provider for a channel that settings.yaml names: the message waits, and fails when it expires.
import { expect, it } from 'vitest';
import { day, planWith } from '../core/plans.ts';
import { createRig, reachable } from './rig.ts';

it('a message by a channel that this process has not is tried until it expires, and nobody is suppressed', async () => {
  const send = { kind: 'send' as const, message: 'hi', by: ['email'], with: {}, expiresMs: day, next: null };
  const rig = await createRig([planWith({ hi: send })]);
  rig.ports.channels = {};
  await rig.receive(reachable);
  await rig.receive({ kind: 'event', name: 'signed_up' });
  await rig.runAll();
  const { deliveries, enrollments } = await rig.rows();
  expect(deliveries).toMatchObject([{ state: 'failed', reason: 'failed', code: 'no_channel' }]);
  expect(deliveries[0]!.attempt).toBeGreaterThan(10);
  expect(enrollments).toMatchObject([{ status: 'completed' }]);
  expect(await rig.store.transaction((tx) => tx.suppression('email', 'a@example.com'))).toBeNull();
});
