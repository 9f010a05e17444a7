// MJML → HTML, once, when a journey is compiled. Nothing is read from the file system, and no font is fetched.

import mjml2html from 'mjml';
import type { EmbeddedText } from './embedded-text.ts';
import { mjmlPhrase } from './library-texts.ts';
import { type Phrase, phrase } from './phrase.ts';
import type { Report } from './source.ts';

/** Deeper is no mail, and would exhaust the compiler's stack. */
const deepest = 40;

/**
 * The HTML of an MJML body, its Liquid untouched. Null if it is not sound: unknown elements and attributes are
 * mistakes here, each reported with its line, though MJML itself would leave them out.
 */
export async function compileMjml(body: EmbeddedText, report: Report): Promise<string | null> {
  const include = /<mj-include\b[^>]*>/.exec(body.text);
  if (include) {
    const place = body.placeOf(include.index, include.index + include[0].length);
    report(place, 'mjml', phrase`files cannot be included: write the part here`);
    return null;
  }
  if (!elementsMatch(body, report)) return null;
  try {
    const { html, errors } = await mjml2html(body.text, {
      validationLevel: 'soft',
      keepComments: false,
      ignoreIncludes: true,
      fonts: {},
    });
    for (const error of errors) reportLine(body, error.line, mjmlPhrase(error.tagName, error.message), report);
    return errors.length === 0 && keepsLiquid(body, html, report) ? html : null;
  } catch {
    report(
      body.placeOf(0, body.text.split('\n', 1)[0]!.length),
      'mjml',
      phrase`not MJML: it begins with <mjml> and holds one <mj-body>`,
    );
    return null;
  }
}

/** MJML drops text between its elements in silence, and with it the Liquid that stands there. */
function keepsLiquid(body: EmbeddedText, html: string, report: Report): boolean {
  const lost = [...body.text.matchAll(/\{%[^%]*%\}|\{\{[^}]*\}\}/g)].filter(([part]) => !html.includes(part));
  for (const { index, 0: part } of lost) {
    const advice = phrase`write it inside <mj-text>, or as <mj-raw>{% … %}</mj-raw> between elements`;
    report(body.placeOf(index, index + part.length), 'mjml', phrase`MJML loses this here: ${advice}`);
  }
  return lost.length === 0;
}

function reportLine(body: EmbeddedText, line: number, message: Phrase, report: Report): void {
  const lines = body.text.split('\n');
  const text = lines[line - 1] ?? '';
  const start = lines.slice(0, line - 1).reduce((sum, before) => sum + before.length + 1, 0);
  const indent = text.length - text.trimStart().length;
  report(body.placeOf(start + indent, start + text.trimEnd().length), 'mjml', message);
}

/**
 * MJML itself closes what was left open where it likes, and loses what stood there: every element must be closed by
 * its own name, not too deep. Says whether that is so.
 */
function elementsMatch(body: EmbeddedText, report: Report): boolean {
  const open: { name: string; at: number }[] = [];
  for (const match of blanked(body.text).matchAll(/<(\/?)(mj[\w-]*)[^<>]*?(\/?)>/gi)) {
    const [tag, closing, name = '', alone] = match;
    const place = body.placeOf(match.index, match.index + tag.length);
    if (closing && open.at(-1)?.name !== name) {
      const last = open.at(-1);
      report(
        place,
        'mjml',
        last ? phrase`<${last.name}> is still open here: close it first` : phrase`<${name}> was never opened`,
      );
      return false;
    }
    if (closing) open.pop();
    else if (!alone) open.push({ name, at: match.index });
    if (open.length > deepest) {
      report(place, 'mjml', phrase`MJML elements nest at most ${deepest} levels deep`);
      return false;
    }
  }
  const left = open.at(-1);
  if (left)
    report(body.placeOf(left.at, left.at + left.name.length + 1), 'mjml', phrase`<${left.name}> is never closed`);
  return left === undefined;
}

/** Comments and quoted attributes as spaces: what looks like an element in them is none. */
function blanked(text: string): string {
  const blank = (part: string) => ' '.repeat(part.length);
  const [first = '', ...rest] = text.split('<!--');
  const visible = rest.map((part) => {
    const end = part.indexOf('-->');
    return end < 0 ? blank(`<!--${part}`) : blank(`<!--${part.slice(0, end + 3)}`) + part.slice(end + 3);
  });
  return [first, ...visible].join('').replace(/"[^"<]*"/g, blank);
}
