// What went wrong: a worker was killed between claim and answer, and an exit came before the lease was over. No turn moves
// an ended enrollment, so the delivery stayed `sending` for ever: support never saw that nobody knows whether it went.
import { expect, it } from 'vitest';
import type { Plan } from '../../engine/core/plan.ts';
import { day, planWith } from '../core/plans.ts';
import { Crash, createRig, type Rig, reachable } from './rig.ts';

const plan: Plan = planWith(
  { only: { kind: 'send', message: 'hi', by: ['email'], with: {}, expiresMs: day, next: null } },
  { exits: [{ on: ['order_completed'] }] },
);
const leaseMs = 31_000;

async function entered(budgetMs?: number): Promise<{ rig: Rig; id: string }> {
  const rig = await createRig([plan], undefined, budgetMs);
  await rig.receive(reachable);
  await rig.receive({ kind: 'event', name: 'signed_up' });
  const [id] = await rig.takeLooks();
  return { rig, id: id! };
}

const leave = (rig: Rig) => rig.receive({ kind: 'event', name: 'order_completed' });
const statesIn = async (rig: Rig) => (await rig.rows()).deliveries.map(({ state }) => state);

it('a claim whose holder died is unknown once its lease is over, though its enrollment has ended', async () => {
  const { rig, id } = await entered();
  rig.at = (point) => {
    if (point === 'claim: committed') throw new Crash();
  };
  await expect(rig.turns.run(id)).rejects.toThrow(Crash);
  rig.at = () => undefined;
  await leave(rig);

  expect(await rig.turns.run(id)).toMatchObject({ finished: false, sleepMs: leaseMs });
  expect(await statesIn(rig)).toEqual(['sending']);
  rig.time.real += leaseMs;
  expect(await rig.turns.run(id)).toMatchObject({ finished: true, sleepMs: null });
  expect(await statesIn(rig)).toEqual(['unknown']);
  const { decisions } = await rig.rows();
  expect(decisions.filter(({ kind }) => kind === 'sent')).toMatchObject([{ outcome: 'unknown' }]);
});

it('a turn that ends while its call still runs is asked again when the lease is over', async () => {
  const { rig, id } = await entered(5);
  rig.script = [
    async (claim) => {
      await claim();
      await leave(rig);
      return new Promise(() => {});
    },
  ];
  expect(await rig.turns.run(id)).toMatchObject({ finished: false, sleepMs: leaseMs });
  rig.time.real += leaseMs;
  expect(await rig.turns.run(id)).toMatchObject({ finished: true });
  expect(await statesIn(rig)).toEqual(['unknown']);
});

it('an answer that comes in time is the last word', async () => {
  const { rig, id } = await entered(5);
  let answer = () => {};
  rig.script = [
    async (claim) => {
      await claim();
      await leave(rig);
      await new Promise<void>((resolve) => {
        answer = resolve;
      });
      return { kind: 'accepted' };
    },
  ];
  await rig.turns.run(id);
  answer();
  await rig.turns.drain();
  expect(await statesIn(rig)).toEqual(['accepted']);
  expect(await rig.takeLooks()).toContain(id);
  expect(await rig.turns.run(id)).toMatchObject({ finished: true });
});

// What went wrong: the answer that came too late for its turn was "try again later", and meanwhile the customer had left.
// The delivery went back to `queued`, where nobody would ever take it up or say why not.
it('a late refusal for an enrollment that has ended is no longer queued, and says why', async () => {
  const { rig, id } = await entered(5);
  let answer = (): void => undefined;
  rig.script.push(async (claim) => {
    await claim();
    await new Promise<void>((resolve) => {
      answer = resolve;
    });
    return { kind: 'retry', code: '452' };
  });
  await rig.turns.run(id);
  await leave(rig);
  answer();
  await rig.turns.drain();

  expect(await statesIn(rig)).toEqual(['suppressed']);
  const said = (await rig.rows()).decisions.filter(({ effectKey }) => effectKey !== null);
  expect(said.map(({ kind, outcome }) => [kind, outcome])).toEqual([
    ['retry', 'retry'],
    ['not_sent', 'exit'],
  ]);
});

// What went wrong: the worker was not dead but stopped. Its delivery had been settled as unknown, and when it woke up it
// put it back to `queued`, with a second decision about the same message.
it('a holder that wakes after its claim was settled as unknown says what it knows, and nothing is tried again', async () => {
  const { rig, id } = await entered();
  rig.script.push(async (claim) => {
    await claim();
    await leave(rig);
    rig.time.real += leaseMs;
    expect(await rig.turns.run(id)).toMatchObject({ finished: true });
    return { kind: 'retry', code: 'lease_over' };
  });
  await expect(rig.turns.run(id)).rejects.toThrow('fenced');

  expect(await statesIn(rig)).toEqual(['failed']);
  const said = (await rig.rows()).decisions.filter(({ effectKey }) => effectKey !== null);
  expect(said.map(({ kind, outcome }) => [kind, outcome])).toEqual([
    ['sent', 'unknown'],
    ['resolved', 'failed'],
  ]);
});

// What went wrong: a turn was making the second attempt when the customer left. The exit withdrew the delivery and said so;
// then the turn, refused before any claim, put it back to `queued` and said the same again.
it('an attempt that comes to nothing does not touch a delivery that was withdrawn meanwhile', async () => {
  const { rig, id } = await entered();
  const refuse = async () => ({ kind: 'retry', code: '451' }) as const;
  rig.script.push(refuse, async () => {
    await leave(rig);
    return refuse();
  });
  await rig.turns.run(id);
  rig.time.now += 60_000;
  const { deliver } = await rig.turns.run(id);
  await rig.turns.deliver(deliver!.key);

  expect(await statesIn(rig)).toEqual(['suppressed']);
  const said = (await rig.rows()).decisions.filter(({ effectKey }) => effectKey !== null);
  expect(said.map(({ kind, outcome, seq }) => [kind, outcome, seq])).toEqual([
    ['retry', 'retry', 0],
    ['not_sent', 'exit', null],
  ]);
});

// What went wrong: a turn had failed after its provider put a message off, so the enrollment's state did not know of the
// message yet; then the customer left. The exit looked for it in the state only, and it stayed `queued` for ever.
it('an exit withdraws also what a turn that failed had asked for', async () => {
  const { rig, id } = await entered(5);
  let answer = (): void => undefined;
  rig.script.push(async (claim) => {
    await claim();
    await new Promise<void>((resolve) => {
      answer = resolve;
    });
    return { kind: 'retry', code: '452' };
  });
  rig.at = (point) => {
    if (point === 'turn: moved') throw new Crash();
  };
  await expect(rig.turns.run(id)).rejects.toThrow(Crash);
  rig.at = () => undefined;
  answer();
  await rig.turns.drain();
  expect(await statesIn(rig)).toEqual(['queued']);
  await leave(rig);

  expect(await statesIn(rig)).toEqual(['suppressed']);
});
