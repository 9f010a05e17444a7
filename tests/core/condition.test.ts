import { describe, expect, test } from 'vitest';
import { evaluate, type Facts } from '../../engine/core/condition.ts';
import type { StoredEvent } from '../../engine/core/event.ts';
import type { Plan } from '../../engine/core/plan.ts';
import type { JsonMap, PropertyType, ScalarKind } from '../../engine/core/schema.ts';
import { cpuWatch } from '../cpu.ts';
import { planWith, when } from './plans.ts';

const day = 86_400_000;
const now = Date.parse('2026-03-08T12:00:00Z');
const is = (kind: ScalarKind, optional = false): PropertyType => ({ kind, optional });

const plan = {
  schemas: {
    customer: {
      tier: is('string', true),
      visits: is('int', true),
      score: is('number', true),
      birthday: is('date', true),
      since: is('time', true),
    },
    events: {
      order_completed: { properties: { order_id: is('string'), total: is('number') }, correlate: [] },
      cart_updated: {
        properties: {
          total: is('number'),
          pieces: is('int'),
          at: is('time'),
          note: is('string', true),
          items: {
            kind: 'list',
            optional: false,
            of: {
              kind: 'map',
              optional: false,
              fields: { sku: is('string'), quantity: is('int'), gift: is('bool', true) },
            },
          },
        },
        correlate: [],
      },
    },
  },
} as unknown as Plan;

const event = (name: string, data: JsonMap, occurredAt = now): StoredEvent => ({
  id: `${name}-${occurredAt}`,
  name,
  data,
  occurredAt,
  receivedAt: occurredAt,
});

const cart: JsonMap = {
  total: 12000,
  pieces: 3,
  at: '2026-03-08T00:00:00.000Z',
  items: [
    { sku: 'A', quantity: 2 },
    { sku: 'B', quantity: 1, gift: true },
  ],
  undeclared: 'secret',
};

const facts: Facts = {
  now,
  zone: 'Asia/Tokyo',
  customer: {
    tier: 'gold',
    visits: 3,
    score: 1.5,
    birthday: '2026-03-08',
    since: '2026-03-07T16:00:00.000Z',
    other: 1,
  },
  entry: event('cart_updated', cart),
  history: [
    event('order_completed', { order_id: '1', total: 10 }, now - day),
    event('order_completed', { order_id: '2', total: 20 }, now - 30 * day),
  ],
  consents: [{ channel: 'email', purpose: 'marketing' }],
};

const answer = (cel: string, changed: Partial<Facts> = {}) =>
  evaluate({ cel, history: [] }, plan, { ...facts, ...changed });
const value = (cel: string, changed: Partial<Facts> = {}) => {
  const result = answer(cel, changed);
  return result.ok ? result.value : result.error;
};

describe('values have their declared types', () => {
  test.each([
    'entry.total >= 10000',
    'entry.total + 1 == 12001.0',
    'entry.pieces / 2 == 1',
    'entry.total / 5000 > 2.3 && entry.total / 5000 < 2.5',
    'entry.pieces == 3 && entry.pieces == 3.0 && entry.pieces < 3.5',
    'entry.pieces * customer.score == 4.5',
    'size(entry.items) == 2.0',
    '2.5 in entry.items.map(i, size(i.sku) + 1.5)',
    'entry.pieces in [1, 3]',
    'entry.total in [1, 12000]',
    'customer.birthday == date("2026-03-08")',
    'customer.birthday >= date("2026-03-08") && customer.birthday < date("2026-12-01")',
    'date(customer.since) == customer.birthday',
    'date(now) == date("2026-03-08")',
    'entry.at < now - duration("11h")',
    'now - entry.at == duration("12h")',
    'now == timestamp("2026-03-08T12:00:00Z")',
    'now.getHours("Asia/Tokyo") == 21',
    'entry.items.exists(i, i.sku == "A" && i.quantity > 1)',
    'entry.items.map(i, i.quantity) == [2, 1]',
    'entry.items.filter(i, has(i.gift)).size() == 1',
    'entry.items[?7].?sku.orValue("none") == "none"',
    'has(customer.tier) && !has(entry.note)',
    'customer.?tier.orValue("x") == "gold"',
    'entry.?note.orValue("x") == "x"',
  ])('%s', (cel) => expect(value(cel)).toBe(true));

  test('an undeclared property is invisible', () => {
    expect(value('has(entry.undeclared)')).toBe(false);
    expect(value('entry.undeclared == "secret"')).toBe('missing: entry.undeclared has no value');
  });

  test('a value that no longer fits its declaration is missing', () => {
    expect(value('has(customer.visits)', { customer: { visits: 'many' } })).toBe(false);
    expect(value('customer.visits == 3', { customer: { visits: '3' } })).toBe(true);
  });
});

