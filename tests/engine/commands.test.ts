// What people do to enrollments and deliveries: in force at once for every claim after it, whatever is under way.
import { describe, expect, it } from 'vitest';
import { cancel, eject, pauseEnrollment, release, resumeEnrollment } from '../../engine/commands.ts';
import type { Plan, SendStep, Step } from '../../engine/core/plan.ts';
import { pauseJourney, resumeJourney, stopJourney, sweep } from '../../engine/journey-commands.ts';
import { day, hour, planWith, when } from '../core/plans.ts';
import { Crash, createRig, type Rig, reachable, settings } from './rig.ts';

const send: SendStep = { kind: 'send', message: 'hi', by: ['email'], with: {}, expiresMs: 30 * day, next: null };
const steps: { [id: string]: Step } = {
  first: { ...send, next: 'fork' },
  fork: { kind: 'choose', arms: [{ when: when('has(customer.email)'), next: 'second' }], otherwise: null },
  second: { ...send, next: 'nap' },
  nap: { kind: 'wait', form: 'length', forMs: hour, next: 'third' },
  third: send,
};
const plan: Plan = planWith(steps, {
  schemas: { customer: { email: { kind: 'string', optional: true } }, events: planWith({}).schemas.events },
});

async function enter(rig: Rig): Promise<string> {
  await rig.receive(reachable);
  await rig.receive({ kind: 'event', name: 'signed_up' });
  return (await rig.rows()).enrollments[0]!.id;
}

async function begun(plans = [plan]): Promise<{ rig: Rig; id: string }> {
  const rig = await createRig(plans);
  return { rig, id: await enter(rig) };
}

/** The one enrollment as it stands. */
const standing = async (rig: Rig) => (await rig.rows()).enrollments[0]!;
const said = async (rig: Rig) =>
  (await rig.rows()).decisions.map(({ kind, outcome, inputs: { by } }) =>
    [kind, outcome, by].filter(Boolean).join(' '),
  );

const baseline = await begun();
await baseline.rig.runAll();
const points = baseline.rig.passed.map((point, index) => ({ point, n: index + 1 }));
const turnPoints = points.filter(({ point }) => !point.startsWith('ingest'));

/** Runs to rest with `command` done just before step `n`; answers the keys that were claimed before it. */
async function playWith(n: number, command: (rig: Rig, id: string) => Promise<unknown>) {
  const rig = await createRig([plan]);
  let claimed: string[] = [];
  let isDone = false;
  rig.at = async (_point, count) => {
    if (isDone || count < n) return;
    isDone = true;
    const [enrollment] = (await rig.rows()).enrollments;
    await command(rig, enrollment!.id);
    const { deliveries } = await rig.rows();
    claimed = deliveries.filter(({ state }) => state === 'sending' || state === 'accepted').map(({ key }) => key);
  };
  await enter(rig);
  await rig.runAll();
  return { rig, claimed };
}

const commands: [string, (rig: Rig, id: string) => Promise<unknown>][] = [
  ['eject', (rig, id) => eject(rig.ports, id, 'support')],
  ['stop', async (rig) => stopJourney(rig.ports, 'test', 'marketer')],
  ['pause', (rig, id) => pauseEnrollment(rig.ports, id, 'support')],
  ['pause of the journey', (rig) => pauseJourney(rig.ports, 'test', 'marketer')],
];
const pausing = commands.slice(2);

describe.each(commands)('%s between any two steps', (_name, command) => {
  it.each(turnPoints)('before step $n ($point) keeps back every delivery that was not claimed', async ({ n }) => {
    const { rig, claimed } = await playWith(n, command);
    expect(rig.accepted.filter((key) => !claimed.includes(key))).toEqual([]);
    expect((await standing(rig)).needsAttention).toBeNull();
  });
});

describe.each(pausing)('a %s that ends', (_name, command) => {
  it.each(turnPoints)('after it began before step $n ($point) each message goes once', async ({ n }) => {
    const { rig } = await playWith(n, command);
    rig.time.now += hour / 2;
    const { id } = await standing(rig);
    await resumeEnrollment(rig.ports, id, 'support');
    await resumeJourney(rig.ports, 'test', 'marketer');
    await sweep(rig.ports, 100);
    await rig.runAll();
    expect(rig.accepted).toEqual([`${id}/1`, `${id}/2`, `${id}/3`]);
    expect(await standing(rig)).toMatchObject({ status: 'completed', needsAttention: null });
  });
});

