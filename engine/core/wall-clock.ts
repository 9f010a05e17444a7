// Moments that waits end at: a time of day on the customer's wall clock, and a moment in data moved by a length.
// Spring gaps move forward, of an hour that comes twice the first is meant (journey-language §4).
import { Temporal } from 'temporal-polyfill';
import { dayOf, isDay, localToInstant, startOfDay } from './local-time.ts';

/** A time of day, the earliest day it may fall on, and the days of the week it may. */
export interface ClockTime {
  /** `09:00` */
  at: string;
  /** Counted from the day it is now where the customer is. */
  inDays: number;
  /** 1 is Monday, 7 Sunday; absent: any. */
  weekdays?: number[];
}

/** How far a moment is moved: `days` and `weeks` apart, since they can be days of a calendar. */
export interface Shift {
  days: number;
  ms: number;
}

const dayMs = 86_400_000;

/** The first moment strictly later than `now` at which the clock in `zone` shows that time on a day that fits. */
export function nextClockTime(now: number, zone: string, { at, inDays, weekdays }: ClockTime): number {
  let day = Temporal.PlainDate.from(dayOf(now, zone)).add({ days: inDays });
  for (;;) {
    const moment = localToInstant(`${day.toString()}T${at}`, zone);
    if (moment > now && (weekdays?.includes(day.dayOfWeek) ?? true)) return moment;
    day = day.add({ days: 1 });
  }
}

/**
 * A moment in data, moved. `value` is a day (`2026-03-08`, which is its first moment in `zone`) or milliseconds. With
 * `at`, and for a day, the shift's days are days of the customer's calendar; else each has 24 hours. `at` is the time of
 * day on the day that this comes to.
 */
export function momentInData(value: string | number, shift: Shift, at: string | undefined, zone: string): number {
  const isPlainDay = typeof value === 'string' && isDay(value);
  const from = isPlainDay ? startOfDay(value, zone) : Number(value);
  if (!isPlainDay && at === undefined) return from + shift.days * dayMs + shift.ms;
  const day = movedDay(from, shift, zone);
  if (at !== undefined) return localToInstant(`${day}T${at}`, zone);
  return shift.ms === 0 ? startOfDay(day, zone) : from + shift.ms;
}

function movedDay(from: number, shift: Shift, zone: string): string {
  const day = Temporal.PlainDate.from(dayOf(from + shift.ms, zone));
  return day.add({ days: shift.days }).toString();
}