describe('history', () => {
  test.each([
    ['did("order_completed", "2 days")', true],
    ['did("order_completed", "1 hour")', false],
    ['did("cart_updated", "30 days")', false],
    ['count("order_completed", "30 days") == 1', true],
    ['count("order_completed", "31 days") == 2', true],
    ['did("order_completed", "31 days", event.total > 15)', true],
    ['did("order_completed", "30 days", event.total > 15)', false],
    ['count("order_completed", "31 days", event.total > 15.5) == 1', true],
    ['last("order_completed", "31 days").?total.orValue(0.0) == 10', true],
    ['last("order_completed", "31 days", event.total > 10).?order_id.orValue("") == "2"', true],
    ['last("order_completed", "1 hour").?total.orValue(0.0) == 0', true],
    ['entry.items.exists(i, did("order_completed", "31 days", event.total == i.quantity * 10))', true],
  ])('%s is %s', (cel, expected) => expect(value(cel)).toBe(expected));

  test.each([
    ['now itself is in the window', now, true],
    ['the far end is not', now - 30 * day, false],
    ['a millisecond later is', now - 30 * day + 1, true],
    ['what is to come is not', now + 1, false],
  ])('%s', (_, occurredAt, expected) => {
    const history = [event('order_completed', { total: 1 }, occurredAt)];
    expect(value('did("order_completed", "30 days")', { history })).toBe(expected);
  });

  test('a past event that the condition fails on does not hide one it holds for', () => {
    const history = [event('order_completed', {}, now - 1), event('order_completed', { total: 5 }, now - 2)];
    expect(value('did("order_completed", "1 day", event.total == 5)', { history })).toBe(true);
    expect(value('did("order_completed", "1 day", event.total == 6)', { history })).toBe(
      'missing: event.total has no value',
    );
  });

  test('the event in hand is the outer one again after a look back', () => {
    const changed = { event: event('order_completed', { order_id: '9', total: 1 }) };
    expect(value('did("order_completed", "31 days", event.total > 15) && event.total == 1', changed)).toBe(true);
  });
});

describe('what was read', () => {
  test.each<[string, JsonMap]>([
    ['entry.total >= 10000', { 'entry.total': 12000 }],
    [
      'customer.?nothing.orValue("x") == "x" && now > entry.at',
      { 'customer.nothing': null, now: '2026-03-08T12:00:00.000Z', 'entry.at': '2026-03-08T00:00:00.000Z' },
    ],
    ['entry.items[0].sku == "A"', { 'entry.items[0].sku': 'A' }],
    [
      'entry.items.exists(i, i.gift)',
      {
        'entry.items': [
          { sku: 'A', quantity: 2 },
          { sku: 'B', quantity: 1, gift: true },
        ],
      },
    ],
    ['!did("order_completed",  "1 hour")', { 'did("order_completed", "1 hour")': false }],
    ['has(customer.tier) || did("order_completed", "1 hour")', { 'customer.tier': 'gold' }],
    [
      'last("order_completed", "2 days").?total.orValue(0.0) > 1',
      { 'last("order_completed", "2 days")': { order_id: '1', total: 10 } },
    ],
    [
      'count("order_completed", "2 days", event.total > 1) > 0',
      { 'count("order_completed", "2 days", event.total > 1)': 1 },
    ],
    ['consents("email", "marketing")', { 'consents("email", "marketing")': true }],
    ['!consents("push", "marketing")', { 'consents("push", "marketing")': false }],
  ])('by %s', (cel, read) => expect(answer(cel)).toEqual({ ok: true, value: true, read }));

  test('is short', () => {
    const items = Array.from({ length: 100 }, () => ({ sku: '字'.repeat(300), quantity: 1 }));
    const result = answer('entry.items.all(i, i.sku != "")', { entry: event('cart_updated', { items }) });
    const read = result.ok ? (result.read['entry.items'] as { sku: string }[]) : [];
    expect(read).toHaveLength(20);
    expect(read[0]!.sku).toHaveLength(200);
  });

  test('leaves the facts as they were', () => {
    const before = structuredClone(facts);
    answer('entry.items.exists(i, i.gift) && did("order_completed", "31 days")');
    expect(facts).toEqual(before);
  });
});

