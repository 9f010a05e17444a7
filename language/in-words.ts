// A length of time as people say it.
import { type Phrase, phrase } from './phrase.ts';

const units: [number, (count: number) => Phrase][] = [
  [86_400_000, (count) => (count === 1 ? phrase`1 day` : phrase`${count} days`)],
  [3_600_000, (count) => (count === 1 ? phrase`1 hour` : phrase`${count} hours`)],
  [60_000, (count) => (count === 1 ? phrase`1 minute` : phrase`${count} minutes`)],
  [1_000, (count) => (count === 1 ? phrase`1 second` : phrase`${count} seconds`)],
];

/** In the largest unit that is whole: `95 days`. */
export function inWords(ms: number): Phrase {
  const [length, say] = units.find(([size]) => ms % size === 0) ?? units.at(-1)!;
  return say(Math.round(ms / length));
}
