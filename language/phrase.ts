// What is said to people, as a value: English text with gaps, and what stands in them. Other languages are looked up by it.
import type { Locale } from '../engine/core/sentences.ts';
import { japanese } from './words/ja.ts';

export type { Locale };

/** A sentence or a part of one. Its English is its key in the catalogues: `unknown event "{0}"{1}`. */
export interface Phrase {
  parts: readonly string[];
  values: readonly Sayable[];
}

/** Names, numbers and an author's own text are the same in every language. */
export type Sayable = string | number | Phrase;

/** phrase`unknown event "${name}"`: in English word for word as it stands there. */
export function phrase(parts: TemplateStringsArray, ...values: Sayable[]): Phrase {
  return { parts, values };
}

/** The phrase in a language; in English where that language lacks it. */
export function speak(said: Sayable, locale: Locale): string {
  if (typeof said !== 'object') return String(said);
  const values = said.values.map((value) => speak(value, locale));
  const known = locale === 'ja' ? japanese.get(templateOf(said)) : undefined;
  if (known === undefined) return said.parts.reduce((text, part, index) => `${text}${values[index - 1]}${part}`);
  return known.replace(/\{(\d)\}/g, (_gap, index: string) => values[Number(index)] ?? '');
}

/** Its English with numbered gaps: what the catalogues know it by. */
export function templateOf({ parts }: Phrase): string {
  return parts.reduce((text, part, index) => `${text}{${index - 1}}${part}`);
}

/** One after the other. */
export function listed(items: readonly Sayable[]): Sayable {
  return items.length === 0 ? '' : items.reduce((list, item) => phrase`${list}, ${item}`);
}

/** Any one of them. */
export function oneOf(items: readonly Sayable[]): Sayable {
  return items.length === 0 ? '' : items.reduce((list, item) => phrase`${list} or ${item}`);
}

/** All of them together. */
export function allOf(items: readonly Sayable[]): Sayable {
  return items.length === 0 ? '' : items.reduce((list, item) => phrase`${list} and ${item}`);
}

/** A name in quotation marks. */
export function quoted(name: string): Phrase {
  return phrase`"${name}"`;
}
