// Finds every phrase`…` in a source text and gives its template, as the catalogues know it.

/** `unknown event "{0}"{1}` for each phrase, those inside gaps of others included. */
export function phrasesIn(text: string): string[] {
  return [...text.matchAll(/\bphrase`/g)].map(({ index }) => templateAt(text, index + 'phrase`'.length));
}

function templateAt(text: string, start: number): string {
  let template = '';
  let gaps = 0;
  for (let at = start; text[at] !== '`'; at += 1) {
    if (text[at] === '\\') {
      at += 1;
      template += text[at] === 'n' ? '\n' : text[at];
    } else if (text.startsWith('${', at)) {
      at = endOfGap(text, at + 2);
      template += `{${gaps}}`;
      gaps += 1;
    } else template += text[at];
    if (at >= text.length) throw new Error(`not closed: ${text.slice(start, start + 60)}`);
  }
  return template;
}

/** Where the `}` of a gap stands; braces inside strings and inner templates are passed over. */
function endOfGap(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at += 1) {
    const character = text[at]!;
    if (character === '}' && depth === 0) return at;
    if (character === '{') depth += 1;
    else if (character === '}') depth -= 1;
    else if (character === '`') at = endOfTemplate(text, at + 1);
    else if (character === "'" || character === '"') at = text.indexOf(character, at + 1);
  }
  return text.length;
}

function endOfTemplate(text: string, start: number): number {
  for (let at = start; at < text.length; at += 1) {
    if (text[at] === '`') return at;
    if (text[at] === '\\') at += 1;
    else if (text.startsWith('${', at)) at = endOfGap(text, at + 2);
  }
  return text.length;
}
