// One delivery within a turn: gates, rendering, the claim, the provider's answer; or the channel's queue. The claim is a
// short transaction of its own under the customer's lock, taken at the last moment before bytes leave; no transaction is
// open during the call.
import { absentChannel, type Channel, type Outbound, type Outcome } from './channel.ts';
import { claim } from './claim.ts';
import { webhookChannel } from './core/channels.ts';
import { type Delivery, queuedUntil } from './core/enrollment.ts';
import type { Deliver, DeliverResult } from './core/machine.ts';
import type { WebhookStep } from './core/plan.ts';
import { decideDelivery, type Hold, type Silence } from './core/policy.ts';
import { priorityOf } from './core/priority.ts';
import { channelSettings } from './core/settings.ts';
import {
  effectKey,
  held,
  isOver,
  leaseLeftMs,
  leaseOver,
  type Patience,
  resultOf,
  type Settled,
  saveAnswer,
  saveSettled,
  settle,
  silenced,
} from './delivery-outcome.ts';
import { Misfit } from './journal.ts';
import {
  addressFor,
  nameOf,
  purposesFor,
  renderMessage,
  senderOf,
  stepOf,
  trackingOf,
  unsubscribeUrlOf,
} from './message.ts';
import type { Tx } from './ports.ts';
import { resolveByHolder } from './resolution.ts';
import { factsOf, loadCompetition } from './send-facts.ts';
import { TurnFenced, type TurnRun } from './turn-run.ts';
import { tell, webhookAsChannel } from './webhook.ts';

export interface Delivered {
  result: DeliverResult;
  at: number;
}

/** Brings one delivery as far as it comes now. A second call for the same effect finds what the first one did. */
export async function deliver(run: TurnRun, effect: Deliver): Promise<Delivered> {
  const delivered = await bring(run, effect);
  const step = stepOf(run, effect);
  const { result } = delivered;
  // What follows in this turn sees the answer.
  if (step.kind === 'webhook' && step.save !== undefined && result.kind === 'over' && result.returned)
    run.vars = { ...run.vars, [step.save]: result.returned };
  return delivered;
}

async function bring(run: TurnRun, effect: Deliver): Promise<Delivered> {
  const key = effectKey(run.opened.enrollment.id, effect.effect);
  const existing = (await find(run, key, effect)) ?? (await begun(run, effect));
  run.journal.skip(key);
  if (existing && isOver(existing)) return { result: resultOf(existing), at: existing.sentAt ?? run.opened.row.at };
  if (existing?.state === 'sending') return underWay(run, effect, existing);
  if (existing?.retryAt && existing.retryAt > run.now()) return { result: resultOf(existing), at: run.now() };
  return attempt(run, effect, existing ?? newDelivery(run, effect, key));
}

