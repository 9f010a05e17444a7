import { describe, expect, test } from 'vitest';
import { parseLength } from '../../engine/core/length.ts';

describe('a length of time', () => {
  test.each([
    ['1 second', 1_000],
    ['30 minutes', 1_800_000],
    ['1 hour', 3_600_000],
    ['2 days', 172_800_000],
    ['1 weeks', 604_800_000],
    ['30m', 1_800_000],
    ['24h', 86_400_000],
    ['  7   d ', 604_800_000],
    ['3650 days', 315_360_000_000],
  ])('%j is %d milliseconds', (text, ms) => expect(parseLength(text)).toBe(ms));

  test.each([
    '',
    '5',
    'days',
    '0 days',
    '-1 day',
    '1.5 hours',
    '2 months',
    '2 days 3 hours',
    '3651 days',
    '1 Day',
    '99999999999 s',
    '1 ss',
    '1 constructors',
    '１ day',
  ])('%j is refused', (text) => expect(parseLength(text)).toBeNull());
});
