import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseCel } from '../../engine/core/cel.ts';
import { evaluate, type Facts } from '../../engine/core/condition.ts';
import type { StoredEvent } from '../../engine/core/event.ts';
import { nextFlip, uncomputable } from '../../engine/core/flip.ts';
import { parseLength } from '../../engine/core/length.ts';
import type { Condition, Plan } from '../../engine/core/plan.ts';
import type { JsonMap } from '../../engine/core/schema.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
// A spring night in New York: the 8th of March has 23 hours.
const now = Date.parse('2026-03-07T12:00:00Z');

const plan = {
  schemas: {
    customer: {
      tier: { kind: 'string', optional: true },
      birthday: { kind: 'date', optional: true },
      since: { kind: 'time', optional: true },
    },
    events: {
      a: { properties: { n: { kind: 'int', optional: true }, at: { kind: 'time', optional: true } }, correlate: [] },
      b: { properties: { n: { kind: 'int', optional: true } }, correlate: [] },
    },
  },
} as unknown as Plan;

const when = (cel: string): Condition => ({ cel, history: [] });
const event = (name: string, occurredAt: number, data: JsonMap = {}): StoredEvent => ({
  ...{ id: `${name}${occurredAt}`, name, occurredAt, receivedAt: occurredAt, data },
});
const facts = (over: Partial<Facts> = {}): Facts => ({
  ...{ now, zone: 'America/New_York', customer: {}, history: [], consents: [], ...over },
});

describe('the next moment at which time alone changes an answer', () => {
  const since = { since: new Date(now - hour).toISOString() };
  const soon = { since: new Date(now + hour).toISOString() };
  const bought = [event('a', now - 10 * day), event('a', now - 2 * day)];
  test.each([
    ['an event leaves the window', 'did("a", "30 days")', {}, bought, now + 20 * day],
    ['exactly when it is as old as the window is long', 'count("a", "10 days") > 0', {}, bought, now + 8 * day],
    ['the earliest of several windows', 'did("a", "30 days") && count("a", "20 days") < 2', {}, bought, now + 10 * day],
    ['nothing left in the window', 'did("a", "1 day")', {}, [], null],
    ['nothing that time changes', 'has(customer.tier)', {}, bought, null],
    ['now reaches a moment', 'now >= customer.since', soon, [], now + hour],
    ['now passes a moment: looked at when it is reached', 'now > customer.since', soon, [], now + hour],
    ['now has passed it', 'now > customer.since', since, [], null],
    ['a length since a moment', 'now - customer.since > duration("72h")', since, [], now + 71 * hour],
    ['a moment and a length', 'customer.since + duration("72h") <= now', since, [], now + 71 * hour],
    ['a moment that is missing', 'has(customer.since) && now > customer.since', {}, [], null],
    [
      'the day begins where the customer is',
      'date(now) == date("2026-03-08")',
      {},
      [],
      Date.parse('2026-03-08T05:00Z'),
    ],
    [
      'the day is over, an hour early that night',
      'date(now) == date("2026-03-07") || date(now) == date("2026-03-08")',
      {},
      [],
      Date.parse('2026-03-08T05:00Z'),
    ],
    ['a day after a moment of data', 'date(now) > date(customer.since)', since, [], Date.parse('2026-03-08T05:00Z')],
  ] as const)('%s: %s', (_, cel, customer, history, expected) => {
    const found = nextFlip(when(cel), plan, facts({ customer, history: [...history] }));
    expect(found).toBe(expected);
  });
});

describe('a change in time that can be worked out', () => {
  const tree = (cel: string) => {
    const parsed = parseCel(cel);
    if (!parsed.ok) throw new Error(cel);
    return parsed.ast;
  };
  test.each([
    'did("a", "1 day") && !(now < customer.since)',
    'now - duration("1h") >= customer.since ? true : date(now) == customer.birthday',
    'date(now - duration("24h")) == customer.birthday',
    'now + (now - customer.since) > customer.since',
    'customer.since == last("a", "3 days").?at.orValue(timestamp("2026-01-01T00:00:00Z"))',
  ])('%s', (cel) => expect(uncomputable(tree(cel))).toBeNull());

  test.each([
    ['now.getHours("Asia/Tokyo") == 9', 'now.getHours("Asia/Tokyo") == 9'],
    ['has(customer.tier) && now.getDayOfWeek() > 3', 'now.getDayOfWeek() > 3'],
    ['did("a", "1 day", event.at < now)', 'did("a", "1 day", event.at < now)'],
    ['date(now) == date(now + duration("1h"))', 'date(now) == date(now + duration("1h"))'],
    ['(now > customer.since) == true', 'now > customer.since) == true'],
    ['last("a", "1 day").?at.orValue(now) > customer.since', 'last("a", "1 day").?at.orValue(now) > customer.since'],
  ])('not: %s', (cel, part) => {
    const found = uncomputable(tree(cel));
    expect(found && cel.slice(found.start, found.end)).toBe(part);
  });
});

