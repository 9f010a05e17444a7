// The clock of an ordinary run: business time is real time.
import type { Clock } from '../engine/ports.ts';

export const realClock: Clock = {
  now: () => Date.now(),
  real: () => Date.now(),
  sleepMs: (due) => (due === null ? null : Math.max(0, due - Date.now())),
};
