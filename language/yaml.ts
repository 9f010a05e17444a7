// YAML 1.2 text → nodes with places. What YAML itself refuses is said here, in words for people who write journeys.

import { isAlias, isMap, Lexer, type Node, parseDocument, visit, type YAMLError } from 'yaml';
import { yamlPhrase } from './library-texts.ts';
import { type Phrase, phrase } from './phrase.ts';
import type { Place, Report, SourceFile } from './source.ts';

/** Aliases one file may use in all: enough for people, too few to unfold a "billion laughs" file. */
const mostAliases = 100;

/** Deeper nesting is no journey, and would exhaust the stack of a parser. */
const deepest = 48;

/** A node and the place to point at; `node` is null where a key has no value. */
export interface Value {
  node: Node | null;
  place: Place;
  yaml: YamlFile;
}

export interface YamlFile {
  source: SourceFile;
  /** Follows an alias; null (said once) when there are too many, or when it names nothing. */
  resolve(node: Node): Node | null;
  report: Report;
}

/**
 * Reads a file to its top node. Null when the text is no YAML: the first mistake is reported, the ones it causes are
 * not. `text` is what to read if not the whole file, with the file's offsets. Tags are reported, all of them; their nodes stay, and readers pass over them in silence.
 */
export function parseYaml(source: SourceFile, report: Report, text = source.text): Value | null {
  const tooDeep = depthExceeded(text);
  if (tooDeep !== null) {
    report({ file: source, start: tooDeep, end: tooDeep + 1 }, 'yaml', phrase`nested more than ${deepest} levels deep`);
    return null;
  }
  // Keys are compared by the map reader: the parser's own check takes quadratic time.
  const document = parseDocument(text, { version: '1.2', prettyErrors: false, uniqueKeys: false });
  const error = document.errors[0];
  if (error) {
    const quote = error.code === 'MISSING_CHAR' ? openQuote(document.contents, error.pos[0]) : null;
    const [start, end] = quote === null ? error.pos : [quote, quote + 1];
    report(
      { file: source, start, end },
      'yaml',
      quote === null ? explain(error, text) : phrase`this quote is never closed`,
    );
    return null;
  }
  refuseTags(document.contents, source, report);
  const place = { file: source, start: document.contents?.range[0] ?? 0, end: document.contents?.range[1] ?? 0 };
  return { node: document.contents, place, yaml: yamlFile(source, report, document) };
}

function yamlFile(source: SourceFile, report: Report, document: ReturnType<typeof parseDocument>): YamlFile {
  let aliases = 0;
  const resolve = (node: Node): Node | null => {
    if (!isAlias(node)) return node;
    aliases += 1;
    const place = { file: source, start: node.range?.[0] ?? 0, end: node.range?.[1] ?? 0 };
    const target = aliases > mostAliases ? undefined : node.resolve(document);
    if (target) return target;
    if (aliases <= mostAliases)
      report(place, 'yaml', phrase`nothing is marked "&${node.source}" before "*${node.source}"`);
    else if (aliases === mostAliases + 1)
      report(place, 'yaml', phrase`more than ${mostAliases} aliases: write the parts out`);
    return null;
  };
  return { source, report, resolve };
}

function refuseTags(contents: Node | null, source: SourceFile, report: Report): void {
  visit(contents, {
    Node(_key, node) {
      if (node.tag === undefined || node.range == null) return;
      const start =
        source.text.lastIndexOf('!', node.range[0]) < 0 ? node.range[0] : tagStart(source.text, node.range[0]);
      const place = { file: source, start, end: Math.max(start + 1, node.range[1]) };
      report(place, 'yaml-tag', phrase`YAML reads what begins with "!" as a tag: put the condition in quotes`);
    },
  });
}

/** A tagged node's range begins behind its tag. */
function tagStart(text: string, nodeStart: number): number {
  const lineStart = text.lastIndexOf('\n', nodeStart - 1) + 1;
  const tag = /(?:^|[\s,[{])(!\S*)[^!]*$/.exec(text.slice(lineStart, nodeStart));
  return tag ? lineStart + text.slice(lineStart, nodeStart).lastIndexOf(tag[1]!) : nodeStart;
}

const explanations: { [code: string]: Phrase } = {
  BLOCK_IN_FLOW: phrase`a value with a colon and a space in it must stand in quotes`,
  TAB_AS_INDENT: phrase`tabs cannot indent YAML: use spaces`,
  MULTIPLE_DOCS: phrase`a file holds one document: remove the line "---"`,
  MULTILINE_IMPLICIT_KEY: phrase`this line is indented deeper than the value above it can be`,
};

/** Where the quote begins that is still open at the end of the text. */
function openQuote(contents: Node | null, end: number): number | null {
  let start: number | null = null;
  visit(contents, {
    Scalar(_key, node) {
      if (node.type?.startsWith('QUOTE') && node.range && node.range[1] >= end - 1) start = node.range[0];
    },
  });
  return start;
}

function explain(error: YAMLError, text: string): Phrase {
  const known = explanations[error.code];
  if (error.code === 'BLOCK_AS_IMPLICIT_KEY') {
    const line = text.slice(error.pos[0], (text.indexOf('\n', error.pos[0]) + 1 || text.length + 1) - 1);
    return /:(\s|$)/.test(line)
      ? phrase`a value with a colon and a space in it must stand in quotes`
      : phrase`the line below is indented as if it belonged to this value: line it up with the key`;
  }
  if (known) return known;
  const before = text.slice(0, error.pos[0]);
  if (error.code === 'BAD_SCALAR_START')
    return phrase`a value cannot begin with "${text[error.pos[0]] ?? ''}": put it in quotes`;
  if (error.code === 'UNEXPECTED_TOKEN' && /["'\]}]\s*$/.test(before))
    return phrase`the value ended before this: if it is all one condition, put the whole in single quotes`;
  if (error.code === 'UNEXPECTED_TOKEN' && /[[{]/.test(text[error.pos[0]] ?? ''))
    return phrase`brackets inside braces start a list or map: if this is a condition, put the whole in quotes`;
  return yamlPhrase(error.message);
}

/** The offset where brackets, or indicators on one line, nest too deeply; null if none do. */
function depthExceeded(text: string): number | null {
  let offset = 0;
  let depth = 0;
  let onLine = 0;
  for (const token of new Lexer().lex(text)) {
    if (token === '[' || token === '{') depth += 1;
    else if (token === ']' || token === '}') depth -= 1;
    else if (token.includes('\n')) onLine = 0;
    else if (depth <= 0 && /^[-?:]$/.test(token)) onLine += 1;
    if (depth > deepest || onLine > deepest) return offset;
    offset += isControl(token) ? 0 : token.length;
  }
  return null;
}

/** The lexer's own marks: start of a document, end of a flow, start of a scalar. */
function isControl(token: string): boolean {
  return token === '\u0002' || token === '\u0018' || token === '\u001f';
}

/** True for `{ … }` in braces, where an unquoted comma ends a value. */
export function isBraced(node: Node): boolean {
  return isMap(node) && node.flow === true;
}
