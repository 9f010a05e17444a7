// What every channel over HTTP does around its calls: room for so many at once, nothing thrown, and a close that waits
// for what is past its claim.
import { type Channel, leaseSlackMs, type Outbound, type Outcome } from '../../engine/channel.ts';
import { type Ticket, ticketOf } from './claim-ticket.ts';
import { createRoom } from './room.ts';
import { realStopwatch } from './stopwatch.ts';

/** Limits of a channel's calls; tests shorten them. */
export interface CallLimits {
  /** Attempts under way at once. */
  attempts?: number;
  /** Resolving, connecting and TLS together. */
  connectMs?: number;
  /** From the claim's grant to the provider's answer; a lease is longer. */
  longestCallMs?: number;
  /** Starts a stopwatch that a stopped process or a sleeping machine cannot fool. */
  stopwatch?: () => () => number;
}

export interface Attempt {
  ticket: Ticket;
  signal: AbortSignal;
  connectMs: number;
}

/** The attempts of a channel, or of whatever else is called once under a claim; `O` adds optional fields to outcomes. */
export interface Attempts<M, O extends Outcome = Outcome> {
  longestCallMs: number;
  claimMs: number;
  /** As `Channel.attempt`. */
  attempt(message: M, claim: () => Promise<boolean>, signal: AbortSignal): Promise<O>;
  /** As `Channel.close`. */
  close(): Promise<void>;
}

/** A channel whose attempts are made by `send`, which must take the ticket once its first byte could leave. */
export function channelOf(
  name: string,
  limits: CallLimits,
  send: (message: Outbound, attempt: Attempt) => Promise<Outcome>,
): Channel {
  return { name, ...attemptsOf(limits, send) };
}

export function attemptsOf<M, O extends Outcome>(
  { attempts = 50, connectMs = 10_000, longestCallMs = 30_000, stopwatch = realStopwatch }: CallLimits,
  send: (message: M, attempt: Attempt) => Promise<O>,
): Attempts<M, O> {
  const room = createRoom(attempts);
  const running = new Set<Promise<unknown>>();
  const stops = new Set<AbortController>();
  let isClosing = false;

  async function inRoom(message: M, claim: () => Promise<boolean>, signal: AbortSignal): Promise<O> {
    if (!(await room.enter(signal))) return aborted as O;
    const ticket = ticketOf({ claim, claimMs: leaseSlackMs, longestCallMs, stopwatch });
    try {
      return await send(message, { ticket, signal, connectMs });
    } catch {
      // Nothing above should throw; if it does, what the claim had allowed may have left.
      return { kind: ticket.isAsked() ? 'unknown' : 'retry', code: 'broken' } as O;
    } finally {
      room.leave();
    }
  }

  return {
    longestCallMs,
    claimMs: leaseSlackMs,
    async attempt(message, claim, signal) {
      if (isClosing || signal.aborted) return aborted as O;
      const stop = new AbortController();
      const abort = () => stop.abort();
      stops.add(stop);
      signal.addEventListener('abort', abort);
      const call = inRoom(message, claim, stop.signal);
      running.add(call);
      try {
        return await call;
      } finally {
        running.delete(call);
        stops.delete(stop);
        signal.removeEventListener('abort', abort);
      }
    },
    async close() {
      isClosing = true;
      for (const stop of stops) stop.abort();
      await Promise.allSettled(running);
    },
  };
}

const aborted: Outcome = { kind: 'retry', code: 'aborted' };
