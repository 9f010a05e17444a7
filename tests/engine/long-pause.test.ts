// A journey that stood still for a month: whom the resume wakes, how many at a time, and what has grown too old meanwhile.
import { expect, it } from 'vitest';
import type { SendStep } from '../../engine/core/plan.ts';
import { pauseJourney, resumeJourney, sweep } from '../../engine/journey-commands.ts';
import { day, planWith } from '../core/plans.ts';
import { createRig, type Rig, reachable } from './rig.ts';

const send: SendStep = { kind: 'send', message: 'hi', by: ['email'], with: {}, expiresMs: day, next: null };
const plan = planWith(
  {
    rest: { kind: 'wait', form: 'length', forMs: 10 * day, next: 'greet' },
    greet: { ...send, next: 'browse' },
    browse: {
      ...{ kind: 'wait', form: 'event', listeners: [{ on: ['cart_updated'], next: 'offer' }] },
      ...{ withinMs: 60 * day, otherwise: null },
    },
    offer: { ...send, next: 'end' },
    end: { kind: 'wait', form: 'length', forMs: 30 * day, next: null },
  },
  { lastsMs: 45 * day },
);

/** All turns that are asked for now, and what they leave in a queue. */
async function settle(rig: Rig, ids: string[]): Promise<void> {
  for (const id of ids) {
    let result = await rig.turns.run(id);
    while (result.deliver || result.sleepMs === 0)
      result = await (result.deliver ? rig.turns.deliver(result.deliver.key) : rig.turns.run(id));
  }
}

async function enter(rig: Rig, who: string): Promise<string> {
  const identity = { userId: who };
  await rig.receive({ ...reachable, identity, traits: { email: `${who}@example.com` } });
  await rig.receive({ identity, kind: 'event', name: 'signed_up' });
  const [id] = await rig.takeLooks();
  await settle(rig, [id!]);
  return id!;
}

async function crowd(rig: Rig, group: string, size: number): Promise<string[]> {
  const ids: string[] = [];
  for (let number = 0; number < size; number += 1) ids.push(await enter(rig, `${group}${number}`));
  return ids;
}

it('wakes after a month only who has something due, a batch at a time, and what expired is silent with its reason', async () => {
  const rig = await createRig([plan]);
  const long = await crowd(rig, 'long', 3);
  rig.time.now += 5 * day;
  const queued = await crowd(rig, 'queued', 4);
  rig.time.now += 8 * day;
  await settle(rig, long);
  const resting = await crowd(rig, 'resting', 12);
  rig.time.now += 2 * day;
  // Their message is put off, and meanwhile the journey is paused.
  for (const id of queued) {
    rig.script.push(async () => ({ kind: 'retry', code: '451' }));
    await settle(rig, [id]);
  }
  const sentBefore = rig.accepted.length;
  expect(sentBefore).toBe(long.length);
  await pauseJourney(rig.ports, plan.journey, 'marketer');
  await rig.receive({ identity: { userId: 'long0' }, kind: 'event', name: 'cart_updated' });
  rig.time.now += 30 * day;
  await settle(rig, [...(await rig.takeLooks()), ...long, ...queued, ...resting]);
  expect(rig.accepted).toHaveLength(sentBefore);

  // Entered the day before the resume would be, had it not been paused: nobody.
  const late = await rig.receive({ identity: { userId: 'late' }, kind: 'event', name: 'signed_up' });
  expect(late).toMatchObject({ status: 'accepted' });
  await resumeJourney(rig.ports, plan.journey, 'marketer');
  const batches: number[] = [];
  for (let isMore = true; isMore; ) {
    isMore = await sweep(rig.ports, 5);
    const woken = await rig.takeLooks();
    batches.push(woken.length);
    await settle(rig, woken);
  }

  // All had something due: a lifetime's end, a message, a wait. Never more than the set rate at once.
  expect(Math.max(...batches)).toBe(5);
  expect(batches.reduce((sum, size) => sum + size)).toBe(long.length + queued.length + resting.length);
  const { enrollments, deliveries, decisions } = await rig.rows();
  const said = (ids: string[], kind: string) =>
    decisions.filter((one) => one.kind === kind && ids.includes(one.enrollmentId ?? '')).map(({ outcome }) => outcome);
  // What was asked for before the pause has expired; the journey went on without it.
  expect(said(queued, 'not_sent')).toEqual(queued.map(() => 'expired'));
  for (const id of queued) {
    expect(deliveries.filter((one) => one.enrollmentId === id)).toMatchObject([
      { state: 'suppressed', reason: 'expired' },
    ]);
    expect(decisions.find((one) => one.enrollmentId === id && one.kind === 'not_sent')!.needed).not.toBe('');
  }
  // What fell due in the pause leaves now.
  expect(said(resting, 'sent')).toEqual(resting.map(() => 'accepted'));
  // Whose time was over in the pause is sent nothing more, not even for what they did before it was.
  const states = (ids: string[]) => enrollments.filter(({ id }) => ids.includes(id)).map(({ reason }) => reason);
  expect(states(long)).toEqual(long.map(() => 'expired'));
  expect(said(long, 'sent')).toEqual(long.map(() => 'accepted'));
  expect(decisions.filter(({ kind }) => kind === 'not_entered').map(({ outcome }) => outcome)).toEqual(['paused']);
});
