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
const names = [
  ...traits.flatMap((trait) => [`customer.${trait}`, `customer.?${trait}`]),
  ...[
    'event.total',
    'event.pieces',
    'event.cart_id',
    'event.at',
    'event.day',
    'event.tags',
    'event.prices',
    'event.items',
  ],
  ...[
    'entry.total',
    'latest.at',
    'entry.cart_id',
    'entry.?cart_id',
    'now',
    'customer.address.zip',
    'customer.?address.city',
  ],
  ...[
    'event.items[0]',
    'event.items[?1].?sku',
    'i.sku',
    'i.quantity',
    'i.gift',
    'i.?gift',
    'last("order_completed", "3 days").?total',
  ],
];
const literals = [
  '1',
  '0',
  '2.5',
  '-1',
  '"A"',
  '""',
  'true',
  'false',
  '[1, 2]',
  '["A"]',
  '[1, 2.5]',
  '[]',
  'date("2026-03-08")',
  'duration("24h")',
  'timestamp("2026-01-01T00:00:00Z")',
];

/** Texts that look like conditions: some pass, most hold a mistake that the checker must find. */
const { condition } = fc.letrec<{ condition: string; value: string }>((tie) => ({
  condition: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom('true', 'did("order_completed", "3 days")', 'consents("email", "marketing")'),
    fc.constantFrom(...traits).map((trait) => `has(customer.${trait})`),
    fc
      .constantFrom(...traits, 'address.city')
      .chain((trait) => tie('value').map((value) => `has(customer.${trait}) && customer.${trait} == ${value}`)),
    fc
      .tuple(tie('value'), fc.constantFrom('==', '!=', '<', '>=', 'in'), tie('value'))
      .map(([a, op, b]) => `${a} ${op} ${b}`),
    fc.tuple(tie('condition'), fc.constantFrom('&&', '||'), tie('condition')).map(([a, op, b]) => `(${a} ${op} ${b})`),
    tie('condition').map((inner) => `!(${inner})`),
    fc.tuple(tie('condition'), tie('condition'), tie('condition')).map(([a, b, c]) => `(${a} ? ${b} : ${c})`),
    fc
      .tuple(fc.constantFrom('exists', 'all', 'exists_one'), tie('condition'))
      .map(([macro, body]) => `event.items.${macro}(i, ${body})`),
    tie('condition').map((body) => `did("order_completed", "4 days", ${body})`),
  ),
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom(...names),
    fc.constantFrom(...literals),
    fc
      .tuple(fc.constantFrom(...names), fc.constantFrom(...literals))
      .map(([name, literal]) => `${name}.orValue(${literal})`),
    fc
      .tuple(tie('value'), fc.constantFrom('+', '-', '*', '/', '%'), tie('value'))
      .map(([a, op, b]) => `(${a} ${op} ${b})`),
    fc.tuple(tie('condition'), tie('value'), tie('value')).map(([a, b, c]) => `(${a} ? ${b} : ${c})`),
    tie('value').map((value) => `[${value}, 1]`),
    fc
      .tuple(fc.constantFrom('size', 'string', 'double', 'int', 'date', '-'), tie('value'))
      .map(([name, value]) => `${name}(${value})`),
    tie('value').map((value) => `event.items.map(i, ${value})`),
    fc
      .tuple(
        tie('value'),
        fc.constantFrom('.size()', '.trim()', '.getHours()', '.hasValue()', '.contains("A")', '[0]', '[?0]'),
      )
      .map(([value, method]) => `${value}${method}`),
    fc.constant('count("order_completed", "4 days", event.total > 1)'),
  ),
}));

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
  expect(passed).toBeGreaterThan(400);
});

test('checking any text ends, and points inside it', () => {
  const pieces = fc.constantFrom(
    ...names,
    ...literals,
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
