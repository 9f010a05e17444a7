// Who a message is from: what is published when it leaves, unless the message says otherwise.
import { expect, it } from 'vitest';
import type { Outbound } from '../../engine/channel.ts';
import { day, planWith } from '../core/plans.ts';
import { createRig, memoryBacking, reachable, settings } from './rig.ts';

it('a message takes along the sender, and what is counted of it, as published when it leaves', async () => {
  const hi = { kind: 'send', message: 'hi', by: ['email'], with: {}, expiresMs: day } as const;
  const nap = { kind: 'wait', form: 'length', forMs: day, next: 'second' } as const;
  const plan = planWith({
    first: { ...hi, by: ['email'], next: 'nap' },
    nap,
    second: { ...hi, by: ['email'], next: null },
  });
  const backing = memoryBacking();
  const rig = await createRig([plan], backing);
  const sent: Outbound[] = [];
  const { email } = rig.ports.channels;
  rig.ports.channels.email = {
    ...email!,
    attempt: async (message, claim, signal) => {
      sent.push(message);
      // Published while the first message is on its way: it counts from the next one on.
      const channels = { email: { from: 'new@shop.example', tracking: { opens: true, clicks: false } } };
      await backing.publish({
        settings: { ...settings, channels },
        journeys: [{ version: `v-${plan.journey}`, plan }],
      });
      return email!.attempt(message, claim, signal);
    },
  };
  await rig.receive(reachable);
  await rig.receive({ kind: 'event', name: 'signed_up' });
  await rig.runAll();
  expect(sent.map(({ tracking }) => tracking)).toEqual([undefined, { opens: true, clicks: false, site: '' }]);
  expect(sent.map(({ sender, rendered }) => [sender, 'from' in rendered ? rendered.from : 'short'])).toEqual([
    ['shop@shop.example', null],
    ['new@shop.example', null],
  ]);
});
