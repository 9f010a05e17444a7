// Text that somebody outside wrote, made safe to look at: what would turn the line around or cannot be seen is shown.

/** Marks that change the direction of what follows, and spaces of no width; joiners within words are letters' own. */
const deceiving = /[\u202a-\u202e\u2066-\u2069\u200b\u2060\ufeff]/g;

/** With a visible sign (␣) for each mark that hides or deceives. */
export function plain(text: string): string {
  return text.replace(deceiving, '\u2423');
}
