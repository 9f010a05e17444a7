// A moment on the reader's own clock; the customer's stands in the hint.
import { Text } from '@mantine/core';
import { useLanguage } from '../words/words.tsx';

export const ownZone = Intl.DateTimeFormat().resolvedOptions().timeZone;

/** `24 May 2026, 10:05`; on the reader's clock unless `zone` says otherwise. */
export function momentIn(at: string | number | Date, locale: string, zone = ownZone): string {
  return new Intl.DateTimeFormat(locale === 'en' ? 'en-GB' : locale, {
    dateStyle: 'medium',
    timeStyle: 'short',
    timeZone: isZone(zone) ? zone : ownZone,
  }).format(new Date(at));
}

/** `in 3 hours`, `2 days ago`: in the largest unit of which there are at least two. */
export function distanceOf(at: string | number, now: number, locale: string): string {
  const ms = new Date(at).getTime() - now;
  const format = new Intl.RelativeTimeFormat(locale, { numeric: 'always' });
  const [unit, size] = units.find(([, one]) => Math.abs(ms) >= 2 * one) ?? (['minute', 60_000] as const);
  return format.format(Math.trunc(ms / size), unit);
}

const units = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const;

interface WhenProps {
  at: string;
  zone?: string | undefined;
  dimmed?: boolean;
  size?: 'xs' | 'sm';
}

export function When({ at, zone, dimmed = true, size = 'sm' }: WhenProps) {
  const { locale } = useLanguage();
  const moment = new Date(at);
  return (
    <Text component="span" size={size} {...(dimmed && { c: 'dimmed' })} style={{ whiteSpace: 'nowrap' }}>
      <time dateTime={moment.toISOString()} title={`${momentIn(moment, locale, zone)} (${zone ?? ownZone})`}>
        {momentIn(moment, locale)}
      </time>
    </Text>
  );
}

/** What a shop wrote may be no zone at all. */
function isZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}
