// An agent's resend: once more under the old key, through all gates, beside whatever the journey does meanwhile.
import { describe, expect, it } from 'vitest';
import { cancel, eject, pauseEnrollment, resumeEnrollment } from '../../engine/commands.ts';
import type { SendStep, Step } from '../../engine/core/plan.ts';
import type { Settings } from '../../engine/core/settings.ts';
import { report } from '../../engine/report.ts';
import { resend } from '../../engine/resend.ts';
import { day, hour, minute, planWith } from '../core/plans.ts';
import { queuedPolicies } from './crash-suite.ts';
import { createRig, type Rig, reachable } from './rig.ts';

const send: SendStep = { kind: 'send', message: 'hi', by: ['email'], with: {}, expiresMs: day, next: 'nap' };
const nap: Step = { kind: 'wait', form: 'length', forMs: hour, next: 'second' };
const plan = planWith({ only: send, nap, second: { ...send, next: null } }, { exits: [{ on: ['order_completed'] }] });

/** Its first message may have left, and it naps. */
async function inDoubt(
  policies?: Partial<Settings>,
  budgetMs?: number,
): Promise<{ rig: Rig; id: string; key: string }> {
  const rig = await createRig([plan], undefined, budgetMs, policies);
  rig.script.push(async (claim) => {
    await claim();
    return { kind: 'unknown', code: 'ETIMEDOUT' };
  });
  await rig.receive(reachable);
  await rig.receive({ kind: 'event', name: 'signed_up' });
  const [id] = await rig.takeLooks();
  await go(rig, id!);
  const { key, state } = await first(rig);
  expect(state).toBe('unknown');
  rig.time.now += minute;
  return { rig, id: id!, key };
}

/** A turn, and what it has in a queue. */
async function go(rig: Rig, id: string) {
  let result = await rig.turns.run(id);
  if (result.deliver) result = await rig.turns.deliver(result.deliver.key);
  return result;
}
const first = async (rig: Rig) => (await rig.rows()).deliveries[0]!;
const said = async (rig: Rig, key: string) =>
  (await rig.rows()).decisions
    .filter(({ effectKey }) => effectKey === key)
    .map(({ kind, outcome, inputs }) => `${kind} ${outcome}${inputs.by ? ` by ${inputs.by}` : ''}`);

describe.each([
  { way: 'a turn', policies: undefined },
  { way: 'its queue', policies: queuedPolicies },
])('a message of which nobody knows, sent once more by $way', ({ policies }) => {
  it('goes under its old key, and the journey stays where it is', async () => {
    const { rig, id, key } = await inDoubt(policies);
    const { state: before, dueAt } = (await rig.rows()).enrollments[0]!;
    expect(await resend(rig.ports, key, 'support')).toEqual({ kind: 'done' });
    expect(await rig.takeLooks()).toEqual([id]);
    await go(rig, id);
    expect(rig.accepted).toEqual([key]);
    expect(await first(rig)).toMatchObject({ state: 'accepted', attempt: 2, sentAt: rig.time.now });
    expect(await said(rig, key)).toEqual(['sent unknown', 'resend resend by support', 'sent accepted']);
    expect((await rig.rows()).enrollments).toMatchObject([{ state: before, dueAt }]);
    await rig.runAll();
    expect(rig.accepted).toEqual([key, `${id}/2`]);
    expect((await rig.rows()).enrollments).toMatchObject([{ status: 'completed' }]);
  });

  it('goes once, however often it is pressed and its turn runs', async () => {
    const { rig, id, key } = await inDoubt(policies);
    await resend(rig.ports, key, 'support');
    expect(await resend(rig.ports, key, 'support')).toMatchObject({ kind: 'unchanged' });
    await go(rig, id);
    await go(rig, id);
    expect(await resend(rig.ports, key, 'support')).toMatchObject({ kind: 'conflict' });
    await go(rig, id);
    expect(rig.accepted).toEqual([key]);
  });

  it('may be pressed again where it is lost again', async () => {
    const { rig, id, key } = await inDoubt(policies);
    rig.script.push(async (claim) => {
      await claim();
      return { kind: 'unknown', code: 'ETIMEDOUT' };
    });
    await resend(rig.ports, key, 'support');
    await go(rig, id);
    expect(await first(rig)).toMatchObject({ state: 'unknown', attempt: 2 });
    await resend(rig.ports, key, 'support');
    await go(rig, id);
    expect(await first(rig)).toMatchObject({ state: 'accepted', attempt: 3 });
  });

  it('goes through all gates again: withdrawn by an exit it stays in doubt', async () => {
    const { rig, id, key } = await inDoubt(policies);
    await resend(rig.ports, key, 'support');
    await rig.receive({ kind: 'event', name: 'order_completed' });
    await go(rig, id);
    expect(rig.accepted).toEqual([]);
    expect(await first(rig)).toMatchObject({ state: 'unknown', reason: 'exit' });
    expect((await said(rig, key)).at(-1)).toBe('not_repeated exit');
  });

  it('is kept by a pause, and leaves on resume', async () => {
    const { rig, id, key } = await inDoubt(policies);
    await resend(rig.ports, key, 'support');
    const queued = await rig.turns.run(id).then(({ deliver }) => deliver);
    await pauseEnrollment(rig.ports, id, 'support');
    await rig.turns.deliver(queued!.key);
    expect(rig.accepted).toEqual([]);
    await resumeEnrollment(rig.ports, id, 'support');
    await go(rig, id);
    expect(rig.accepted).toEqual([key]);
  });

  it('the next message of the journey goes beside it', async () => {
    const { rig, id, key } = await inDoubt(policies);
    rig.script.push(async () => ({ kind: 'retry', code: '451', afterMs: 2 * hour }));
    await resend(rig.ports, key, 'support');
    await go(rig, id);
    expect(await first(rig)).toMatchObject({ state: 'queued', attempt: 2 });
    rig.time.now += hour;
    await go(rig, id);
    expect(rig.accepted).toEqual([`${id}/2`]);
    // It has run off its last step: nothing of it is sent any more.
    expect(await first(rig)).toMatchObject({ state: 'unknown', reason: 'exit' });
  });
});

