// What a path in a template (`entry.items[0].sku`) leads to: its type, or why it leads nowhere.

import { type PropertyAccessToken, type Token, TypeGuards } from 'liquidjs';
import { didYouMean } from './nearest.ts';
import { type Phrase, phrase } from './phrase.ts';
import type { TemplateScope, TemplateType } from './template-scope.ts';

/** A name, an index, or null for what is known only when the mail is made (`a[b]`). */
export type Segment = string | number | null;

export interface PathResult {
  type: TemplateType;
  /** Set when the path leads nowhere. */
  unknown?: Phrase;
  /** The part of the path that may be missing. */
  missing?: string;
}

const any: TemplateType = { kind: 'any', optional: false };

/** What Liquid itself knows inside loops. */
const loopNames = ['forloop', 'tablerowloop'];

/** The segments of a path, or null if it begins with a literal. */
export function segmentsOf(token: PropertyAccessToken): Segment[] | null {
  if (token.variable !== undefined) return null;
  return token.props.map((prop) => {
    if (TypeGuards.isWordToken(prop) || TypeGuards.isQuotedToken(prop)) return prop.content;
    return TypeGuards.isNumberToken(prop) ? prop.content : null;
  });
}

/** Paths inside a path: `a[b.c]` reads `b.c`. */
export function innerPaths(token: PropertyAccessToken): Token[] {
  return token.props.filter((prop) => TypeGuards.isPropertyAccessToken(prop));
}

/** The spelling by which a path is known to be there; null where it is not fixed. */
export function spell(segments: Segment[]): string | null {
  return segments.includes(null) ? null : segments.join('.');
}

/** Follows a path through the types in scope. */
export function follow(segments: Segment[], scope: TemplateScope): PathResult {
  const [root, ...rest] = segments;
  if (typeof root !== 'string') return { type: any };
  const start = scope.names.get(root);
  if (!start) {
    if (loopNames.includes(root)) return { type: any };
    return { type: any, unknown: phrase`unknown variable "${root}"${didYouMean(root, scope.names.keys())}` };
  }
  const result: PathResult = { type: start };
  noteMissing(result, [root], scope);
  rest.forEach((segment, index) => {
    if (result.unknown === undefined) step(result, segment, segments.slice(0, index + 2), scope);
  });
  return result;
}

/** One segment further; `path` ends with it. */
function step(result: PathResult, segment: Segment, path: Segment[], scope: TemplateScope): void {
  const from = result.type;
  const before = path.slice(0, -1).join('.');
  if (from.kind === 'any') return;
  if (from.kind === 'map') {
    if (typeof segment !== 'string') result.type = any;
    else if (Object.hasOwn(from.fields, segment)) result.type = from.fields[segment]!;
    else
      result.unknown = phrase`"${before}" has no property "${segment}"${didYouMean(segment, Object.keys(from.fields))}`;
  } else if (segment === 'size' && (from.kind === 'list' || from.kind === 'string')) {
    result.type = { kind: 'int', optional: false };
  } else if (from.kind === 'list' && (typeof segment !== 'string' || segment === 'first' || segment === 'last')) {
    result.type = { ...from.of, optional: true };
  } else {
    result.unknown = phrase`"${before}" is a ${from.kind} and has no "${String(segment)}"`;
  }
  if (result.unknown === undefined) noteMissing(result, path, scope);
}

function noteMissing(result: PathResult, path: Segment[], scope: TemplateScope): void {
  const spelled = spell(path);
  if (!result.type.optional || (spelled !== null && scope.present.has(spelled))) return;
  result.missing ??= path.join('.');
}