describe('any condition over any history', () => {
  const grain = 10 * minute;
  const moment = fc.integer({ min: -400, max: 400 }).map((steps) => now + steps * grain);
  const length = fc.integer({ min: 1, max: 60 }).map((hours) => `${hours} hours`);
  const days = fc.integer({ min: 5, max: 11 }).map((n) => `2026-03-${String(n).padStart(2, '0')}`);
  const operator = fc.constantFrom('<', '<=', '>', '>=', '==', '!=');
  const atom = fc.oneof(
    fc.tuple(fc.constantFrom('a', 'b'), length).map(([name, window]) => `did("${name}", "${window}")`),
    fc.tuple(length, operator, fc.integer({ min: 0, max: 3 })).map(([w, op, n]) => `count("a", "${w}") ${op} ${n}`),
    fc.tuple(length, fc.integer({ min: 0, max: 3 })).map(([w, n]) => `did("a", "${w}", event.?n.orValue(0) > ${n})`),
    fc
      .tuple(length, operator)
      .map(([w, op]) => `last("a", "${w}").?n.orValue(1) ${op} last("b", "${w}").?n.orValue(1)`),
    operator.map((op) => `now ${op} customer.since`),
    fc.tuple(operator, length).map(([op, w]) => `now - customer.since ${op} duration("${parseLength(w)! / hour}h")`),
    fc
      .tuple(operator, length, length)
      .map(
        ([op, w, far]) =>
          `customer.since + duration("${parseLength(w)! / hour}h") ${op} now - duration("${parseLength(far)! / hour}h")`,
      ),
    fc.tuple(operator, length).map(([op, w]) => `now ${op} last("a", "${w}").?at.orValue(customer.since)`),
    fc.tuple(operator, days).map(([op, on]) => `date(now) ${op} date("${on}")`),
    operator.map((op) => `customer.birthday ${op} date(now - duration("30h"))`),
    operator.map((op) => `date(now) ${op} date(customer.since)`),
    fc.constant('has(customer.tier)'),
  );
  const condition = fc.letrec<{ tree: string }>((tie) => ({
    tree: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      atom,
      fc.tuple(tie('tree'), fc.constantFrom('&&', '||'), tie('tree')).map(([a, op, b]) => `(${a}) ${op} (${b})`),
      tie('tree').map((inner) => `!(${inner})`),
      fc.tuple(tie('tree'), tie('tree'), tie('tree')).map(([a, b, c]) => `(${a}) ? (${b}) : (${c})`),
    ),
  })).tree;
  const history = fc.array(
    fc.tuple(
      fc.constantFrom('a', 'b'),
      fc.integer({ min: 0, max: 400 }),
      fc.integer({ min: 0, max: 3 }),
      fc.option(moment),
    ),
    { maxLength: 6 },
  );
  const zone = fc.constantFrom('America/New_York', 'Asia/Tokyo', 'Australia/Lord_Howe', 'America/Santiago');

  test('never changes its answer before the flip that is foretold', () => {
    let changed = 0;
    fc.assert(
      fc.property(condition, history, fc.option(moment), days, zone, (cel, past, since, birthday, where) => {
        const given = past.map(([name, ago, n, at]) =>
          event(name, now - ago * grain, { n, ...(at !== null && { at: new Date(at).toISOString() }) }),
        );
        const customer: JsonMap = { birthday, ...(since !== null && { since: new Date(since).toISOString() }) };
        const known = facts({ customer, history: given, zone: where });
        const answerAt = (at: number) => {
          const answer = evaluate(when(cel), plan, { ...known, now: at });
          return answer.ok ? answer.value : 'an error';
        };
        const horizon = now + 4 * day;
        const flip = nextFlip(when(cel), plan, known) ?? horizon;
        const before = answerAt(now);
        // Everything above lies on the grain; a comparison can also turn a millisecond behind it.
        for (let at = now + grain; at < Math.min(flip, horizon); at += grain) {
          expect([cel, at - now, answerAt(at - grain + 1)]).toEqual([cel, at - now, before]);
          expect([cel, at - now, answerAt(at)]).toEqual([cel, at - now, before]);
        }
        if (flip < horizon && answerAt(flip) !== before) changed += 1;
      }),
      { numRuns: 200, seed: 20261122 },
    );
    // Foretold moments are real ones often enough.
    expect(changed).toBeGreaterThan(20);
  });
});
