// What cannot happen when its moment has come: a mistake of whoever wrote the row, not of the engine.
import { type Phrase, speak } from '../language/phrase.ts';

export class Impossible extends Error {
  readonly phrase: Phrase;
  constructor(why: Phrase) {
    super(speak(why, 'en'));
    this.phrase = why;
  }
}
