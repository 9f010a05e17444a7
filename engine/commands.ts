// What people do to one enrollment or delivery: eject, pause, resume, release, cancel. Each is one short transaction,
// in force for every claim after it, and may be repeated.
import { actedOn, type CommandAnswer, type CommandPorts, endEnrollment, withEnrollment } from './command.ts';
import type { Delivery, Enrollment } from './core/enrollment.ts';
import { isOver, leaseOver, saveSettled, silenced } from './delivery-outcome.ts';
import type { Tx } from './ports.ts';

const noEnrollment: CommandAnswer = { kind: 'not_found', sentence: 'no enrollment has this id' };
const done: CommandAnswer = { kind: 'done' };
const unchanged = (sentence: string): CommandAnswer => ({ kind: 'unchanged', sentence });
const conflict = (sentence: string): CommandAnswer => ({ kind: 'conflict', sentence });

/** Ends the enrollment as `ejected`; what it had still to send is withdrawn. `by` is the role of who does it. */
export async function eject(ports: CommandPorts, id: string, by: string): Promise<CommandAnswer> {
  const answer = await withEnrollment(ports, id, async (tx, enrollment) => {
    if (enrollment.reason === 'ejected') return unchanged('this enrollment was ejected already');
    if (enrollment.status !== 'active') return conflict(`${hasEnded(enrollment)}: there is nothing to eject`);
    await endEnrollment(tx, enrollment, 'ejected', by, ports.clock.now());
    return done;
  });
  return answer ?? noEnrollment;
}

/** Waits go on running, events are kept; it takes no step and sends nothing until it is resumed. */
export async function pauseEnrollment(ports: CommandPorts, id: string, by: string): Promise<CommandAnswer> {
  const answer = await withEnrollment(ports, id, async (tx, enrollment) => {
    if (enrollment.status !== 'active') return conflict(`${hasEnded(enrollment)}: there is nothing to pause`);
    if (enrollment.pausedAt !== null) return unchanged('this enrollment is paused already');
    const at = ports.clock.now();
    await tx.saveEnrollment({ ...enrollment, pausedAt: at });
    await tx.record([actedOn(enrollment, 'paused', 'paused', by, at)]);
    return done;
  });
  return answer ?? noEnrollment;
}

/** What fell due meanwhile leaves now, through all gates. While its journey is paused, too, it goes on waiting. */
export async function resumeEnrollment(ports: CommandPorts, id: string, by: string): Promise<CommandAnswer> {
  const answer = await withEnrollment(ports, id, async (tx, enrollment) => {
    if (enrollment.status !== 'active') return conflict(`${hasEnded(enrollment)}: there is nothing to resume`);
    if (enrollment.pausedAt === null) {
      const { status } = await tx.holdJourney(enrollment.journey);
      return status === 'paused'
        ? conflict('it is the journey that is paused, not this enrollment; resume the journey')
        : unchanged('this enrollment is not paused');
    }
    await tx.saveEnrollment({ ...enrollment, pausedAt: null });
    await tx.record([actedOn(enrollment, 'resumed', 'resumed', by, ports.clock.now())]);
    await tx.look(id);
    return done;
  });
  return answer ?? noEnrollment;
}

/** Withdraws one message that has not been claimed, as `cancelled`; the journey goes on as after any silence. */
export async function cancel(ports: CommandPorts, key: string, by: string): Promise<CommandAnswer> {
  const answer = await withEnrollment(ports, key.split('/')[0]!, async (tx) => {
    const delivery = await tx.delivery(key);
    if (!delivery) return null;
    if (delivery.reason === 'cancelled') return unchanged('this message was cancelled already');
    if (delivery.state !== 'queued' && delivery.state !== 'held') return conflict(tooLate(delivery));
    const at = ports.clock.now();
    const { delivery: cancelled, decision } = silenced(delivery, 'cancelled', 'nobody may have cancelled it', at);
    await tx.saveDelivery(cancelled);
    await tx.record([{ ...decision, inputs: { by } }]);
    await tx.look(delivery.enrollmentId);
    return done;
  });
  return answer ?? { kind: 'not_found', sentence: 'no message stands under this key: nothing of it is queued or held' };
}

