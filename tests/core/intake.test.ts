import { describe, expect, it } from 'vitest';
import type { Enrollment } from '../../engine/core/enrollment.ts';
import type { StoredEvent } from '../../engine/core/event.ts';
import { intake } from '../../engine/core/intake.ts';
import { initialState } from '../../engine/core/machine.ts';
import type { Plan } from '../../engine/core/plan.ts';
import type { Candidate, Live, PastEntry, Standing } from '../../engine/core/standing.ts';
import { day, eventAt, hour, minute, planWith, when } from './plans.ts';

const base: Standing = {
  customerId: 'c',
  traits: {},
  zone: 'Asia/Tokyo',
  shopZone: 'Asia/Tokyo',
  live: [],
  candidates: [],
  history: [],
  grants: [],
};
const nap = { nap: { kind: 'wait', form: 'length', forMs: day, next: null } } as const;
const T = Date.parse('2026-11-01T00:00:00Z');

function candidate(plan: Plan, entries: PastEntry[] = []): Candidate {
  return { version: 'v', plan, entries, heldOut: false, enrollmentId: 'new' };
}
function past(over: Partial<PastEntry> = {}): PastEntry {
  return {
    enrollmentId: 'old',
    key: null,
    entryOccurredAt: T - day,
    enteredAt: T - day,
    open: false,
    endedBy: null,
    ...over,
  };
}
function live(plan: Plan, entry: StoredEvent, over: Partial<Enrollment> = {}): Live {
  const enteredAt = entry.receivedAt;
  const enrollment: Enrollment = {
    id: 'old',
    customerId: 'c',
    journey: plan.journey,
    version: 'v',
    key: null,
    entryEventId: entry.id,
    latestEventId: entry.id,
    entryOccurredAt: entry.occurredAt,
    enteredAt,
    heldOut: false,
    entrySlot: null,
    status: 'active',
    reason: null,
    endedAt: null,
    endedBy: null,
    goalAt: null,
    creditUntil: plan.goal?.withinMs === undefined ? null : enteredAt + plan.goal.withinMs,
    needsAttention: null,
    pausedAt: null,
    state: { ...initialState(enteredAt), step: 'nap' },
    waitingFor: [],
    dueAt: enteredAt + day,
    conditionErrors: [],
    turn: 1,
    turnToken: 1,
    ...over,
  };
  return { enrollment, plan, entry, latest: entry };
}
function refusalOf(event: StoredEvent, standing: Partial<Standing>): string | undefined {
  const { decisions, opened } = intake(event, { ...base, ...standing });
  const refused = decisions.find((decision) => decision.kind === 'not_entered');
  expect(opened.length === 1).toBe(refused === undefined);
  if (refused) expect(refused.needed).not.toBe('');
  return refused?.outcome;
}

