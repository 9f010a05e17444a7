import { describe, expect, test } from 'vitest';
import { dayOf } from '../../engine/core/local-time.ts';
import { momentInData, nextClockTime, type Shift } from '../../engine/core/wall-clock.ts';

const zones = ['Australia/Lord_Howe', 'America/Santiago', 'America/New_York', 'Europe/Berlin', 'Asia/Tokyo'];
const iso = (at: number) => new Date(at).toISOString();
const hour = 3_600_000;
const day = 24 * hour;

describe('a time of day on the customer’s clock', () => {
  test.each([
    ['later today', '2026-06-01T00:00:00Z', 'Asia/Tokyo', '10:00', 0, undefined, '2026-06-01T01:00:00.000Z'],
    [
      'at that very moment, tomorrow',
      '2026-06-01T01:00:00Z',
      'Asia/Tokyo',
      '10:00',
      0,
      undefined,
      '2026-06-02T01:00:00.000Z',
    ],
    [
      'a millisecond before, today',
      '2026-06-01T00:59:59.999Z',
      'Asia/Tokyo',
      '10:00',
      0,
      undefined,
      '2026-06-01T01:00:00.000Z',
    ],
    [
      'in two days of the local calendar',
      '2026-06-01T14:59:00Z',
      'Asia/Tokyo',
      '10:00',
      2,
      undefined,
      '2026-06-03T01:00:00.000Z',
    ],
    [
      'a minute later it is another local day',
      '2026-06-01T15:00:00Z',
      'Asia/Tokyo',
      '10:00',
      2,
      undefined,
      '2026-06-04T01:00:00.000Z',
    ],
    ['the next weekday', '2026-06-05T02:00:00Z', 'Asia/Tokyo', '10:00', 0, [1, 2, 3, 4, 5], '2026-06-08T01:00:00.000Z'],
    [
      'the same weekday a week later',
      '2026-06-05T02:00:00Z',
      'Asia/Tokyo',
      '10:00',
      0,
      [5],
      '2026-06-12T01:00:00.000Z',
    ],
    [
      'in the gap, forward by it',
      '2026-03-08T05:00:00Z',
      'America/New_York',
      '02:30',
      0,
      undefined,
      '2026-03-08T07:30:00.000Z',
    ],
    [
      'in the gap and already past it, tomorrow',
      '2026-03-08T07:30:00Z',
      'America/New_York',
      '02:30',
      0,
      undefined,
      '2026-03-09T06:30:00.000Z',
    ],
    [
      'of a fold the first',
      '2026-11-01T04:00:00Z',
      'America/New_York',
      '01:30',
      0,
      undefined,
      '2026-11-01T05:30:00.000Z',
    ],
    [
      'between the two of a fold, tomorrow',
      '2026-11-01T05:45:00Z',
      'America/New_York',
      '01:30',
      0,
      undefined,
      '2026-11-02T06:30:00.000Z',
    ],
    [
      'in a gap of half an hour',
      '2026-10-03T13:00:00Z',
      'Australia/Lord_Howe',
      '02:15',
      1,
      undefined,
      '2026-10-03T15:45:00.000Z',
    ],
    [
      'of a fold of half an hour the first',
      '2026-04-04T13:30:00Z',
      'Australia/Lord_Howe',
      '01:45',
      0,
      undefined,
      '2026-04-04T14:45:00.000Z',
    ],
    [
      'a midnight that is skipped',
      '2026-09-05T12:00:00Z',
      'America/Santiago',
      '00:00',
      0,
      undefined,
      '2026-09-06T04:00:00.000Z',
    ],
    [
      'a late hour that comes twice',
      '2026-04-04T12:00:00Z',
      'America/Santiago',
      '23:30',
      0,
      undefined,
      '2026-04-05T02:30:00.000Z',
    ],
    [
      'in the gap of Berlin',
      '2026-03-28T23:30:00Z',
      'Europe/Berlin',
      '02:30',
      0,
      undefined,
      '2026-03-29T01:30:00.000Z',
    ],
  ])('%s: from %s in %s', (_, now, zone, at, inDays, weekdays, expected) => {
    expect(iso(nextClockTime(Date.parse(now), zone, { at, inDays, weekdays }))).toBe(expected);
  });

  test.each(zones)(
    'is strictly later, on a day that fits, and never passes one over: a year of hours in %s',
    (zone) => {
      const start = Date.parse('2026-01-01T00:00:00Z');
      for (let now = start; now < start + 365 * day; now += 13 * hour) {
        for (const at of ['00:00', '01:45', '02:30', '23:30']) {
          const next = nextClockTime(now, zone, { at, inDays: 0 });
          expect(next).toBeGreaterThan(now);
          expect(next - now).toBeLessThanOrEqual(25 * hour);
          const weekday = nextClockTime(now, zone, { at, inDays: 0, weekdays: [3] });
          expect(new Date(`${dayOf(weekday, zone)}T00:00Z`).getUTCDay()).toBe(3);
        }
      }
    },
  );
});

describe('a moment in data, moved', () => {
  const none: Shift = { days: 0, ms: 0 };
  test.each([
    ['a day is its first moment', '2026-03-08', none, undefined, 'America/New_York', '2026-03-08T05:00:00.000Z'],
    ['a day whose midnight is skipped', '2026-09-06', none, undefined, 'America/Santiago', '2026-09-06T04:00:00.000Z'],
    ['a day with a time of day', '2026-03-08', none, '10:00', 'America/New_York', '2026-03-08T14:00:00.000Z'],
    [
      'days on a day are the calendar’s',
      '2026-03-07',
      { days: 3, ms: 0 },
      undefined,
      'America/New_York',
      '2026-03-10T04:00:00.000Z',
    ],
    [
      'a day back, over a fold',
      '2026-10-26',
      { days: -1, ms: 0 },
      undefined,
      'Europe/Berlin',
      '2026-10-24T22:00:00.000Z',
    ],
    [
      'hours on a day are hours',
      '2026-03-08',
      { days: 0, ms: 6 * hour },
      undefined,
      'America/New_York',
      '2026-03-08T11:00:00.000Z',
    ],
    [
      'a day back from the first of March',
      '2028-03-01',
      { days: -1, ms: 0 },
      '08:00',
      'Asia/Tokyo',
      '2028-02-28T23:00:00.000Z',
    ],
    [
      'days on a moment are 24 hours',
      '2026-03-07T17:00:00Z',
      { days: 1, ms: 0 },
      undefined,
      'America/New_York',
      '2026-03-08T17:00:00.000Z',
    ],
    [
      'with a time of day they are days',
      '2026-03-07T17:00:00Z',
      { days: 1, ms: 0 },
      '12:00',
      'America/New_York',
      '2026-03-08T16:00:00.000Z',
    ],
    [
      'hours count before the day is taken',
      '2026-03-07T17:00:00Z',
      { days: 0, ms: 13 * hour },
      '12:00',
      'America/New_York',
      '2026-03-08T16:00:00.000Z',
    ],
    [
      'a time of day in a gap',
      '2026-10-03',
      { days: 1, ms: 0 },
      '02:15',
      'Australia/Lord_Howe',
      '2026-10-03T15:45:00.000Z',
    ],
    ['a time of day in a fold', '2026-04-05', none, '01:45', 'Australia/Lord_Howe', '2026-04-04T14:45:00.000Z'],
  ] as const)('%s: %s', (_, value, shift, at, zone, expected) => {
    const given = value.length === 10 ? value : Date.parse(value);
    expect(iso(momentInData(given, shift, at, zone))).toBe(expected);
  });
});
