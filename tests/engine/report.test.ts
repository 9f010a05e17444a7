// What is heard of a message later: it ends the doubt about it, is counted as it happened, and never sends anything again.
import { describe, expect, it, test } from 'vitest';
import type { Outcome } from '../../engine/channel.ts';
import type { Plan, SendStep } from '../../engine/core/plan.ts';
import { type HeardKind, heardKinds } from '../../engine/core/reasons.ts';
import type { Settings } from '../../engine/core/settings.ts';
import { eraseCustomer } from '../../engine/erase.ts';
import { type Report, report, resolveDelivery } from '../../engine/report.ts';
import { day, hour, planWith } from '../core/plans.ts';
import { Crash, createRig, type Rig, reachable } from './rig.ts';

const send: SendStep = { kind: 'send', message: 'hi', by: ['email'], with: {}, expiresMs: day, next: null };
const one: Plan = planWith({ only: send });
const two: Plan = planWith({
  first: { ...send, next: 'nap' },
  nap: { kind: 'wait', form: 'length', forMs: hour, next: 'second' },
  second: send,
});
const leaseMs = 31_000;

async function entered(plan: Plan, policies: Partial<Settings> = {}, budgetMs?: number): Promise<Rig> {
  const rig = await createRig([plan], undefined, budgetMs, policies);
  await rig.receive(reachable);
  await rig.receive({ kind: 'event', name: 'signed_up' });
  return rig;
}

/** The provider claims and ends so. */
const ends = (outcome: Outcome) => async (claim: () => Promise<boolean>) => {
  await claim();
  return outcome;
};
const lost = ends({ kind: 'unknown', code: 'ETIMEDOUT' });

async function inDoubt(plan = one, policies: Partial<Settings> = {}): Promise<{ rig: Rig; key: string }> {
  const rig = await entered(plan, policies);
  rig.script.push(lost);
  await rig.turns.run((await rig.takeLooks())[0]!);
  const [delivery] = (await rig.rows()).deliveries;
  expect(delivery).toMatchObject({ state: 'unknown' });
  return { rig, key: delivery!.key };
}

const heard = (rig: Rig, kind: HeardKind, more: Partial<Report> = {}): Report => ({
  ...{ kind, at: rig.time.now, code: null, source: 'test' },
  ...more,
});
const say = (rig: Rig, key: string, kind: HeardKind, more: Partial<Report> = {}) =>
  report(rig.ports, key, heard(rig, kind, more));
const delivered = async (rig: Rig) => (await rig.rows()).deliveries[0]!;
const said = async (rig: Rig) =>
  (await rig.rows()).decisions
    .filter(({ effectKey }) => effectKey !== null)
    .map(({ kind, outcome }) => `${kind} ${outcome}`);

describe('a delivery of which nobody knows', () => {
  const becomes: { [kind in HeardKind]: [state: string, reason: string | null] } = {
    delivered: ['accepted', null],
    delayed: ['accepted', null],
    bounced: ['failed', 'gone'],
    returned: ['failed', 'failed'],
    complained: ['accepted', null],
    opened: ['accepted', null],
    clicked: ['accepted', null],
    answered: ['accepted', null],
  };
  test.each(heardKinds)('that is %s is known from then on', async (kind) => {
    const { rig, key } = await inDoubt();
    const [state, reason] = becomes[kind];
    expect(await say(rig, key, kind)).toEqual({ kind: 'done' });
    expect(await delivered(rig)).toMatchObject({ state, reason, claimedBy: null });
    expect(await said(rig)).toEqual(['sent unknown', `reported ${kind}`, `resolved ${reason ?? state}`]);
    await rig.runAll();
    expect(rig.accepted).toEqual([]);
  });

  it('stays what it became, whatever is heard next', async () => {
    const { rig, key } = await inDoubt();
    await say(rig, key, 'opened');
    await say(rig, key, 'bounced', { code: '5.1.1' });
    expect(await delivered(rig)).toMatchObject({ state: 'accepted' });
  });

  test.each(['report: recorded', 'report: concluded'])(
    'is as before where the report dies at %s, and can be told again',
    async (point) => {
      const { rig, key } = await inDoubt();
      rig.at = (passed) => {
        if (passed === point) throw new Crash();
      };
      await expect(say(rig, key, 'bounced')).rejects.toThrow(Crash);
      rig.at = () => undefined;
      expect(await delivered(rig)).toMatchObject({ state: 'unknown' });
      expect(await said(rig)).toEqual(['sent unknown']);
      await say(rig, key, 'bounced');
      expect(await delivered(rig)).toMatchObject({ state: 'failed' });
    },
  );
});

