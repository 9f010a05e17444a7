// What tells the ad platforms in a real installation: the ledgers on a pool, a loop for each platform. `worker.ts` and the
// embedded default start the same.
import type pg from 'pg';
import type { Logger } from 'pino';
import type { AdPlatforms } from './activities/audiences/from-environment.ts';
import { checkPlatform } from './engine/audience-check.ts';
import { tellPlatform } from './engine/audience-sync.ts';
import { tellConversions } from './engine/conversion-sync.ts';
import { errorCode } from './engine/error-code.ts';
import type { Catalog } from './engine/ports.ts';
import { type AdsLoop, startAdsLoop, type Telling } from './server/ads-loop.ts';
import { createAudienceLedger } from './store/audience-ledger.ts';
import { createRequestLedger } from './store/audience-requests.ts';
import { createConversionLedger } from './store/conversion-ledger.ts';
import { createStore } from './store/postgres.ts';

export interface AdsInput {
  /** Of a migrated database; closing it is left to who opened it. */
  pool: pg.Pool;
  /** Those that there are credentials for. */
  platforms: AdPlatforms;
  logger: Logger;
}

export function startAds({ pool, platforms, logger }: AdsInput): AdsLoop {
  const store = createStore(pool);
  const catalog = () => store.transaction((tx) => tx.catalog());
  void warnOfUntold(catalog, platforms, logger);
  const common = { real: Date.now, between: () => {} };
  const audiences = { ...common, ledger: createAudienceLedger({ pool, catalog, real: Date.now }) };
  const requests = { ...common, ledger: createRequestLedger(pool, Date.now) };
  const conversions = { ...common, ledger: createConversionLedger({ pool, catalog, real: Date.now }) };
  const tellings: Telling[] = [
    ...platforms.audiences.map((one) => ({ name: one.name, round: () => tellPlatform(audiences, one) })),
    ...platforms.audiences
      .filter((one) => one.check)
      .map((one) => ({ name: `${one.name} (requests)`, round: () => checkPlatform(requests, one) })),
    ...platforms.conversions.map((one) => ({
      name: `${one.name} (conversions)`,
      round: () => tellConversions(conversions, one),
    })),
  ];
  return startAdsLoop({ tellings, logger });
}

/** A platform that stands in the settings, and that nobody here can tell anything. */
async function warnOfUntold(catalog: () => Promise<Catalog>, { audiences }: AdPlatforms, logger: Logger) {
  try {
    const { settings } = await catalog();
    const untold = Object.keys(settings.channels.ads ?? {}).filter(
      (name) => !audiences.some((one) => one.name === name),
    );
    if (untold.length > 0)
      logger.info({ platforms: untold }, 'no credentials for these ad platforms; what they are to be told is kept');
  } catch (error) {
    logger.warn(errorCode(error), 'the published settings could not be read');
  }
}
