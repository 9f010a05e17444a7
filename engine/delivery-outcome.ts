// What an attempt's outcome makes of its delivery, and how it is recorded. The only place where delivery states change
// after a claim (design §5).
import type { Outcome } from './channel.ts';
import { findsCustomer } from './core/channels.ts';
import type { Decision, DecisionKind, Delivery, Enrollment } from './core/enrollment.ts';
import type { DeliverResult } from './core/machine.ts';
import { endedReason, fallsThrough, type Hold, nextAttemptAt } from './core/policy.ts';
import type { NotSentReason } from './core/reasons.ts';
import type { JsonMap } from './core/schema.ts';
import type { Tx } from './ports.ts';
import { resolveFromReports } from './resolution.ts';

/** A delivery's next state, with the decision that says so and what the address deserves. */
export interface Settled {
  delivery: Delivery;
  decision: Decision;
  suppress: string | null;
}

export function effectKey(enrollmentId: string, effect: number): string {
  return `${enrollmentId}/${effect}`;
}

/** True when nothing can change the delivery any more but a late report. */
export function isOver(delivery: Delivery): boolean {
  return ['accepted', 'failed', 'suppressed', 'unknown'].includes(delivery.state);
}

/** True while it waits for its channel's queue, and not for a moment. */
export function isQueued({ state, retryAt }: Delivery): boolean {
  return state === 'queued' && retryAt === null;
}

export interface Patience {
  expiresAt: number;
  /** What may have gone is sent once more, on the schedule of what has not gone. */
  resends: boolean;
}

/**
 * Applies an attempt's outcome. `at` is the moment of hand-over or failure; a failure before hand-over is tried again
 * on the engine's schedule until `expiresAt`.
 */
export function settle(delivery: Delivery, outcome: Outcome, at: number, { expiresAt, resends }: Patience): Settled {
  const code = 'code' in outcome && outcome.code !== undefined ? outcome.code : null;
  const freed = { ...delivery, code, claimedBy: null, leaseUntil: null, retryAt: null };
  const over = (state: 'accepted' | 'unknown', providerId: string | null): Settled => {
    const { claimedBy } = state === 'unknown' ? delivery : freed;
    const settled: Delivery = { ...freed, claimedBy, state, sentAt: at, providerId };
    return { delivery: settled, decision: decisionOn(settled, 'sent', state, at, codeOf(code), ''), suppress: null };
  };
  const failed = (reason: 'failed' | 'gone', suppress: string | null): Settled => {
    // This attempt has not left; an earlier one may have, and what is said of this one says nothing of that.
    if (delivery.sentAt !== null)
      return { ...silenced(delivery, reason, 'the provider must take the message', at, codeOf(code)), suppress };
    const settled: Delivery = { ...freed, state: 'failed', reason };
    const decision = decisionOn(settled, 'not_sent', reason, at, codeOf(code), 'the provider must take the message');
    return { delivery: settled, decision, suppress };
  };
  switch (outcome.kind) {
    case 'accepted':
    case 'duplicate':
      return over('accepted', outcome.providerId ?? null);
    case 'unknown': {
      const next = nextAttemptAt(delivery.attempt, at, expiresAt);
      // Asked again with the same key, the provider says whether it has it: no second message.
      const isRepeatable = next !== null && next <= (outcome.repeatableUntil ?? Number.NEGATIVE_INFINITY);
      const retryAt = resends || isRepeatable ? next : null;
      if (retryAt === null) return over('unknown', null);
      const { claimedBy } = delivery;
      const settled: Delivery = { ...freed, claimedBy, state: 'queued', sentAt: at, retryAt };
      const inputs = { ...codeOf(code), attempt: delivery.attempt, until: retryAt };
      return { delivery: settled, decision: decisionOn(settled, 'sent', 'unknown', at, inputs, ''), suppress: null };
    }
    case 'recipient_gone':
      return failed('gone', findsCustomer(delivery.channel) ? null : 'hard_bounce');
    case 'recipient_refused':
      return failed('failed', findsCustomer(delivery.channel) ? null : 'invalid');
    case 'message_rejected':
      return failed('failed', null);
    case 'retry':
    case 'config_error':
    case 'not_claimed': {
      const afterMs = outcome.kind === 'retry' ? outcome.afterMs : undefined;
      const retryAt = nextAttemptAt(delivery.attempt, at, expiresAt, afterMs);
      if (retryAt === null) return failed('failed', null);
      const settled: Delivery = { ...freed, state: 'queued', retryAt };
      const inputs = { ...codeOf(code), attempt: delivery.attempt, until: retryAt };
      return { delivery: settled, decision: decisionOn(settled, 'retry', 'retry', at, inputs, ''), suppress: null };
    }
  }
}

/** How long somebody may still be sending it, in real milliseconds; 0 for a delivery that is not there. */
export function leaseLeftMs(delivery: Delivery | null, real: number): number {
  return Math.max(0, (delivery?.leaseUntil ?? 0) - real);
}

const noPatience: Patience = { expiresAt: 0, resends: false };