async function find(run: TurnRun, key: string, effect: Deliver): Promise<Delivery | null> {
  const { isRerun, enrollment } = run.opened;
  const { sending, resend } = enrollment.state;
  if (!isRerun && sending?.effect !== effect.effect && resend?.effect !== effect.effect) return null;
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
async function underWay(run: TurnRun, effect: Deliver, delivery: Delivery): Promise<Delivered> {
  const { store, clock } = run.ports;
  const leftMs = leaseLeftMs(delivery, clock.real());
  if (leftMs > 0) return { result: { kind: 'later', retryAt: run.now() + leftMs }, at: run.now() };
  const at = run.now();
  const settled = leaseOver(delivery, at, patienceOf(run, effect));
  const stored = await store.transaction(async (tx) => {
    // Its holder may answer at this very moment: one of the two writes, and the other sees it.
    await tx.lockEnrollment(delivery.enrollmentId);
    const now = await tx.delivery(delivery.key);
    if (now?.state !== 'sending' || now.claimedBy !== delivery.claimedBy) return now;
    await saveSettled(tx, settled, at);
    return settled.delivery;
  });
  return stored && stored.state !== 'sending'
    ? { result: resultOf(stored), at }
    : { result: { kind: 'later', retryAt: at + 1000 }, at };
}

function newDelivery(run: TurnRun, effect: Deliver, key: string): Delivery {
  const { enrollment, plan } = run.opened;
  const { customerId, journey, version, id: enrollmentId } = enrollment;
  const purpose = purposesFor(run, effect).join(' ') || 'transactional';
  const place = {
    key,
    enrollmentId,
    customerId,
    journey,
    version,
    step: effect.step,
    channel: effect.channel,
    purpose,
    priority: priorityOf(plan),
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
  const { ports } = run;
  run.refusal = null;
  const to = await addressFor(run, effect);
  // What was held or queued and never tried is dated by its first attempt.
  const createdAt = queued.attempt === 0 ? run.now() : queued.createdAt;
  const delivery: Delivery = { ...queued, to, createdAt, reason: null, attempt: queued.attempt + 1 };
  const competition = await loadCompetition(run, delivery);
  const gate = decideDelivery(factsOf(run, effect, delivery, competition));
  if (gate.kind !== 'claim') return keepBack(run, delivery, queued, gate);
  const prepared = prepare(run, effect, delivery, queued);
  if (!prepared.ok) return keepBack(run, delivery, queued, unrendered(prepared.code));
  const { channel, outbound } = prepared;
  await ports.between('deliver: rendered');
  const isHere = run.ticket === delivery.key;
  const leave = isHere || belongsInQueue(run, queued) ? null : await run.calls.enter(effect.channel);
  // What was told once is told the same again.
  const rendered = effect.channel === webhookChannel ? delivery.rendered : null;
  const isInDoubt = queued.sentAt !== null;
  if (!isHere && !leave) return enqueue(run, effect, isInDoubt ? queued : { ...queued, to, createdAt, rendered });
  return run.calls.make(channel, outbound, {
    signal: run.signal,
    leave,
    claim: () => claim(run, effect, delivery, channel),
    settled: (outcome, isLate) => conclude(run, effect, delivery, queued, outcome, isLate),
    leaseEndsAt: () => run.now() + Math.max(0, (delivery.leaseUntil ?? 0) - ports.clock.real()),
  });
}

type Prepared = { ok: true; channel: Channel; outbound: Outbound } | { ok: false; code: string };

/** What is to be handed over, and to whom; kept with the delivery. */
function prepare(run: TurnRun, effect: Deliver, delivery: Delivery, queued: Delivery): Prepared {
  const step = stepOf(run, effect);
  if (step.kind === 'webhook') return prepareCall(run, step, delivery, queued);
  const { settings } = run.opened;
  const unsubscribeUrl = unsubscribeUrlOf(run, delivery);
  const rendering = renderMessage(run, effect, delivery, unsubscribeUrl);
  if (!rendering.ok) return rendering;
  delivery.rendered = rendering.rendered;
  const outbound: Outbound = {
    key: delivery.key,
    to: delivery.to!,
    rendered: rendering.rendered,
    sender: senderOf(settings, effect.channel),
    tracking: trackingOf(settings, effect.channel),
    unsubscribeUrl,
    date: delivery.createdAt,
    expiresAt: effect.expiresAt,
    // Only what may have gone has a moment of sending while it is queued.
    mayHaveLeft: queued.sentAt !== null,
  };
  return { ok: true, channel: run.ports.channels[effect.channel] ?? absentChannel(effect.channel), outbound };
}

function prepareCall(run: TurnRun, step: WebhookStep, delivery: Delivery, queued: Delivery): Prepared {
  const told = tell(run, step, queued);
  if (!told.ok) return told;
  delivery.rendered = told.exchange;
  const nothing = { title: '', body: '', url: null, image: null, locale: '' };
  const outbound: Outbound = { key: delivery.key, to: delivery.to!, rendered: nothing, unsubscribeUrl: null };
  return { ok: true, channel: webhookAsChannel(run, step, delivery, told.exchange), outbound };
}

/**
 * What must not be attempted within a turn, whoever has room: a channel's rate is held over all workers only in its queue,
 * and a provider that has put a message off is likely to be slow about it again.
 */
function belongsInQueue({ opened }: TurnRun, { channel, attempt }: Delivery): boolean {
  return attempt > 0 || channelSettings(opened.settings, channel)?.rate !== undefined;
}

/** To be attempted from the channel's queue. Should it wait there until it expires, a turn says so. */
function enqueue(run: TurnRun, effect: Deliver, delivery: Delivery): Delivered {
  run.queued = { ...delivery, state: 'queued', reason: null, retryAt: null };
  return { result: { kind: 'later', retryAt: queuedUntil(effect.expiresAt) }, at: run.now() };
}

/** Takes the outcome into the turn; or, where the turn has gone on without it, writes it and asks for a look. */
async function conclude(
  run: TurnRun,
  effect: Deliver,
  delivery: Delivery,
  queued: Delivery,
  outcome: Outcome,
  isLate: boolean,
) {
  await run.ports.between('deliver: answered');
  const at = run.now();
  if (outcome.kind === 'not_claimed' && run.fenced) throw new TurnFenced();
  const refusal = outcome.kind === 'not_claimed' ? run.refusal : null;
  // Who ended the delivery has recorded it.
  if (refusal && 'key' in refusal) return { result: resultOf(refusal), at };
  run.paused = refusal?.kind === 'hold' && refusal.reason === 'paused';
  const settled = refusal
    ? refused(delivery, queued, refusal, at)
    : settle(delivery, outcome, at, patienceOf(run, effect));
  if (isLate) await settleLate(run, delivery, settled, at);
  else run.take(settled, at);
  return { result: resultOf(settled.delivery), at };
}

/** No attempt was made: what may have left before stays as it left, and where to. */
function refused(delivery: Delivery, queued: Delivery, refusal: Silence | Hold, at: number): Settled {
  const isInDoubt = queued.sentAt !== null;
  const before: Delivery = isInDoubt ? queued : { ...delivery, attempt: queued.attempt, rendered: null };
  return refusal.kind === 'hold'
    ? held(before, refusal, at)
    : silenced(isInDoubt ? queued : delivery, refusal.reason, refusal.needed, at, refusal.inputs);
}

async function settleLate(run: TurnRun, delivery: Delivery, settled: Settled, at: number): Promise<void> {
  await run.ports.store.transaction(async (tx: Tx) => {
    const enrollment = await tx.lockEnrollment(delivery.enrollmentId);
    const now = await tx.delivery(delivery.key);
    if (now && (now.state !== 'sending' || now.claimedBy !== run.token))
      return resolveByHolder(tx, now, settled, run.token, at);
    await saveAnswer(tx, settled, enrollment, at);
  });
}

function keepBack(run: TurnRun, delivery: Delivery, queued: Delivery, gate: Silence | Hold): Delivered {
  const at = run.now();
  const settled = refused(delivery, queued, gate, at);
  run.take(settled, at);
  return { result: resultOf(settled.delivery), at };
}

function unrendered(code: string): Silence {
  return { kind: 'suppress', reason: 'render', inputs: { code }, needed: `the template must render (${code})` };
}

function patienceOf(run: TurnRun, effect: Deliver): Patience {
  const step = stepOf(run, effect);
  const own = step.kind === 'webhook' ? undefined : step.onUnknown;
  const onUnknown = own ?? channelSettings(run.opened.settings, effect.channel)?.onUnknown;
  return { expiresAt: effect.expiresAt, resends: onUnknown === 'resend' };
}
