// Calls to providers and the turn's budget: a turn waits a few seconds for an answer, then goes on without it; in the
// channel's queue, where it holds up nobody else, it waits until it is told to stop. Before the claim a slow call is
// aborted, which is safe; past the claim it is finished by the process (design §5).
import type { Channel, Outbound, Outcome } from './channel.ts';
import type { Delivered } from './deliver.ts';
import { createPlaces, type Leave, type Places } from './places.ts';

export interface Call {
  /** Aborts it while it has not claimed, and ends the wait for its answer; besides the budget. */
  signal: AbortSignal | undefined;
  /** Where the call is made; null: from the channel's queue, without a budget. */
  leave: Leave | null;
  /** Taken at the last moment before bytes leave. */
  claim(): Promise<boolean>;
  /** Told the outcome; `isLate` when the turn has not waited for it. */
  settled(outcome: Outcome, isLate: boolean): Promise<Delivered>;
  /** When the claim's lease ends, in business time. */
  leaseEndsAt(): number;
}

export interface Calls {
  /** A place for a call within a turn, or null where the channel has none free. Whoever gets one makes the call. */
  enter: Places['enter'];
  make(channel: Channel, outbound: Outbound, call: Call): Promise<Delivered>;
  /** Waits for the calls that turns have left running. */
  drain(): Promise<void>;
}

/** Starts a timer of real milliseconds. */
export type StartTimer = (ms: number) => { over: Promise<unknown>; cancel(): void };

/** What a turn may take of its process. */
export interface Limits {
  /** How long a turn waits for one answer, real milliseconds. */
  ms: number;
  /** Calls within turns at a time, on each channel. */
  places: number;
  startTimer?: StartTimer | undefined;
}

/**
 * @param real milliseconds of real time
 * @param failed told of a late outcome that could not be written; its delivery ends `unknown` when the lease is over
 */
export function createCalls(limits: Limits, real: () => number, failed: (error: unknown) => void): Calls {
  const { ms, startTimer = realTimer } = limits;
  const places = createPlaces(limits.places, real, startTimer);
  const late = new Set<Promise<unknown>>();

  async function make(channel: Channel, outbound: Outbound, call: Call): Promise<Delivered> {
    const abort = new AbortController();
    let giveUp = () => {};
    const givenUp = new Promise<null>((resolve) => {
      giveUp = () => resolve(null);
    });
    const onAbort = () => {
      abort.abort();
      giveUp();
    };
    if (call.signal?.aborted) onAbort();
    call.signal?.addEventListener('abort', onAbort, { once: true });
    let claiming: Promise<boolean> | null = null;
    const claim = () => {
      if (abort.signal.aborted) return Promise.resolve(false);
      claiming = call.claim();
      return claiming;
    };
    const attempt = channel.attempt(outbound, claim, abort.signal);
    const off = () => {
      call.signal?.removeEventListener('abort', onAbort);
      call.leave?.();
    };
    void attempt.then(off, off);
    const first = Promise.race([attempt, givenUp]);
    const answer = call.leave ? await withinBudget(first, startTimer(ms)) : await first;
    if (answer) return call.settled(answer, false);
    // Past the budget a claim is waited for, which is short: until it is answered nobody knows whose the message is.
    const asked = claiming as Promise<boolean> | null;
    if (!(await asked?.catch(() => false))) {
      if (!asked) abort.abort();
      const outcome = await attempt;
      const isRetry = outcome.kind === 'not_claimed' && !claiming;
      return call.settled(isRetry ? { kind: 'retry', code: 'slow' } : outcome, false);
    }
    const rest = attempt.then((outcome) => call.settled(outcome, true)).catch(failed);
    late.add(rest);
    void rest.finally(() => late.delete(rest));
    return { result: { kind: 'later', retryAt: call.leaseEndsAt() }, at: call.leaseEndsAt() };
  }

  return {
    enter: places.enter,
    make,
    drain: async () => {
      while (late.size > 0) await Promise.allSettled(late);
    },
  };
}

async function withinBudget<T>(work: Promise<T>, timer: ReturnType<StartTimer>): Promise<T | null> {
  try {
    return await Promise.race([work, timer.over.then(() => null)]);
  } finally {
    timer.cancel();
  }
}

const realTimer: StartTimer = (ms) => {
  let timeout: NodeJS.Timeout | undefined;
  const over = new Promise((resolve) => {
    timeout = setTimeout(resolve, ms);
  });
  return { over, cancel: () => clearTimeout(timeout) };
};
