// What checks, runs: a condition that passes the check does not fail for want of a name, a type or a value.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { evaluate, type Facts } from '../../engine/core/condition.ts';
import type { StoredEvent } from '../../engine/core/event.ts';
import type { Plan } from '../../engine/core/plan.ts';
import type { Json, JsonMap, PropertyType, Schema } from '../../engine/core/schema.ts';
import { checkCondition } from '../../language/conditions.ts';
import { scope } from './condition-scope.ts';

const now = Date.parse('2026-03-08T12:00:00Z');
const plan = {
  schemas: {
    customer: scope.customer,
    events: Object.fromEntries(
      Object.entries(scope.events).map(([name, { properties }]) => [
        name,
        { properties: properties ?? {}, correlate: [] },
      ]),
    ),
  },
} as unknown as Plan;

/** Any stored data that fits the schema; what may be missing often is. */
function fitting(schema: Schema): fc.Arbitrary<JsonMap> {
  const entries = Object.entries(schema);
  const required = entries.filter(([, type]) => !type.optional).map(([name]) => name);
  return fc.record(Object.fromEntries(entries.map(([name, type]) => [name, valueFor(type)])), {
    requiredKeys: required,
  }) as fc.Arbitrary<JsonMap>;
}

function valueFor(type: PropertyType): fc.Arbitrary<Json> {
  switch (type.kind) {
    case 'list':
      return fc.array(valueFor(type.of), { maxLength: 3 });
    case 'map':
      return fitting(type.fields);
    case 'string':
      return fc.constantFrom('', 'A', 'gold', '日本');
    case 'int':
      return fc.oneof(fc.integer({ min: -3, max: 3 }), fc.maxSafeInteger());
    case 'number':
      return fc.oneof(fc.constantFrom(0, 1, 2.5, -1), fc.double({ noNaN: true, noDefaultInfinity: true }));
    case 'bool':
      return fc.boolean();
    case 'date':
      return fc.constantFrom('2026-03-08', '2000-02-29');
    default:
      return fc.constantFrom('2026-03-08T12:00:00.000Z', '2026-01-01T00:00:00.000Z');
  }
}

const eventOf = (name: string): fc.Arbitrary<StoredEvent> =>
  fc.tuple(fitting(scope.events[name]!.properties ?? {}), fc.integer({ min: 0, max: 5 })).map(([data, days]) => {
    const occurredAt = now - days * 86_400_000;
    return { id: `${name}-${days}`, name, data, occurredAt, receivedAt: occurredAt };
  });

const someEvent = fc.oneof(eventOf('cart_updated'), eventOf('order_completed'));
const anyFacts: fc.Arbitrary<Facts> = fc.record({
  now: fc.constant(now),
  zone: fc.constantFrom('Asia/Tokyo', 'America/New_York'),
  customer: fitting(scope.customer),
  entry: someEvent,
  latest: someEvent,
  event: eventOf('cart_updated'),
  history: fc.array(fc.oneof(someEvent, eventOf('cart_viewed')), { maxLength: 4 }),
  consents: fc.constantFrom([], [{ channel: 'email', purpose: 'marketing' }]),
});

const traits = Object.keys(scope.customer);

