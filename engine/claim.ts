// The claim: a short transaction under the customer's lock, at the last moment before bytes leave, in which all gates are
// asked once more.
import { type Channel, leaseSlackMs } from './channel.ts';
import type { Delivery, Enrollment } from './core/enrollment.ts';
import type { Deliver } from './core/machine.ts';
import { decideDelivery, type SendFacts } from './core/policy.ts';
import { isOver } from './delivery-outcome.ts';
import { addressName } from './erase.ts';
import type { Tx } from './ports.ts';
import { competitionOf, factsOf } from './send-facts.ts';
import type { TurnRun } from './turn-run.ts';

/** Gates again, under the customer's lock; then the delivery is ours to send until the lease is over. */
export async function claim(run: TurnRun, effect: Deliver, delivery: Delivery, channel: Channel): Promise<boolean> {
  const { store, clock, between } = run.ports;
  await between('claim: asked');
  // Longer than the longest call, so that a lease never ends under a living holder (design §5).
  const { longestCallMs, claimMs = leaseSlackMs } = channel;
  const leaseMs = longestCallMs + claimMs;
  const answer = await store.transaction(async (tx) => {
    await tx.lockCustomer(delivery.customerId);
    const [locked, stored] = await Promise.all([
      tx.lockEnrollment(delivery.enrollmentId),
      tx.delivery(delivery.key),
      run.dropOver(tx),
    ]);
    if (locked?.turnToken !== run.token) return { fenced: true as const };
    // A trait that the turn has set may end this very enrollment.
    const enrollment = (await run.flushTraits(tx)) ? (await tx.lockEnrollment(locked.id))! : locked;
    await run.flushAudiences(tx, enrollment);
    if (stored && isOver(stored)) return { fenced: false as const, refusal: stored, written: await run.flush(tx) };
    // Written before it is read: what the turn's last answer said of this address counts for its next message.
    const [written, facts] = await Promise.all([run.flush(tx), freshFacts(tx, run, effect, delivery, enrollment)]);
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

async function freshFacts(
  tx: Tx,
  run: TurnRun,
  effect: Deliver,
  delivery: Delivery,
  enrollment: Enrollment,
): Promise<SendFacts> {
  const to = delivery.to!;
  const [{ status }, competition, grants, suppression] = await Promise.all([
    // Held until the commit: a stop or pause that is acknowledged later comes after this claim.
    tx.holdJourney(delivery.journey),
    competitionOf(tx, run, delivery),
    tx.grants(delivery.customerId),
    tx.suppression(delivery.channel, to, run.ports.keyedHash(addressName(to))),
  ]);
  const ended = enrollment.status === 'active' ? null : (enrollment.reason ?? enrollment.status);
  return {
    ...factsOf(run, effect, delivery, competition),
    ended: ended ?? (status === 'stopped' ? 'stopped' : null),
    paused: enrollment.pausedAt !== null || status === 'paused',
    conditionErrors: enrollment.conditionErrors,
    ...{ grants, suppression },
  };
}