/**
 * Ends the wait of an enrollment whose journal did not fit. `run_on`: its turn is decided anew, with the events it had;
 * messages that it had sent are not sent again. `eject`: it ends.
 */
export async function release(
  ports: CommandPorts,
  id: string,
  by: string,
  then: 'run_on' | 'eject',
): Promise<CommandAnswer> {
  const answer = await withEnrollment(ports, id, async (tx, enrollment) => {
    if (enrollment.reason === 'ejected' && then === 'eject') return unchanged('this enrollment was ejected already');
    if (enrollment.status !== 'active') return conflict(`${hasEnded(enrollment)}: there is nothing to release`);
    if (enrollment.needsAttention === null) return unchanged('this enrollment runs: there is nothing to release');
    const at = ports.clock.now();
    const begun = await begunBy(tx, enrollment);
    if (begun.some((delivery) => isClaimed(delivery, ports.clock.real())))
      return conflict('one of its messages is on its way; release it in a few minutes');
    for (const delivery of begun.filter((one) => !isOver(one))) await settleBegun(tx, delivery, at);
    const freed: Enrollment = { ...enrollment, needsAttention: null };
    await tx.record([actedOn(enrollment, 'released', then, by, at)]);
    if (then === 'eject') await endEnrollment(tx, freed, 'ejected', by, at);
    else await runOn(tx, freed, begun);
    return done;
  });
  return answer ?? noEnrollment;
}

/** A claim that nobody else may decide about before its lease is over. */
function isClaimed({ state, leaseUntil }: Delivery, real: number): boolean {
  return state === 'sending' && (leaseUntil ?? 0) > real;
}

/** Claimed past its lease: nobody can know. Not claimed: it is asked anew by the next turn, under a new key. */
async function settleBegun(tx: Tx, delivery: Delivery, at: number): Promise<void> {
  const settled =
    delivery.state === 'sending'
      ? leaseOver(delivery, at)
      : silenced(delivery, 'cancelled', 'the turn that asked for it must fit', at);
  await saveSettled(tx, settled, at);
}

/** @param begun as they stood before the release */
async function runOn(tx: Tx, enrollment: Enrollment, begun: Delivery[]): Promise<void> {
  const { state } = enrollment;
  const kept = begun
    .filter((delivery) => delivery.state === 'sending' || isOver(delivery))
    .map((delivery) => ({ effect: numberOf(delivery), step: delivery.step, channel: delivery.channel }));
  const unfinished = await tx.openTurn(enrollment.id);
  if (unfinished) await tx.finishTurn(enrollment.id, unfinished.number, { released: true });
  await tx.saveEnrollment({
    ...enrollment,
    // An execution of the old turn that still runs somewhere must not write any more.
    turnToken: enrollment.turnToken + 1,
    state: {
      ...state,
      effects: Math.max(state.effects, ...begun.map(numberOf)),
      begun: [...(state.begun ?? []), ...kept],
    },
  });
  await tx.look(enrollment.id);
}

/** What was asked for beyond the state that the last whole turn left. */
async function begunBy(tx: Tx, { id, state }: Enrollment): Promise<Delivery[]> {
  return (await tx.deliveriesOf(id)).filter((delivery) => numberOf(delivery) > state.effects);
}

function numberOf({ key }: Delivery): number {
  return Number(key.slice(key.lastIndexOf('/') + 1));
}

function hasEnded({ status, reason }: Enrollment): string {
  return status === 'completed' ? 'this enrollment has completed' : `this enrollment has ended (${reason})`;
}

function tooLate({ state, reason }: Delivery): string {
  if (state === 'sending') return 'this message is being handed over right now: it is too late to cancel it';
  if (state === 'suppressed' || state === 'failed') return `this message does not go out: ${state} (${reason})`;
  return `this message has gone out (${state}): it is too late to cancel it`;
}
