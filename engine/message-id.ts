// What a mail is called in headers and envelopes, so that what comes back leads to its delivery: made from the effect key
// alone, and read back without asking anybody.

// `{enrollment}/{number}`. An enrollment's id cannot be guessed, so nobody but its recipients can name a mail.
const named = /^([A-Za-z0-9-]{1,48})\/(\d{1,9})$/;
const tag = /^([A-Za-z0-9-]{1,48})\.(\d{1,9})$/;

/** The part of a Message-ID, or after the `+` of a return path, that stands for a delivery; null for a key of another form. */
export function mailTag(key: string): string | null {
  return named.test(key) ? key.replace('/', '.') : null;
}

/** The effect key that a tag stands for; null where it is none of ours. */
export function keyOfTag(text: string): string | null {
  return tag.test(text) ? text.replace('.', '/') : null;
}

/** The effect key behind a `Message-ID`, with or without its angle brackets. */
export function keyOfMessageId(messageId: string): string | null {
  const local = /^\s*<?([^<>@\s]+)@[^<>@\s]+>?\s*$/.exec(messageId)?.[1];
  return local === undefined ? null : keyOfTag(local);
}

/** The effect key in a return path (`bounces+{tag}@mail.shop.example`): variable envelope return path. */
export function keyOfReturnPath(address: string): string | null {
  const local = /^\s*<?[^<>@\s+]+\+([^<>@\s+]+)@[^<>@\s]+>?\s*$/.exec(address)?.[1];
  return local === undefined ? null : keyOfTag(local);
}
