// What can only be false by our own mistake.

/** Throws `Broken: …` when the condition is false. The text must hold ids and codes only: it reaches Temporal's history. */
export function invariant(condition: unknown, what: string): asserts condition {
  if (!condition) throw new Error(`broken: ${what}`);
}
