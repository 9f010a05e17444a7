// The filters that messages have besides Liquid's own: dates in the customer's zone, numbers and money in their language.
//
//   {{ entry.delivery_date | date }}            2026年11月21日        November 21, 2026
//   {{ entry.delivery_date | date: "weekday" }} 11月21日(土)          Sat, November 21
//   {{ entry.starts_at | date: "time" }}        18:30                6:30 PM
//   {{ entry.starts_at | date: "datetime" }}    11月21日(土) 18:30    Sat, November 21, 6:30 PM
//   {{ entry.starts_at | date: "%Y/%m/%d" }}    2026/11/21           (any strftime pattern)
//   {{ entry.total | money }}                   12,000円             ¥12,000
//   {{ entry.total | money: "USD" }}            $12,000.00
//   {{ customer.points | number }}              1,234,567
import { type Context, filters, type Liquid, toValue } from 'liquidjs';

interface Filter {
  context: Context;
}

/** Thrown for a value that a filter cannot read; says what it needs, and never the value. */
export class FilterValueError extends Error {}

/** The register of the context in which `now` stands, milliseconds since the epoch. */
export const nowRegister = 'now';

type Strftime = (this: Filter, date: Date, format: string, zone: string) => unknown;
const strftime = filters.date as unknown as Strftime;

export function registerFilters(engine: Liquid): void {
  engine.registerFilter('date', dateFilter);
  engine.registerFilter('money', moneyFilter);
  engine.registerFilter('number', numberFilter);
}

/**
 * A moment in the customer's zone: ISO 8601, milliseconds or seconds since the epoch, or `"now"`. A date or time without
 * an offset (`2026-11-21`) is on nobody's clock and shown as it is written. Nothing for nothing.
 */
function dateFilter(this: Filter, value: unknown, format: unknown = 'long'): unknown {
  if (isNothing(value)) return '';
  const { date, zone } = momentOf(value, this.context);
  try {
    if (typeof format === 'string' && format.includes('%')) return strftime.call(this, date, format, zone);
    return styleNamed(format)(date, zone, this.context.opts.locale);
  } catch (error) {
    if (error instanceof RangeError) throw new FilterValueError('date needs a time zone that exists');
    throw error;
  }
}

/** An amount in the customer's language: `12,000円`. The currency is an ISO 4217 code, JPY by default; yen have no decimals. */
function moneyFilter(this: Filter, value: unknown, currency: unknown = 'JPY'): string {
  if (isNothing(value)) return '';
  if (!isCurrency(currency)) throw new FilterValueError('money takes a currency like "JPY" or "USD"');
  const { locale } = this.context.opts;
  const parts = numberFormat(locale, { style: 'currency', currency }).formatToParts(numberOf(value, 'money'));
  if (currency !== 'JPY' || !locale.startsWith('ja')) return textOf(parts);
  // 円 after the number is how Japanese mail says it; the locale's own answer is a full-width ￥ before it.
  return `${textOf(parts.filter((part) => part.type !== 'currency'))}円`;
}

const currencies = new Set(Intl.supportedValuesOf('currency'));

function isCurrency(code: unknown): code is string {
  return typeof code === 'string' && currencies.has(code);
}

function textOf(parts: Intl.NumberFormatPart[]): string {
  return parts.map((part) => part.value).join('');
}

/** A number with the separators of the customer's language; `digits` decimals, else as many as it has, up to three. */
function numberFilter(this: Filter, value: unknown, digits?: number): string {
  if (isNothing(value)) return '';
  const number = numberOf(value, 'number');
  if (digits === undefined) return numberFormat(this.context.opts.locale, {}).format(number);
  if (!Number.isInteger(digits) || digits < 0 || digits > 20) throw new FilterValueError('number takes 0 to 20 digits');
  const options = { minimumFractionDigits: digits, maximumFractionDigits: digits };
  return numberFormat(this.context.opts.locale, options).format(number);
}

/** `nil` written in a template is an object of liquidjs's. */
function isNothing(value: unknown): boolean {
  const plain = toValue(value);
  return plain === null || plain === undefined || plain === '';
}

function numberOf(value: unknown, filter: string): number {
  const number = typeof value === 'string' ? Number(value.trim() || 'x') : value;
  if (typeof number !== 'number' || !Number.isFinite(number)) throw new FilterValueError(`${filter} needs a number`);
  return number;
}

function momentOf(value: unknown, context: Context): { date: Date; zone: string } {
  const zone = String(context.opts.timezoneOffset ?? 'UTC');
  if (value === 'now' || value === 'today') return { date: new Date(context.getRegister<number>(nowRegister)), zone };
  const isWallClock = typeof value === 'string' && /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?)?$/.test(value);
  const date = isWallClock ? wallClock(value as string) : new Date(momentMs(value));
  if (Number.isNaN(date.getTime())) throw new FilterValueError('date needs a date, a time or "now"');
  return { date, zone: isWallClock ? 'UTC' : zone };
}

function wallClock(text: string): Date {
  const [day, clock = '00:00'] = text.split(/[T ]/);
  return new Date(`${day}T${clock}Z`);
}

/** Seconds below the year 5138, milliseconds above: both are in use, and no shop dates from 1973. */
function momentMs(value: unknown): number {
  if (typeof value === 'string' && !/^\d+$/.test(value)) return Date.parse(value);
  const number = Number(value);
  return Math.abs(number) < 100_000_000_000 ? number * 1_000 : number;
}

type DateStyle = (date: Date, zone: string, locale: string) => string;

function styleNamed(name: unknown): DateStyle {
  const style = typeof name === 'string' && Object.hasOwn(dateStyles, name) ? dateStyles[name] : undefined;
  if (style) return style;
  throw new FilterValueError(`date knows the styles ${Object.keys(dateStyles).join(', ')} and patterns with %`);
}

const clock: Intl.DateTimeFormatOptions = { hour: 'numeric', minute: '2-digit' };
const day: Intl.DateTimeFormatOptions = { month: 'long', day: 'numeric', weekday: 'short' };

const dateStyles: { [name: string]: DateStyle } = {
  long: styled({ year: 'numeric', month: 'long', day: 'numeric' }),
  short: styled({ month: 'long', day: 'numeric' }),
  weekday: styled(day),
  time: styled(clock),
  datetime: styled({ ...day, ...clock }),
};

function styled(options: Intl.DateTimeFormatOptions): DateStyle {
  return (date, zone, locale) => dateFormat(locale, { ...options, timeZone: zone }).format(date);
}

// Building a formatter costs a hundred times what formatting does.
const formatters = new Map<string, Intl.NumberFormat | Intl.DateTimeFormat>();

function numberFormat(locale: string, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  return kept('number', locale, options, () => new Intl.NumberFormat(locale, options));
}

function dateFormat(locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  return kept('date', locale, options, () => new Intl.DateTimeFormat(locale, options));
}

function kept<T extends Intl.NumberFormat | Intl.DateTimeFormat>(
  kind: string,
  locale: string,
  options: object,
  make: () => T,
): T {
  const key = `${kind} ${locale} ${JSON.stringify(options)}`;
  const found = formatters.get(key) ?? make();
  // Zones and currencies come from outside: bounded, by starting afresh.
  if (formatters.size > 500) formatters.clear();
  formatters.set(key, found);
  return found as T;
}