describe('re-entry', () => {
  const enter = (again: Plan['enter']['again']) => planWith(nap, { enter: { on: ['signed_up'], again, lateMs: day } });
  const open = past({ open: true });
  const rows: [string, Plan['enter']['again'], PastEntry[], string | undefined][] = [
    ['never: the first time', { mode: 'never' }, [], undefined],
    ['never: after an exit', { mode: 'never' }, [past()], 'again'],
    ['never: another key', { mode: 'never' }, [past({ key: 'k' })], undefined],
    ['after_exit: none open', { mode: 'after_exit' }, [past()], undefined],
    ['after_exit: one open', { mode: 'after_exit' }, [open], 'again'],
    ['after 30 days: a day ago', { mode: 'after', ms: 30 * day }, [past()], 'again'],
    ['after a day: exactly a day ago', { mode: 'after', ms: day }, [past()], undefined],
    ['after a day: open since yesterday', { mode: 'after', ms: day }, [open], 'again'],
    ['always: one open', { mode: 'always' }, [open], undefined],
    ['restart: one open', { mode: 'restart' }, [open], undefined],
    ['restart: the open one is newer', { mode: 'restart' }, [past({ open: true, entryOccurredAt: T + 1 })], 'older'],
  ];
  it.each(rows)('%s', (_name, again, entries, reason) => {
    expect(refusalOf(eventAt('signed_up', T), { candidates: [candidate(enter(again), entries)] })).toBe(reason);
  });

  it('restart ends the open one as superseded and opens a new one', () => {
    const plan = enter({ mode: 'restart' });
    const changes = intake(eventAt('signed_up', T), {
      ...base,
      live: [live(plan, eventAt('signed_up', T - day))],
      candidates: [candidate(plan, [open])],
    });
    expect(changes.changed).toMatchObject([{ id: 'old', status: 'exited', reason: 'superseded', dueAt: null }]);
    expect(changes.opened).toMatchObject([{ id: 'new', status: 'active' }]);
  });

  it('an event that ends an enrollment may open the next one', () => {
    const plan = planWith(nap, {
      enter: { on: ['order_completed'], again: { mode: 'after_exit' }, lateMs: day },
      exits: [{ on: ['order_completed'] }],
    });
    const changes = intake(eventAt('order_completed', T), {
      ...base,
      live: [live(plan, eventAt('order_completed', T - day))],
      candidates: [candidate(plan, [open])],
    });
    expect(changes.changed).toMatchObject([{ status: 'exited', reason: 'order_completed' }]);
    expect(changes.opened).toHaveLength(1);
  });

  it('folds repeated non-entries of one open enrollment', () => {
    const plan = enter({ mode: 'after_exit' });
    const folds = [T, T + hour].map(
      (at) => intake(eventAt('signed_up', at), { ...base, candidates: [candidate(plan, [open])] }).decisions[0]!.fold,
    );
    expect(folds[0]).toBe(folds[1]);
  });
});

describe('entry', () => {
  const simple = planWith(nap);
  it('is refused when the event arrives later than `late`', () => {
    expect(refusalOf(eventAt('signed_up', T, {}, T - day), { candidates: [candidate(simple)] })).toBeUndefined();
    expect(refusalOf(eventAt('signed_up', T, {}, T - day - 1), { candidates: [candidate(simple)] })).toBe('late');
  });
  it('counts the season by when the event happened, in the shop’s whole days', () => {
    const plan = planWith(nap, { enter: { ...simple.enter, from: '2026-11-01', until: '2026-11-30' } });
    const at = (iso: string) => refusalOf(eventAt('signed_up', Date.parse(iso)), { candidates: [candidate(plan)] });
    expect(at('2026-10-31T23:59:59+09:00')).toBe('season');
    expect(at('2026-11-01T00:00:00+09:00')).toBeUndefined();
    expect(at('2026-11-30T23:59:59+09:00')).toBeUndefined();
    expect(at('2026-12-01T00:00:00+09:00')).toBe('season');
  });
  it('is refused by enter.if, and says what it looked at', () => {
    const plan = planWith(nap, {
      enter: {
        on: ['cart_updated'],
        if: when('has(event.total) && event.total > 100.0', ['cart_updated']),
        again: { mode: 'always' },
        lateMs: day,
      },
    });
    expect(refusalOf(eventAt('cart_updated', T, { total: 101 }), { candidates: [candidate(plan)] })).toBeUndefined();
    const { decisions } = intake(eventAt('cart_updated', T, { total: 99 }), { ...base, candidates: [candidate(plan)] });
    expect(decisions[0]).toMatchObject({ outcome: 'if', inputs: { 'event.total': 99 } });
  });
  it('opens nothing where enter.if cannot be evaluated', () => {
    const plan = planWith(nap, {
      enter: {
        on: ['cart_updated'],
        if: when('event.total > 100.0', ['cart_updated']),
        again: { mode: 'always' },
        lateMs: day,
      },
    });
    expect(refusalOf(eventAt('cart_updated', T), { candidates: [candidate(plan)] })).toBe('if');
  });
  it('takes its key from the event, and none without it', () => {
    const plan = planWith(nap, {
      enter: { on: ['cart_updated'], key: 'cart_id', again: { mode: 'never' }, lateMs: day },
    });
    const { opened } = intake(eventAt('cart_updated', T, { cart_id: 'k1' }), {
      ...base,
      candidates: [candidate(plan)],
    });
    expect(opened).toMatchObject([{ key: 'k1', enteredAt: T, dueAt: T }]);
    expect(refusalOf(eventAt('cart_updated', T), { candidates: [candidate(plan)] })).toBe('if');
  });
});