describe('a delivery that was accepted', () => {
  it('stays so: a bounce is recorded, and its address is not written to any more', async () => {
    const rig = await entered(two);
    await rig.turns.run((await rig.takeLooks())[0]!);
    const [key] = rig.accepted;
    expect(await say(rig, key!, 'bounced', { code: '5.1.1' })).toEqual({ kind: 'done' });
    expect(await delivered(rig)).toMatchObject({ state: 'accepted' });
    await rig.runAll();
    expect(rig.accepted).toEqual([key]);
    expect(await said(rig)).toEqual(['sent accepted', 'reported bounced', 'not_sent suppression']);
  });

  it('that came back for another reason is followed by the next one', async () => {
    const rig = await entered(two);
    await rig.turns.run((await rig.takeLooks())[0]!);
    await say(rig, rig.accepted[0]!, 'returned', { code: '5.2.2' });
    await rig.runAll();
    expect(rig.accepted).toHaveLength(2);
  });

  it('and complained of ends the consent to that channel, and the address', async () => {
    const rig = await entered(two);
    await rig.turns.run((await rig.takeLooks())[0]!);
    await say(rig, rig.accepted[0]!, 'complained');
    const [enrollment] = (await rig.rows()).enrollments;
    const [grants, suppression] = await rig.store.transaction(async (tx) => [
      await tx.grants(enrollment!.customerId),
      await tx.suppression('email', 'a@example.com'),
    ]);
    expect([grants, suppression]).toEqual([[{ channel: 'ads', purpose: 'marketing' }], 'complaint']);
    await rig.runAll();
    expect(rig.accepted).toHaveLength(1);
  });

  it('is said to have bounced once, however often the bounce comes, and its opens are counted', async () => {
    const rig = await entered(one);
    await rig.runAll();
    const key = rig.accepted[0]!;
    await say(rig, key, 'returned', { code: '5.2.2' });
    expect(await say(rig, key, 'returned', { code: '5.2.2' })).toMatchObject({ kind: 'unchanged' });
    await say(rig, key, 'opened');
    await say(rig, key, 'opened');
    await say(rig, key, 'opened', { machine: true });
    const { decisions } = await rig.rows();
    const counts = decisions.filter(({ kind }) => kind === 'reported').map((one) => (one as { count?: number }).count);
    expect(counts).toEqual([1, 2, 1]);
  });
});

it('a bounce about somebody who was erased keeps the address suppressed, and brings nothing of them back', async () => {
  const { rig, key } = await inDoubt();
  const [enrollment] = (await rig.rows()).enrollments;
  await eraseCustomer(rig.ports, enrollment!.customerId);
  await say(rig, key, 'complained', { address: 'A@example.com' });
  expect(await delivered(rig)).toMatchObject({ state: 'accepted', to: null, rendered: null });
  const hash = rig.ports.keyedHash('address:a@example.com');
  expect(await rig.store.transaction((tx) => tx.suppression('email', 'a@example.com', hash))).toBe('complaint');
  expect(JSON.stringify((await rig.rows()).decisions)).not.toContain('example.com');
});

it('two links at once are followed by a program', async () => {
  const rig = await entered(one);
  await rig.runAll();
  const key = rig.accepted[0]!;
  await say(rig, key, 'clicked', { link: 0, machine: false });
  await say(rig, key, 'clicked', { link: 1, machine: false });
  rig.time.now += 5_000;
  await say(rig, key, 'clicked', { link: 2, machine: false });
  const heards = (await rig.rows()).decisions.filter(({ kind }) => kind === 'reported');
  expect(heards.map(({ inputs }) => inputs.machine)).toEqual([false, true, false]);
});

it('what was never handed over is nobody’s to report on', async () => {
  const rig = await entered(one, { quietHours: { from: '00:00', to: '23:59', channels: ['email'], answer: 'hold' } });
  await rig.turns.run((await rig.takeLooks())[0]!);
  const { key, state } = await delivered(rig);
  expect(state).toBe('held');
  expect(await say(rig, key, 'opened')).toMatchObject({ kind: 'not_found' });
  expect(await say(rig, 'nobody/1', 'opened')).toMatchObject({ kind: 'not_found' });
});

it('a report from the future is of now', async () => {
  const { rig, key } = await inDoubt();
  await say(rig, key, 'opened', { at: rig.time.now + day });
  const { decisions } = await rig.rows();
  expect(decisions.find(({ kind }) => kind === 'reported')!.at).toBe(rig.time.now);
});

describe('caps', () => {
  const caps: Settings['caps'] = [{ max: 1, per: day, channels: ['email'], answer: 'skip' }];

  it('count what turned out to have gone', async () => {
    const { rig, key } = await inDoubt(two, { caps });
    await say(rig, key, 'opened');
    await rig.runAll();
    expect(rig.accepted).toEqual([]);
    expect(await said(rig)).toContain('not_sent cap');
  });

  it('do not count what turned out not to have gone', async () => {
    const { rig, key } = await inDoubt(two, { caps });
    await resolveDelivery(rig.ports, key, 'support', 'failed');
    await rig.runAll();
    expect(rig.accepted).toHaveLength(1);
  });
});