/** Expressions by type: mostly as they should be, at times of another type or without the test that they need. */
const leaves: { [kind: string]: string[] } = {
  bool: [
    'true',
    'false',
    'customer.vip',
    'customer.?vip.orValue(false)',
    'i.gift',
    'i.?gift.orValue(true)',
    'has(i.gift)',
    'consents("email", "marketing")',
    'did("order_completed", "3 days")',
    'customer.?tier.hasValue()',
    ...traits.map((trait) => `has(customer.${trait})`),
    'has(entry.cart_id)',
    'has(customer.address.city)',
  ],
  string: [
    '"A"',
    '""',
    'customer.tier',
    'customer.?tier.orValue("A")',
    'event.cart_id',
    'entry.cart_id',
    'entry.?cart_id.orValue("A")',
    'i.sku',
    'customer.address.zip',
    'customer.address.city',
    'customer.?address.city.orValue("")',
    'event.items[?0].?sku.orValue("")',
    'event.items[0].sku',
    'event.tags[?1].orValue("x")',
    'last("order_completed", "3 days").?cart_id.orValue("A")',
  ],
  int: [
    '0',
    '1',
    '-2',
    'event.pieces',
    'customer.visits',
    'customer.?visits.orValue(0)',
    'i.quantity',
    'count("order_completed", "4 days")',
    'size(event.items)',
    'event.tags.size()',
    'now.getHours("Asia/Tokyo")',
  ],
  number: [
    '2.5',
    '1.0',
    'event.total',
    'latest.total',
    'customer.score',
    'customer.?score.orValue(0)',
    'customer.?score.orValue(1 / 2)',
    'last("order_completed", "3 days", event.total > 1).?total.orValue(0)',
    'event.prices[?0].orValue(1)',
  ],
  time: [
    'now',
    'event.at',
    'latest.at',
    'customer.since',
    'customer.?since.orValue(now)',
    'timestamp("2026-01-01T00:00:00Z")',
  ],
  date: ['event.day', 'customer.birthday', 'customer.?birthday.orValue(date(now))', 'date("2026-03-08")'],
  strings: ['event.tags', '["A"]', '[]', 'customer.tags', 'customer.?tags.orValue([])'],
  ints: ['[1, 2]', '[0]', 'event.items.map(i, i.quantity)'],
  numbers: ['event.prices', '[1, 2.5]', '[0.5]', '[1]', 'event.prices.filter(p, p > 1)'],
};
/** A name that may be missing, a use of it, and every shape of test before it: the checker must tell the good from the bad. */
const uses: [string, string][] = [
  ['customer.tier', 'customer.tier == {string}'],
  ['customer.visits', 'customer.visits > {int}'],
  ['customer.vip', '(customer.vip || {bool})'],
  ['event.cart_id', 'did("order_completed", "4 days", event.cart_id == {string})'],
  ['entry.cart_id', 'entry.cart_id.contains({string})'],
];
const guards = ['has(NAME)', '!has(NAME)', '(has(NAME) || {bool})', '(has(NAME) && {bool})', '({bool} && has(NAME))'];
const shapes = [
  ...guards.flatMap((guard) => [guard, `!${guard}`, `!(!${guard} || {bool})`]),
  ...[
    '(has(NAME) ? {bool} : {bool})',
    '({bool} ? has(NAME) : false)',
    '(has(NAME) ? true : {bool})',
    '(!has(NAME) ? false : true)',
  ],
].flatMap((guard) => [`${guard} && USE`, `${guard} || USE`, `(${guard} ? USE : {bool})`, `(${guard} ? {bool} : USE)`]);
const guarded = uses.flatMap(([name, use]) =>
  shapes.map((shape) => shape.replaceAll('NAME', name).replace('USE', use)),
);

const deeper: { [kind: string]: string[] } = {
  bool: [
    ...[
      '{bool} && {bool}',
      '{bool} || {bool}',
      '!({bool})',
      '({bool}) ? ({bool}) : ({bool})',
      '{bool} == {bool}',
    ].flatMap((text) => [text, text, text]),
    ...['string', 'int', 'number', 'time', 'date'].flatMap((kind) => [
      `{${kind}} == {${kind}}`,
      `{${kind}} < {${kind}}`,
    ]),
    ...[
      '{int} != {number}',
      '{number} >= {int}',
      '{int} == {number}',
      '{string} in {strings}',
      '{int} in {ints}',
      '{number} in {numbers}',
      '{int} in {numbers}',
      '{number} in {ints}',
    ],
    ...[
      '{strings} == {strings}',
      '{numbers} != {ints}',
      '{ints} == {ints}',
      '{strings}.exists(s, s == {string})',
      '{numbers}.all(n, n > {number})',
    ],
    ...[
      'event.items.exists(i, {bool})',
      'event.items.all(i, {bool})',
      'event.items.exists_one(i, {bool})',
      'event.items.filter(i, {bool}).size() > {int}',
    ],
    ...[
      'did("order_completed", "4 days", {bool})',
      'count("cart_updated", "4 days", {bool}) > {int}',
      '{string}.contains({string})',
      '{time} - {time} > duration("1h")',
    ],
    ...traits.map((trait) => `has(customer.${trait}) && ({bool})`),
    ...traits.map((trait) => `!has(customer.${trait}) || ({bool})`),
    'has(customer.address) && has(customer.address.city) && ({bool})',
    'has(entry.cart_id) ? ({bool}) : ({bool})',
    'event.items.exists(i, has(i.gift) && ({bool}))',
  ],
  string: [
    '{string} + {string}',
    '({bool}) ? {string} : {string}',
    'string({int})',
    'string({number})',
    '{string}.trim()',
    '{string}.lowerAscii()',
  ],
  int: [
    '({int} + {int})',
    '({int} * {int})',
    '({int} / {int})',
    '({int} % {int})',
    '-({int})',
    '(({bool}) ? {int} : {int})',
    'size({string})',
    'size({numbers})',
    'int({number})',
    '{time}.getHours()',
  ],
  number: [
    '({number} + {int})',
    '({int} - {number})',
    '({number} / {int})',
    '({number} * {number})',
    '-({number})',
    '(({bool}) ? {number} : 1)',
    '(({bool}) ? 1 + 1 : {number})',
    'double({int})',
  ],
  time: ['({time} + duration("24h"))', '({time} - duration("90m"))', '(({bool}) ? {time} : {time})'],
  date: ['date({time})', '(({bool}) ? {date} : {date})'],
  strings: ['[{string}, {string}]', '(({bool}) ? {strings} : {strings})'],
  ints: ['[{int}, {int}]', 'event.items.map(i, {int})'],
  numbers: ['[{number}, 1]', '[1, {number}]', 'event.items.map(i, {number})', '(({bool}) ? {numbers} : [1])'],
};

