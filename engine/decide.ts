// What a change of a customer does: loads what intake has to know, asks it, and writes what it decided. Within the
// transaction that stores the change, with the customer's row locked.

import { apply, type Change, type DecidePorts, loadCandidates, zoneOf } from './apply.ts';
import { intake, intakeNeeds, intakeTouch, windowsOf } from './core/intake.ts';
import { heardAnywhere } from './core/machine.ts';
import type { Plan } from './core/plan.ts';
import type { Live, Standing } from './core/standing.ts';
import { type Touch, touches, watchedIn } from './core/watch.ts';
import { enterByCondition } from './enter-when.ts';
import { loadLive } from './live.ts';
import type { Catalog, Customer, Published, Tx } from './ports.ts';

/** Decides and writes all that the change does to this customer, as `customer` stands after it. */
export async function decide(ports: DecidePorts, tx: Tx, customer: Customer, catalog: Catalog, change: Change) {
  const { event, cause, touch } = change;
  const isTouched = touch.everything || touch.consents || touch.traits.length > 0;
  if (!event && !isTouched && !customer.isFirstSeen) return;
  const enrollments = await tx.lockLiveEnrollments(customer.id, cause.receivedAt);
  const entering = event ? enteredOn(catalog, event.name) : [];
  const live = await loadLive(tx, enrollments, (plan) => concerns(plan, event?.name ?? null, touch));
  if (live.length > 0 || entering.length > 0) {
    const standing = await standingOf(ports, tx, customer, catalog, change, live, entering);
    const changes = event ? intake(event, standing, touch) : intakeTouch(touch, cause.receivedAt, cause.id, standing);
    await apply(tx, cause, changes, enrollments, event);
  }
  const whens = enteredWhen(catalog, customer.isFirstSeen === true, touch);
  if (whens.length > 0) await enterByCondition(ports, tx, customer, catalog, whens, change);
}

async function standingOf(
  ports: DecidePorts,
  tx: Tx,
  customer: Customer,
  catalog: Catalog,
  { event, cause, traitsBefore }: Change,
  live: Live[],
  entering: Published[],
): Promise<Standing> {
  const plans = [...live.map(({ plan }) => plan), ...entering.map(({ plan }) => plan)];
  const flips = live.flatMap(({ plan, enrollment }) =>
    windowsOf(watchedIn(plan), enrollment.flipAt ?? cause.receivedAt),
  );
  const watched = plans.flatMap((plan) => windowsOf(watchedIn(plan), cause.receivedAt));
  const needs = [...flips, ...watched, ...(event ? intakeNeeds(event, plans) : [])];
  const history = needs.length === 0 ? [] : await tx.history(customer.id, needs);
  return {
    customerId: customer.id,
    traits: customer.traits,
    traitsBefore,
    zone: zoneOf(customer, catalog.settings),
    shopZone: catalog.settings.timeZone,
    live,
    candidates: await loadCandidates(ports, tx, customer.id, entering, catalog.halted ?? {}, event, history),
    history,
    grants: await tx.grants(customer.id),
  };
}

/**
 * Whether an event of this name, of somebody whose live enrollments are of these plans, can do anything but stand in the
 * history: what `decide` would look at.
 */
export function isConcern(name: string, catalog: Catalog, plans: Plan[], isFirstSeen: boolean): boolean {
  const touch: Touch = { events: [name], traits: [], consents: false };
  if (enteredOn(catalog, name).length > 0 || enteredWhen(catalog, isFirstSeen, touch).length > 0) return true;
  return plans.some((plan) => concerns(plan, name, touch));
}

function enteredOn({ journeys }: Catalog, name: string): Published[] {
  return journeys.filter(({ plan }) => plan.enter.on.includes(name));
}

function enteredWhen({ journeys }: Catalog, isFirstSeen: boolean, touch: Touch): Published[] {
  return journeys.filter(({ plan: { enter } }) => enter.when && (isFirstSeen || touches(enter.when, touch)));
}

function concerns(plan: Plan, name: string | null, touch: Touch): boolean {
  if (watchedIn(plan).some((condition) => touches(condition, touch))) return true;
  const named = [plan.enter.on, plan.goal?.on ?? [], ...plan.exits.map((rule) => rule.on)];
  return name !== null && (heardAnywhere(plan).has(name) || named.some((names) => names.includes(name)));
}
