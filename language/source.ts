// Texts and places in them: what every part of the compiler points at when it has something to say.
import type { Phrase } from './phrase.ts';

/** A file of a journeys folder. `path` is as people type it (`journeys/welcome.yaml`), with `/` between its parts. */
export interface SourceFile {
  path: string;
  text: string;
}

/** A page of text is 3 KB; a mail with its styles seldom 100. In bytes on disk, in characters once read. */
export const largestFile = 256 * 1024;

/** Files of one folder. */
export const mostFiles = 2_000;

/** From `start` up to `end` (exclusive), as offsets into the file's text. */
export interface Place {
  file: SourceFile;
  start: number;
  end: number;
}

/** A value and where it stands. */
export interface Located<T> {
  value: T;
  place: Place;
}

export type Severity = 'error' | 'warning';

/** Takes down one thing to say about a place. `rule` is its short name, in brackets behind the message. */
export type Report = (place: Place, rule: string, message: Phrase, severity?: Severity) => void;

/** The first character of a file, for what concerns it as a whole. */
export function topOf(file: SourceFile): Place {
  return { file, start: 0, end: 0 };
}