describe('a pause', () => {
  it('parks what is due without a timer, and leaves the timer of what is not', async () => {
    const { rig, id } = await begun();
    await rig.turns.run(id);
    rig.ports.clock.sleepMs = (due) => (due === null ? null : Math.max(0, due - rig.time.now));
    await pauseEnrollment(rig.ports, id, 'support');
    expect(await rig.turns.run(id)).toMatchObject({ finished: false, sleepMs: hour });
    rig.time.now += 2 * hour;
    expect(await rig.turns.run(id)).toMatchObject({ finished: false, sleepMs: null });
  });

  it('is recorded with who did it, and so is its end', async () => {
    const { rig, id } = await begun();
    await pauseEnrollment(rig.ports, id, 'support');
    await rig.runAll();
    expect(rig.accepted).toEqual([]);
    await resumeEnrollment(rig.ports, id, 'admin');
    expect(await said(rig)).toEqual(['entered entered', 'paused paused support', 'resumed resumed admin']);
  });

  it('that comes at the claim keeps the message back, and says so', async () => {
    const { rig } = await playWith(points.find(({ point }) => point === 'claim: asked')!.n, pausing[0]![1]);
    expect((await rig.rows()).deliveries).toMatchObject([{ state: 'held', reason: 'paused', attempt: 0 }]);
    expect(await said(rig)).toContain('held paused');
  });
});

describe('a sweep', () => {
  it('ends the open enrollments of a stopped journey a batch at a time, also after a crash in between', async () => {
    const rig = await createRig([plan]);
    for (let customer = 0; customer < 5; customer += 1)
      await rig.receive({ kind: 'event', name: 'signed_up', identity: { userId: `u${customer}` } });
    await stopJourney(rig.ports, 'test', 'marketer');
    const ended = async () => (await rig.rows()).enrollments.filter(({ reason }) => reason === 'stopped').length;
    expect([await sweep(rig.ports, 2), await ended()]).toEqual([true, 2]);
    expect((await resumeJourney(rig.ports, 'test', 'marketer')).kind).toBe('conflict');
    expect([await sweep(rig.ports, 2), await ended()]).toEqual([true, 4]);
    expect([await sweep(rig.ports, 2), await ended()]).toEqual([false, 5]);
    expect((await resumeJourney(rig.ports, 'test', 'marketer')).kind).toBe('done');
  });

  it('nudges only what fell due, a batch at a time', async () => {
    const rig = await createRig([plan]);
    for (let customer = 0; customer < 5; customer += 1)
      await rig.receive({ kind: 'event', name: 'signed_up', identity: { userId: `u${customer}` } });
    await pauseJourney(rig.ports, 'test', 'marketer');
    await rig.takeLooks();
    await rig.receive({ kind: 'event', name: 'signed_up', identity: { userId: 'late' } });
    await resumeJourney(rig.ports, 'test', 'marketer');
    await sweep(rig.ports, 2);
    expect(await rig.takeLooks()).toHaveLength(2);
    while (await sweep(rig.ports, 2));
    expect(await rig.takeLooks()).toHaveLength(3);
  });

  it('of an enrollment that nobody has ended leaves it to its next turn', async () => {
    const { rig, id } = await begun();
    await stopJourney(rig.ports, 'test', 'marketer');
    expect(await rig.turns.run(id)).toMatchObject({ finished: true });
    expect(await standing(rig)).toMatchObject({ status: 'exited', reason: 'stopped' });
    expect(await said(rig)).toContain('exited stopped marketer');
  });
});

describe('a repeated command', () => {
  it('changes nothing and says so', async () => {
    const { rig, id } = await begun();
    const kinds = async (...answers: Promise<{ kind: string }>[]) =>
      (await Promise.all(answers)).map(({ kind }) => kind);
    expect(await kinds(pauseEnrollment(rig.ports, id, 'a'), pauseEnrollment(rig.ports, id, 'a'))).toEqual([
      'done',
      'unchanged',
    ]);
    expect(await kinds(resumeEnrollment(rig.ports, id, 'a'), resumeEnrollment(rig.ports, id, 'a'))).toEqual([
      'done',
      'unchanged',
    ]);
    expect(await kinds(eject(rig.ports, id, 'a'), eject(rig.ports, id, 'a'))).toEqual(['done', 'unchanged']);
    expect(await kinds(pauseJourney(rig.ports, 'test', 'a'), pauseJourney(rig.ports, 'test', 'a'))).toEqual([
      'done',
      'unchanged',
    ]);
    expect(await kinds(resumeJourney(rig.ports, 'test', 'a'), resumeJourney(rig.ports, 'test', 'a'))).toEqual([
      'done',
      'unchanged',
    ]);
    expect(await kinds(stopJourney(rig.ports, 'test', 'a'), stopJourney(rig.ports, 'test', 'a'))).toEqual([
      'done',
      'unchanged',
    ]);
    expect((await said(rig)).filter((line) => line.startsWith('paused'))).toHaveLength(1);
    expect((await said(rig)).filter((line) => line.startsWith('exited'))).toHaveLength(1);
  });

  it('is refused where it came too late, and where there is nothing', async () => {
    const { rig, id } = await begun();
    await rig.runAll();
    for (const command of [eject, pauseEnrollment, resumeEnrollment, cancel]) {
      expect(await command(rig.ports, command === cancel ? `${id}/1` : id, 'a')).toMatchObject({ kind: 'conflict' });
      expect(await command(rig.ports, 'none/1', 'a')).toMatchObject({ kind: 'not_found' });
    }
    expect(await release(rig.ports, id, 'a', 'run_on')).toMatchObject({ kind: 'conflict' });
    expect(await release(rig.ports, 'none', 'a', 'eject')).toMatchObject({ kind: 'not_found' });
    expect(await pauseJourney(rig.ports, 'none', 'a')).toMatchObject({ kind: 'not_found' });
    expect(await cancel(rig.ports, `${id}/9`, 'a')).toMatchObject({ kind: 'not_found' });
  });
});

