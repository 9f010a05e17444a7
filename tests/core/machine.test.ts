import { describe, expect, it } from 'vitest';
import type { State } from '../../engine/core/enrollment.ts';
import { advance, begin, initialState, type Oracle, waitingFor } from '../../engine/core/machine.ts';
import type { Plan, SendStep } from '../../engine/core/plan.ts';
import { day, eventAt, hour, minute, planWith, when } from './plans.ts';

const yes: Oracle = {
  choose: (_id, step) => (step.arms.length > 0 ? 0 : null),
  hear: (_id, listeners, event) => listeners.findIndex((listener) => listener.on.includes(event.name)),
  past: () => [],
  schedule: (_id, _when, at) => at + hour,
  holds: () => true,
  met: () => undefined,
  set: () => undefined,
  audience: () => undefined,
  timedOut: () => undefined,
  known: () => null,
  answered: () => undefined,
  handoff: () => true,
  resolved: () => undefined,
};
const no: Oracle = { ...yes, choose: () => null, hear: () => null };
const send: SendStep = { kind: 'send', message: 'hi', by: ['email'], with: {}, expiresMs: day, next: null };

function beginAt(plan: Plan, at: number, oracle = yes) {
  return begin(plan, initialState(at), at, oracle);
}
function due(plan: Plan, state: State, at = state.due!, oracle = yes) {
  return advance(plan, state, { kind: 'due', at }, oracle);
}

describe('a wait of a length', () => {
  const plan = planWith({
    nap: { kind: 'wait', form: 'length', forMs: 2 * day, next: 'bye' },
    bye: { kind: 'exit', reason: 'done' },
  });

  it('is due that long after its step begins', () => {
    expect(beginAt(plan, 1000).state).toEqual({ step: 'nap', since: 1000, effects: 0, due: 1000 + 2 * day });
  });
  it('moves on when it is due, at the moment it is told', () => {
    const { state } = beginAt(plan, 0);
    expect(due(plan, state, 2 * day + 5).end).toEqual({ status: 'exited', reason: 'done', at: 2 * day + 5 });
  });
  it('hears no event', () => {
    const { state } = beginAt(plan, 0);
    expect(advance(plan, state, { kind: 'event', event: eventAt('signed_up', hour) }, yes).state).toBe(state);
    expect(waitingFor(plan, state)).toEqual([]);
  });
});

describe('a wait for an event', () => {
  const plan = planWith({
    w: {
      kind: 'wait',
      form: 'event',
      listeners: [
        { on: ['order_completed'], next: 'bought' },
        { on: ['cart_updated'], next: 'changed' },
      ],
      withinMs: day,
      otherwise: 'late',
    },
    bought: { kind: 'exit', reason: 'bought' },
    changed: { kind: 'exit', reason: 'changed' },
    late: { kind: 'exit', reason: 'late' },
  });

  it('takes the branch of the event that arrives', () => {
    const { state } = beginAt(plan, 0);
    const moved = advance(plan, state, { kind: 'event', event: eventAt('cart_updated', hour) }, yes);
    expect(moved.end).toEqual({ status: 'exited', reason: 'changed', at: hour });
  });
  it('takes otherwise when its time is over', () => {
    const { state } = beginAt(plan, 0);
    expect(due(plan, state).end).toEqual({ status: 'exited', reason: 'late', at: day });
  });
  it('stays where the condition does not hold', () => {
    const { state } = beginAt(plan, 0);
    expect(advance(plan, state, { kind: 'event', event: eventAt('cart_updated', hour) }, no).state).toBe(state);
  });
  it('does not hear what was acknowledged before it began', () => {
    const { state } = beginAt(plan, hour);
    expect(advance(plan, state, { kind: 'event', event: eventAt('cart_updated', hour - 1) }, yes).state).toBe(state);
    expect(advance(plan, state, { kind: 'event', event: eventAt('cart_updated', hour) }, yes).end).toBeDefined();
  });
  it('says which events it waits for', () => {
    expect(waitingFor(plan, beginAt(plan, 0).state)).toEqual(['order_completed', 'cart_updated']);
  });
  it('with since: entry is over at once if the event came since entry', () => {
    const since = planWith({ ...plan.steps, w: { ...plan.steps.w!, since: 'entry' } as never });
    const past = { ...yes, past: () => [eventAt('cart_updated', 1)] };
    expect(beginAt(since, 10, past).end).toEqual({ status: 'exited', reason: 'changed', at: 10 });
  });
});

