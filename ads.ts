// What tells the ad platforms in a real installation: the ledger on a pool, a loop for each platform. `worker.ts` and the
// embedded default start the same.
import type pg from 'pg';
import type { Logger } from 'pino';
import type { AudiencePlatform } from './engine/audience-platform.ts';
import { errorCode } from './engine/error-code.ts';
import type { Catalog } from './engine/ports.ts';
import { type AudienceLoop, startAudienceLoop } from './server/audience-loop.ts';
import { createAudienceLedger } from './store/audience-ledger.ts';
import { createStore } from './store/postgres.ts';

export interface AdsInput {
  /** Of a migrated database; closing it is left to who opened it. */
  pool: pg.Pool;
  /** Those that there are credentials for. */
  platforms: AudiencePlatform[];
  logger: Logger;
}

export function startAds({ pool, platforms, logger }: AdsInput): AudienceLoop {
  const store = createStore(pool);
  const catalog = () => store.transaction((tx) => tx.catalog());
  void warnOfUntold(catalog, platforms, logger);
  const real = Date.now;
  const ledger = createAudienceLedger({ pool, catalog, real });
  return startAudienceLoop({ ledger, real, between: () => {}, platforms, logger });
}

/** A platform that stands in the settings, and that nobody here can tell anything. */
async function warnOfUntold(catalog: () => Promise<Catalog>, platforms: AudiencePlatform[], logger: Logger) {
  try {
    const { settings } = await catalog();
    const untold = Object.keys(settings.channels.ads ?? {}).filter(
      (name) => !platforms.some((one) => one.name === name),
    );
    if (untold.length > 0)
      logger.warn({ platforms: untold }, 'no credentials for these ad platforms; what they are to be told is kept');
  } catch (error) {
    logger.warn(errorCode(error), 'the published settings could not be read');
  }
}
