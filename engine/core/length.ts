// A length of time as authors write it (journey-language §4): `2 days`, `30m`. A day is 24 hours, a week seven days.

const unitMs: { [unit: string]: number } = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};
const words: { [word: string]: string } = { second: 's', minute: 'm', hour: 'h', day: 'd', week: 'w' };

/** Ten years: longer is a slip of the pen, and keeps every sum of lengths a safe integer. */
const longestMs = 3650 * 86_400_000;

/**
 * `1 hour`, `3 days`, `30m` → milliseconds; null for anything else. Whole numbers only (`90 minutes`, not `1.5 hours`:
 * one obvious way to say a thing), at least 1, at most ten years. Singular and plural are both read.
 */
export function parseLength(text: string): number | null {
  const parts = /^\s*(\d{1,9})\s*([a-z]+)\s*$/.exec(text);
  if (!parts) return null;
  const ms = Number(parts[1]) * (unitMs[unitOf(parts[2]!)] ?? 0);
  return ms >= 1 && ms <= longestMs ? ms : null;
}

function unitOf(word: string): string {
  if (word.length === 1) return word;
  const singular = word.endsWith('s') ? word.slice(0, -1) : word;
  return Object.hasOwn(words, singular) ? words[singular]! : '';
}
