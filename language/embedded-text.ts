// A condition or template as it stands in YAML, with the way back from an offset in its text to a place in the file.
import { type Phrase, phrase } from './phrase.ts';
import { readScalar, say } from './reader.ts';
import type { Place } from './source.ts';
import type { Value } from './yaml.ts';

export interface EmbeddedText {
  text: string;
  /** The whole of it. */
  place: Place;
  /** The place of a part of it: offsets into `text`, `end` exclusive. */
  placeOf(start: number, end: number): Place;
}

/** Longer is no condition: hostile ones are refused before they are parsed. */
const longestCondition = 4000;

/** Reads a condition; quoted, folded and bare ones alike. */
export function readCondition(value: Value): EmbeddedText | undefined {
  const text = readEmbedded(value, phrase`a condition is expected here, like "event.total > 0": put it in quotes`);
  if (!text || text.text.length <= longestCondition) return text;
  return say(value, 'condition', phrase`a condition of more than ${longestCondition} characters is not read`);
}

/** Reads any text whose inside is checked later. */
export function readEmbedded(value: Value, expected: Phrase): EmbeddedText | undefined {
  const scalar = readScalar(value, expected);
  if (!scalar) return undefined;
  const text = typeof scalar.value === 'string' ? scalar.value.trimEnd() : (scalar.source ?? '');
  const offsets = fileOffsets(text, value.place);
  const placeOf = (start: number, end: number): Place => {
    const from = offsets?.[start];
    const to = offsets?.[Math.max(start, end - 1)];
    if (from === undefined || to === undefined) return value.place;
    return { ...value.place, start: from, end: to + 1 };
  };
  return { text, place: value.place, placeOf };
}

/**
 * For each character of `text` its offset in the file. Quotes and folds only add and remove white space, so the n-th
 * visible character of one is the n-th of the other; where escapes break that, null: the whole is pointed at.
 */
function fileOffsets(text: string, place: Place): number[] | null {
  const source = place.file.text.slice(place.start, place.end);
  const { from, to } = content(source);
  const offsets: number[] = [];
  let at = from;
  for (const character of text) {
    if (!/\s/.test(character)) {
      while (at < to && /\s/.test(source[at]!)) at += 1;
      if (!source.startsWith(character, at)) return null;
    }
    for (let unit = 0; unit < character.length; unit += 1) offsets.push(place.start + at + unit);
    at = Math.min(to, at + character.length);
  }
  return offsets;
}

/** Where the text stands in a scalar's source: inside the quotes, or after the line of `>` or `|`. */
function content(source: string): { from: number; to: number } {
  if (/^["']/.test(source)) return { from: 1, to: source.length - 1 };
  if (/^[|>]/.test(source)) return { from: source.indexOf('\n') + 1, to: source.length };
  return { from: 0, to: source.length };
}
