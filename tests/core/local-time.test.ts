import { describe, expect, test } from 'vitest';
import { dayOf, isDay, isValidZone, localToInstant, momentOf, startOfDay } from '../../engine/core/local-time.ts';

const iso = (atMs: number | null) => (atMs === null ? null : new Date(atMs).toISOString());

describe('a wall clock', () => {
  test.each([
    ['an ordinary hour', '2026-06-01 09:00', 'Asia/Tokyo', '2026-06-01T00:00:00.000Z'],
    ['a gap moves forward by its hour', '2026-03-08 02:30', 'America/New_York', '2026-03-08T07:30:00.000Z'],
    ['the minute before a gap', '2026-03-08 01:59', 'America/New_York', '2026-03-08T06:59:00.000Z'],
    ['the first hour of a fold', '2026-11-01 01:30', 'America/New_York', '2026-11-01T05:30:00.000Z'],
    ['the hour after a fold', '2026-11-01 02:00', 'America/New_York', '2026-11-01T07:00:00.000Z'],
    ['a gap in Europe', '2026-03-29T02:30', 'Europe/Berlin', '2026-03-29T01:30:00.000Z'],
    ['a fold in Europe', '2026-10-25 02:30:00', 'Europe/Berlin', '2026-10-25T00:30:00.000Z'],
    ['a gap of half an hour', '2026-10-04 02:15', 'Australia/Lord_Howe', '2026-10-03T15:45:00.000Z'],
    ['a fold of half an hour', '2026-04-05 01:45', 'Australia/Lord_Howe', '2026-04-04T14:45:00.000Z'],
    ['a midnight that is skipped', '2026-09-06 00:00', 'America/Santiago', '2026-09-06T04:00:00.000Z'],
    ['a midnight hour that comes twice', '2026-04-04 23:30', 'America/Santiago', '2026-04-05T02:30:00.000Z'],
  ])('%s: %s in %s', (_, local, zone, expected) => expect(iso(localToInstant(local, zone))).toBe(expected));

  test.each([
    ['2026-03-08T04:59:59.999Z', 'America/New_York', '2026-03-07'],
    ['2026-03-08T05:00:00.000Z', 'America/New_York', '2026-03-08'],
    ['2026-03-09T03:59:59.999Z', 'America/New_York', '2026-03-08'],
    ['2026-03-07T15:00:00.000Z', 'Asia/Tokyo', '2026-03-08'],
    ['2026-10-03T13:29:59.999Z', 'Australia/Lord_Howe', '2026-10-03'],
    ['2026-10-03T13:30:00.000Z', 'Australia/Lord_Howe', '2026-10-04'],
  ])('%s in %s is on %s', (moment, zone, day) => expect(dayOf(Date.parse(moment), zone)).toBe(day));

  test.each([
    ['2026-03-08', 'America/New_York', '2026-03-08T05:00:00.000Z'],
    ['2026-03-09', 'America/New_York', '2026-03-09T04:00:00.000Z'],
    ['2026-09-06', 'America/Santiago', '2026-09-06T04:00:00.000Z'],
    ['2026-03-08', 'Asia/Tokyo', '2026-03-07T15:00:00.000Z'],
  ])('%s begins in %s at %s', (day, zone, start) => {
    expect(iso(startOfDay(day, zone))).toBe(start);
    expect(dayOf(startOfDay(day, zone), zone)).toBe(day);
    expect(dayOf(startOfDay(day, zone) - 1, zone)).not.toBe(day);
  });

  test.each(['Asia/Tokyo', 'America/Argentina/Buenos_Aires', 'UTC'])('%s is a time zone', (zone) =>
    expect(isValidZone(zone)).toBe(true),
  );

  test.each(['', '+09:00', 'Asia/Tokio', 'Tokyo time', '../etc', 'A'.repeat(65)])('%j is no time zone', (zone) =>
    expect(isValidZone(zone)).toBe(false),
  );

  test.each([
    ['2024-02-29', true],
    ['2026-02-29', false],
    ['2026-00-10', false],
    ['2026-13-01', false],
    ['2026-12-32', false],
    ['0000-01-01', false],
    ['2026-1-1', false],
  ])('%s is a day of the calendar: %s', (day, is) => expect(isDay(day)).toBe(is));
});

describe('a moment as senders write it', () => {
  test.each([
    ['2026-03-08T02:30:00Z', '2026-03-08T02:30:00.000Z'],
    ['2026-03-08T02:30:00.5+09:00', '2026-03-07T17:30:00.500Z'],
    ['2026-03-08T02:30-0500', '2026-03-08T07:30:00.000Z'],
    ['2026-03-08 02:30', '2026-03-07T17:30:00.000Z'],
    ['2026-03-08', '2026-03-07T15:00:00.000Z'],
    ['20260308', '2026-03-07T15:00:00.000Z'],
    [1_700_000_000, '2023-11-14T22:13:20.000Z'],
    [1_700_000_000_123, '2023-11-14T22:13:20.123Z'],
    ['1700000000', '2023-11-14T22:13:20.000Z'],
    ['1700000000.5', '2023-11-14T22:13:20.500Z'],
    [' 1700000000123 ', '2023-11-14T22:13:20.123Z'],
    [99_999_999_999, '5138-11-16T09:46:39.000Z'],
    [100_000_000_000, '1973-03-03T09:46:40.000Z'],
    [-1, '1969-12-31T23:59:59.000Z'],
  ])('%j in Tokyo is %s', (value, expected) => expect(iso(momentOf(value, 'Asia/Tokyo'))).toBe(expected));

  test.each([
    'yesterday',
    '',
    '2026-02-30',
    '2026-03-08T25:00',
    '2026-03-08Z',
    '0000-01-01',
    '+012026-01-01T00:00Z',
    '2026-03-08T02:30[Asia/Tokyo]',
    '12',
    Number.NaN,
    Number.POSITIVE_INFINITY,
    1e300,
  ])('%j is none', (value) => expect(momentOf(value, 'Asia/Tokyo')).toBeNull());
});
