// How much may come in with the browser's write key, which everybody can read: beyond it callers are asked to come again.
// Asked before anything is taken, so nothing that was acknowledged is lost. The server's key is bounded by what is in flight.
import { createShare } from '../share.ts';
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
  const share = createShare(events, seconds, "too much is coming in with the browser's write key; send it again later");
  return {
    async takeShare({ trusted }, count) {
      // A batch that is larger than a window's share must get through when it comes first.
      if (!trusted) await share.take('browser', Math.min(count, events));
    },
    left: async () => ({ of: events, left: await share.left('browser') }),
  };
}
