// A clock that goes from due moment to due moment and never by itself. Sleeping under it means: until nudged.
import type { Clock } from '../engine/ports.ts';

export interface StepClock extends Clock {
  /** Moves to `at`; time never goes back. */
  set(at: number): void;
}

export function createStepClock(start: number): StepClock {
  let now = start;
  return {
    now: () => now,
    real: () => Date.now(),
    sleepMs: (due) => (due !== null && due <= now ? 0 : null),
    set(at) {
      now = Math.max(now, at);
    },
  };
}
