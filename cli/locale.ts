// In which language a command speaks: the one that is asked for, else the terminal's.
import { type Locale, locales } from '../engine/core/sentences.ts';
import { terminalLocale } from '../language/terminal-locale.ts';

/**
 * `--locale` among the words of the command line, else the terminal's. A `--locale` that says anything else is refused
 * when the command line is parsed: in the terminal's language.
 */
export function localeOf(words: readonly string[], env: NodeJS.ProcessEnv): Locale {
  const asked = words.flatMap((word, index) => {
    if (word === '--locale') return [words[index + 1]];
    return word.startsWith('--locale=') ? [word.slice('--locale='.length)] : [];
  });
  return locales.find((one) => one === asked.at(-1)) ?? terminalLocale(env);
}
