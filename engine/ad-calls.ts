// Calls to ad platforms that carry many: who among them was not taken is found by halves, and how long a refusal waits.
import type { AudienceOutcome } from './audience-platform.ts';

/** What became of one among many. */
export type Outcome = AudienceOutcome | { kind: 'invalid'; code: string };

/** Calls made so far, of a batch; counted by who makes them. */
export interface Tries {
  calls: number;
}

/** Calls for one batch at most: those that search for what a platform cannot read. */
const mostCalls = 32;
const minute = 60_000;
/** What was not taken is told again after these many minutes, by the number of attempts; it is never given up. */
const retryMinutes = [1, 5, 15, 60];
const oursMinutes = 15;
const leastPauseMs = 30_000;

/**
 * Tells all of them, at most `most` a call. Where the platform could not read some of a call, or refused all of it for some
 * of it, it is made once more in halves, until it is known of which that is true: repeating what was taken changes nothing.
 * What is refused for a reason that is none of theirs is refused for all that is left.
 */
export async function tellInHalves<Item>(
  items: Item[],
  most: number,
  call: (items: Item[]) => Promise<AudienceOutcome>,
  tries: Tries,
): Promise<Map<Item, Outcome>> {
  const outcomes = new Map<Item, Outcome>();
  let refused: AudienceOutcome | null = null;

  async function tell(some: Item[], within: AudienceOutcome | null): Promise<void> {
    const all = (outcome: Outcome) => {
      for (const item of some) outcomes.set(item, outcome);
    };
    if (within && tries.calls >= mostCalls) return all(within);
    const outcome: AudienceOutcome = refused ?? (await call(some));
    if (outcome.kind === 'retry' || outcome.kind === 'config_error') refused = outcome;
    const isPart = outcome.kind === 'accepted' ? outcome.invalid > 0 : outcome.kind === 'rejected';
    if (!isPart) return all(outcome);
    if (outcome.kind === 'accepted' && outcome.invalid >= some.length) return all({ kind: 'invalid', code: 'invalid' });
    const unclear: AudienceOutcome =
      outcome.kind === 'accepted' ? { kind: 'rejected', code: 'partly_invalid' } : outcome;
    if (some.length === 1) return all(unclear);
    const middle = Math.ceil(some.length / 2);
    await tell(some.slice(0, middle), unclear);
    await tell(some.slice(middle), unclear);
  }

  for (let from = 0; from < items.length; from += most) await tell(items.slice(from, from + most), null);
  return outcomes;
}

/** How long what was not taken waits before it is told again, in milliseconds. */
export function waitMs(outcome: Outcome, attempt: number): number {
  const minutes = retryMinutes[attempt - 1] ?? 60;
  if (outcome.kind === 'retry') return Math.max(minutes * minute, outcome.afterMs ?? 0);
  return outcome.kind === 'config_error' ? oursMinutes * minute : 60 * minute;
}

/** How long the platform is left alone after this, and why; null: there is no reason to. */
export function pauseAfter(outcome: Outcome): { ms: number; code: string } | null {
  if (outcome.kind !== 'config_error' && outcome.kind !== 'retry') return null;
  const ms = outcome.kind === 'retry' ? Math.max(outcome.afterMs ?? 0, leastPauseMs) : leastPauseMs;
  return { ms: Math.min(ms, 60 * minute), code: outcome.code };
}
