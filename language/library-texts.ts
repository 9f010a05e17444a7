// What the libraries say of a broken template or mail, as phrases; the rest is quoted as they say it.
import { type Phrase, phrase } from './phrase.ts';

type Known = readonly [RegExp, (...found: string[]) => Phrase][];

const liquid: Known = [
  [/^output "(.+)" not closed$/s, (text) => phrase`output "${text!}" not closed`],
  [/^(?:tag|raw) "(.+)" not closed$/s, (text) => phrase`tag "${text!}" not closed`],
  [/^tag (.+) not closed$/s, (text) => phrase`tag ${text!} not closed`],
  [/^tag "(.+)" not found$/s, (name) => phrase`unknown tag "${name!}"`],
  [/^undefined filter: (.+)$/s, (name) => phrase`undefined filter: ${name!}`],
  [/^invalid value expression: (.+)$/s, (text) => phrase`this is no value: ${text!}`],
  [
    /^unexpected (?:character|token) "?(.+?)"?(?:, value expected)?$/s,
    (text) => phrase`this is not expected here: ${text!}`,
  ],
  [/^expected "(.)"(?: before filter)?$/, (sign) => phrase`"${sign!}" is missing here`],
  [/^expected filter name$/, () => phrase`the name of a filter is missing here`],
  [/^expected variable name$/, () => phrase`the name of a variable is missing here`],
  [/^illegal (?:liquid )?tag syntax/, () => phrase`a tag begins with its name: {% if … %}`],
  [/^illegal tag: (.+)$/s, (text) => phrase`this tag cannot be read: ${text!}`],
  [/^(?:duplicated else|unexpected elsif after else)$/, () => phrase`"else" stands once, and last`],
  [/^(?:\[ not closed|unbalanced parentheses|invalid range syntax)$/, () => phrase`a bracket is not closed`],
];

const mjml: Known = [
  [/^Attributes? (.+) (?:is|are) illegal$/, (names) => phrase`it has no attribute ${names!}`],
  [
    /^(\S+) cannot be used inside (\S+), only inside: (.+)$/,
    (name, parent, parents) => phrase`<${name!}> cannot stand inside <${parent!}>, only inside: ${parents!}`,
  ],
  [
    /^Attribute (\S+) has invalid value: (.*) for type Enum, only accepts (.+)$/s,
    (name, value, words) => phrase`the attribute "${name!}" is one of: ${words!}; "${value!}" is none`,
  ],
  [
    /^Attribute (\S+) has invalid value: (.*) for type Unit, only accepts \((.+)\) units and .*$/s,
    (name, value, units) => phrase`the attribute "${name!}" is a number with a unit (${units!}); "${value!}" is none`,
  ],
  [
    /^Attribute (\S+) has invalid value: (.*?)(?: for type \w+)? ?$/s,
    (name, value) => phrase`"${value!}" cannot be the value of the attribute "${name!}"`,
  ],
];

const yaml: Known = [
  [
    /^All (?:mapping|sequence) items must start at the same column$/,
    () => phrase`this line is not indented like the ones beside it`,
  ],
  [/^Implicit map keys? needs? to be followed by map values?$/, () => phrase`a key is followed by a colon and a space`],
  [/^Missing , (?:or : )?between/, () => phrase`a comma is missing before this`],
  [/^Missing space after :/, () => phrase`behind a colon stands a space`],
  [/^Invalid escape sequence (.+)$/s, (text) => phrase`"${text!}" means nothing in double quotes: use single quotes`],
  [
    /^Comments must be separated/,
    () => phrase`before "#" stands a space; if it is no comment, put the value in quotes`,
  ],
  [/^Unexpected block-seq-ind/, () => phrase`a list begins on a line of its own`],
  [
    /^Unexpected /,
    () => phrase`nothing can stand here: a bracket or quote too many, or a value that belongs in quotes`,
  ],
  [/^Flow (?:map|sequence).* end with an? (.)/, (sign) => phrase`"${sign!}" is missing here`],
  [/^Alias cannot be an empty string$/, () => phrase`a value cannot begin with "*": put it in quotes`],
  [
    /^Block scalar header includes extra characters/,
    () => phrase`behind "|" and ">" nothing stands: the text begins on the next line`,
  ],
];

/** What liquidjs says of a template. */
export function liquidPhrase(message: string): Phrase {
  return known(liquid, message) ?? phrase`Liquid says: ${message}`;
}

/** What MJML says of an element. */
export function mjmlPhrase(element: string, message: string): Phrase {
  const [, name] = /^Element (\S+) doesn't exist or is not registered$/.exec(message) ?? [];
  if (name !== undefined) return phrase`there is no element <${name}>`;
  return phrase`<${element}>: ${known(mjml, message) ?? phrase`MJML says: ${message}`}`;
}

/** What the YAML parser says of a text, where we know no better words. */
export function yamlPhrase(message: string): Phrase {
  return known(yaml, message) ?? phrase`YAML says: ${message}`;
}

function known(table: Known, message: string): Phrase | undefined {
  for (const [pattern, say] of table) {
    const found = pattern.exec(message);
    if (found) return say(...found.slice(1));
  }
  return undefined;
}