describe('a condition that fails', () => {
  test.each([
    ['event.total > 1', 'missing: event has no value'],
    ['entry.items[9].sku == "A"', 'missing: entry.items[9] has no value'],
    [
      'entry.pieces / 0 == 1',
      'arithmetic: entry.pieces / 0 cannot be computed (division by zero, or too large a number)',
    ],
    ['customer.tier > 3', 'type: customer.tier > 3 has a value of another type than the condition expects'],
    ['entry.total', 'type: the condition is neither true nor false'],
    ['true &&', 'syntax: this is no condition that can be evaluated here'],
    ['nobody == 1', 'missing: nobody has no value'],
  ])('%s: %s', (cel, error) => expect(answer(cel)).toEqual({ ok: false, error }));

  test('says no values', () => {
    const result = answer('customer.tier == 3 || customer.nothing == "x"');
    expect(JSON.stringify(result)).not.toContain('gold');
  });
});

describe('a hostile condition', () => {
  test.each([
    ['a catastrophic pattern', 'customer.tier.matches("(a+)+$")'],
    ['doubling', 'cel.bind(a, "xxxxxxxx", cel.bind(b, a + a, b == ""))'],
    ['three macros inside each other', 'entry.items.all(a, entry.items.all(b, entry.items.all(c, true)))'],
    ['deep parentheses', `${'('.repeat(1000)}true${')'.repeat(1000)}`],
    ['many negations', `${'!'.repeat(1900)}true`],
    ['a long text', `customer.tier == "${'x'.repeat(100_000)}"`],
    ['a long chain', Array(300).fill('true').join('||')],
    ['bytes', 'size(bytes(customer.tier)) > 0'],
    ['splitting', 'customer.tier.split("").size() > 0'],
  ])('%s is refused', (_, cel) => expect(value(cel)).toBe('syntax: this is no condition that can be evaluated here'));

  const many = Array.from({ length: 10_000 }, (_, i) => ({ sku: `${i}`, quantity: i }));
  const large = { entry: event('cart_updated', { items: many, note: 'x'.repeat(5000) }) };

  test.each([
    'entry.items.all(i, entry.items.all(j, j.quantity >= 0))',
    'entry.items.exists(i, entry.items.exists(j, j.sku == "none"))',
    'entry.items.map(i, entry.items.map(j, j.sku)).size() > 0',
    'entry.items.all(i, did("order_completed", "31 days") || entry.items.exists(j, false))',
    'entry.note + entry.note == ""',
  ])('%s over too much data ends soon', (cel) => {
    const usedMs = cpuWatch();
    expect(value(cel, large)).toBe('too_large: the data is too large for this condition');
    expect(usedMs()).toBeLessThan(3_000);
  });

  test('data may hold any name', () => {
    const customer = JSON.parse('{"__proto__": {"tier": "x"}, "constructor": 1}');
    expect(value('has(customer.tier)', { customer })).toBe(false);
  });
});

describe('in_segment', () => {
  const withSegments = (segments: Plan['segments']) =>
    planWith(
      {},
      {
        schemas: { customer: { tier: { kind: 'string', optional: true } }, events: {} },
        ...(segments && { segments }),
      },
    );
  const gold = when('has(customer.tier) && customer.tier == "gold"');
  const facts: Facts = { now: 0, zone: 'UTC', customer: { tier: 'gold' }, history: [], consents: [] };
  const asked = when('in_segment("gold")');

  test('answers as its condition, and says what that has read', () => {
    const plan = withSegments({ gold });
    expect(evaluate(asked, plan, facts)).toEqual({
      ok: true,
      value: true,
      read: { 'customer.tier': 'gold', 'in_segment("gold")': true },
    });
    expect(evaluate(asked, plan, { ...facts, customer: {} })).toMatchObject({ ok: true, value: false });
  });

  test("fails with the segment's own failure", () => {
    const plan = withSegments({ gold: when('customer.tier == "gold"') });
    const answer = evaluate(asked, plan, { ...facts, customer: {} });
    expect(answer).toEqual({ ok: false, error: 'missing: customer.tier has no value (in the segment "gold")' });
  });

  test('fails where the plan has no such segment, and where a segment would ask for another', () => {
    expect(evaluate(asked, withSegments(undefined), facts)).toMatchObject({ ok: false });
    const nested = withSegments({ gold: { ...when('in_segment("gold")'), segments: ['gold'] } });
    expect(evaluate(asked, nested, facts)).toMatchObject({ ok: false });
  });
});
