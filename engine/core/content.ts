// What a message says once it is rendered: a mail, or the short form that push, LINE and the site share.
import type { JsonMap } from './schema.ts';

/** For an `ask`: the question, and how it can be answered. */
export interface Question {
  question?: string;
  /** What can be answered, in order, each with its own link for where the channel cannot answer in place; none: it is typed. */
  answers?: { answer: string; label: string; url?: string }[];
  /** The page that takes an answer. */
  answerUrl?: string;
}

/** What a webhook was told, and what it answered; kept where a message's words are. */
export interface Exchange {
  sent: JsonMap;
  /** As declared under `returns`. */
  returned?: JsonMap;
  question?: never;
}

/** A rendered mail. */
export interface Rendered extends Question {
  subject: string;
  html: string;
  text: string;
  from: string | null;
  locale: string;
}

/** A short message, as `push.yaml`, `line.yaml` and `site.yaml` write it. Plain text: no markup is ever executed. */
export interface ShortMessage extends Question {
  title: string;
  /** With the question behind it, if it asks one. */
  body: string;
  /** Where a tap leads; absolute. */
  url: string | null;
  /** An absolute address of a picture. */
  image: string | null;
  locale: string;
}

export function isShort(content: Rendered | ShortMessage | Exchange): content is ShortMessage {
  return 'body' in content;
}
