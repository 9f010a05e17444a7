// What is carried along while one condition is checked: its scope, what was found, what it reads of the past.

import type { ASTNode } from '../../engine/core/cel.ts';
import type { Condition } from '../../engine/core/plan.ts';
import type { Schema } from '../../engine/core/schema.ts';
import type { EventDefinition } from '../../engine/core/settings.ts';
import { nearest } from '../nearest.ts';
import { type Phrase, phrase, speak } from '../phrase.ts';
import type { Kind } from './kind.ts';

/** What exists where a condition stands. */
export interface Scope {
  /** Declared traits, the built-in ones included. */
  customer: Schema;
  events: { [name: string]: EventDefinition };
  /** The names that `event` may have; absent where there is no event in hand. */
  event?: string[];
  /** The names that `entry` and `latest` may have; absent before there is an enrollment. */
  entry?: string[];
  /** What webhooks of this journey have answered, by name; absent where there is nothing to look at. */
  vars?: Schema;
  /** There is an answer to look at: a question of this journey can have been asked. */
  answer?: true;
  /** For `consents(…)`: the channels that can be named (`ads` among them, if it has a consent), and the purposes. */
  channels: string[];
  purposes: string[];
  /** For `in_segment(…)`, by name; null for one with a mistake. Absent inside a segment. */
  segments?: { [name: string]: Condition | null };
}

/** A mistake; `start` and `end` are offsets into the condition's text. A reader sees `message. hint [rule]`. */
export interface Problem {
  message: Phrase;
  rule: string;
  start: number;
  end: number;
  hint?: Phrase;
}

export interface Checking {
  text: string;
  scope: Scope;
  problems: Problem[];
  /** Integer literals to be read as numbers, by where they stand. */
  asNumbers: Map<number, { end: number; text: string }>;
  /** Longest window in milliseconds, by event. */
  history: Map<string, number>;
  /** Names of segments it asks for. */
  segments: Set<string>;
}

/** Where in a condition an expression stands. */
export interface Place {
  /** The names that can be used: roots, and variables of list macros. */
  names: Map<string, Kind>;
  /** What has been tested with `has`, by `keyOf`. */
  present: Set<string>;
  /** How many list macros are around it. */
  macros: number;
}

/** Notes a mistake at a node or range; the same thing said twice is kept once. */
export function report(
  checking: Checking,
  at: { start: number; end: number },
  rule: string,
  message: Phrase,
  hint?: Phrase,
): void {
  const text = speak(message, 'en');
  if (checking.problems.some((known) => known.rule === rule && speak(known.message, 'en') === text)) return;
  const problem: Problem = { message, rule, start: at.start, end: at.end };
  if (hint) problem.hint = hint;
  checking.problems.push(problem);
}

/** The node's own text, shortened, for messages. */
export function textOf(checking: Checking, node: ASTNode): string {
  const text = checking.text.slice(node.start, node.end).replace(/\s+/g, ' ');
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}

/** `did you mean "order_completed"?`, or nothing. */
export function suggestion(word: string, candidates: Iterable<string>): Phrase | undefined {
  const name = nearest(word, candidates);
  return name === null ? undefined : phrase`did you mean "${name}"?`;
}
