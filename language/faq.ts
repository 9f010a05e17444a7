// faq.md and faq.en.md: the questions that customers ask, and what the shop answers. Headings are questions; several in a
// row share the answer below them.

import { lexer, type Token, type Tokens } from 'marked';
import type { FaqEntry, Settings } from '../engine/core/settings.ts';
import { phrase } from './phrase.ts';
import { isLocale } from './settings.ts';
import { type Report, type SourceFile, topOf } from './source.ts';

const fileName = /^faq(?:\.([^/]+))?\.md$/;

/** What is asked in a chat is answered from these, by locale. Undefined where the folder has none. */
export function readFaq(
  files: SourceFile[],
  inside: (file: SourceFile) => string,
  locale: string,
  report: Report,
): Settings['faq'] {
  const faq: NonNullable<Settings['faq']> = {};
  for (const file of files) {
    const name = fileName.exec(inside(file));
    if (!name) continue;
    const language = name[1] ?? locale;
    if (!isLocale(language)) {
      report(
        topOf(file),
        'file-name',
        phrase`"${language}" is no locale: faq.md, or a locale before its ending: faq.en.md`,
      );
    } else if (faq[language]) {
      report(
        topOf(file),
        'file-name',
        phrase`there are two for ${language}: faq.md is the one of the settings' locale`,
      );
    } else faq[language] = readEntries(file, report);
  }
  return Object.keys(faq).length > 0 ? faq : undefined;
}

function readEntries(file: SourceFile, report: Report): FaqEntry[] {
  const entries: (FaqEntry & { start: number; end: number })[] = [];
  let at = 0;
  for (const token of lexer(file.text)) {
    const start = at;
    at += token.raw.length;
    const open = entries.at(-1);
    if (token.type === 'heading') {
      const heading = token as Tokens.Heading;
      if (heading.depth === 1) continue;
      const place = { start, end: start + token.raw.trimEnd().length };
      if (open && open.answer === '') open.questions.push(plain(heading.tokens));
      else entries.push({ questions: [plain(heading.tokens)], answer: '', ...place });
    } else if (open) open.answer = `${open.answer}\n\n${block(token)}`.trim();
  }
  for (const { answer, start, end, questions } of entries) {
    if (answer === '') report({ file, start, end }, 'faq', phrase`"${questions[0]!}" has no answer: write it below`);
  }
  if (entries.length === 0) report(topOf(file), 'faq', phrase`there is no question in it: begin one with "## "`);
  return entries.map(({ questions, answer }) => ({ questions, answer }));
}

/** Chats show plain text: what Markdown marks up is told in words. */
function block(token: Token): string {
  if (token.type === 'space') return '';
  if (token.type === 'list') return (token as Tokens.List).items.map(({ tokens }) => `・${plain(tokens)}`).join('\n');
  return 'tokens' in token && token.tokens ? plain(token.tokens) : token.raw.trim();
}

function plain(tokens: Token[]): string {
  return tokens
    .map((token) => {
      if (token.type === 'link') return withAddress(token as Tokens.Link);
      if (token.type === 'br') return '\n';
      if ('tokens' in token && token.tokens) return plain(token.tokens);
      return 'text' in token ? String(token.text) : token.raw;
    })
    .join('')
    .trim();
}

function withAddress({ href, tokens }: Tokens.Link): string {
  const text = plain(tokens);
  return text === href || `mailto:${text}` === href ? text : `${text} (${href})`;
}
