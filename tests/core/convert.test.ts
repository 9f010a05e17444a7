import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { convertMap } from '../../engine/core/convert.ts';
import type { PropertyType, ScalarKind, Schema } from '../../engine/core/schema.ts';

const zone = 'Asia/Tokyo';
const scalar = (kind: ScalarKind): PropertyType => ({ kind, optional: false });

describe('a declared property', () => {
  test.each<[ScalarKind, unknown, unknown]>([
    ['number', '12.50', 12.5],
    ['number', ' -1e3 ', -1000],
    ['number', 3, 3],
    ['int', '12', 12],
    ['int', '12.0', 12],
    ['int', 9007199254740991, 9007199254740991],
    ['bool', 'true', true],
    ['bool', 'false', false],
    ['bool', false, false],
    ['string', 12, '12'],
    ['string', '', ''],
    ['time', '2026-03-08 09:00', '2026-03-08T00:00:00.000Z'],
    ['time', 1_700_000_000, '2023-11-14T22:13:20.000Z'],
    ['date', '2026-03-08', '2026-03-08'],
    ['date', '2026-03-07T20:00:00Z', '2026-03-08'],
    ['date', '2026-03-08 23:59', '2026-03-08'],
    ['date', 1_700_000_000_000, '2023-11-15'],
  ])('of type %s given %j is %j', (kind, given, expected) => {
    expect(convertMap({ p: scalar(kind) }, { p: given }, zone)).toEqual({ data: { p: expected }, flags: [] });
  });

  test.each<[ScalarKind, unknown, string]>([
    ['number', '1,200', 'string'],
    ['number', '', 'string'],
    ['number', '0x10', 'string'],
    ['number', 'Infinity', 'string'],
    ['number', true, 'bool'],
    ['int', 1.5, 'number'],
    ['int', '9007199254740993', 'string'],
    ['bool', 'yes', 'string'],
    ['bool', 1, 'number'],
    ['string', false, 'bool'],
    ['string', { a: 1 }, 'map'],
    ['time', 'soon', 'string'],
    ['date', '2026-02-30', 'string'],
    ['date', [], 'list'],
  ])('of type %s given %j is flagged and missing', (kind, given, kindGiven) => {
    const { data, flags } = convertMap({ p: scalar(kind) }, { p: given }, zone);
    expect(data).toEqual({});
    expect(flags).toEqual([{ path: 'p', declared: kind, given: kindGiven }]);
  });

  test('given null is missing, without a flag', () => {
    expect(convertMap({ p: scalar('int') }, { p: null }, zone)).toEqual({ data: {}, flags: [] });
  });
});

describe('nested data', () => {
  const items: Schema = {
    items: {
      kind: 'list',
      optional: false,
      of: { kind: 'map', optional: false, fields: { sku: scalar('string'), quantity: scalar('int') } },
    },
  };

  test('is converted item by item', () => {
    const given = { items: [{ sku: 1, quantity: '2', extra: [null, 1] }, null, { sku: 'B' }] };
    const expected = { items: [{ sku: '1', quantity: 2, extra: [null, 1] }, { sku: 'B' }] };
    expect(convertMap(items, given, zone)).toEqual({ data: expected, flags: [] });
  });

  test('names the place of what does not fit', () => {
    const { data, flags } = convertMap(items, { items: [{ quantity: 'two' }, 'x'] }, zone);
    expect(data).toEqual({ items: [{}] });
    expect(flags).toEqual([
      { path: 'items[0].quantity', declared: 'int', given: 'string' },
      { path: 'items[1]', declared: 'map', given: 'string' },
    ]);
  });

  test('of the wrong shape is flagged as a whole', () => {
    expect(convertMap(items, { items: { sku: 'A' } }, zone).flags).toEqual([
      { path: 'items', declared: '[map]', given: 'map' },
    ]);
    expect(convertMap(items, 'text', zone)).toEqual({
      data: {},
      flags: [{ path: '', declared: 'map', given: 'string' }],
    });
    expect(convertMap(items, undefined, zone)).toEqual({ data: {}, flags: [] });
  });
});

describe('what is not declared', () => {
  test('is kept as it is', () => {
    const data = { a: 1, b: null, c: [true, { d: 'x' }] };
    expect(convertMap(null, data, zone)).toEqual({ data, flags: [] });
    expect(convertMap({ z: scalar('int') }, data, zone)).toEqual({ data, flags: [] });
  });

  test('is text where its name ends in _id', () => {
    expect(convertMap(null, { order_id: 12, line: { sku_id: 7 } }, zone).data).toEqual({
      order_id: '12',
      line: { sku_id: '7' },
    });
    expect(convertMap({ order_id: scalar('string') }, { order_id: 12 }, zone).data).toEqual({ order_id: '12' });
  });

  test('cannot reach a prototype', () => {
    const { data } = convertMap(
      null,
      JSON.parse('{"__proto__":{"x":1},"a":{"constructor":1,"prototype":2,"b":3}}'),
      zone,
    );
    expect(data).toEqual({ a: { b: 3 } });
    expect(Object.getPrototypeOf(data)).toBe(Object.prototype);
  });

  test('is cut off where it nests too deeply', () => {
    const deep = JSON.parse(`${'{"a":'.repeat(500)}1${'}'.repeat(500)}`);
    const { data, flags } = convertMap(null, deep, zone);
    expect(JSON.stringify(data).length).toBeLessThan(200);
    expect(flags).toHaveLength(1);
  });

  test('holds no characters that PostgreSQL refuses', () => {
    expect(convertMap(null, { 'a\u0000': 'x\u0000y\ud800' }, zone).data).toEqual({ a: 'xy\ufffd' });
  });

  test('lists at most 50 flags', () => {
    const list: Schema = { p: { kind: 'list', optional: false, of: scalar('int') } };
    expect(convertMap(list, { p: Array(1000).fill('x') }, zone).flags).toHaveLength(50);
  });
});

test('converting what was converted changes nothing', () => {
  const kinds: ScalarKind[] = ['string', 'int', 'number', 'bool', 'date', 'time'];
  const schema: Schema = Object.fromEntries(kinds.map((kind) => [kind, scalar(kind)]));
  const value = fc.oneof(fc.jsonValue(), fc.date({ noInvalidDate: true }).map(String), fc.integer().map(String));
  fc.assert(
    fc.property(fc.record(Object.fromEntries(kinds.map((kind) => [kind, value]))), (given) => {
      const once = convertMap(schema, given, zone).data;
      expect(convertMap(schema, once, zone)).toEqual({ data: once, flags: [] });
    }),
  );
});
