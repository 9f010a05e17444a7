// The engine's answers to commands are English sentences: here they become phrases, which can be said in other languages.
import { type Phrase, phrase } from './phrase.ts';
import { answers } from './words/ja/answers.ts';
import { japanese } from './words/ja.ts';

/** The phrase that a sentence of the engine's is; one that is none of them stands as it is. */
export function phraseOfAnswer(sentence: string): Phrase {
  if (japanese.has(sentence)) return { parts: [sentence], values: [] };
  for (const { pattern, parts } of gapped) {
    const found = pattern.exec(sentence);
    if (found) return { parts, values: found.slice(1).map((value) => phraseOfAnswer(value)) };
  }
  return phrase`${sentence}`;
}

const gapped = Object.keys(answers)
  .filter((template) => template.includes('{0}'))
  .map((template) => {
    const parts = template.split(/\{\d\}/);
    const escaped = parts.map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
    return { parts, pattern: new RegExp(`^${escaped.join('(.+?)')}$`, 's') };
  });
