// Tells the ad platforms what has changed, each in its own time: one that hangs or refuses keeps no other waiting. Any
// number of processes may do it; rows are taken by lease.
import type { Logger } from 'pino';
import type { AudiencePlatform } from '../engine/audience-platform.ts';
import { type SyncPorts, tellPlatform } from '../engine/audience-sync.ts';
import { errorCode } from '../engine/error-code.ts';
import { createBell } from './bell.ts';
import { createOutage } from './outage.ts';

export interface AudienceLoopDeps extends SyncPorts {
  platforms: AudiencePlatform[];
  logger: Logger;
  /** Between two looks while nothing is to be told, so that what changes meanwhile goes in one call. */
  intervalMs?: number;
}

export interface AudienceLoop {
  /** Resolves when the calls under way have ended. */
  stop(): Promise<void>;
}

export function startAudienceLoop(deps: AudienceLoopDeps): AudienceLoop {
  const stopping = new AbortController();
  const ended = Promise.all(deps.platforms.map((platform) => keepTelling(deps, platform, stopping.signal)));
  return {
    async stop() {
      stopping.abort();
      await ended;
    },
  };
}

async function keepTelling(deps: AudienceLoopDeps, platform: AudiencePlatform, signal: AbortSignal): Promise<void> {
  const { logger, intervalMs = 5_000 } = deps;
  const bell = createBell();
  signal.addEventListener('abort', () => bell.ring());
  const database = createOutage(logger, Date.now);
  const refusal = createOutage(logger, Date.now);

  async function round(): Promise<number> {
    try {
      const { taken, pause } = await tellPlatform(deps, platform);
      database.end();
      if (pause) refusal.begin(`the ad platform ${platform.name}`, pause.code);
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
