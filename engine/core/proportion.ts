// Shares and their difference, with intervals that hold for few people and for shares near none and all.

/** An interval of 95% around a share or a difference of shares, each between -1 and 1. */
export interface Interval {
  value: number;
  low: number;
  high: number;
}

// The normal distribution's 97.5th percentile.
const z = 1.959963984540054;

/** Wilson's score interval; null of nobody. */
export function share(of: number, all: number): Interval | null {
  if (all === 0) return null;
  const value = of / all;
  const middle = (value + (z * z) / (2 * all)) / (1 + (z * z) / all);
  const half = (z * Math.sqrt((value * (1 - value)) / all + (z * z) / (4 * all * all))) / (1 + (z * z) / all);
  return { value, low: Math.max(0, middle - half), high: Math.min(1, middle + half) };
}

/**
 * How much more often the first happens than the second: Newcombe's hybrid score interval (Statistics in Medicine 17,
 * 1998, pages 873 to 890, method 10). Null where one of the groups is empty.
 */
export function difference(first: Interval | null, second: Interval | null): Interval | null {
  if (!first || !second) return null;
  const value = first.value - second.value;
  const below = Math.hypot(first.value - first.low, second.high - second.value);
  const above = Math.hypot(first.high - first.value, second.value - second.low);
  return { value, low: Math.max(-1, value - below), high: Math.min(1, value + above) };
}
