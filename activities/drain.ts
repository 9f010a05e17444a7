// Turns that a stopping worker can abort. The SDK cancels ordinary activities after its grace time, but not local ones.
import type { RunTurn } from './turn.ts';

export interface DrainableTurn {
  run: RunTurn;
  /** Aborts the signals of all turns under way. */
  abortAll(): void;
}

/** The same turn, whose signal also aborts on `abortAll`. */
export function drainable(turn: RunTurn): DrainableTurn {
  const running = new Set<AbortController>();
  return {
    async run(enrollmentId, signal) {
      // Not AbortSignal.any with one signal for the worker: in Node 20 that keeps every turn's signal in memory.
      const controller = new AbortController();
      const abort = () => controller.abort(signal.reason);
      signal.addEventListener('abort', abort, { once: true });
      running.add(controller);
      try {
        return await turn(enrollmentId, controller.signal);
      } finally {
        running.delete(controller);
        signal.removeEventListener('abort', abort);
      }
    },
    abortAll() {
      for (const controller of running) controller.abort(new Error('the worker is stopping'));
    },
  };
}