describe('a cancel', () => {
  const afterRetry = async () => {
    const { rig, id } = await begun();
    rig.script.push(async () => ({ kind: 'retry', code: '451' }));
    for (const look of await rig.takeLooks()) await rig.turns.run(look);
    return { rig, id };
  };

  it('withdraws a message between two attempts; the journey goes on', async () => {
    const { rig, id } = await afterRetry();
    expect(await cancel(rig.ports, `${id}/1`, 'support')).toEqual({ kind: 'done' });
    await rig.runAll();
    expect(rig.accepted).toEqual([`${id}/2`, `${id}/3`]);
    expect(await said(rig)).toContain('not_sent cancelled support');
    expect(await cancel(rig.ports, `${id}/1`, 'support')).toMatchObject({ kind: 'unchanged' });
  });

  it('that comes while the next attempt is being made wins until the claim, and is said once', async () => {
    const { rig, id } = await afterRetry();
    rig.at = async (point) => {
      if (point !== 'claim: asked') return;
      rig.at = () => undefined;
      await cancel(rig.ports, `${id}/1`, 'support');
    };
    await rig.runAll();
    expect(rig.accepted).toEqual([`${id}/2`, `${id}/3`]);
    expect((await said(rig)).filter((line) => line.startsWith('not_sent'))).toEqual(['not_sent cancelled support']);
  });
});

describe('a release', () => {
  // What really goes wrong: the turn dies after its second claim, and what it runs on the next time is another plan.
  const { fork, ...rest } = steps;
  const other: Plan = planWith({ ...rest, first: { ...send, next: 'fork2' }, fork2: fork! }, { schemas: plan.schemas });
  const misfit = async () => {
    const { rig, id } = await begun();
    rig.at = (point) => {
      if (point !== 'provider: after it took the message' || rig.accepted.length < 2) return;
      rig.at = () => undefined;
      throw new Crash();
    };
    await rig.turns.run(id).catch((error) => expect(error).toBeInstanceOf(Crash));
    await rig.publish({ settings, journeys: [{ version: 'v-test', plan: other }] });
    await rig.turns.run(id);
    return { rig, id };
  };

  it('is asked for where the journal does not fit: until then nothing moves', async () => {
    const { rig } = await misfit();
    expect((await standing(rig)).needsAttention).toBe('chose at fork is journaled where chose at fork2 is asked');
    expect(await rig.runAll()).toMatchObject({ finished: false, sleepMs: null });
    expect((await rig.rows()).deliveries).toHaveLength(2);
    expect(await said(rig)).toContain('needs_attention needs_attention');
  });

  it('waits for a message that is on its way', async () => {
    const { rig, id } = await misfit();
    expect(await release(rig.ports, id, 'support', 'run_on')).toMatchObject({ kind: 'conflict' });
    expect((await standing(rig)).needsAttention).not.toBeNull();
  });

  it('runs on to the end, and sends nothing twice', async () => {
    const { rig, id } = await misfit();
    rig.time.real += 60_000;
    expect(await release(rig.ports, id, 'support', 'run_on')).toEqual({ kind: 'done' });
    await rig.runAll();
    const { deliveries } = await rig.rows();
    expect(deliveries.map(({ step, state }) => `${step} ${state}`)).toEqual([
      'first accepted',
      'second unknown',
      'third accepted',
    ]);
    expect(rig.accepted).toHaveLength(3);
    expect(await standing(rig)).toMatchObject({ status: 'completed', needsAttention: null });
    expect(await said(rig)).toContain('released run_on support');
    expect(await release(rig.ports, id, 'support', 'run_on')).toMatchObject({ kind: 'conflict' });
  });

  it('runs on after a crash of the turn that follows it', async () => {
    const { rig, id } = await misfit();
    rig.time.real += 60_000;
    await release(rig.ports, id, 'support', 'run_on');
    rig.at = (point) => {
      if (point !== 'turn: moved') return;
      rig.at = () => undefined;
      throw new Crash();
    };
    await rig.turns.run(id).catch((error) => expect(error).toBeInstanceOf(Crash));
    await rig.runAll();
    expect(rig.accepted).toHaveLength(3);
    expect(await standing(rig)).toMatchObject({ status: 'completed' });
  });

  it('ejects where that is asked', async () => {
    const { rig, id } = await misfit();
    rig.time.real += 60_000;
    expect(await release(rig.ports, id, 'support', 'eject')).toEqual({ kind: 'done' });
    await rig.runAll();
    expect(await standing(rig)).toMatchObject({ status: 'exited', reason: 'ejected', needsAttention: null });
    expect(rig.accepted).toHaveLength(2);
  });

  it('of what runs changes nothing', async () => {
    const { rig, id } = await begun();
    expect(await release(rig.ports, id, 'support', 'run_on')).toMatchObject({ kind: 'unchanged' });
  });
});
