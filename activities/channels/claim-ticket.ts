// One claim for the one or several calls of an attempt: asked by whoever is ready first, good for all until its time is over.
import { askClaim, type ClaimState } from './claimed-body.ts';

export interface Ticket {
  /** Asks at the first call; the others share the answer. */
  take(): Promise<ClaimState>;
  isAsked(): boolean;
  /** Milliseconds until all calls must be over: `longestCallMs` from the grant. */
  leftMs(): number;
}

export interface TicketOptions {
  claim: () => Promise<boolean>;
  /** How long the claim may take. */
  claimMs: number;
  longestCallMs: number;
  /** Starts a stopwatch; the answer tells the milliseconds since. */
  stopwatch: () => () => number;
}

export function ticketOf({ claim, claimMs, longestCallMs, stopwatch }: TicketOptions): Ticket {
  let answer: Promise<ClaimState> | null = null;
  let sinceGrant: () => number = () => 0;

  async function ask(): Promise<ClaimState> {
    const elapsed = stopwatch();
    const state = await askClaim(claim, () => elapsed() < claimMs);
    sinceGrant = stopwatch();
    return state;
  }
  return {
    take() {
      answer ??= ask();
      return answer;
    },
    isAsked: () => answer !== null,
    leftMs: () => longestCallMs - sinceGrant(),
  };
}

/** For a call that sends nothing to anybody, as one for an access token. */
export function freeTicket(longestCallMs: number): Ticket {
  return { take: async () => 'granted', isAsked: () => false, leftMs: () => longestCallMs };
}
