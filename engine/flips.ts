// What time alone changes: conditions that enrollments watch, those that customers enter by, and the first look at
// everybody who was there when a journey was published. Each customer in a transaction of its own, under their lock.

import { apply, type Change } from './apply.ts';
import type { Decision, Enrollment } from './core/enrollment.ts';
import { noChanges, windowsOf } from './core/intake.ts';
import type { Plan } from './core/plan.ts';
import { factsOf } from './core/standing.ts';
import { review, reviewFlips, watchedIn } from './core/watch.ts';
import { customerStanding } from './customer-standing.ts';
import { enterByCondition } from './enter-when.ts';
import { loadLive } from './live.ts';
import type { Ports, Tx } from './ports.ts';

type FlipPorts = Pick<Ports, 'store' | 'clock' | 'newId' | 'between'>;

/** A flip less late than this counts at its own moment (design §3). */
const punctualMs = 60_000;

/** Looks at what an enrollment watches, as far as time alone has changed it by now. */
export function reviewEnrollment(ports: FlipPorts, enrollmentId: string): Promise<void> {
  return ports.store.transaction(async (tx) => {
    const customerId = await tx.customerOf(enrollmentId);
    const customer = customerId === null ? null : await tx.lockCustomer(customerId);
    const enrollment = customer && (await tx.lockEnrollment(enrollmentId));
    const now = ports.clock.now();
    if (!customer || enrollment?.status !== 'active' || enrollment.flipAt == null || enrollment.flipAt > now) return;
    const plan = await tx.plan(enrollment.version);
    const [live] = await loadLive(tx, [enrollment], () => true);
    const standing = await customerStanding(
      tx,
      customer,
      await tx.catalog(),
      windowsOf(watchedIn(plan), enrollment.flipAt),
    );
    const after = { ...enrollment };
    const changes = noChanges();
    const factsAt = (at: number) => factsOf(standing, at, live!.entry, live!.latest);
    const causeAt = (at: number) => ({ receivedAt: now - at < punctualMs ? at : now, id: null });
    reviewFlips(plan, after, factsAt, now, causeAt, changes);
    changes.changed.push(after);
    await apply(tx, { receivedAt: now, id: null }, changes, [enrollment], null);
    await ports.between('flip: reviewed');
  });
}

/**
 * At the end of a turn: what it now watches, as everything stands. What came while it ran was decided about the step it
 * stood at before. Changes `after`; answers the decisions. The customer and the enrollment are locked.
 */
export async function reviewAfterTurn(tx: Tx, plan: Plan, after: Enrollment, now: number): Promise<Decision[]> {
  if (after.status !== 'active' || watchedIn(plan).length === 0) return [];
  const customer = (await tx.customer(after.customerId))!;
  const [live] = await loadLive(tx, [after], () => true);
  const standing = await customerStanding(tx, customer, await tx.catalog(), windowsOf(watchedIn(plan), now));
  const changes = noChanges();
  review(plan, after, factsOf(standing, now, live!.entry, live!.latest), { id: null, receivedAt: now }, changes);
  return changes.decisions;
}

const batch = 100;

/**
 * Takes up what is due: first looks after a publish, and entries by condition that time alone decides. Answers how many
 * customers it looked at; 0: nothing is due. A crash between two customers leaves the rest due.
 */
export async function takeFlips(ports: FlipPorts): Promise<number> {
  const seeded = await seedSome(ports);
  const due = await ports.store.transaction((tx) => tx.dueWatches(ports.clock.now(), batch));
  const failures: unknown[] = [];
  // One customer's trouble is nobody else's: it stays due, and is told at the end.
  for (const { customerId, journeys } of due)
    await enterDue(ports, customerId, journeys).catch((error: unknown) => failures.push(error));
  if (failures.length > 0) throw failures[0];
  return seeded + due.length;
}

/** A journey's first look at those who were there before it, a page of customers at a time. */
async function seedSome(ports: FlipPorts): Promise<number> {
  const found = await ports.store.transaction(async (tx) => {
    const seed = await tx.openSeed();
    return seed && { seed, ids: await tx.customersAfter(seed.after, batch) };
  });
  if (!found) return 0;
  const { seed, ids } = found;
  for (const id of ids) await enterDue(ports, id, [seed.journey]);
  await ports.between('flip: seeded');
  await ports.store.transaction((tx) => tx.advanceSeed(seed, ids.length < batch ? null : ids.at(-1)!));
  return ids.length + 1;
}

function enterDue(ports: FlipPorts, customerId: string, journeys: string[]): Promise<void> {
  return ports.store.transaction(async (tx) => {
    const customer = await tx.lockCustomer(customerId);
    // Merged or erased meanwhile.
    if (customer?.id !== customerId || customer.isErased) return tx.dropWatches(customerId, journeys);
    const at = ports.clock.now();
    const catalog = await tx.catalog();
    const concerned = catalog.journeys.filter(({ plan }) => journeys.includes(plan.journey) && plan.enter.when);
    const change: Change = {
      ...{ event: null, cause: { receivedAt: at, id: null }, occurredAt: at, traitsBefore: customer.traits },
      touch: { events: [], traits: [], consents: false },
    };
    await tx.dropWatches(
      customerId,
      journeys.filter((name) => !concerned.some(({ plan }) => plan.journey === name)),
    );
    await enterByCondition(ports, tx, customer, catalog, concerned, change);
    await ports.between('flip: entered');
  });
}