describe('until_no', () => {
  const plan = planWith({ quiet: { kind: 'wait', form: 'until_no', on: ['cart_updated'], forMs: hour, next: null } });

  it('counts from the later of its beginning and the newest event', () => {
    const { state } = beginAt(plan, 0);
    const later = advance(plan, state, { kind: 'event', event: eventAt('cart_updated', 40 * minute) }, yes).state;
    expect([state.due, later.due]).toEqual([hour, 100 * minute]);
    expect(due(plan, later).end).toEqual({ status: 'completed', at: 100 * minute });
  });
});

describe('a send', () => {
  const plan = planWith({ s: { ...send, by: ['push', 'email'], next: 'bye' }, bye: { kind: 'exit', reason: 'done' } });
  const reply = (state: State, result: Parameters<typeof advance>[2] & { kind: 'delivered' }) =>
    advance(plan, state, result, yes);

  it('asks for a delivery that expires counted from when the step was reached', () => {
    expect(beginAt(plan, 100).effects).toEqual([
      { kind: 'deliver', effect: 1, step: 's', channel: 'push', expiresAt: 100 + day },
    ]);
  });
  it('tries the next channel under a new effect key, with the same expiry', () => {
    const moved = reply(beginAt(plan, 100).state, { kind: 'delivered', at: 200, result: { kind: 'next_channel' } });
    expect(moved.effects).toEqual([{ kind: 'deliver', effect: 2, step: 's', channel: 'email', expiresAt: 100 + day }]);
    expect(moved.state.step).toBe('s');
  });
  it('is over after the last channel, at the outcome', () => {
    const second = reply(beginAt(plan, 0).state, { kind: 'delivered', at: 1, result: { kind: 'next_channel' } });
    const moved = reply(second.state, { kind: 'delivered', at: 7, result: { kind: 'next_channel' } });
    expect(moved.end).toEqual({ status: 'exited', reason: 'done', at: 7 });
  });
  it('asks for the same delivery again when a retry is due', () => {
    const waiting = reply(beginAt(plan, 0).state, {
      kind: 'delivered',
      at: 1,
      result: { kind: 'later', retryAt: minute },
    });
    expect(waiting.state.due).toBe(minute);
    expect(due(plan, waiting.state).effects[0]).toMatchObject({ effect: 1, channel: 'push' });
  });
  it('never resets the effect counter', () => {
    const two = planWith({
      a: { ...send, next: 'b' },
      b: { ...send, next: 'c' },
      c: { kind: 'wait', form: 'length', forMs: 1, next: null },
    });
    let moved = beginAt(two, 0);
    while (moved.effects.length > 0)
      moved = advance(two, moved.state, { kind: 'delivered', at: 0, result: { kind: 'over' } }, yes);
    expect(moved.state).toEqual({ step: 'c', since: 0, effects: 2, due: 1 });
  });
});

describe('choose', () => {
  const plan = planWith({
    c: { kind: 'choose', arms: [{ when: when('true'), next: 'a' }], otherwise: 'b' },
    a: { kind: 'exit', reason: 'arm' },
    b: { kind: 'exit', reason: 'otherwise' },
  });
  it('takes the arm the oracle names, else otherwise', () => {
    expect([beginAt(plan, 0, yes).end, beginAt(plan, 0, no).end]).toMatchObject([
      { reason: 'arm' },
      { reason: 'otherwise' },
    ]);
  });
});

it('completes a journey without steps at entry', () => {
  expect(beginAt(planWith({}), 5).end).toEqual({ status: 'completed', at: 5 });
});

it('is pure: the same inputs give the same results, and nothing given is changed', () => {
  const plan = planWith({ s: { ...send, next: 'w' }, w: { kind: 'wait', form: 'length', forMs: hour, next: null } });
  const frozen = deepFreeze(plan);
  const play = () => {
    const begun = begin(frozen, deepFreeze(initialState(0)), 0, yes);
    return advance(frozen, deepFreeze(begun.state), { kind: 'delivered', at: 3, result: { kind: 'over' } }, yes);
  };
  expect(play()).toEqual(play());
});

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    Object.freeze(value);
    for (const inner of Object.values(value)) deepFreeze(inner);
  }
  return value;
}
