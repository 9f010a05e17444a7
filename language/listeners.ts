// `on`, `where` and `as`: which events are listened to, and what an ending is called.

import { exitReasons } from '../engine/core/reasons.ts';
import type { ListenerDraft } from './draft.ts';
import { readCondition } from './embedded-text.ts';
import { phrase } from './phrase.ts';
import { type Fields, readNames, readText, say } from './reader.ts';
import type { Located } from './source.ts';
import type { Value } from './yaml.ts';

/** Reads the event names under `key` and the condition beside it. */
export function readListener(fields: Fields, key: 'on' | 'until_no'): ListenerDraft {
  const where = fields.get('where');
  const listener: ListenerDraft = { on: readEventNames(fields.get(key)) };
  if (where) listener.where = readCondition(where);
  return listener;
}

/** One name or a list of them. */
export function readEventNames(value: Value | undefined): Located<string>[] {
  return value ? readNames(value, phrase`the name of an event is expected here`) : [];
}

/** A word for reports: `cart_emptied`. The engine's own words are refused: what they count must be what they say. */
export function readReason(value: Value): Located<string> | undefined {
  const reason = readText(value, phrase`a reason is one word, like cart_emptied`);
  if (!reason) return undefined;
  if (exitReasons.some((own) => own === reason.value)) {
    return say(value, 'name', phrase`"${reason.value}" is a reason that the engine gives itself: choose another word`);
  }
  if (/^[a-z][a-z0-9_]{0,63}$/.test(reason.value)) return reason;
  return say(value, 'name', phrase`"${reason.value}" cannot be a reason: small letters, digits and "_"`);
}