describe('a claim', () => {
  it('that is still held has the word: a report is kept, and counts once nobody knows', async () => {
    const rig = await entered(one);
    let key = '';
    rig.script.push(async (claim) => {
      await claim();
      key = (await delivered(rig)).key;
      await say(rig, key, 'opened');
      expect(await delivered(rig)).toMatchObject({ state: 'sending' });
      return { kind: 'unknown', code: 'ETIMEDOUT' };
    });
    await rig.runAll();
    expect(await delivered(rig)).toMatchObject({ state: 'accepted' });
    expect(await said(rig)).toEqual(['reported opened', 'sent unknown', 'resolved accepted']);
  });

  it('whose holder died and whose lease is over is settled by the report, and the journey goes on', async () => {
    const rig = await entered(two);
    const [id] = await rig.takeLooks();
    rig.at = (point) => {
      if (point === 'provider: after it took the message') throw new Crash();
    };
    await expect(rig.turns.run(id!)).rejects.toThrow(Crash);
    rig.at = () => undefined;
    rig.time.real += leaseMs;
    await say(rig, rig.accepted[0]!, 'opened');
    expect(await delivered(rig)).toMatchObject({ state: 'accepted', sentAt: rig.time.now });
    await rig.runAll();
    expect(rig.accepted).toHaveLength(2);
    expect((await rig.rows()).enrollments).toMatchObject([{ status: 'completed' }]);
  });

  // What went wrong: a worker stood still past its lease and then heard "accepted". The delivery was `unknown` by then, and
  // stayed so, though its own holder knew better.
  it('given up while its holder stood still is raised by the holder’s own answer', async () => {
    const rig = await entered(one);
    const [id] = await rig.takeLooks();
    rig.script.push(async (claim) => {
      await claim();
      rig.time.real += leaseMs;
      await rig.turns.run(id!);
      expect(await delivered(rig)).toMatchObject({ state: 'unknown' });
      return { kind: 'accepted', providerId: 'p1' };
    });
    await expect(rig.turns.run(id!)).rejects.toThrow('fenced');
    expect(await delivered(rig)).toMatchObject({ state: 'accepted', providerId: 'p1' });
    expect(await said(rig)).toEqual(['sent unknown', 'resolved accepted']);
  });

  it('the same where the turn has gone on without the answer', async () => {
    const rig = await entered(one, {}, 5);
    const [id] = await rig.takeLooks();
    let answer = (): void => undefined;
    rig.script.push(async (claim) => {
      await claim();
      await new Promise<void>((resolve) => {
        answer = resolve;
      });
      return { kind: 'recipient_gone', code: '5.1.1' };
    });
    await rig.turns.run(id!);
    rig.time.real += leaseMs;
    rig.time.now += leaseMs;
    await rig.runAll();
    expect(await delivered(rig)).toMatchObject({ state: 'unknown' });
    answer();
    await rig.turns.drain();
    expect(await delivered(rig)).toMatchObject({ state: 'failed', reason: 'gone', code: '5.1.1' });
    expect(await rig.store.transaction((tx) => tx.suppression('email', 'a@example.com'))).toBe('hard_bounce');
  });

  it('of somebody else is not settled by an execution that never had it', async () => {
    const rig = await entered(one);
    const [id] = await rig.takeLooks();
    rig.script.push(
      // Stalls before its claim; meanwhile a successor claims, and loses the answer.
      async () => {
        await rig.turns.run(id!);
        return { kind: 'retry', code: 'ECONNREFUSED' };
      },
      lost,
    );
    await expect(rig.turns.run(id!)).rejects.toThrow('fenced');
    expect(await delivered(rig)).toMatchObject({ state: 'unknown' });
  });
});

describe('what is to be sent once more', () => {
  const insisting: Plan = planWith({ first: { ...send, onUnknown: 'resend', next: 'second' }, second: send });

  it('is not, once it is heard that it went; the journey goes on at once', async () => {
    const rig = await entered(insisting);
    rig.script.push(lost);
    await rig.turns.run((await rig.takeLooks())[0]!);
    const { key, state } = await delivered(rig);
    expect(state).toBe('queued');
    await say(rig, key, 'delivered');
    const before = rig.time.now;
    await rig.runAll();
    expect(rig.time.now).toBe(before);
    expect(rig.accepted).toEqual([expect.not.stringMatching(key)]);
    expect((await rig.rows()).enrollments).toMatchObject([{ status: 'completed' }]);
  });
});

describe('an agent', () => {
  it('says what became of a message, once', async () => {
    const { rig, key } = await inDoubt();
    expect(await resolveDelivery(rig.ports, key, 'support', 'accepted')).toEqual({ kind: 'done' });
    expect(await resolveDelivery(rig.ports, key, 'support', 'accepted')).toMatchObject({ kind: 'unchanged' });
    expect(await resolveDelivery(rig.ports, key, 'support', 'failed')).toMatchObject({ kind: 'conflict' });
    expect((await rig.rows()).decisions.at(-1)).toMatchObject({
      ...{ kind: 'resolved', outcome: 'accepted' },
      inputs: { report: 'taken', source: 'agent', by: 'support', was: 'unknown' },
    });
  });

  it('does not while it is being handed over', async () => {
    const rig = await entered(one);
    rig.script.push(async (claim) => {
      await claim();
      const { key } = await delivered(rig);
      expect(await resolveDelivery(rig.ports, key, 'support', 'failed')).toMatchObject({ kind: 'conflict' });
      return { kind: 'accepted' };
    });
    await rig.runAll();
    expect(await delivered(rig)).toMatchObject({ state: 'accepted' });
  });
});
