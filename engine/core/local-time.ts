// Wall clocks: days and moments in a customer's time zone. A gap in spring is moved forward by its length, of an hour
// that comes twice in autumn the first is meant (journey-language §4); Temporal calls this `compatible`.
import { Temporal } from 'temporal-polyfill';

/** The moments that CEL's timestamps allow: the years 1 to 9999. */
const firstMs = Date.parse('0001-01-01T00:00:00Z');
const lastMs = Date.parse('9999-12-31T23:59:59.999Z');

/** Whether `zone` is an IANA time zone (`Asia/Tokyo`, `UTC`) that this machine knows. A bare offset (`+09:00`) is none. */
export function isValidZone(zone: string): boolean {
  if (zone.length > 64 || !/^[A-Za-z]/.test(zone)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

/** The day (`2026-03-08`) that the moment falls on in the zone. */
export function dayOf(atMs: number, zone: string): string {
  return Temporal.Instant.fromEpochMilliseconds(atMs).toZonedDateTimeISO(zone).toPlainDate().toString();
}

/** The first moment of the day (`2026-03-08`) in the zone; where midnight is skipped, the first moment after the gap. */
export function startOfDay(day: string, zone: string): number {
  return Temporal.PlainDate.from(day).toZonedDateTime(zone).epochMilliseconds;
}

/** The day that many days later (`2026-03-08`, 1 → `2026-03-09`); earlier where negative. */
export function dayAfter(day: string, days: number): string {
  return Temporal.PlainDate.from(day).add({ days }).toString();
}

/** A wall clock's reading (`2026-03-08 02:30`, `T` and seconds allowed) in the zone as a moment. Throws on any other text. */
export function localToInstant(local: string, zone: string): number {
  return Temporal.PlainDateTime.from(local).toZonedDateTime(zone, { disambiguation: 'compatible' }).epochMilliseconds;
}

/** Whether `day` is a day of the calendar, written `YYYY-MM-DD`. */
export function isDay(day: string): boolean {
  const [year, month, date] = (/^(\d{4})-(\d\d)-(\d\d)$/.exec(day) ?? []).slice(1).map(Number);
  if (!year || !month || !date || month > 12) return false;
  return date <= Temporal.PlainYearMonth.from({ year, month }).daysInMonth;
}

/**
 * A moment as senders write it, in milliseconds: ISO 8601, without an offset in `zone` (a day alone is its start), or
 * unix time as a number or digits: below 100,000,000,000 seconds, from there on milliseconds. Null for anything else,
 * and outside the years 1 to 9999.
 */
export function momentOf(value: string | number, zone: string): number | null {
  const atMs =
    typeof value === 'number'
      ? unixMs(value)
      : /^\d{9,14}(\.\d+)?$/.test(value.trim())
        ? unixMs(Number(value))
        : isoMs(value.trim(), zone);
  return atMs !== null && atMs >= firstMs && atMs <= lastMs ? Math.floor(atMs) : null;
}

function unixMs(value: number): number {
  return Math.abs(value) < 100_000_000_000 ? value * 1000 : value;
}

function isoMs(text: string, zone: string): number | null {
  if (text.length > 40 || !/^\d{4}-?\d\d-?\d\d/.test(text) || text.includes('[')) return null;
  try {
    if (isDay(text)) return startOfDay(text, zone);
    const hasOffset = /(z|[+-]\d\d(:?\d\d)?)$/i.test(text.slice(10));
    return hasOffset ? Temporal.Instant.from(text).epochMilliseconds : localToInstant(text, zone);
  } catch {
    return null;
  }
}
