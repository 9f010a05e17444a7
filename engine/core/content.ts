// What a message says once it is rendered: a mail, or the short form that push, LINE and the site share.

/** A rendered mail. */
export interface Rendered {
  subject: string;
  html: string;
  text: string;
  from: string | null;
  locale: string;
}

/** A short message, as `push.yaml`, `line.yaml` and `site.yaml` write it. Plain text: no markup is ever executed. */
export interface ShortMessage {
  title: string;
  body: string;
  /** Where a tap leads; absolute. */
  url: string | null;
  /** An absolute address of a picture. */
  image: string | null;
  locale: string;
  /** For an `ask`: what can be answered, in order, each with its own link where the channel cannot answer in place. */
  answers?: { answer: string; label: string; url?: string }[];
}

export function isShort(content: Rendered | ShortMessage): content is ShortMessage {
  return 'body' in content;
}
