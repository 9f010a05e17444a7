// Arguments in quotes, which are known and checked before a journey runs: events, windows, channels, days, moments.

import type { ASTNode } from '../../engine/core/cel.ts';
import { parseLength } from '../../engine/core/length.ts';
import { isDay, momentOf } from '../../engine/core/local-time.ts';
import { type Phrase, phrase } from '../phrase.ts';
import { type Checking, type Place, report, suggestion } from './checking.ts';
import { infer } from './infer.ts';
import { bool, date, duration, type Kind, time } from './kind.ts';
import { described, mismatch, needsDefault } from './mistakes.ts';

/** The literal text of an argument that has to be known before the journey runs; null, and reported, if it is none. */
export function literalText(node: ASTNode, what: Phrase, checking: Checking): string | null {
  if (node.op === 'value' && typeof node.args === 'string') return node.args;
  const hint = node.op === 'id' ? phrase`put it in quotes: "${node.args}"` : undefined;
  report(checking, node, 'type', phrase`${what} stands here in quotes`, hint);
  return null;
}

/** The window of `did`, `count` and `last` in milliseconds; 0, and reported, if it is none. */
export function windowOf(node: ASTNode, checking: Checking): number {
  const text = literalText(node, phrase`a length of time such as "30 days"`, checking);
  const ms = text === null ? 0 : parseLength(text);
  if (ms === null)
    report(checking, node, 'length', phrase`"${text!}" is no length of time`, phrase`write for example "30 days"`);
  return ms ?? 0;
}

/** `consents("email", "marketing")`. */
export function consentsKind(args: ASTNode[], checking: Checking): Kind {
  const { channels, purposes } = checking.scope;
  const channel = literalText(args[0]!, phrase`the name of a channel`, checking);
  if (channel !== null && !channels.includes(channel))
    report(
      checking,
      args[0]!,
      'unknown-channel',
      phrase`unknown channel "${channel}"`,
      suggestion(channel, channels) ?? phrase`there is: ${channels.join(', ')}`,
    );
  const purpose = literalText(args[1]!, phrase`the name of a purpose`, checking);
  if (purpose !== null && !purposes.includes(purpose))
    report(
      checking,
      args[1]!,
      'unknown-purpose',
      phrase`unknown purpose "${purpose}"`,
      suggestion(purpose, purposes) ?? phrase`there is: ${purposes.join(', ')}`,
    );
  return bool;
}

/** `in_segment("vip")`: what the segment reads of the past, the condition reads as well. */
export function segmentKind(call: ASTNode, node: ASTNode, checking: Checking): Kind {
  const name = literalText(node, phrase`the name of a segment`, checking);
  const { segments } = checking.scope;
  if (name === null) return bool;
  if (!segments) {
    report(checking, call, 'unsupported', phrase`a segment cannot name another one`, phrase`repeat its condition here`);
    return bool;
  }
  if (!Object.hasOwn(segments, name)) {
    const hint = suggestion(name, Object.keys(segments)) ?? phrase`declare it under "segments" in settings.yaml`;
    report(checking, node, 'unknown-segment', phrase`unknown segment "${name}"`, hint);
    return bool;
  }
  checking.segments.add(name);
  for (const { event, windowMs } of segments[name]?.history ?? [])
    checking.history.set(event, Math.max(windowMs, checking.history.get(event) ?? 0));
  return bool;
}

const readable = {
  date: { is: isDay, example: '2026-12-31', kind: date },
  timestamp: {
    is: (text: string) =>
      /^.{10}T.{8}.*(Z|[+-]\d\d:\d\d)$/.test(text) && text.length <= 30 && momentOf(text, 'UTC') !== null,
    example: '2026-12-31T09:00:00Z',
    kind: time,
  },
  duration: {
    is: (text: string) => /^-?(\d{1,6}(\.\d{1,3})?(h|m|s|ms))+$/.test(text) && text.length <= 20,
    example: '36h',
    kind: duration,
  },
};

/** `date(…)`, `timestamp(…)` and `duration(…)`; what is quoted is read now, so that it cannot fail later. */
export function momentKind(
  name: 'date' | 'timestamp' | 'duration',
  node: ASTNode,
  place: Place,
  checking: Checking,
): Kind {
  const { is, example, kind } = readable[name];
  if (name === 'date' && node.op !== 'value') {
    const given = infer(node, place, checking);
    if (given.kind === 'optional') return needsDefault(node, checking);
    if (!['time', 'date', 'any'].includes(given.kind))
      return mismatch(
        node,
        checking,
        phrase`date() takes a moment or a day in quotes, but this is ${described(node, given, checking)}`,
      );
    return kind;
  }
  const text = literalText(node, phrase`a ${name} such as "${example}"`, checking);
  if (text !== null && !is(text))
    report(checking, node, 'type', phrase`"${text}" is no ${name}`, phrase`write for example ${name}("${example}")`);
  return kind;
}
