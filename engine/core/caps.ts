// Caps: how many messages a customer gets in a window. What counts is the moment of sending, over all channels of a cap.
import { dayAfter, dayOf, startOfDay } from './local-time.ts';
import type { Cap } from './settings.ts';

/** A message that went, or may have gone. */
export interface CountedSend {
  channel: string;
  at: number;
}

/** A message of the same customer that is due or held, not yet taken, and goes first. `at` is when it comes up next. */
export interface Ahead {
  channel: string;
  at: number;
}

export interface CapAnswer {
  cap: Cap;
  /** Messages in the window, and those that go first. */
  sent: number;
  ahead: number;
  /** When there is room. */
  until: number;
}

/** A message that goes first but has not come for its turn yet is looked at again after this long. */
const lookAgainMs = 60_000;

/** The caps that count messages on this channel. */
export function capsOn(caps: Cap[] | undefined, channel: string): Cap[] {
  return (caps ?? []).filter((cap) => cap.channels.includes(channel));
}

/** From when on sends matter to any of these caps: all that any of them counts is later than this. */
export function countedSince(caps: Cap[], at: number, zone: string): number {
  return Math.min(...caps.map((cap) => windowStart(cap, at, zone)));
}

/**
 * The cap that refuses a message on this channel now: of several one that says `skip`, else the one with room last.
 * Null where there is room in all of them.
 */
export function refusingCap(
  caps: Cap[],
  channel: string,
  sends: CountedSend[],
  ahead: Ahead[],
  at: number,
  zone: string,
): CapAnswer | null {
  const answers = capsOn(caps, channel).flatMap((cap) => answerOf(cap, sends, ahead, at, zone) ?? []);
  const skips = answers.find(({ cap }) => cap.answer === 'skip');
  return skips ?? answers.toSorted((a, b) => b.until - a.until)[0] ?? null;
}

function answerOf(cap: Cap, sends: CountedSend[], ahead: Ahead[], at: number, zone: string): CapAnswer | null {
  const since = windowStart(cap, at, zone);
  const counted = sends.filter((send) => cap.channels.includes(send.channel) && send.at > since);
  const first = ahead.filter((other) => cap.channels.includes(other.channel));
  if (counted.length + first.length < cap.max) return null;
  const until = counted.length < cap.max ? comesUp(first, at) : roomAt(cap, counted, at, zone);
  return { cap, sent: counted.length, ahead: first.length, until };
}

/** Exclusive: a send exactly 7 days old no longer counts; one at midnight belongs to the day that begins. */
function windowStart(cap: Cap, at: number, zone: string): number {
  return cap.per === 'calendar_day' ? startOfDay(dayOf(at, zone), zone) - 1 : at - cap.per;
}

function roomAt(cap: Cap, counted: CountedSend[], at: number, zone: string): number {
  if (cap.per === 'calendar_day') return nextDay(at, zone);
  const oldest = counted.map((send) => send.at).sort((a, b) => a - b)[counted.length - cap.max]!;
  return oldest + cap.per;
}

function nextDay(at: number, zone: string): number {
  let day = dayAfter(dayOf(at, zone), 1);
  // A clock that goes back over midnight has read the next day already.
  while (startOfDay(day, zone) <= at) day = dayAfter(day, 1);
  return startOfDay(day, zone);
}

function comesUp(ahead: Ahead[], at: number): number {
  const next = Math.min(...ahead.map((other) => other.at));
  return next > at ? next : at + lookAgainMs;
}
