// What a channel is to the engine: one attempt, one outcome. A channel knows its provider; the engine knows the rest.
import type { Rendered, ShortMessage } from './core/content.ts';

/** A rendered message on its way to one address. */
export interface Outbound {
  /** The effect key: the same for every attempt, and what message ids are derived from. */
  key: string;
  /**
   * Where it goes: a mail address, a LINE user id, a telephone number (E.164); for push and the site the customer's id,
   * since they find the customer's devices themselves.
   */
  to: string;
  /** A mail for email, a short message for all others; each channel refuses what it cannot send. */
  rendered: Rendered | ShortMessage;
  /** The channel's own sender as published, for a message that names none. */
  sender?: string | undefined;
  /** One-click unsubscribe (RFC 8058); null for transactional messages. */
  unsubscribeUrl: string | null;
  /** Whether opens, and clicks on links to the shop's `site`, are to be counted, as the settings say; absent: neither. */
  tracking?: { opens: boolean; clicks: boolean; site: string } | undefined;
  /**
   * What the message is dated, milliseconds since the epoch: the delivery's first attempt, and the same for every later
   * one, so that repeated attempts are identical. Absent: the moment of this attempt.
   */
  date?: number;
  /** When the message stops being worth showing, milliseconds since the epoch. */
  expiresAt?: number;
  /** An earlier attempt ended `unknown`: a provider that knows a repeat by its key may be asked again, until it forgets. */
  mayHaveLeft?: boolean;
}

/**
 * A claim's lease is the channel's `longestCallMs` and this long on top (or the channel's own `claimMs`): the room for
 * the claim itself. A channel whose claim took longer sends nothing, because its call would outlive the lease.
 */
export const leaseSlackMs = 30_000;

/**
 * How an attempt ended. `code` is a short provider code (`5.1.1`, `ECONNREFUSED`), never provider text:
 * that may hold an address, and it would reach Temporal's history.
 */
export type Outcome =
  | { kind: 'accepted' | 'duplicate'; providerId?: string; code?: string }
  /** The address is permanently invalid: suppressed from now on. */
  | { kind: 'recipient_gone'; code: string }
  /** The recipient or their provider does not want it. */
  | { kind: 'recipient_refused'; code: string }
  /** This message is wrong for the provider (size, content). */
  | { kind: 'message_rejected'; code: string }
  /** We are wrong (credentials, policy): not the recipient's fault, nothing is suppressed for it. */
  | { kind: 'config_error'; code: string }
  /** Proven not handed over; may be tried again. */
  | { kind: 'retry'; afterMs?: number; code: string }
  /**
   * Handed over in full, no answer: it may have gone. Never repeated silently, but until `repeatableUntil` (milliseconds
   * since the epoch): so long the provider knows a repeat by its key, and answers `duplicate`.
   */
  | { kind: 'unknown'; code: string; repeatableUntil?: number }
  /** The claim was refused: nothing left. (One granted too late is `retry` with the code `lease_over`: nothing left, either.) */
  | { kind: 'not_claimed' };

export interface Channel {
  name: string;
  /**
   * Makes one attempt. Calls `claim` exactly once, at the last moment before bytes leave; if it answers false, sends
   * nothing and answers `not_claimed`. Before the claim `signal` aborts the attempt (outcome `retry`); after it the
   * call is finished whatever happens. Never throws.
   */
  attempt(message: Outbound, claim: () => Promise<boolean>, signal: AbortSignal): Promise<Outcome>;
  /** The longest a call may take after its claim, in milliseconds; a claim's lease is longer. */
  longestCallMs: number;
  /** How long the claim itself may take, in milliseconds, where it is not `leaseSlackMs`. */
  claimMs?: number;
  /** Waits for calls past hand-over, then closes. */
  close(): Promise<void>;
}

/** Stands in for a channel that this process was not given: our fault, so the message is tried again until it expires. */
export function absentChannel(name: string): Channel {
  const outcome: Outcome = { kind: 'config_error', code: 'no_channel' };
  return { name, longestCallMs: 0, attempt: async () => outcome, close: async () => undefined };
}
