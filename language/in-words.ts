// A length of time as people say it.

const units: [string, number][] = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1_000],
];

/** In the largest unit that is whole: `95 days`. */
export function inWords(ms: number): string {
  const [unit, length] = units.find(([, size]) => ms % size === 0) ?? ['second', 1_000];
  const number = Math.round(ms / length);
  return `${number} ${unit}${number === 1 ? '' : 's'}`;
}
