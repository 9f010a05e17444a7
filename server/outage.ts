// Something we depend on is away: said once when it goes and once when it is back, with growing pauses between.
import type { Logger } from 'pino';

export interface Outage {
  isOn(): boolean;
  /** Notes a failure; answers how many milliseconds to wait before the next try. */
  begin(what: string, code: string): number;
  /** Notes a success. */
  end(): void;
}

const FIRST_MS = 500;
const LONGEST_MS = 5_000;

/** An outage that is over, for one dependant. `now` is real time. */
export function createOutage(logger: Logger, now: () => number): Outage {
  let current: { what: string; since: number; pauseMs: number } | null = null;
  return {
    isOn: () => current !== null,
    begin(what, code) {
      if (current?.what !== what) {
        logger.warn({ code }, `${what} cannot be reached; what is waiting is kept and goes on when it is back`);
        current = { what, since: now(), pauseMs: FIRST_MS };
      } else current.pauseMs = Math.min(current.pauseMs * 2, LONGEST_MS);
      return current.pauseMs;
    },
    end() {
      if (current) logger.info({ awayMs: now() - current.since }, `${current.what} is back`);
      current = null;
    },
  };
}
