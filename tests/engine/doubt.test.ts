// What went wrong: a message of which nobody knew whether it went, waiting to be sent once more, was written as `suppressed`
// when something prevented the repeat. Caps forgot it, late reports could not settle it, and support was told it never went.
import { describe, expect, it } from 'vitest';
import { cancel, eject, pauseEnrollment } from '../../engine/commands.ts';
import type { SendStep, Step } from '../../engine/core/plan.ts';
import type { Settings } from '../../engine/core/settings.ts';
import { eraseCustomer } from '../../engine/erase.ts';
import { recordConsent } from '../../engine/receive.ts';
import { report } from '../../engine/report.ts';
import { day, hour, minute, planWith } from '../core/plans.ts';
import { queuedPolicies } from './crash-suite.ts';
import { createRig, type Rig, reachable } from './rig.ts';

const send: SendStep = { kind: 'send', message: 'hi', by: ['email'], with: {}, expiresMs: day, next: 'nap' };
const nap: Step = { kind: 'wait', form: 'length', forMs: hour, next: null };
const plan = planWith({ only: { ...send, onUnknown: 'resend' }, nap }, { exits: [{ on: ['order_completed'] }] });

const lost = async (claim: () => Promise<boolean>) => {
  await claim();
  return { kind: 'unknown', code: 'ETIMEDOUT' } as const;
};

/** Its first attempt may have left, and the next one is due in a minute. */
async function toBeRepeated(policies?: Partial<Settings>): Promise<{ rig: Rig; id: string; key: string }> {
  const rig = await createRig([plan], undefined, undefined, policies);
  rig.script.push(lost);
  await rig.receive(reachable);
  await rig.receive({ kind: 'event', name: 'signed_up' });
  const [id] = await rig.takeLooks();
  const { deliver } = await rig.turns.run(id!);
  if (deliver) await rig.turns.deliver(deliver.key);
  const { key, state, sentAt } = await deliveryOf(rig);
  expect([state, sentAt]).toEqual(['queued', rig.time.now]);
  return { rig, id: id!, key };
}

const deliveryOf = async (rig: Rig) => (await rig.rows()).deliveries[0]!;
const said = async (rig: Rig) =>
  (await rig.rows()).decisions
    .filter(({ effectKey }) => effectKey !== null)
    .map(({ kind, outcome }) => `${kind} ${outcome}`);

interface Prevented {
  reason: string;
  by(rig: Rig, id: string, key: string): Promise<unknown>;
}
const withdrawn: Prevented[] = [
  { reason: 'exit', by: (rig) => rig.receive({ kind: 'event', name: 'order_completed' }) },
  { reason: 'ejected', by: (rig, id) => eject(rig.ports, id, 'support') },
  { reason: 'cancelled', by: (rig, _id, key) => cancel(rig.ports, key, 'support') },
  {
    reason: 'erased',
    by: async (rig, id) => {
      const customerId = await rig.store.transaction((tx) => tx.customerOf(id));
      await eraseCustomer(rig.ports, customerId!);
    },
  },
];
const refused: Prevented[] = [
  {
    reason: 'consent',
    by: (rig) =>
      recordConsent(rig.ports, {
        ...{ customer: { userId: 'u1' }, channel: 'email', purpose: 'marketing', state: 'withdrawn' },
        ...{ at: rig.time.now + 1, source: 'test', evidence: {} },
      }),
  },
  {
    reason: 'suppression',
    by: (rig) => rig.store.transaction((tx) => tx.suppress('email', 'a@example.com', 'legal', rig.time.now)),
  },
  {
    reason: 'unreachable',
    by: (rig) => rig.receive({ kind: 'identify', traits: { email: null } }),
  },
];

describe.each([
  { way: 'a turn', policies: undefined },
  { way: 'its queue', policies: queuedPolicies },
])('what may have left, to be repeated by $way', ({ policies }) => {
  it.each([...withdrawn, ...refused])(
    'stays in doubt where the repeat is prevented: $reason',
    async ({ reason, by }) => {
      const { rig, id, key } = await toBeRepeated(policies);
      const { sentAt, claimedBy, to, rendered } = await deliveryOf(rig);
      await by(rig, id, key);
      await rig.runAll();
      const kept = reason === 'erased' ? { to: null, rendered: null } : { to, rendered };
      expect(await deliveryOf(rig)).toMatchObject({ state: 'unknown', reason, sentAt, claimedBy, attempt: 1, ...kept });
      expect(await said(rig)).toEqual(['sent unknown', `not_repeated ${reason}`]);
      expect(rig.accepted).toEqual([]);
    },
  );

  it('counts in caps, and what is heard later ends the doubt', async () => {
    const { rig, id, key } = await toBeRepeated(policies);
    await rig.receive({ kind: 'event', name: 'order_completed' });
    const { customerId } = await deliveryOf(rig);
    const counted = await rig.store.transaction((tx) => tx.countedSends(customerId, ['email'], 0, rig.time.now));
    expect(counted).toEqual([{ key, channel: 'email', at: rig.time.now }]);
    await report(rig.ports, key, { kind: 'opened', at: rig.time.now, code: null, source: 'test' });
    expect(await deliveryOf(rig)).toMatchObject({ state: 'accepted', reason: null });
    expect(await rig.turns.run(id)).toMatchObject({ finished: true });
  });
});

it('a pause keeps it, with what is known of the first attempt', async () => {
  const { rig, id } = await toBeRepeated();
  const before = await deliveryOf(rig);
  rig.time.now += minute;
  const { deliver } = await rig.turns.run(id);
  rig.at = async (point) => {
    if (point === 'claim: asked') await pauseEnrollment(rig.ports, id, 'support');
  };
  await rig.turns.deliver(deliver!.key);
  const { to, rendered, sentAt, claimedBy, attempt } = before;
  const kept = { to, rendered, sentAt, claimedBy, attempt };
  expect(await deliveryOf(rig)).toMatchObject({ state: 'held', reason: 'paused', ...kept });
});

it('refused until it expires, it stays in doubt since its first attempt', async () => {
  const { rig } = await toBeRepeated();
  const { sentAt } = await deliveryOf(rig);
  rig.script.push(...Array.from({ length: 40 }, () => async () => ({ kind: 'retry', code: '451' }) as const));
  await rig.runAll();
  expect(await deliveryOf(rig)).toMatchObject({ state: 'unknown', sentAt });
  expect((await said(rig)).at(-1)).toBe('not_repeated failed');
});

it('a report that comes while it is being sent is not overwritten by the exit that comes after it', async () => {
  const rig = await createRig([plan], undefined, 5);
  let answer = (): void => undefined;
  rig.script.push(async (claim) => {
    await claim();
    await new Promise<void>((resolve) => {
      answer = resolve;
    });
    return { kind: 'unknown', code: 'ETIMEDOUT' };
  });
  await rig.receive(reachable);
  await rig.receive({ kind: 'event', name: 'signed_up' });
  const [id] = await rig.takeLooks();
  await rig.turns.run(id!);
  const { key } = await deliveryOf(rig);
  await report(rig.ports, key, { kind: 'opened', at: rig.time.now, code: null, source: 'test' });
  await rig.receive({ kind: 'event', name: 'order_completed' });
  answer();
  await rig.turns.drain();
  expect(await deliveryOf(rig)).toMatchObject({ state: 'accepted' });
});
