// The name an author most likely meant: for `did you mean "order_completed"?` in diagnostics.
import { distance } from 'fastest-levenshtein';
import { type Phrase, phrase } from './phrase.ts';

/**
 * The candidate that `word` is most likely a slip for; null when none is near (more than a third of the letters differ,
 * at least one slip allowed). Case, `-`, `_` and spaces do not count. Of two equally near the earlier one wins.
 */
export function nearest(word: string, candidates: Iterable<string>): string | null {
  const wanted = plain(word);
  let best: string | null = null;
  let fewest = Math.max(1, Math.ceil(wanted.length / 3)) + 1;
  for (const candidate of candidates) {
    const slips = distance(wanted, plain(candidate));
    if (slips < fewest) {
      best = candidate;
      fewest = slips;
    }
  }
  return best;
}

/** `. did you mean "order_completed"?`, to stand behind a sentence; empty when nothing is near. */
export function didYouMean(word: string, candidates: Iterable<string>): Phrase | '' {
  const name = nearest(word, candidates);
  return name === null ? '' : phrase`. did you mean "${name}"?`;
}

function plain(word: string): string {
  return word
    .slice(0, 200)
    .toLowerCase()
    .replace(/[-_\s]/g, '');
}
