// What keeps the embedded parts from starting, said to a person: the message tells what to do next.
// `npm start` prints the message alone; a stack means a bug of ours.

/** A reason not to start. `message` is complete: what is wrong and what to do. */
export class StartError extends Error {
  override name = 'StartError';
}

/** The message of anything thrown, for sentences that quote another program. */
export function reasonOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
