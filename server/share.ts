// So much in so much time for each of several callers, in this process; who has had their share is told when to come again.
import { RateLimiterMemory, type RateLimiterRes } from 'rate-limiter-flexible';
import { CallerError } from './errors.ts';

export interface Share {
  /** Counts `count` against the share of `whose`; throws `limited` where it is used up. */
  take(whose: string, count?: number): Promise<void>;
  /** How much is left of it in this window. */
  left(whose: string): Promise<number>;
}

/** @param sentence what is said to who has had their share */
export function createShare(points: number, seconds: number, sentence: string): Share {
  const limiter = new RateLimiterMemory({ points, duration: seconds });
  return {
    async take(whose, count = 1) {
      await limiter.consume(whose, count).catch((refusal: RateLimiterRes) => {
        const retryAfter = Math.max(1, Math.ceil(refusal.msBeforeNext / 1000));
        throw new CallerError('limited', sentence, { retry_after: retryAfter });
      });
    },
    left: async (whose) => Math.max(0, (await limiter.get(whose))?.remainingPoints ?? points),
  };
}
