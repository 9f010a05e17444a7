import { describe, expect, it, test } from 'vitest';
import { countedSince, refusingCap } from '../../engine/core/caps.ts';
import type { Cap } from '../../engine/core/settings.ts';
import { day, hour, minute } from './plans.ts';

const now = 100 * day;
const rolling: Cap = { max: 2, per: 7 * day, channels: ['email'], answer: 'hold' };
const mails = (...at: number[]) => at.map((one) => ({ channel: 'email', at: one }));
const ask = (caps: Cap[], sends: { channel: string; at: number }[], ahead: typeof sends = [], at = now, zone = 'UTC') =>
  refusingCap(caps, 'email', sends, ahead, at, zone);

describe('a rolling cap', () => {
  it('has room while fewer have gone', () => {
    expect(ask([rolling], mails(now - day))).toBeNull();
  });
  it('is full at its number', () => {
    expect(ask([rolling], mails(now - day, now))).toMatchObject({ sent: 2, until: now + 6 * day });
  });
  it('no longer counts what went exactly its window ago, and counts what went a millisecond later', () => {
    expect(ask([rolling], mails(now - 7 * day, now))).toBeNull();
    expect(ask([rolling], mails(now - 7 * day + 1, now))).toMatchObject({ until: now + 1 });
  });
  it('has room when as many have left as are too many', () => {
    expect(ask([rolling], mails(now - 3 * day, now - day, now - 2 * day))).toMatchObject({ until: now + 5 * day });
  });
  it('has room at the moment it says', () => {
    const until = ask([rolling], mails(now - day, now))!.until;
    expect(ask([rolling], mails(now - day, now), [], until)).toBeNull();
    expect(ask([rolling], mails(now - day, now), [], until - 1)).not.toBeNull();
  });
});

describe('several channels in one cap', () => {
  const both: Cap = { ...rolling, channels: ['email', 'push'] };
  const mixed = [...mails(now - day), { channel: 'push', at: now }];
  it('are counted together', () => {
    expect(ask([both], mixed)).toMatchObject({ sent: 2 });
  });
  it('count only where they are named', () => {
    expect(ask([rolling], mixed)).toBeNull();
    expect(ask([{ ...both, channels: ['push', 'line'] }], mixed)).toBeNull();
  });
});

describe('several caps', () => {
  const daily: Cap = { max: 1, per: day, channels: ['email'], answer: 'hold' };
  it('of two that refuse, skip wins', () => {
    const skip: Cap = { ...rolling, answer: 'skip' };
    for (const caps of [
      [daily, skip],
      [skip, daily],
    ])
      expect(ask(caps, mails(now, now))?.cap).toBe(skip);
  });
  it('of two that hold, the one with room last says how long', () => {
    expect(ask([daily, rolling], mails(now, now))?.until).toBe(now + 7 * day);
  });
  it('a skip with room does not win over a hold without', () => {
    expect(ask([daily, { ...rolling, answer: 'skip' }], mails(now))?.cap).toBe(daily);
  });
});

describe('messages that go first', () => {
  const one: Cap = { ...rolling, max: 1 };
  it('take the room that is left, until they come up', () => {
    expect(ask([one], [], mails(now + hour))).toMatchObject({ sent: 0, ahead: 1, until: now + hour });
  });
  it('leave the room that they do not need', () => {
    expect(ask([rolling], [], mails(now + hour))).toBeNull();
  });
  it('on a channel that the cap does not count do not matter', () => {
    expect(ask([one], [], [{ channel: 'push', at: now + hour }])).toBeNull();
  });
  it('and are overdue are looked at again in a minute', () => {
    expect(ask([one], [], mails(now - hour))?.until).toBe(now + minute);
  });
  it('do not matter for how long where the cap is full without them', () => {
    expect(ask([one], mails(now), mails(now + hour))?.until).toBe(now + 7 * day);
  });
});

// The customer's own day: how long it is, which sends belong to it, and when the next one begins.
type Row = [name: string, zone: string, at: string, sent: string, until: string | null];
const days: Row[] = [
  [
    'a day in Tokyo ends at its midnight',
    'Asia/Tokyo',
    '2026-03-08T14:59:00Z',
    '2026-03-07T15:00:00Z',
    '2026-03-08T15:00:00Z',
  ],
  ['a send of the day before does not count', 'Asia/Tokyo', '2026-03-08T14:59:00Z', '2026-03-07T14:59:59.999Z', null],
  [
    'a send at midnight is of the day that begins',
    'Asia/Tokyo',
    '2026-03-07T15:00:00Z',
    '2026-03-07T15:00:00Z',
    '2026-03-08T15:00:00Z',
  ],
  ['23 hours in New York', 'America/New_York', '2026-03-08T05:00:00Z', '2026-03-08T05:00:00Z', '2026-03-09T04:00:00Z'],
  ['25 hours in New York', 'America/New_York', '2026-11-01T04:00:00Z', '2026-11-01T04:00:00Z', '2026-11-02T05:00:00Z'],
  ['25 hours in Berlin', 'Europe/Berlin', '2026-10-25T22:59:59Z', '2026-10-24T22:00:00Z', '2026-10-25T23:00:00Z'],
  [
    '23 and a half hours on Lord Howe',
    'Australia/Lord_Howe',
    '2026-10-03T13:30:00Z',
    '2026-10-03T13:30:00Z',
    '2026-10-04T13:00:00Z',
  ],
  [
    '24 and a half hours on Lord Howe',
    'Australia/Lord_Howe',
    '2026-04-05T13:29:00Z',
    '2026-04-04T13:00:00Z',
    '2026-04-05T13:30:00Z',
  ],
  [
    'a day without a midnight in Santiago begins at one',
    'America/Santiago',
    '2026-09-06T04:00:00Z',
    '2026-09-06T04:00:00Z',
    '2026-09-07T03:00:00Z',
  ],
  [
    'the day before it ends there',
    'America/Santiago',
    '2026-09-06T03:59:00Z',
    '2026-09-05T04:00:00Z',
    '2026-09-06T04:00:00Z',
  ],
  [
    'an hour before midnight that comes twice is of one day',
    'America/Santiago',
    '2026-04-05T03:30:00Z',
    '2026-04-05T02:30:00Z',
    '2026-04-05T04:00:00Z',
  ],
  [
    'a clock that goes back over midnight holds a day too long rather than into the past',
    'America/St_Johns',
    '2010-11-07T02:40:00Z',
    '2010-11-06T12:00:00Z',
    '2010-11-08T03:30:00Z',
  ],
];
test.each(days)('%s', (_name, zone, at, sent, until) => {
  const cap: Cap = { max: 1, per: 'calendar_day', channels: ['email'], answer: 'hold' };
  const answer = ask([cap], mails(Date.parse(sent)), [], Date.parse(at), zone);
  expect(answer && new Date(answer.until).toISOString().replace('.000Z', 'Z')).toBe(until);
});

it('what any of several caps counts lies after the beginning of the longest', () => {
  const daily: Cap = { max: 1, per: 'calendar_day', channels: ['email'], answer: 'hold' };
  expect(countedSince([daily], now + hour, 'UTC')).toBe(now - 1);
  expect(countedSince([daily, rolling], now + hour, 'UTC')).toBe(now + hour - 7 * day);
});
