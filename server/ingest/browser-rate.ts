// How much may come in with the browser's write key, which everybody can read: beyond it callers are asked to come again.
// Asked before anything is taken, so nothing that was acknowledged is lost. The server's key is bounded by what is in flight.
import { RateLimiterMemory, type RateLimiterRes } from 'rate-limiter-flexible';
import { CallerError } from '../errors.ts';
import type { Arrival } from './segment.ts';

/** Counts these events; throws `limited` where the key has had its share. */
export type TakeShare = (arrival: Pick<Arrival, 'trusted'>, events: number) => Promise<void>;

export interface BrowserRate {
  takeShare: TakeShare;
  /** Events a window in all, and how many may still come in this one. */
  left(): Promise<{ of: number; left: number }>;
}

/** @param events how many in each window of `seconds`, in this process */
export function createBrowserRate(events: number, seconds = 1): BrowserRate {
  const limiter = new RateLimiterMemory({ points: events, duration: seconds });
  const takeShare: TakeShare = async ({ trusted }, count) => {
    if (trusted) return;
    // A batch that is larger than a window's share must get through when it comes first.
    await limiter.consume('browser', Math.min(count, events)).catch((refusal: RateLimiterRes) => {
      const retryAfter = Math.max(1, Math.ceil(refusal.msBeforeNext / 1000));
      throw new CallerError('limited', "too much is coming in with the browser's write key; send it again later", {
        retry_after: retryAfter,
      });
    });
  };
  const left = async () => ({
    of: events,
    left: Math.max(0, (await limiter.get('browser'))?.remainingPoints ?? events),
  });
  return { takeShare, left };
}