it('what the gates refuse is said, and stays in doubt', async () => {
  const { rig, id, key } = await inDoubt();
  await rig.store.transaction((tx) => tx.suppress('email', 'a@example.com', 'complaint', rig.time.now));
  await resend(rig.ports, key, 'support');
  await go(rig, id);
  expect(await first(rig)).toMatchObject({ state: 'unknown', reason: 'suppression' });
  expect((await rig.rows()).enrollments[0]!.state).not.toHaveProperty('resend');
});

it('a paused enrollment sends it on resume', async () => {
  const { rig, id, key } = await inDoubt();
  await pauseEnrollment(rig.ports, id, 'support');
  expect(await resend(rig.ports, key, 'support')).toEqual({ kind: 'done' });
  await go(rig, id);
  expect(rig.accepted).toEqual([]);
  await resumeEnrollment(rig.ports, id, 'support');
  await go(rig, id);
  expect(rig.accepted).toEqual([key]);
});

it('a cancel and a late report take it back', async () => {
  const { rig, id, key } = await inDoubt();
  rig.script.push(async () => ({ kind: 'retry', code: '451' }));
  await resend(rig.ports, key, 'support');
  await go(rig, id);
  await cancel(rig.ports, key, 'support');
  expect(await first(rig)).toMatchObject({ state: 'unknown', reason: 'cancelled' });
  await go(rig, id);
  await resend(rig.ports, key, 'support');
  await report(rig.ports, key, { kind: 'opened', at: rig.time.now, code: null, source: 'test' });
  await go(rig, id);
  expect(rig.accepted).toEqual([]);
  expect(await first(rig)).toMatchObject({ state: 'accepted' });
  expect((await rig.rows()).enrollments[0]!.state).not.toHaveProperty('resend');
});

it('a provider that is slow about it answers after its turn', async () => {
  const { rig, id, key } = await inDoubt(undefined, 5);
  let answer = (): void => undefined;
  rig.script.push(async () => ({ kind: 'retry', code: '451' }));
  rig.script.push(async (claim) => {
    await claim();
    await new Promise<void>((resolve) => {
      answer = resolve;
    });
    return { kind: 'accepted' };
  });
  await resend(rig.ports, key, 'support');
  await go(rig, id);
  rig.time.now += 5 * minute;
  const stop = new AbortController();
  const { deliver } = await rig.turns.run(id);
  const attempt = rig.turns.deliver(deliver!.key, stop.signal);
  await new Promise((resolve) => setTimeout(resolve, 20));
  stop.abort();
  await attempt;
  expect(await first(rig)).toMatchObject({ state: 'sending' });
  answer();
  await rig.turns.drain();
  await go(rig, id);
  expect(await first(rig)).toMatchObject({ state: 'accepted' });
  expect((await rig.rows()).enrollments[0]!.state).not.toHaveProperty('resend');
});

describe('is refused with a sentence', () => {
  it('where the enrollment has ended', async () => {
    const { rig, id, key } = await inDoubt();
    await eject(rig.ports, id, 'support');
    expect(await resend(rig.ports, key, 'support')).toEqual({
      kind: 'conflict',
      sentence: 'this enrollment has ended (ejected), and nothing is sent after that; say whether it went with resolve',
    });
    expect(await first(rig)).toMatchObject({ state: 'unknown', reason: null });
  });

  it('where it is known what became of it, and where there is no such message', async () => {
    const { rig, id, key } = await inDoubt();
    await rig.runAll();
    expect(await resend(rig.ports, `${id}/2`, 'support')).toMatchObject({ kind: 'conflict' });
    expect(await resend(rig.ports, `${id}/9`, 'support')).toMatchObject({ kind: 'not_found' });
    expect(await resend(rig.ports, 'nobody/1', 'support')).toMatchObject({ kind: 'not_found' });
    expect(await resend(rig.ports, key, 'support')).toMatchObject({ kind: 'conflict' });
  });
});
