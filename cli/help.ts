// What commander itself says of a command line, in the language of the command.
import type { Command } from 'commander';
import { type Locale, type Phrase, phrase, speak } from '../language/phrase.ts';

const titles: { [english: string]: Phrase } = {
  'Usage:': phrase`Usage:`,
  'Arguments:': phrase`Arguments:`,
  'Options:': phrase`Options:`,
  'Commands:': phrase`Commands:`,
};

const mistakes: [RegExp, (...found: string[]) => Phrase][] = [
  [
    /^unknown command '(.*)'(?:\n\(Did you mean (.*)\?\))?$/s,
    (name, near) => phrase`unknown command "${name!}"${near ? phrase`. did you mean "${near}"?` : ''}`,
  ],
  [
    /^unknown option '(.*)'(?:\n\(Did you mean (.*)\?\))?$/s,
    (name, near) => phrase`unknown option "${name!}"${near ? phrase`. did you mean "${near}"?` : ''}`,
  ],
  [/^missing required argument '(.*)'$/, (name) => phrase`"${name!}" is missing`],
  [/^required option '(.*)' not specified$/, (name) => phrase`"${name!}" is missing`],
  [/^option '(.*)' argument missing$/, (name) => phrase`"${name!}" needs a value`],
  [
    /^option '(\S+).*' argument '(.*)' is invalid\. Allowed choices are (.*)\.$/s,
    (name, given, choices) => phrase`"${name!}" is one of: ${choices!}; "${given!}" is none`,
  ],
  [/^too many arguments/, () => phrase`there are more words behind the command than it takes`],
];

/** Makes a program, and the commands that are added to it later, speak a language. */
export function speakHelp(program: Command, locale: Locale): Command {
  const said = (text: Phrase) => speak(text, locale);
  return program
    .helpOption('-h, --help', said(phrase`show this help`))
    .helpCommand('help [command]', said(phrase`show the help of a command`))
    .showHelpAfterError(said(phrase`(tabiji --help lists the commands)`))
    .configureHelp({ styleTitle: (title) => (titles[title] ? said(titles[title]) : title) })
    .configureOutput({ outputError: (text, write) => write(`${said(mistakeIn(text.trim()))}\n`) });
}

function mistakeIn(text: string): Phrase {
  const bare = text.replace(/^error: /, '');
  for (const [pattern, say] of mistakes) {
    const found = pattern.exec(bare);
    if (found) return say(...found.slice(1));
  }
  return phrase`${text}`;
}