describe('before entry', () => {
  const plan = planWith(nap, { goal: { on: ['order_completed'], exits: true } });
  const enterAt = (happened: number, known: StoredEvent, over: Partial<Plan> = {}, entries: PastEntry[] = []) =>
    refusalOf(eventAt('signed_up', T, {}, happened), {
      candidates: [candidate({ ...plan, enter: { ...plan.enter, again: { mode: 'after_exit' } }, ...over }, entries)],
      history: [known],
    });

  it('a goal that happened at or after the entry event prevents it', () => {
    expect(enterAt(T - hour, eventAt('order_completed', T - minute))).toBe('already');
  });
  it('ten minutes before are tolerated, included; longer ago is another story', () => {
    expect(enterAt(T, eventAt('order_completed', T - minute, {}, T - 10 * minute))).toBe('already');
    expect(enterAt(T, eventAt('order_completed', T - minute, {}, T - 10 * minute - 1))).toBeUndefined();
  });
  it('an event that has ended an enrollment of this journey does not count', () => {
    const order = eventAt('order_completed', T - minute);
    expect(enterAt(T, order, {}, [past({ endedBy: order.id })])).toBeUndefined();
  });
  it('a goal with exits: false prevents nothing', () => {
    expect(
      enterAt(T, eventAt('order_completed', T - minute), { goal: { on: ['order_completed'], exits: false } }),
    ).toBeUndefined();
  });
  it('the goal of another cart prevents nothing', () => {
    const carts = planWith(nap, {
      enter: { on: ['cart_updated'], key: 'cart_id', again: { mode: 'always' }, lateMs: day },
      goal: { on: ['order_completed'], exits: true },
    });
    const enter = (cart: string) =>
      refusalOf(eventAt('cart_updated', T, { cart_id: 'a' }), {
        candidates: [candidate(carts)],
        history: [eventAt('order_completed', T - minute, { cart_id: cart })],
      });
    expect([enter('a'), enter('b')]).toEqual(['already', undefined]);
  });
});

describe('order of meaning', () => {
  const plan = planWith(
    { w: { kind: 'wait', form: 'event', listeners: [{ on: ['order_completed'], next: null }], otherwise: null } },
    { goal: { on: ['order_completed'], exits: true }, exits: [{ on: ['order_completed'], as: 'left' }] },
  );
  const inWait = { state: { ...initialState(T), step: 'w' }, waitingFor: ['order_completed'] };
  const meet = (over: Partial<Plan>, at = T, enrollment: Partial<Enrollment> = {}) =>
    intake(eventAt('order_completed', at), {
      ...base,
      live: [live({ ...plan, ...over }, eventAt('signed_up', T), { ...inWait, ...enrollment })],
    });

  it('goal goes before exit, exit before a wait’s event', () => {
    expect(meet({}).changed).toMatchObject([{ status: 'exited', reason: 'goal', goalAt: T }]);
    expect(meet({ goal: undefined }).changed).toMatchObject([{ status: 'exited', reason: 'left' }]);
    expect(meet({ goal: undefined, exits: [] })).toMatchObject({
      changed: [],
      inbox: [{ enrollmentId: 'old', wake: true }],
    });
  });
  it('a goal with exits: false is credited once and the event goes on to the wait', () => {
    const open = { goal: { on: ['order_completed'], exits: false }, exits: [] };
    const first = meet(open);
    expect(first.decisions.map((d) => d.kind)).toEqual(['credited']);
    expect(first.inbox).toHaveLength(1);
    expect(meet(open, T + 1, { goalAt: T }).decisions).toEqual([]);
  });
  it('while open the goal ends it also after `within`, uncredited', () => {
    const within = { goal: { on: ['order_completed'], exits: true, withinMs: hour } };
    expect(meet(within, T + hour).changed).toMatchObject([{ reason: 'goal', goalAt: T + hour }]);
    expect(meet(within, T + hour + 1).changed).toMatchObject([{ reason: 'goal', goalAt: null }]);
  });
  it('a completed enrollment is credited within the window, and no longer ended or moved', () => {
    const within = { goal: { on: ['order_completed'], exits: true, withinMs: hour } };
    const changes = meet(within, T + minute, { status: 'completed', endedAt: T });
    expect(changes.changed).toMatchObject([{ status: 'completed', goalAt: T + minute }]);
    expect(changes.decisions.map((d) => d.kind)).toEqual(['credited']);
    expect(changes.inbox).toEqual([]);
  });
  it('what it does not wait for now is kept in the inbox and wakes nobody', () => {
    expect(
      meet({ goal: undefined, exits: [] }, T, { waitingFor: [], state: { ...initialState(T), step: null } }).inbox,
    ).toEqual([{ enrollmentId: 'old', wake: false }]);
  });
});

