// The queued way of a delivery, step by step: who goes there, what finds it there, and what a place within a turn is.
import { describe, expect, it } from 'vitest';
import { cancel, pauseEnrollment, resumeEnrollment } from '../../engine/commands.ts';
import type { SendStep, Step } from '../../engine/core/plan.ts';
import { pauseJourney, resumeJourney } from '../../engine/journey-commands.ts';
import { day, hour, minute, planWith } from '../core/plans.ts';
import { queuedPolicies } from './crash-suite.ts';
import { createRig, type Rig, reachable } from './rig.ts';

const send: SendStep = { kind: 'send', message: 'hi', by: ['email'], with: {}, expiresMs: day, next: 'nap' };
const nap: Step = { kind: 'wait', form: 'length', forMs: hour, next: null };
const plan = planWith({ only: send, nap }, { exits: [{ on: ['order_completed'] }] });

/** Entered, and its first turn run: its message waits for the channel's queue. */
async function queued(): Promise<{ rig: Rig; id: string; key: string }> {
  const rig = await createRig([plan], undefined, undefined, queuedPolicies);
  const id = await enter(rig);
  const { deliver } = await rig.turns.run(id);
  return { rig, id, key: deliver!.key };
}

async function enter(rig: Rig): Promise<string> {
  await rig.receive(reachable);
  await rig.receive({ kind: 'event', name: 'signed_up' });
  const [id] = await rig.takeLooks();
  return id!;
}

const deliveriesOf = async (rig: Rig) => (await rig.rows()).deliveries;
const enrollmentOf = async (rig: Rig) => (await rig.rows()).enrollments[0]!;

describe('a channel with a rate', () => {
  it('is not attempted within a turn, and says where it waits', async () => {
    const { rig, id, key } = await queued();
    expect(rig.accepted).toEqual([]);
    expect(await deliveriesOf(rig)).toMatchObject([
      { key, state: 'queued', attempt: 0, retryAt: null, rendered: null },
    ]);
    // Until it expires: nothing else is due.
    expect((await enrollmentOf(rig)).dueAt).toBe(rig.time.now + day + 1);
    expect(await rig.turns.run(id)).toMatchObject({ deliver: { channel: 'email', key }, finished: false });
  });

  it('is attempted from its queue, and the journey goes on in the same turn', async () => {
    const { rig, key } = await queued();
    rig.time.now += minute;
    expect(await rig.turns.deliver(key)).toMatchObject({ step: 'nap', finished: false });
    expect(rig.accepted).toEqual([key]);
    // Dated by the attempt, not by when it was asked for; and the wait counts from it.
    expect(await deliveriesOf(rig)).toMatchObject([{ state: 'accepted', attempt: 1, createdAt: rig.time.now }]);
    expect((await enrollmentOf(rig)).dueAt).toBe(rig.time.now + hour);
  });

  it('is attempted once, however often it comes up', async () => {
    const { rig, key } = await queued();
    await rig.turns.deliver(key);
    await rig.turns.deliver(key);
    expect(rig.accepted).toEqual([key]);
  });

  it('expires in the queue', async () => {
    const { rig, id } = await queued();
    rig.time.now += day + 1;
    expect(await rig.turns.run(id)).not.toHaveProperty('deliver');
    expect(await deliveriesOf(rig)).toMatchObject([{ state: 'suppressed', reason: 'expired' }]);
  });
});

