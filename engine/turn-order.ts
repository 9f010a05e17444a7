// Where caps make messages compete, the turns of one customer that are due at one moment run in order of priority, so
// that the room goes to who should have it, whichever process was faster. Without caps no order is kept.
import type { Enrollment } from './core/enrollment.ts';
import type { Plan } from './core/plan.ts';
import { goesFirst, priorityOf, type Rank } from './core/priority.ts';
import type { Settings } from './core/settings.ts';
import type { Tx } from './ports.ts';

/** A turn waits this long at most for one that goes first, so that an enrollment that is stuck blocks nobody. */
const longestWaitMs = 60_000;
/** And so long for one whose message is in its channel's queue, which may be long: by then it counts as one that waits. */
const longestQueueMs = 5_000;

/** Whether another enrollment of this customer is due as well, and goes first. */
export async function givesWay(tx: Tx, enrollment: Enrollment, settings: Settings, now: number): Promise<boolean> {
  if (!hasCaps(settings)) return false;
  const mine = rankOf(enrollment.id, await tx.plan(enrollment.version));
  const [due, queued] = [
    await tx.dueEnrollments(enrollment.customerId, now - longestWaitMs, now),
    await tx.queuedEnrollments(enrollment.customerId, now - longestQueueMs),
  ];
  const others = await driven(tx, enrollment, [...due, ...queued]);
  return others.some((other) => goesFirst(other, mine));
}

/** Asks for the turns that have waited for this enrollment's. */
export async function lookAtWaiting(tx: Tx, enrollment: Enrollment, settings: Settings, now: number): Promise<void> {
  if (!hasCaps(settings)) return;
  const mine = rankOf(enrollment.id, await tx.plan(enrollment.version));
  const others = await driven(tx, enrollment, await tx.dueEnrollments(enrollment.customerId, now - longestWaitMs, now));
  for (const other of others.filter((one) => goesFirst(mine, one))) await tx.look(other.enrollmentId);
}

/** What is paused goes nowhere, so nobody waits for it. */
async function driven(tx: Tx, { id }: Enrollment, found: { id: string; version: string }[]): Promise<Rank[]> {
  const others = found.filter((other) => other.id !== id);
  const { halted = {} } = await tx.catalog();
  const ranks: Rank[] = [];
  for (const other of others) {
    const plan = await tx.plan(other.version);
    if (halted[plan.journey] === undefined) ranks.push(rankOf(other.id, plan));
  }
  return ranks;
}

function rankOf(enrollmentId: string, plan: Plan): Rank {
  return { enrollmentId, priority: priorityOf(plan) };
}

function hasCaps(settings: Settings): boolean {
  return (settings.caps ?? []).length > 0;
}
