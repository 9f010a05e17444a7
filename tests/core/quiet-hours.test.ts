import { describe, expect, test } from 'vitest';
import { quietUntil } from '../../engine/core/quiet-hours.ts';

type Row = [name: string, zone: string, from: string, to: string, at: string, until: string | null];

function check([, zone, from, to, at, until]: Row): void {
  const found = quietUntil({ from, to, channels: ['email'], answer: 'hold' }, Date.parse(at), zone);
  expect(found === null ? null : new Date(found).toISOString().replace('.000Z', 'Z')).toBe(until);
}

describe('an ordinary night', () => {
  const rows: Row[] = [
    ['begins at its first minute', 'Asia/Tokyo', '21:00', '08:00', '2026-06-01T12:00:00Z', '2026-06-01T23:00:00Z'],
    ['not a millisecond before', 'Asia/Tokyo', '21:00', '08:00', '2026-06-01T11:59:59.999Z', null],
    ['goes over midnight', 'Asia/Tokyo', '21:00', '08:00', '2026-06-01T16:00:00Z', '2026-06-01T23:00:00Z'],
    [
      'lasts to the last millisecond',
      'Asia/Tokyo',
      '21:00',
      '08:00',
      '2026-06-01T22:59:59.999Z',
      '2026-06-01T23:00:00Z',
    ],
    ['is over at its end', 'Asia/Tokyo', '21:00', '08:00', '2026-06-01T23:00:00Z', null],
    ['may lie within one day', 'UTC', '12:00', '13:30', '2026-06-01T12:30:00Z', '2026-06-01T13:30:00Z'],
    ['within one day, it is over at its end', 'UTC', '12:00', '13:30', '2026-06-01T13:30:00Z', null],
    ['may begin at midnight', 'UTC', '00:00', '06:00', '2026-06-01T00:00:00Z', '2026-06-01T06:00:00Z'],
    ['may end at midnight', 'UTC', '20:00', '00:00', '2026-06-01T23:59:00Z', '2026-06-02T00:00:00Z'],
    ['that ends at midnight leaves midnight free', 'UTC', '20:00', '00:00', '2026-06-02T00:00:00Z', null],
    ['goes over the end of a year', 'UTC', '22:00', '07:00', '2026-12-31T23:00:00Z', '2027-01-01T07:00:00Z'],
    ['may be all day but a minute', 'UTC', '08:01', '08:00', '2026-06-01T08:01:00Z', '2026-06-02T08:00:00Z'],
    ['may be all day but a minute, which is free', 'UTC', '08:01', '08:00', '2026-06-01T08:00:30Z', null],
  ];
  test.each(rows)('%s', (...row) => check(row));
});

describe('a night in which clocks change', () => {
  const rows: Row[] = [
    // New York: 02:00 → 03:00 on 2026-03-08, 02:00 → 01:00 on 2026-11-01.
    [
      'is an hour shorter in spring',
      'America/New_York',
      '21:00',
      '08:00',
      '2026-03-08T02:00:00Z',
      '2026-03-08T12:00:00Z',
    ],
    [
      'an end in the gap moves on by the gap',
      'America/New_York',
      '22:00',
      '02:30',
      '2026-03-08T06:59:00Z',
      '2026-03-08T07:30:00Z',
    ],
    [
      'and is quiet after the gap, too',
      'America/New_York',
      '22:00',
      '02:30',
      '2026-03-08T07:15:00Z',
      '2026-03-08T07:30:00Z',
    ],
    ['a beginning in the gap moves on as well', 'America/New_York', '02:30', '06:00', '2026-03-08T07:15:00Z', null],
    ['and is quiet from there', 'America/New_York', '02:30', '06:00', '2026-03-08T07:30:00Z', '2026-03-08T10:00:00Z'],
    [
      'is an hour longer in autumn',
      'America/New_York',
      '21:00',
      '08:00',
      '2026-11-01T01:00:00Z',
      '2026-11-01T13:00:00Z',
    ],
    [
      'an end that comes twice is the first',
      'America/New_York',
      '22:00',
      '01:30',
      '2026-11-01T05:29:00Z',
      '2026-11-01T05:30:00Z',
    ],
    ['and does not come again', 'America/New_York', '22:00', '01:30', '2026-11-01T06:15:00Z', null],
    [
      'a beginning that comes twice is the first',
      'America/New_York',
      '01:30',
      '06:00',
      '2026-11-01T05:30:00Z',
      '2026-11-01T11:00:00Z',
    ],
    // Berlin: 02:00 → 03:00 on 2026-03-29, 03:00 → 02:00 on 2026-10-25.
    ['in Berlin: spring', 'Europe/Berlin', '21:00', '08:00', '2026-03-29T00:59:00Z', '2026-03-29T06:00:00Z'],
    ['in Berlin: autumn', 'Europe/Berlin', '21:00', '08:00', '2026-10-25T00:59:00Z', '2026-10-25T07:00:00Z'],
    ['in Berlin: an end that comes twice', 'Europe/Berlin', '21:00', '02:15', '2026-10-25T00:30:00Z', null],
    // Lord Howe: half an hour, 02:00 → 02:30 on 2026-10-04, 02:00 → 01:30 on 2026-04-05.
    ['on Lord Howe: spring', 'Australia/Lord_Howe', '21:00', '08:00', '2026-10-03T11:00:00Z', '2026-10-03T21:00:00Z'],
    [
      'on Lord Howe: an end in the gap',
      'Australia/Lord_Howe',
      '21:00',
      '02:15',
      '2026-10-03T15:30:00Z',
      '2026-10-03T15:45:00Z',
    ],
    ['on Lord Howe: autumn', 'Australia/Lord_Howe', '21:00', '08:00', '2026-04-04T10:00:00Z', '2026-04-04T21:30:00Z'],
    ['on Lord Howe: an end that comes twice', 'Australia/Lord_Howe', '21:00', '01:45', '2026-04-04T15:00:00Z', null],
    // Santiago: midnight is skipped on 2026-09-06, the hour before midnight comes twice on 2026-04-04.
    [
      'in Santiago: an end at the midnight that is skipped',
      'America/Santiago',
      '20:00',
      '00:00',
      '2026-09-06T03:59:00Z',
      '2026-09-06T04:00:00Z',
    ],
    [
      'in Santiago: a beginning at the midnight that is skipped',
      'America/Santiago',
      '00:00',
      '07:00',
      '2026-09-06T04:00:00Z',
      '2026-09-06T10:00:00Z',
    ],
    ['in Santiago: an hour less', 'America/Santiago', '21:00', '08:00', '2026-09-06T01:00:00Z', '2026-09-06T11:00:00Z'],
    ['in Santiago: an hour more', 'America/Santiago', '21:00', '08:00', '2026-04-05T00:00:00Z', '2026-04-05T12:00:00Z'],
    [
      'in Santiago: a beginning that comes twice',
      'America/Santiago',
      '23:30',
      '08:00',
      '2026-04-05T02:30:00Z',
      '2026-04-05T12:00:00Z',
    ],
    // Tokyo has no such night.
    ['in Tokyo on that day', 'Asia/Tokyo', '21:00', '08:00', '2026-03-08T13:00:00Z', '2026-03-08T23:00:00Z'],
  ];
  test.each(rows)('%s', (...row) => check(row));
});
