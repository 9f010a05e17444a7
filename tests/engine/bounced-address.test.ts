// What went wrong: of two messages in a row, the first came back as "no such mailbox", and the second was claimed for the
// same address all the same: the claim read the suppressions before it had written the one it brought along.
import { expect, it } from 'vitest';
import { day, planWith } from '../core/plans.ts';
import { createRig, reachable } from './rig.ts';

const send = { kind: 'send', message: 'hi', by: ['email'], with: {}, expiresMs: day } as const;

it('a message right after one that bounced for good does not go to the same address', async () => {
  const plan = planWith({
    first: { ...send, by: ['email'], next: 'second' },
    second: { ...send, by: ['email'], next: null },
  });
  const rig = await createRig([plan]);
  await rig.receive(reachable);
  await rig.receive({ kind: 'event', name: 'signed_up' });
  rig.script.push(async (claim) => {
    await claim();
    return { kind: 'recipient_gone', code: '5.1.1' };
  });
  await rig.runAll();

  expect(rig.accepted).toEqual([]);
  const { deliveries, decisions } = await rig.rows();
  expect(deliveries.map(({ state, reason }) => [state, reason])).toEqual([
    ['failed', 'gone'],
    ['suppressed', 'suppression'],
  ]);
  expect(decisions.filter(({ kind }) => kind === 'not_sent').map(({ seq }) => seq)).toEqual([0, 1]);
});
