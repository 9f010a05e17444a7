// Tells the ad platforms what has changed, each in its own time: one that hangs or refuses keeps no other waiting. Any
// number of processes may do it; rows are taken by lease.
import type { Logger } from 'pino';
import type { Round } from '../engine/audience-sync.ts';
import { errorCode } from '../engine/error-code.ts';
import { createBell } from './bell.ts';
import { createOutage } from './outage.ts';

/** What one platform is told of one kind: the engine's `tellPlatform` or `tellConversions`. */
export interface Telling {
  name: string;
  round(): Promise<Round>;
}

export interface AdsLoopDeps {
  tellings: Telling[];
  logger: Logger;
  /** Between two looks while nothing is to be told, so that what changes meanwhile goes in one call. */
  intervalMs?: number;
}

export interface AdsLoop {
  /** Resolves when the calls under way have ended. */
  stop(): Promise<void>;
}

export function startAdsLoop(deps: AdsLoopDeps): AdsLoop {
  const stopping = new AbortController();
  const ended = Promise.all(deps.tellings.map((telling) => keepTelling(deps, telling, stopping.signal)));
  return {
    async stop() {
      stopping.abort();
      await ended;
    },
  };
}

async function keepTelling(deps: AdsLoopDeps, telling: Telling, signal: AbortSignal): Promise<void> {
  const { logger, intervalMs = 5_000 } = deps;
  const bell = createBell();
  signal.addEventListener('abort', () => bell.ring());
  const database = createOutage(logger, Date.now);
  const refusal = createOutage(logger, Date.now);

  async function round(): Promise<number> {
    try {
      const { taken, pause } = await telling.round();
      database.end();
      if (pause) refusal.begin(`the ad platform ${telling.name}`, pause.code);
      else if (taken > 0) refusal.end();
      return pause?.ms ?? (taken > 0 ? 0 : intervalMs);
    } catch (error) {
      return database.begin('the database', errorCode(error).code);
    }
  }

  while (!signal.aborted) {
    const pauseMs = await round();
    if (pauseMs > 0 && !signal.aborted) await bell.wait(pauseMs);
  }
}
