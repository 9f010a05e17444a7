// Liquid text → its parts, or the mistake with its place.

import type { Liquid, LiquidError, Template } from 'liquidjs';
import type { EmbeddedText } from './embedded-text.ts';
import { liquidPhrase } from './library-texts.ts';
import { type Phrase, phrase } from './phrase.ts';
import type { Report } from './source.ts';

/** The parser takes quadratic time for one tag or output. */
const longestTag = 4_000;

/** Deeper is no mail, and would exhaust the parser's stack. */
const deepest = 40;

/** Tags that read other files: a message is one file. */
const fileTags = /\{%-?\s*(include|render|layout|block)\b[^%]*/;

/** Parses a template; null if it cannot be, with the mistake reported. */
export function parseTemplate(liquid: Liquid, text: EmbeddedText, report: Report): Template[] | null {
  const refused = refusalOf(text.text);
  if (refused) {
    report(text.placeOf(refused.start, refused.end), 'template', refused.message);
    return null;
  }
  try {
    return liquid.parse(text.text);
  } catch (error) {
    reportMistake(error as LiquidError, text, report);
    return null;
  }
}

/** What is not even given to the parser. */
function refusalOf(text: string): { start: number; end: number; message: Phrase } | null {
  const files = fileTags.exec(text);
  if (files) {
    const message = phrase`"${files[1]!}" would read another file: write the part here`;
    return { start: files.index, end: files.index + files[0].length, message };
  }
  const deep = tooDeepAt(text);
  if (deep !== null) {
    return { start: deep, end: deep + 2, message: phrase`tags and brackets nest at most ${deepest} levels deep` };
  }
  const long = tooLongAt(text);
  if (long === null) return null;
  return { start: long, end: long + 2, message: phrase`a tag is at most ${longestTag} characters long` };
}

/** The offset of a tag or output that ends too far from where it begins. */
function tooLongAt(text: string): number | null {
  let offset = 0;
  for (const part of text.split(/(?=\{[{%])/)) {
    if (/^\{[{%]/.test(part) && part.search(/[%}]\}/) > longestTag) return offset;
    offset += part.length;
  }
  return null;
}

function reportMistake(error: LiquidError, text: EmbeddedText, report: Report): void {
  const message = liquidPhrase(error.message.replace(/, line:\d+, col:\d+$/, ''));
  const { begin = 0, end = text.text.length } = error.token ?? {};
  report(text.placeOf(begin, Math.max(end, begin + 1)), 'template', message);
}

/** The offset at which blocks, or brackets in one of them, nest too deeply. */
function tooDeepAt(text: string): number | null {
  let blocks = 0;
  let brackets = 0;
  for (const match of text.matchAll(
    /\{%-?\s*(end)?(?:if|unless|for|case|capture|tablerow|comment|raw)\b|[[\]]|\{%|\{\{/g,
  )) {
    const [part, closing] = match;
    if (part === '[') brackets += 1;
    else if (part === ']') brackets -= 1;
    else brackets = 0;
    if (part.length > 2) blocks += closing ? -1 : 1;
    if (blocks > deepest || brackets > deepest) return match.index;
  }
  return null;
}
