// One delivery within a turn: gates, rendering, the claim, the provider's answer. The claim is a short transaction of its
// own under the customer's lock, taken at the last moment before bytes leave; no transaction is open during the call.
import { leaseSlackMs, type Outcome } from './channel.ts';
import type { Delivery } from './core/enrollment.ts';
import type { Deliver, DeliverResult } from './core/machine.ts';
import { decideDelivery, type Hold, neededPurposes, type SendFacts, type Silence } from './core/policy.ts';
import {
  effectKey,
  held,
  isOver,
  leaseLeftMs,
  leaseOver,
  resultOf,
  type Settled,
  saveAnswer,
  saveSettled,
  settle,
  silenced,
} from './delivery-outcome.ts';
import { addressName } from './erase.ts';
import { Misfit } from './journal.ts';
import { addressOf, messageOf, nameOf, renderMessage, unsubscribeUrlOf } from './message.ts';
import type { Tx } from './ports.ts';
import { TurnFenced, type TurnRun } from './turn-run.ts';

export interface Delivered {
  result: DeliverResult;
  at: number;
}

/** Brings one delivery as far as it comes now. A second call for the same effect finds what the first one did. */
export async function deliver(run: TurnRun, effect: Deliver): Promise<Delivered> {
  const key = effectKey(run.opened.enrollment.id, effect.effect);
  const existing = (await find(run, key, effect)) ?? (await begun(run, effect));
  run.journal.skip(key);
  if (existing && isOver(existing)) return { result: resultOf(existing), at: existing.sentAt ?? run.opened.row.at };
  if (existing?.state === 'sending') return underWay(run, existing);
  if (existing?.retryAt && existing.retryAt > run.now()) return { result: resultOf(existing), at: run.now() };
  return attempt(run, effect, existing ?? newDelivery(run, effect, key));
}

async function find(run: TurnRun, key: string, effect: Deliver): Promise<Delivery | null> {
  const { isRerun, enrollment } = run.opened;
  if (!isRerun && enrollment.state.sending?.effect !== effect.effect) return null;
  const found = await run.ports.store.transaction((tx) => tx.delivery(key));
  if (found && (found.step !== effect.step || found.channel !== effect.channel))
    throw new Misfit(`${found.step} by ${found.channel} was sent where ${effect.step} by ${effect.channel} is asked`);
  return found;
}

/** What a turn that was released had sent for this step and channel: that delivery is this one, whatever its number. */
async function begun(run: TurnRun, effect: Deliver): Promise<Delivery | null> {
  const index = run.begun.findIndex(({ step, channel }) => step === effect.step && channel === effect.channel);
  if (index < 0) return null;
  const [known] = run.begun.splice(index, 1);
  return run.ports.store.transaction((tx) => tx.delivery(effectKey(run.opened.enrollment.id, known!.effect)));
}

/** Somebody holds a claim: until its lease is over nobody else decides; afterwards nobody can know. */
async function underWay(run: TurnRun, delivery: Delivery): Promise<Delivered> {
  const { store, clock } = run.ports;
  const leftMs = leaseLeftMs(delivery, clock.real());
  if (leftMs > 0) return { result: { kind: 'later', retryAt: run.now() + leftMs }, at: run.now() };
  const at = run.now();
  const settled = leaseOver(delivery, at);
  const stored = await store.transaction(async (tx) => {
    // Its holder may answer at this very moment: one of the two writes, and the other sees it.
    await tx.lockEnrollment(delivery.enrollmentId);
    const now = await tx.delivery(delivery.key);
    if (now?.state !== 'sending' || now.claimedBy !== delivery.claimedBy) return now;
    await saveSettled(tx, settled, at);
    return settled.delivery;
  });
  return stored && isOver(stored)
    ? { result: resultOf(stored), at }
    : { result: { kind: 'later', retryAt: at + 1000 }, at };
}

function newDelivery(run: TurnRun, effect: Deliver, key: string): Delivery {
  const { enrollment, plan } = run.opened;
  const message = messageOf(run, effect);
  const { customerId, journey, version, id: enrollmentId } = enrollment;
  const purpose = neededPurposes(plan.purpose, message.purpose).join(' ') || 'transactional';
  const place = {
    key,
    enrollmentId,
    customerId,
    journey,
    version,
    step: effect.step,
    channel: effect.channel,
    purpose,
  };
  const open = { reason: null, code: null, attempt: 0, claimedBy: null, leaseUntil: null, retryAt: null, sentAt: null };
  const name = nameOf(run, effect);
  return {
    ...place,
    ...open,
    message: name,
    state: 'queued',
    createdAt: run.now(),
    providerId: null,
    rendered: null,
    to: null,
  };
}

async function attempt(run: TurnRun, effect: Deliver, queued: Delivery): Promise<Delivered> {
  const { ports, opened } = run;
  run.refusal = null;
  const { traits } = opened.customer;
  const to = addressOf(traits, effect.channel);
  const delivery: Delivery = { ...queued, to, attempt: queued.attempt + 1 };
  const gate = decideDelivery({ ...factsOf(run, effect, delivery, null), grants: opened.grants });
  if (gate.kind !== 'claim') {
    const at = run.now();
    const settled = refused(delivery, gate, at);
    run.take(settled, at);
    return { result: resultOf(settled.delivery), at };
  }
  const unsubscribeUrl = unsubscribeUrlOf(run, delivery);
  const rendering = renderMessage(run, effect, unsubscribeUrl);
  if (!rendering.ok) return silence(run, delivery, 'render', `the template must render (${rendering.code})`);
  delivery.rendered = rendering.rendered;
  const outbound = {
    key: delivery.key,
    to: to!,
    rendered: rendering.rendered,
    unsubscribeUrl,
    date: delivery.createdAt,
  };
  await ports.between('deliver: rendered');
  return run.calls.make(ports.channels[effect.channel]!, outbound, {
    signal: run.signal,
    claim: () => claim(run, effect, delivery),
    settled: (outcome, isLate) => conclude(run, effect, delivery, outcome, isLate),
    leaseEndsAt: () => run.now() + Math.max(0, (delivery.leaseUntil ?? 0) - ports.clock.real()),
  });
}

