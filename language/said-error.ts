// An error whose reason is a phrase: for people, in their language. Its own message is English, for logs.
import { type Phrase, speak } from './phrase.ts';

export class SaidError extends Error {
  readonly phrase: Phrase;
  constructor(why: Phrase) {
    super(speak(why, 'en'));
    this.phrase = why;
  }
}
