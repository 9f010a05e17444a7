// What keeps a command from doing what it is asked to, as a sentence for whoever asks.
import { type Locale, speak } from '../language/phrase.ts';
import { SaidError } from '../language/said-error.ts';

export class Refusal extends SaidError {}

/** Prints why, and answers the exit status; what nobody foresaw goes on. */
export function refused(error: unknown, locale: Locale, out: (text: string) => void): number {
  if (!(error instanceof SaidError)) throw error;
  out(`${speak(error.phrase, locale)}\n`);
  return 1;
}
