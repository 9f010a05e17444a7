// What the library's syntax errors mean to an author.

import { longestText, type SyntaxProblem } from '../../engine/core/cel.ts';
import { type Phrase, phrase } from '../phrase.ts';
import type { Problem } from './checking.ts';

/** Slips from other languages, by what stands where the text stops making sense. */
const slips: [RegExp, Phrase][] = [
  [/^=/, phrase`write == to compare`],
  [/^&/, phrase`write && for "and"`],
  [/^\|/, phrase`write || for "or"`],
  [/^and\b/i, phrase`write && for "and"`],
  [/^or\b/i, phrase`write || for "or"`],
  [/^not\b/i, phrase`write ! for "not"`],
  [/^[“”„‘’「」]/, phrase`use straight quotes: "text"`],
  [/^<>/, phrase`write != for "is not"`],
];

/** The problem as a sentence, with the slip that it looks like. */
export function explainSyntax(text: string, { code, start, end }: SyntaxProblem): Problem {
  const at = {
    start: Math.min(start, text.length),
    end: Math.min(Math.max(end, start + 1), Math.max(text.length, start)),
  };
  const problem: Problem = { message: sentence(text, code, start), rule: 'syntax', ...at };
  const rest = text.slice(start);
  const hint = slips.find(([slip]) => slip.test(rest))?.[1];
  if (hint) problem.hint = hint;
  return problem;
}

function sentence(text: string, code: string, start: number): Phrase {
  if (text.trim() === '') return phrase`the condition is empty`;
  if (code === 'limit_exceeded')
    return phrase`the condition is too long or nested too deeply (at most ${longestText} characters)`;
  if (code.startsWith('unterminated')) return phrase`a text begins here and does not end: its closing quote is missing`;
  if (code === 'invalid_macro_argument') return phrase`a name for one item stands here, as in items.exists(item, …)`;
  if (code === 'reserved_identifier') return phrase`"${wordAt(text, start)}" is a word that CEL keeps for itself`;
  if (text.slice(start).trim() === '') return phrase`the condition ends too early`;
  return phrase`this is no condition from here on: ${wordAt(text, start)}`;
}

function wordAt(text: string, start: number): string {
  return /^(\w{1,40}|.)/u.exec(text.slice(start))?.[0] ?? '';
}
