// Where caps make messages compete, the turns of one customer that are due at one moment run in order of priority, so
// that the room goes to who should have it, whichever process was faster. Without caps no order is kept.
import type { Enrollment } from './core/enrollment.ts';
import type { Plan } from './core/plan.ts';
import { goesFirst, priorityOf, type Rank } from './core/priority.ts';
import type { Settings } from './core/settings.ts';
import type { Tx } from './ports.ts';

/** A turn waits this long at most for one that goes first, so that an enrollment that is stuck blocks nobody. */
const longestWaitMs = 60_000;

/** Whether another enrollment of this customer is due as well, and goes first. */
export async function givesWay(tx: Tx, enrollment: Enrollment, settings: Settings, now: number): Promise<boolean> {
  if (!hasCaps(settings)) return false;
  const mine = rankOf(enrollment.id, await tx.plan(enrollment.version));
  const others = await dueBeside(tx, enrollment, now);
  return others.some((other) => goesFirst(other, mine));
}

/** Asks for the turns that have waited for this enrollment's. */
export async function lookAtWaiting(tx: Tx, enrollment: Enrollment, settings: Settings, now: number): Promise<void> {
  if (!hasCaps(settings)) return;
  const mine = rankOf(enrollment.id, await tx.plan(enrollment.version));
  const others = await dueBeside(tx, enrollment, now);
  for (const other of others.filter((one) => goesFirst(mine, one))) await tx.look(other.enrollmentId);
}

/** What is paused goes nowhere, so nobody waits for it. */
async function dueBeside(tx: Tx, { id, customerId }: Enrollment, now: number): Promise<Rank[]> {
  const due = await tx.dueEnrollments(customerId, now - longestWaitMs, now);
  const others = due.filter((other) => other.id !== id);
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
