// One way to drive people through the journey, and the clock on it.
import type { BenchWorld, Entered } from './world.ts';

export interface Contender {
  name: string;
  /** Takes its work from the outbox. */
  isOurs: boolean;
  /** Starts a workflow for each; resolves when all of them are closed. */
  run(entered: Entered[]): Promise<void>;
  stop(): Promise<void>;
}

/** Counts each id once; `all` resolves at the last. Asking Temporal for every result meanwhile would cost it polls. */
export function countdown(ids: string[]): { done(id: string): void; all: Promise<void> } {
  const open = new Set(ids);
  let resolve = () => {};
  const all = new Promise<void>((settle) => {
    resolve = settle;
  });
  return {
    done(id) {
      open.delete(id);
      if (open.size === 0) resolve();
    },
    all,
  };
}

/** Resolves when every workflow is closed; rejects if one failed. */
export async function closed({ client }: BenchWorld, entered: Entered[]): Promise<void> {
  await Promise.all(entered.map(({ enrollmentId }) => client.workflow.getHandle(enrollmentId).result()));
}
