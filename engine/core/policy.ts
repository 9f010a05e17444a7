// Whether a message may go, asked before each attempt and once more under the customer's lock at the claim.
// The gates stand in the order of journey-format §4; the first that refuses gives the reason.
import type { NotSentReason } from './reasons.ts';

export interface SendFacts {
  at: number;
  /** Why the enrollment is no longer open, or null. */
  ended: string | null;
  /** It, or its journey, is paused. */
  paused: boolean;
  heldOut: boolean;
  /** Goal and exit conditions that could not be evaluated. */
  conditionErrors: string[];
  channel: string;
  address: string | null;
  /** What must be consented to; empty for a transactional message. */
  purposes: string[];
  grants: { channel: string; purpose: string }[];
  suppression: string | null;
  expiresAt: number;
}

export type SendDecision = { kind: 'claim' } | Silence | Hold;
export interface Silence {
  kind: 'suppress';
  reason: NotSentReason;
  /** What would have had to be true. */
  needed: string;
}

/** Not now: the message goes through all gates again at `until`, or when what holds it is over. */
export interface Hold {
  kind: 'hold';
  reason: 'paused';
  until: number;
  needed: string;
}

/** Decides by all gates that need no rendering: claim, hold, or suppress with the first reason. */
export function decideDelivery(facts: SendFacts): SendDecision {
  if (facts.ended !== null) return silence(endedReason(facts.ended), 'the enrollment must be open');
  if (facts.paused)
    return { kind: 'hold', reason: 'paused', until: facts.at, needed: 'the journey or enrollment must be resumed' };
  if (facts.conditionErrors.length > 0)
    return silence('condition_error', `${facts.conditionErrors.join(' and ')} must be evaluated without error`);
  if (facts.heldOut) return silence('holdout', 'the customer must not be in the holdout of this journey');
  if (facts.address === null) return silence('unreachable', `the customer must have an address for ${facts.channel}`);
  const missing = facts.purposes.filter((purpose) => !hasConsent(facts, purpose));
  if (missing.length > 0)
    return silence('consent', `consent to ${missing.join(' and ')} by ${facts.channel} must be granted`);
  if (facts.suppression !== null)
    return silence('suppression', `the address must not be suppressed (${facts.suppression})`);
  if (facts.at >= facts.expiresAt) return silence('expired', 'the message must leave before it expires');
  return { kind: 'claim' };
}

/** Purposes that a message needs: its journey's and its own; `transactional` adds nothing. */
export function neededPurposes(journey: string, message: string | undefined): string[] {
  const all = message === undefined ? [journey] : [journey, message];
  return [...new Set(all)].filter((purpose) => purpose !== 'transactional');
}

/** Reasons after which a send tries its next channel (journey-format §4, send). */
export function fallsThrough(reason: string): boolean {
  return ['unreachable', 'consent', 'suppression', 'gone'].includes(reason);
}

const minute = 60_000;
const retryMinutes = [1, 5, 15, 60];

/**
 * When a message that was proven not handed over is tried again: 1, 5, 15, 60 minutes, then hourly (design §5);
 * later if the provider asked for it. Null when that would be after it expires.
 *
 * @param attempts attempts made, this one included
 */
export function nextAttemptAt(attempts: number, at: number, expiresAt: number, afterMs = 0): number | null {
  const minutes = retryMinutes[attempts - 1] ?? 60;
  const next = at + Math.max(minutes * minute, afterMs);
  return next < expiresAt ? next : null;
}

function hasConsent(facts: SendFacts, purpose: string): boolean {
  return facts.grants.some((grant) => grant.channel === facts.channel && grant.purpose === purpose);
}

/** Why a message of an ended enrollment is not sent: by the reason it ended for. */
export function endedReason(ended: string | null): NotSentReason {
  if (ended === 'stopped' || ended === 'ejected' || ended === 'erased') return ended;
  return 'exit';
}

function silence(reason: NotSentReason, needed: string): Silence {
  return { kind: 'suppress', reason, needed };
}
