// Quiet hours by the customer's clock. Both ends are local times of a day, so on a clock-change night they follow the
// rule for local time (journey-language §4): in a gap moved forward by its length, of an hour that comes twice the first.
import { dayAfter, dayOf, localToInstant } from './local-time.ts';
import type { QuietHours } from './settings.ts';

/** When the quiet hours that `at` lies in are over; null where it lies in none. The end itself is no longer quiet. */
export function quietUntil(hours: QuietHours, at: number, zone: string): number | null {
  const today = dayOf(at, zone);
  const ends = [-1, 0].flatMap((days) => {
    const first = dayAfter(today, days);
    const last = hours.from < hours.to ? first : dayAfter(first, 1);
    const from = localToInstant(`${first} ${hours.from}`, zone);
    const to = localToInstant(`${last} ${hours.to}`, zone);
    return from <= at && at < to ? [to] : [];
  });
  return ends.length === 0 ? null : Math.max(...ends);
}
