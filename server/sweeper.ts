// Does what stops and resumes have left to do, a batch a second: a paused journey's customers do not all come at once,
// and a process that dies in between leaves the rest to another.
import type { Logger } from 'pino';
import { createBell } from './bell.ts';
import { refusalCode } from './look.ts';
import { createOutage } from './outage.ts';

export interface SweeperDeps {
  /** The engine's `sweep`: one batch of at most `limit` enrollments of each journey. True: there is more. */
  sweep(limit: number): Promise<boolean>;
  /** Told after each batch; the dispatcher's `wake`. */
  wake: () => void;
  logger: Logger;
  batch?: number;
  /** Between two batches. */
  pauseMs?: number;
  /** Between two looks for something to do; what is commanded here is done at once. */
  idleMs?: number;
}

export interface Sweeper {
  /** Says that there is something to do. */
  wake(): void;
  stop(): Promise<void>;
}

export function startSweeper(deps: SweeperDeps): Sweeper {
  const { sweep, wake, logger, batch = 100, pauseMs = 1000, idleMs = 10_000 } = deps;
  const bell = createBell();
  const outage = createOutage(logger, Date.now);
  let isStopping = false;

  async function pauseAfterBatch(): Promise<number> {
    try {
      const isMore = await sweep(batch);
      outage.end();
      wake();
      return isMore ? pauseMs : idleMs;
    } catch (error) {
      return outage.begin('the database', refusalCode(error));
    }
  }

  const ended = (async () => {
    while (!isStopping) await bell.wait(await pauseAfterBatch());
  })();

  return {
    wake: () => bell.ring(),
    async stop() {
      isStopping = true;
      bell.ring();
      await ended;
    },
  };
}
