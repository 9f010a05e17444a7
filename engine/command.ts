// What every command does: takes the locks in their order, changes the row, records who did it, asks for a look.
// Refusals are answers, not exceptions.
import { endAudiences } from './audiences.ts';
import { type Decision, type DecisionKind, type Enrollment, slotAfterEnd } from './core/enrollment.ts';
import { withdrawDelivery } from './delivery-outcome.ts';
import type { Ports, Tx } from './ports.ts';

/** What a command came to. The sentence says why nothing was done, and what to do instead. */
export type CommandAnswer =
  | { kind: 'done' }
  /** It stood so already: a repeated command changes nothing. */
  | { kind: 'unchanged'; sentence: string }
  | { kind: 'conflict'; sentence: string }
  | { kind: 'not_found'; sentence: string };

export type CommandPorts = Pick<Ports, 'store' | 'clock'>;

/** Runs `work` with the enrollment and its customer locked; null: there is no such enrollment. */
export function withEnrollment<T>(
  ports: CommandPorts,
  id: string,
  work: (tx: Tx, enrollment: Enrollment) => Promise<T>,
): Promise<T | null> {
  return ports.store.transaction(async (tx) => {
    const customerId = await tx.customerOf(id);
    if (customerId === null) return null;
    await tx.lockCustomer(customerId);
    const enrollment = await tx.lockEnrollment(id);
    return enrollment && work(tx, enrollment);
  });
}

/** Ends an open enrollment by somebody's hand, and withdraws what it had still to send. */
export async function endEnrollment(
  tx: Tx,
  enrollment: Enrollment,
  reason: 'ejected' | 'stopped',
  by: string,
  at: number,
): Promise<void> {
  const ended: Enrollment = {
    ...enrollment,
    status: 'exited',
    reason,
    endedAt: at,
    dueAt: null,
    waitingFor: [],
    entrySlot: slotAfterEnd(enrollment.entrySlot),
  };
  await tx.saveEnrollment(ended);
  await tx.record([actedOn(ended, 'exited', reason, by, at), ...(await withdrawDelivery(tx, ended, at))]);
  await tx.record(await endAudiences(tx, ended, at));
  await tx.look(enrollment.id);
}

/** The decision that says who did what to an enrollment. */
export function actedOn(enrollment: Enrollment, kind: DecisionKind, outcome: string, by: string, at: number): Decision {
  const { customerId, journey, version, id: enrollmentId, state } = enrollment;
  const none = { turn: null, seq: null, eventId: null, message: null, channel: null, effectKey: null, needed: '' };
  return { ...none, kind, customerId, journey, version, enrollmentId, step: state.step, at, outcome, inputs: { by } };
}