/** Its claim's lease is over and nobody has said what came of it: nobody can know. */
export function leaseOver(delivery: Delivery, at: number, patience: Patience = noPatience): Settled {
  return settle(delivery, { kind: 'unknown', code: 'lease_over' }, at, patience);
}

/** A delivery that a gate refused. One that may have left stays in doubt: it only is not sent once more. */
export function silenced(
  delivery: Delivery,
  reason: NotSentReason,
  needed: string,
  at: number,
  inputs: JsonMap = {},
): Settled {
  const isInDoubt = delivery.sentAt !== null;
  const settled: Delivery = {
    ...delivery,
    state: isInDoubt ? 'unknown' : 'suppressed',
    reason,
    // Whose answer may still come: it ends the doubt.
    claimedBy: isInDoubt ? delivery.claimedBy : null,
    leaseUntil: null,
    retryAt: null,
  };
  const kind = isInDoubt ? 'not_repeated' : 'not_sent';
  return { delivery: settled, decision: decisionOn(settled, kind, reason, at, inputs, needed), suppress: null };
}

/** A delivery that a gate keeps back, as it stood before: all gates are asked again at `hold.until`. */
export function held(delivery: Delivery, { reason, until, inputs, needed }: Hold, at: number): Settled {
  const kept: Delivery = { ...delivery, leaseUntil: null, state: 'held', reason, retryAt: until };
  return { delivery: kept, decision: decisionOn(kept, 'held', reason, at, inputs, needed), suppress: null };
}

/** What the machine makes of a delivery as it stands. `now` is business time, `real` the leases'. */
export function resultOf(delivery: Delivery): DeliverResult {
  const { state, reason, retryAt } = delivery;
  if (state === 'queued' || state === 'held') return { kind: 'later', retryAt: retryAt! };
  const falls = (state === 'suppressed' || state === 'failed') && reason !== null && fallsThrough(reason);
  const isSilent = state === 'suppressed' || state === 'failed';
  const returned = delivery.rendered && 'sent' in delivery.rendered ? delivery.rendered.returned : undefined;
  return falls
    ? { kind: 'next_channel', failed: state === 'failed' }
    : { kind: 'over', failed: state === 'failed', ...(isSilent && { silent: true }), ...(returned && { returned }) };
}

/** Writes a settled delivery, its decision and the suppression of its address. */
export async function saveSettled(tx: Tx, settled: Settled, at: number): Promise<void> {
  const { delivery, decision, suppress } = settled;
  // A merge may have moved it since it was read.
  const stored = await tx.delivery(delivery.key);
  const customerId = stored?.customerId ?? delivery.customerId;
  // Claimed and without an address: erased meanwhile, and nothing of it may come back.
  const isErased = stored?.state === 'sending' && stored.to === null;
  const taken = isErased ? { to: null, rendered: null, providerId: null } : {};
  await tx.saveDelivery({ ...delivery, customerId, ...taken });
  await tx.record([{ ...decision, customerId }]);
  if (suppress && delivery.to !== null && !isErased) await tx.suppress(delivery.channel, delivery.to, suppress, at);
  await resolveFromReports(tx, delivery, at);
}

/**
 * Writes the answer to a claim whose turn has gone on without it, and asks for a look. Where the enrollment has ended
 * meanwhile there is no further attempt, and nobody else would say so.
 */
export async function saveAnswer(tx: Tx, settled: Settled, enrollment: Enrollment | null, at: number): Promise<void> {
  await saveSettled(tx, settled, at);
  const { key, enrollmentId } = settled.delivery;
  // As it was written: a report may have ended the doubt about it.
  const delivery = await tx.delivery(key);
  if (enrollment?.status !== 'active' && delivery?.state === 'queued')
    await saveSettled(
      tx,
      silenced(delivery, endedReason(enrollment?.reason ?? null), 'the enrollment must be open', at),
      at,
    );
  await tx.look(enrollmentId);
}

/** Ends what an ended enrollment still had to send and nobody has claimed. Answers the decisions to record. */
export async function withdrawDelivery(tx: Tx, enrollment: Enrollment, at: number): Promise<Decision[]> {
  const decisions: Decision[] = [];
  // All of them, for the state does not name what a turn had asked for that has not come to its end.
  for (const delivery of await tx.deliveriesOf(enrollment.id)) {
    if (delivery.state !== 'queued' && delivery.state !== 'held') continue;
    const settled = silenced(delivery, endedReason(enrollment.reason), 'the enrollment must be open', at);
    await tx.saveDelivery(settled.delivery);
    decisions.push(settled.decision);
  }
  return decisions;
}

function decisionOn(
  delivery: Delivery,
  kind: DecisionKind,
  outcome: string,
  at: number,
  inputs: JsonMap,
  needed: string,
): Decision {
  const { customerId, journey, version, enrollmentId, step, message, channel, key } = delivery;
  const place = { customerId, journey, version, enrollmentId, step, message, channel, effectKey: key };
  return { ...place, kind, at, outcome, inputs, needed, eventId: null, turn: null, seq: null };
}

function codeOf(code: string | null): JsonMap {
  return code === null ? {} : { code };
}
