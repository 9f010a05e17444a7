// The text part of a mail, made from its rendered HTML: for readers without HTML, and for filters that distrust its absence.
import { compile } from 'html-to-text';

const convert = compile({
  // Japanese has no spaces to wrap at, and mail programs wrap by themselves.
  wordwrap: false,
  // A hostile depth would overflow the stack; tables in tables of a real mail stay far below.
  limits: { maxDepth: 120, maxChildNodes: 20_000, ellipsis: '…' },
  formatters: {
    alternative: (element, _walk, builder) => builder.addInline(element.attribs?.alt ?? ''),
  },
  selectors: [
    // Hidden text is the preheader: in the inbox's list it follows the subject, in the body it would be said twice.
    { selector: '[style*="display:none"]', format: 'skip' },
    { selector: '[style*="display: none"]', format: 'skip' },
    // The sender's name, which stands in every mail program's list and under the mail.
    { selector: '.tabiji-brand', format: 'skip' },
    { selector: 'title', format: 'skip' },
    { selector: 'style', format: 'skip' },
    { selector: 'script', format: 'skip' },
    { selector: 'img', format: 'alternative' },
    // Angle brackets are what RFC 3986 puts around an address in text, so that no program takes the bracket for its end.
    { selector: 'a', options: { linkBrackets: ['<', '>'], hideLinkHrefIfSameAsText: true, noAnchorUrl: true } },
    ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6'].map((selector) => ({ selector, options: { uppercase: false } })),
  ],
});

/** Links keep their address, images their alternative text; hidden text is left out, runs of blank lines become one. */
export function textPart(html: string): string {
  return convert(html)
    .replace(/(?:[ \t\u00a0\u200b-\u200f\ufeff]|\u034f)+$/gm, '')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}
