// Shares and their difference, against the figures that their authors published.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { difference, share } from '../../engine/core/proportion.ts';

const rounded = (interval: ReturnType<typeof share>) =>
  interval && [interval.low, interval.high].map((bound) => Math.round(bound * 10_000) / 10_000);

// Newcombe, Statistics in Medicine 17 (1998) 873-890, table II, method 10.
test.each([
  [56, 70, 48, 80, 0.0524, 0.3339],
  [9, 10, 3, 10, 0.1705, 0.809],
  [6, 7, 2, 7, 0.0582, 0.8062],
  [5, 56, 0, 29, -0.0381, 0.1926],
  [0, 10, 0, 20, -0.1611, 0.2775],
  [10, 10, 0, 10, 0.6075, 1],
])('%i of %i against %i of %i', (a, m, b, n, low, high) => {
  expect(rounded(difference(share(a, m), share(b, n)))).toEqual([low, high]);
});

// Newcombe, Statistics in Medicine 17 (1998) 857-872, table I, method 3.
test.each([
  [81, 263, 0.2553, 0.3662],
  [15, 148, 0.0624, 0.1605],
  [0, 20, 0, 0.1611],
  [1, 29, 0.0061, 0.1718],
])('%i of %i', (of, all, low, high) => {
  expect(rounded(share(of, all))).toEqual([low, high]);
});

test('of nobody nothing is said', () => {
  expect(share(0, 0)).toBeNull();
  expect(difference(share(1, 2), share(0, 0))).toBeNull();
});

test('an interval holds its value, and turns with its groups', () => {
  const group = fc.tuple(fc.nat(500), fc.integer({ min: 1, max: 500 })).map(([a, b]) => share(Math.min(a, b), b)!);
  fc.assert(
    fc.property(group, group, (one, other) => {
      const there = difference(one, other)!;
      const back = difference(other, one)!;
      expect(there.low).toBeLessThanOrEqual(there.value);
      expect(there.high).toBeGreaterThanOrEqual(there.value);
      expect(there.low).toBeCloseTo(-back.high, 10);
    }),
  );
});