/** Gates again, under the customer's lock; then the delivery is ours to send until the lease is over. */
async function claim(run: TurnRun, effect: Deliver, delivery: Delivery): Promise<boolean> {
  const { store, clock, channels, between } = run.ports;
  await between('claim: asked');
  // Longer than the longest call, so that a lease never ends under a living holder (design §5).
  const { longestCallMs, claimMs = leaseSlackMs } = channels[effect.channel]!;
  const leaseMs = longestCallMs + claimMs;
  const answer = await store.transaction(async (tx) => {
    await tx.lockCustomer(delivery.customerId);
    const enrollment = await tx.lockEnrollment(delivery.enrollmentId);
    if (enrollment?.turnToken !== run.token) return { fenced: true as const };
    // Before the gates: what the turn's last answer said of this address counts for its next message.
    const written = await run.flush(tx);
    const stored = await tx.delivery(delivery.key);
    if (stored && isOver(stored)) return { fenced: false as const, refusal: stored, written };
    // Held until the commit: a stop or pause that is acknowledged later comes after this claim.
    const { status } = await tx.holdJourney(delivery.journey);
    const ended = enrollment.status === 'active' ? null : (enrollment.reason ?? enrollment.status);
    const facts = factsOf(run, effect, delivery, ended ?? (status === 'stopped' ? 'stopped' : null));
    facts.paused = enrollment.pausedAt !== null || status === 'paused';
    facts.conditionErrors = enrollment.conditionErrors;
    facts.grants = await tx.grants(delivery.customerId);
    facts.suppression = await tx.suppression(
      delivery.channel,
      delivery.to!,
      run.ports.keyedHash(addressName(delivery.to!)),
    );
    const gate = decideDelivery(facts);
    if (gate.kind !== 'claim') return { fenced: false as const, refusal: gate, written };
    const claimed: Delivery = {
      ...delivery,
      state: 'sending',
      claimedBy: run.token,
      leaseUntil: clock.real() + leaseMs,
    };
    await tx.saveDelivery(claimed);
    return { fenced: false as const, claimed, written };
  });
  await between('claim: committed');
  if (answer.fenced) {
    run.fenced = true;
    return false;
  }
  run.flushed(answer.written);
  if (answer.refusal) {
    run.refusal = answer.refusal;
    return false;
  }
  Object.assign(delivery, answer.claimed);
  return true;
}

/** Takes the outcome into the turn; or, where the turn has gone on without it, writes it and asks for a look. */
async function conclude(run: TurnRun, effect: Deliver, delivery: Delivery, outcome: Outcome, isLate: boolean) {
  await run.ports.between('deliver: answered');
  const at = run.now();
  if (outcome.kind === 'not_claimed' && run.fenced) throw new TurnFenced();
  const refusal = outcome.kind === 'not_claimed' ? run.refusal : null;
  // Who ended the delivery has recorded it.
  if (refusal && 'key' in refusal) return { result: resultOf(refusal), at };
  run.paused = refusal?.kind === 'hold' && refusal.reason === 'paused';
  const settled = refusal ? refused(delivery, refusal, at) : settle(delivery, outcome, at, effect.expiresAt);
  if (isLate) await settleLate(run, delivery, settled, at);
  else run.take(settled, at);
  return { result: resultOf(settled.delivery), at };
}

function refused(delivery: Delivery, refusal: Silence | Hold, at: number): Settled {
  return refusal.kind === 'hold' ? held(delivery, refusal, at) : silenced(delivery, refusal.reason, refusal.needed, at);
}

async function settleLate(run: TurnRun, delivery: Delivery, settled: Settled, at: number): Promise<void> {
  await run.ports.store.transaction(async (tx: Tx) => {
    const enrollment = await tx.lockEnrollment(delivery.enrollmentId);
    const now = await tx.delivery(delivery.key);
    if (now && (now.state !== 'sending' || now.claimedBy !== run.token)) return;
    await saveAnswer(tx, settled, enrollment, at);
  });
}

function silence(run: TurnRun, delivery: Delivery, reason: string, needed: string): Delivered {
  const at = run.now();
  const settled = silenced(delivery, reason, needed, at);
  run.take(settled, at);
  return { result: resultOf(settled.delivery), at };
}

function factsOf(run: TurnRun, effect: Deliver, delivery: Delivery, ended: string | null): SendFacts {
  const { enrollment, plan } = run.opened;
  return {
    at: run.now(),
    ended,
    paused: false,
    heldOut: enrollment.heldOut,
    conditionErrors: enrollment.conditionErrors,
    channel: effect.channel,
    address: delivery.to,
    purposes: neededPurposes(plan.purpose, messageOf(run, effect).purpose),
    grants: [],
    suppression: null,
    expiresAt: effect.expiresAt,
  };
}
