// What the compiler has to say, and how it is shown: `file:line:col: message [rule]`, the source line and a caret.

import { eastAsianWidth } from 'get-east-asian-width';
import { type Locale, listed, type Phrase, phrase, speak } from './phrase.ts';
import type { Place, Report, Severity, SourceFile } from './source.ts';

/** `line` and `col` count from 1, `col` and `length` in characters (not in columns of the screen). */
export interface Diagnostic {
  file: string;
  line: number;
  col: number;
  length?: number;
  message: Phrase;
  rule: string;
  severity: Severity;
}

/** Longer source lines are shown in part, around the caret. */
const widestLine = 160;

/** More helps nobody, and takes long to find. */
const mostDiagnostics = 500;
const tooMany = phrase`there is more: put the first ${mostDiagnostics} right, then check again`;

/** Gathers what is reported; the same thing said twice about one place is kept once. */
export function createReport(): { report: Report; diagnostics: () => Diagnostic[] } {
  const gathered = new Map<string, Diagnostic>();
  const report: Report = (place, rule, message, severity = 'error') => {
    // An error of its own, so that what was not looked at any more is not published either.
    const isLast = gathered.size === mostDiagnostics;
    if (gathered.size > mostDiagnostics) return;
    const found: Diagnostic = isLast
      ? { ...position(place), message: tooMany, rule: 'too-many', severity: 'error' }
      : { ...position(place), message, rule, severity };
    gathered.set(`${found.file}:${found.line}:${found.col}:${found.rule}:${speak(found.message, 'en')}`, found);
  };
  return { report, diagnostics: () => sortDiagnostics([...gathered.values()]) };
}

/** By file, line and column; errors before warnings at one place. */
export function sortDiagnostics(diagnostics: Diagnostic[]): Diagnostic[] {
  return diagnostics.toSorted(
    (a, b) =>
      compare(a.file, b.file) ||
      a.line - b.line ||
      a.col - b.col ||
      compare(a.severity, b.severity) ||
      compare(speak(a.message, 'en'), speak(b.message, 'en')),
  );
}

/** True if anything stands in the way of publishing. */
export function hasErrors(diagnostics: Diagnostic[]): boolean {
  return diagnostics.some((diagnostic) => diagnostic.severity === 'error');
}

/** As it is told to machines: the message in one language. */
export type ToldDiagnostic = Omit<Diagnostic, 'message'> & { message: string };

/** The same, with messages in a language; rules keep their names. */
export function tellDiagnostics(diagnostics: Diagnostic[], locale: Locale): ToldDiagnostic[] {
  return diagnostics.map((one) => ({ ...one, message: speak(one.message, locale) }));
}

/**
 * All diagnostics for a terminal or a log, sorted, with a line that counts them; an empty text if there are none.
 * `sources` give the lines to quote; a diagnostic about a file that is not among them is shown without.
 */
export function renderDiagnostics(diagnostics: Diagnostic[], sources: SourceFile[], locale: Locale = 'en'): string {
  if (diagnostics.length === 0) return '';
  const lines = new Map(sources.map((source) => [source.path, source.text.split('\n')]));
  const shown = sortDiagnostics(diagnostics).map((one) => renderOne(one, lines.get(one.file)?.[one.line - 1], locale));
  return `${shown.join('\n')}\n${countLine(diagnostics, locale)}\n`;
}

/** `2 errors, 1 warning` */
function countLine(diagnostics: Diagnostic[], locale: Locale): string {
  const errors = diagnostics.filter((one) => one.severity === 'error').length;
  const warnings = diagnostics.length - errors;
  const parts = [
    ...(errors > 0 ? [errors === 1 ? phrase`1 error` : phrase`${errors} errors`] : []),
    ...(warnings > 0 ? [warnings === 1 ? phrase`1 warning` : phrase`${warnings} warnings`] : []),
  ];
  return speak(listed(parts), locale);
}

function renderOne(one: Diagnostic, source: string | undefined, locale: Locale): string {
  const message = one.severity === 'warning' ? phrase`warning: ${one.message}` : one.message;
  const head = `${one.file}:${one.line}:${one.col}: ${speak(message, locale)} [${one.rule}]`;
  const line = source === undefined ? '' : printable(source);
  if (line.trim() === '') return head;
  const gutter = `${one.line} | `;
  const { before, marked, text } = quote([...line], one);
  const caret = `^${'~'.repeat(Math.max(0, widthOf(marked) - 1))}`;
  return `${head}\n${gutter}${text}\n${' '.repeat(gutter.length - 2)}| ${' '.repeat(widthOf(before))}${caret}`;
}

/** The part of a line to show, what stands before the mark in it, and what is marked. */
function quote(line: string[], one: Diagnostic): { before: string; marked: string; text: string } {
  const at = Math.min(one.col - 1, line.length);
  const from = line.length <= widestLine ? 0 : Math.max(0, at - widestLine / 2);
  const to = Math.min(line.length, from + widestLine);
  return {
    before: line.slice(from, at).join(''),
    marked: line.slice(at, Math.min(to, at + (one.length ?? 1))).join(''),
    text: line.slice(from, to).join(''),
  };
}

/** Tabs count one column and control characters are not sent to a terminal: they could move its cursor. */
function printable(line: string): string {
  return line
    .replace(/\t/g, ' ')
    .replace(/\r$/, '')
    .replace(/\p{Cc}/gu, '�');
}

/** Columns on a screen: full-width Japanese characters take two, combining marks none. */
function widthOf(text: string): number {
  let width = 0;
  for (const character of text)
    width += /^\p{Mn}|^\p{Cf}/u.test(character) ? 0 : eastAsianWidth(character.codePointAt(0)!);
  return width;
}

function position(place: Place): { file: string; line: number; col: number; length: number } {
  const { text } = place.file;
  const start = Math.min(Math.max(place.start, 0), text.length);
  const lineStart = text.lastIndexOf('\n', start - 1) + 1;
  const newline = text.indexOf('\n', start);
  const end = Math.min(Math.max(place.end, start), newline < 0 ? text.length : newline);
  return {
    file: place.file.path,
    line: text.slice(0, lineStart).split('\n').length,
    col: [...text.slice(lineStart, start)].length + 1,
    length: Math.max(1, [...text.slice(start, end).trimEnd()].length),
  };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