function expression(kind: string, depth: number): fc.Arbitrary<string> {
  if (depth === 0) return fc.constantFrom(...leaves[kind]!);
  const filled = fc.constantFrom(...deeper[kind]!).chain((template) => fill(template, depth));
  return fc.oneof({ weight: 1, arbitrary: fc.constantFrom(...leaves[kind]!) }, { weight: 3, arbitrary: filled });
}

/** The template with an expression of the right type, mostly, in each hole. */
function fill(template: string, depth: number): fc.Arbitrary<string> {
  const parts = template.split(/\{(\w+)\}/);
  const holes = parts.map((part, i) => (i % 2 === 0 ? fc.constant(part) : hole(part, depth - 1)));
  return fc.tuple(...holes).map((filled) => filled.join(''));
}

function hole(kind: string, depth: number): fc.Arbitrary<string> {
  const anyKind = fc.constantFrom(...Object.keys(leaves)).chain((other) => expression(other, depth));
  return fc.oneof({ weight: 60, arbitrary: expression(kind, depth) }, { weight: 1, arbitrary: anyKind });
}

const condition = fc.oneof(
  fc.integer({ min: 1, max: 4 }).chain((depth) => expression('bool', depth)),
  fc.constantFrom(...guarded).chain((template) => fill(template, 2)),
);

test('a condition that passes the check never fails for want of a name, a type or a value', () => {
  let passed = 0;
  fc.assert(
    fc.property(condition, fc.array(anyFacts, { minLength: 3, maxLength: 3 }), (text, customers) => {
      const { condition: checked, problems } = checkCondition(text, scope);
      expect(checked === null).toBe(problems.length > 0);
      if (!checked) return;
      passed += 1;
      for (const facts of customers) {
        const result = evaluate(checked, plan, facts);
        if (!result.ok) expect(result.error).toMatch(/^(arithmetic|too_large)/);
      }
    }),
    { numRuns: 4000 },
  );
  expect(passed).toBeGreaterThan(1000);
});

test('checking any text ends, and points inside it', () => {
  const pieces = fc.constantFrom(
    ...Object.values(leaves).flat(),
    '(',
    ')',
    '&&',
    '==',
    '.',
    '?',
    ':',
    '"',
    '[',
    'has(',
    'did(',
    ',',
    '{',
    '}',
    '\n',
    '🙂',
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(pieces, { maxLength: 12 }).map((parts) => parts.join('')),
      ),
      (text) => {
        const { condition: checked, problems } = checkCondition(text, scope);
        expect(checked === null).toBe(problems.length > 0);
        for (const { start, end } of problems) {
          expect(start).toBeLessThanOrEqual(end);
          expect(end).toBeLessThanOrEqual(text.length);
        }
      },
    ),
    { numRuns: 3000 },
  );
});