describe('what happens while it is queued', () => {
  it('an exit withdraws it, and its attempt sends nothing', async () => {
    const { rig, key } = await queued();
    await rig.receive({ kind: 'event', name: 'order_completed' });
    expect(await deliveriesOf(rig)).toMatchObject([{ state: 'suppressed', reason: 'exit' }]);
    expect(await rig.turns.deliver(key)).toMatchObject({ finished: true });
    expect(rig.accepted).toEqual([]);
  });

  it('an exit while it is being rendered prevents it', async () => {
    const { rig, key } = await queued();
    rig.at = async (point) => {
      if (point !== 'claim: asked') return;
      rig.at = () => undefined;
      await rig.receive({ kind: 'event', name: 'order_completed' });
    };
    await rig.turns.deliver(key);
    expect(rig.accepted).toEqual([]);
    expect(await deliveriesOf(rig)).toMatchObject([{ state: 'suppressed', reason: 'exit' }]);
  });

  it('withdrawn consent prevents it', async () => {
    const { rig, key } = await queued();
    await rig.store.transaction(async (tx) => {
      const { customerId } = await enrollmentOf(rig);
      const said = { customerId, channel: 'email', purpose: 'marketing', source: 'test', evidence: {} };
      await tx.appendConsent({ ...said, state: 'withdrawn', at: rig.time.now + 1, recordedAt: rig.time.now + 1 });
    });
    await rig.turns.deliver(key);
    expect(rig.accepted).toEqual([]);
    expect(await deliveriesOf(rig)).toMatchObject([{ state: 'suppressed', reason: 'consent' }]);
  });

  it('a cancel lets the journey go on at once', async () => {
    const { rig, id, key } = await queued();
    await cancel(rig.ports, key, 'support');
    expect(await rig.takeLooks()).toEqual([id]);
    expect(await rig.turns.run(id)).toMatchObject({ step: 'nap' });
    await rig.turns.deliver(key);
    expect(rig.accepted).toEqual([]);
  });

  // What could go wrong: its place in the queue was used up during the pause, and nothing was due before it expired, so
  // the resume of a journey would have passed it over.
  it.each(['enrollment', 'journey'])('a pause of the %s holds it, and the resume asks for it again', async (what) => {
    const { rig, id, key } = await queued();
    if (what === 'journey') await pauseJourney(rig.ports, plan.journey, 'marketer');
    else await pauseEnrollment(rig.ports, id, 'support');
    expect(await rig.turns.deliver(key)).toMatchObject({ sleepMs: null, finished: false });
    expect(rig.accepted).toEqual([]);
    if (what === 'journey') await resumeJourney(rig.ports, plan.journey, 'marketer');
    else await resumeEnrollment(rig.ports, id, 'support');
    const due = await rig.store.transaction((tx) => tx.parkedEnrollments(plan.journey, rig.time.now, '', 10));
    expect(due).toEqual([id]);
    const { deliver } = await rig.turns.run(id);
    await rig.turns.deliver(deliver!.key);
    expect(rig.accepted).toEqual([key]);
  });
});

describe('an attempt in the queue', () => {
  it('waits for its answer beyond the budget of a turn', async () => {
    const rig = await createRig([plan], undefined, 5, queuedPolicies);
    const { deliver } = await rig.turns.run(await enter(rig));
    let answer = () => {};
    rig.script.push(async (claim) => {
      await claim();
      await new Promise<void>((resolve) => {
        answer = resolve;
      });
      return { kind: 'accepted' };
    });
    const attempt = rig.turns.deliver(deliver!.key);
    // Ten times the budget of a turn: it would long have gone on without the answer.
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await deliveriesOf(rig)).toMatchObject([{ state: 'sending' }]);
    answer();
    expect(await attempt).toMatchObject({ step: 'nap' });
  });

  it('that is told to stop past its claim leaves the answer to the process', async () => {
    const { rig, id, key } = await queued();
    const stop = new AbortController();
    let answer = () => {};
    rig.script.push(async (claim) => {
      await claim();
      stop.abort();
      await new Promise<void>((resolve) => {
        answer = resolve;
      });
      return { kind: 'accepted' };
    });
    const result = await rig.turns.deliver(key, stop.signal);
    expect(result).not.toHaveProperty('deliver');
    expect(await deliveriesOf(rig)).toMatchObject([{ state: 'sending' }]);
    answer();
    await rig.turns.drain();
    expect(await deliveriesOf(rig)).toMatchObject([{ state: 'accepted' }]);
    expect(await rig.takeLooks()).toContain(id);
  });

  it('that fails before hand-over is tried again from the queue, though the channel has no rate', async () => {
    const rig = await createRig([plan]);
    rig.script.push(async () => ({ kind: 'retry', code: '451' }));
    const id = await enter(rig);
    expect(await rig.turns.run(id)).not.toHaveProperty('deliver');
    rig.time.now += minute;
    const { deliver } = await rig.turns.run(id);
    expect(rig.accepted).toEqual([]);
    await rig.turns.deliver(deliver!.key);
    expect(rig.accepted).toEqual([deliver!.key]);
    expect(await deliveriesOf(rig)).toMatchObject([{ state: 'accepted', attempt: 2 }]);
  });
});
