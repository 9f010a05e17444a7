// Tells an ad platform of goals that were reached: a batch at a time. It knows a repeat by the event's id, so whatever died
// on the way is told again.
import { pauseAfter, type Tries, tellInHalves, waitMs } from './ad-calls.ts';
import type { AudienceOutcome, Identifiers } from './audience-platform.ts';
import type { Round } from './audience-sync.ts';
import type { JsonMap } from './core/schema.ts';

export interface Conversion {
  /** The platform's dataset or pixel, and its name of what happened. */
  dataset: string;
  event: string;
  /** Milliseconds since the epoch. */
  at: number;
  /** What the platform knows a repeat by, also one that the shop's own pages report. */
  eventId: string;
  user: Identifiers;
  /** In units of the currency. */
  worth: { value: number; currency: string } | null;
}

export interface ConversionPlatform {
  name: string;
  most: number;
  longestCallMs: number;
  /** The oldest event that is taken, in milliseconds. */
  oldestMs: number;
  identify(traits: JsonMap, country: string | undefined): Identifiers | null;
  /** One call, of conversions of one dataset. Never throws. */
  tell(conversions: Conversion[]): Promise<AudienceOutcome>;
}

export interface ClaimedConversion {
  id: string;
  claim: number;
  attempt: number;
  conversion: Conversion;
}

export interface ConversionResult {
  id: string;
  claim: number;
  state: 'waiting' | 'told' | 'failed';
  code: string | null;
  /** Real time. */
  retryAt: number | null;
}

export interface ConversionLedger {
  /**
   * Takes what is to be told, at most `platform.most`; what may not be told any more is written so. `taken` counts both.
   */
  claim(
    platform: ConversionPlatform,
    leaseMs: number,
  ): Promise<{ taken: number; rows: ClaimedConversion[]; leaseUntil: number }>;
  record(results: ConversionResult[]): Promise<void>;
}

interface ConversionPorts {
  ledger: ConversionLedger;
  /** Real time. */
  real(): number;
  between(point: string): Promise<void> | void;
}

/** Tells one batch. Throws only where the ledger cannot be reached. */
export async function tellConversions(ports: ConversionPorts, platform: ConversionPlatform): Promise<Round> {
  const { ledger, real, between } = ports;
  const { taken, rows, leaseUntil } = await ledger.claim(platform, 4 * platform.longestCallMs + 30_000);
  if (rows.length === 0) return { taken, calls: 0, pause: null };
  await between('conversions: claimed');
  const tries: Tries = { calls: 0 };
  const call = async (some: ClaimedConversion[]): Promise<AudienceOutcome> => {
    if (real() + platform.longestCallMs > leaseUntil) return { kind: 'retry', code: 'lease_over' };
    tries.calls += 1;
    const outcome = await platform.tell(some.map(({ conversion }) => conversion));
    await between('conversions: told');
    return outcome;
  };
  const outcomes = await tellInHalves(rows, platform.most, call, tries);
  const results = rows.map((row): ConversionResult => {
    const outcome = outcomes.get(row)!;
    const code = 'code' in outcome ? outcome.code : null;
    const base = { id: row.id, claim: row.claim, code };
    if (outcome.kind === 'accepted') return { ...base, state: 'told', retryAt: null };
    if (outcome.kind === 'invalid' || (outcome.kind === 'rejected' && code !== 'partly_invalid' && tries.calls < 32))
      return { ...base, state: 'failed', retryAt: null };
    return { ...base, state: 'waiting', retryAt: real() + waitMs(outcome, row.attempt) };
  });
  await ledger.record(results);
  await between('conversions: recorded');
  const pause = [...outcomes.values()].map(pauseAfter).find((one) => one !== null) ?? null;
  return { taken, calls: tries.calls, pause };
}
