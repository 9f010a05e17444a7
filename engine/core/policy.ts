// Whether a message may go, asked before each attempt and once more under the customer's lock at the claim.
// The gates stand in the order of journey-format §4; the first that refuses gives the reason.
import { type Ahead, type CountedSend, refusingCap } from './caps.ts';
import { quietUntil } from './quiet-hours.ts';
import type { NotSentReason } from './reasons.ts';
import type { JsonMap } from './schema.ts';
import type { Cap, QuietHours } from './settings.ts';

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
  /** The send's own condition, evaluated; null where it has none. */
  onlyIf: OnlyIf | null;
  /** The customer's zone, or the settings'. */
  zone: string;
  quietHours: QuietHours | undefined;
  caps: Cap[];
  /** Counted sends of the customer, at least those within the windows of the caps. */
  sends: CountedSend[];
  ahead: Ahead[];
  /** What would be held goes to the next channel instead. */
  passesOn: boolean;
  expiresAt: number;
}

export type OnlyIf = { cel: string } & ({ ok: true; value: boolean; read: JsonMap } | { ok: false; error: string });

export type SendDecision = { kind: 'claim' } | Silence | Hold;
export interface Silence {
  kind: 'suppress';
  reason: NotSentReason;
  /** What was looked at. */
  inputs: JsonMap;
  /** What would have had to be true. */
  needed: string;
}
/** Not now: the message goes through all gates again at `until`, or when what holds it is over. */
export interface Hold {
  kind: 'hold';
  reason: 'paused' | 'quiet_hours' | 'cap';
  until: number;
  inputs: JsonMap;
  needed: string;
}

/**
 * Decides by all gates that need no rendering: claim, or suppress or hold with the first reason. A hold that would end
 * after the message expires is `expired` at once. What needs no consent (transactional) has no quiet hours and no caps.
 */
export function decideDelivery(facts: SendFacts): SendDecision {
  if (facts.ended !== null) return silence(endedReason(facts.ended), 'the enrollment must be open');
  if (facts.paused) return held('paused', facts.at, {}, 'the journey or enrollment must be resumed');
  if (facts.conditionErrors.length > 0)
    return silence('condition_error', `${facts.conditionErrors.join(' and ')} must be evaluated without error`);
  if (facts.heldOut) return silence('holdout', 'the customer must not be in the holdout of this journey');
  if (facts.address === null) return silence('unreachable', `the customer must have an address for ${facts.channel}`);
  const missing = facts.purposes.filter((purpose) => !hasConsent(facts, purpose));
  if (missing.length > 0)
    return silence('consent', `consent to ${missing.join(' and ')} by ${facts.channel} must be granted`);
  if (facts.suppression !== null)
    return silence('suppression', `the address must not be suppressed (${facts.suppression})`);
  const unwanted = facts.onlyIf && unwantedBy(facts.onlyIf);
  if (unwanted) return unwanted;
  if (facts.at > facts.expiresAt) return silence('expired', 'the message must leave before it expires');
  const later = facts.purposes.length === 0 ? null : (quiet(facts) ?? capped(facts));
  if (later?.kind !== 'hold') return later ?? { kind: 'claim' };
  if (facts.passesOn) return silence(later.reason, later.needed, later.inputs);
  return later.until > facts.expiresAt ? expiredBy(later, facts.expiresAt) : later;
}

/** A hold whose end is known. */
type Wait = Hold & { reason: 'quiet_hours' | 'cap' };

/** An error falls on the side of silence (journey-language §5). */
function unwantedBy(onlyIf: OnlyIf): Silence | null {
  if (!onlyIf.ok)
    return silence('condition_error', 'only_if must be evaluated without error', {
      only_if: onlyIf.cel,
      error: onlyIf.error,
    });
  return onlyIf.value ? null : silence('only_if', onlyIf.cel, onlyIf.read);
}

function quiet({ quietHours: hours, channel, at, zone }: SendFacts): Silence | Wait | null {
  if (!hours?.channels.includes(channel)) return null;
  const until = quietUntil(hours, at, zone);
  if (until === null) return null;
  const inputs = { from: hours.from, to: hours.to, zone };
  const needed = `it must be outside the quiet hours, ${hours.from} to ${hours.to} in ${zone}`;
  if (hours.answer === 'skip') return silence('quiet_hours', needed, inputs);
  return held('quiet_hours', until, { ...inputs, until }, needed);
}

function capped({ caps, channel, sends, ahead, at, zone }: SendFacts): Silence | Wait | null {
  const answer = refusingCap(caps, channel, sends, ahead, at, zone);
  if (!answer) return null;
  const { cap, until } = answer;
  const inputs = { max: cap.max, per: cap.per, channels: cap.channels, sent: answer.sent, ahead: answer.ahead };
  const window = cap.per === 'calendar_day' ? `on one day in ${zone}` : `within ${cap.per / 3_600_000} hours`;
  const others = answer.ahead > 0 ? ', messages of higher priority that wait included' : '';
  const needed = `fewer than ${cap.max} messages by ${cap.channels.join(' and ')} must have gone ${window}${others}`;
  if (cap.answer === 'skip') return silence('cap', needed, inputs);
  return held('cap', until, { ...inputs, until }, needed);
}

function expiredBy(hold: Wait, expiresAt: number): Silence {
  const inputs = { ...hold.inputs, held_by: hold.reason, expires: expiresAt };
  return silence('expired', `${hold.needed}, before the message expires`, inputs);
}

/** Purposes that a message needs: its journey's and its own; `transactional` adds nothing. */
export function neededPurposes(journey: string, message: string | undefined): string[] {
  const all = message === undefined ? [journey] : [journey, message];
  return [...new Set(all)].filter((purpose) => purpose !== 'transactional');
}

/** Reasons after which a send tries its next channel (journey-format §4, send). */
export function fallsThrough(reason: string): boolean {
  return ['unreachable', 'consent', 'suppression', 'quiet_hours', 'cap', 'gone'].includes(reason);
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

function silence(reason: NotSentReason, needed: string, inputs: JsonMap = {}): Silence {
  return { kind: 'suppress', reason, inputs, needed };
}

function held<R extends Hold['reason']>(
  reason: R,
  until: number,
  inputs: JsonMap,
  needed: string,
): Hold & { reason: R } {
  return { kind: 'hold', reason, until, inputs, needed };
}