describe('an event older than the entry event', () => {
  const plan = planWith(nap, { goal: { on: ['order_completed'], exits: true } });
  const meet = (happened: number) =>
    intake(eventAt('order_completed', T + hour, {}, happened), { ...base, live: [live(plan, eventAt('signed_up', T))] })
      .changed;
  it('ends it up to ten minutes before, and not further back', () => {
    expect(meet(T - 10 * minute)).toHaveLength(1);
    expect(meet(T - 10 * minute - 1)).toEqual([]);
  });
});

describe('correlation', () => {
  const plan = planWith(nap, {
    enter: { on: ['cart_updated'], key: 'cart_id', again: { mode: 'after_exit' }, lateMs: day },
    exits: [{ on: ['order_completed'] }],
  });
  const two = ['a', 'b'].map((key) => live(plan, eventAt('cart_updated', T, { cart_id: key }), { id: key, key }));
  const ended = (event: StoredEvent) =>
    intake(event, { ...base, live: two })
      .changed.filter((e) => e.status !== 'active')
      .map((e) => e.id);

  it('reaches the enrollment of that cart only', () => {
    expect(ended(eventAt('order_completed', T, { cart_id: 'a' }))).toEqual(['a']);
  });
  it('without the property it reaches them all', () => {
    expect(ended(eventAt('order_completed', T))).toEqual(['a', 'b']);
  });
  it('latest follows the newest event of the same cart by when it happened', () => {
    const newer = eventAt('cart_updated', T + hour, { cart_id: 'a' });
    expect(intake(newer, { ...base, live: two }).changed).toMatchObject([{ id: 'a', latestEventId: newer.id }]);
    expect(intake(eventAt('cart_updated', T + hour, { cart_id: 'a' }, T - 1), { ...base, live: two }).changed).toEqual(
      [],
    );
  });
});

describe('a goal or exit that cannot be evaluated', () => {
  const plan = planWith(nap, {
    exits: [{ on: ['order_completed'], where: when('event.total > 10.0', ['order_completed']) }],
  });
  it('ends nothing, is remembered, and is forgotten when it is evaluated again', () => {
    const standing = live(plan, eventAt('signed_up', T));
    const broken = intake(eventAt('order_completed', T + 1), { ...base, live: [standing] });
    expect(broken.changed).toMatchObject([{ status: 'active', conditionErrors: ['exit 1'] }]);
    expect(broken.decisions).toMatchObject([{ kind: 'condition_error', outcome: 'exit 1' }]);
    const again = { ...standing, enrollment: broken.changed[0]! };
    const mended = intake(eventAt('order_completed', T + 2, { total: 5 }), { ...base, live: [again] });
    expect(mended.changed).toMatchObject([{ status: 'active', conditionErrors: [] }]);
  });
});
