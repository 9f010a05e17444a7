// Entry by a condition: who becomes such that it holds enters (journey-format §3). Each customer's last answer is kept
// beside the moment at which time alone may turn it, so that nobody is asked who has not changed.

import { apply, type Change, type DecidePorts, loadCandidates } from './apply.ts';
import type { Facts } from './core/condition.ts';
import { consider } from './core/entry.ts';
import type { StoredEvent } from './core/event.ts';
import { nextFlip } from './core/flip.ts';
import { intakeNeeds, noChanges, windowsOf } from './core/intake.ts';
import type { Watched } from './core/plan.ts';
import { factsOf, type Standing } from './core/standing.ts';
import { isTrue } from './core/watch.ts';
import { customerStanding } from './customer-standing.ts';
import type { Catalog, Customer, Published, Tx, Watch } from './ports.ts';

/** The name of the event that stands for having become true; it carries nothing. */
export const conditionMet = 'condition_met';

/** Looks at these journeys' conditions after a change, or at what time has changed by `change.cause.receivedAt`. */
export async function enterByCondition(
  ports: DecidePorts,
  tx: Tx,
  customer: Customer,
  catalog: Catalog,
  journeys: Published[],
  change: Change,
): Promise<void> {
  const watches = await tx.watches(customer.id);
  for (const published of journeys) {
    const known = watches.find(({ journey, seed }) => journey === published.plan.journey && seed === seedOf(published));
    await enterOne(ports, tx, customer, catalog, published, change, known ?? null);
  }
}

function seedOf({ watched }: Published): number {
  return watched?.number ?? 0;
}

async function enterOne(
  ports: DecidePorts,
  tx: Tx,
  customer: Customer,
  catalog: Catalog,
  published: Published,
  change: Change,
  known: Watch | null,
): Promise<void> {
  const { plan, watched } = published;
  const when = plan.enter.when!;
  const { receivedAt: at } = change.cause;
  const begun = known ? (known.nextFlip ?? at) : Math.min(watched?.at ?? at, at);
  const standing = await loadStanding(tx, customer, catalog, when, begun, change);
  const turned = turn(when, published, customer, change, known, standing);
  const watch: Watch = {
    customerId: customer.id,
    journey: plan.journey,
    seed: seedOf(published),
    ...turned.watch,
    isPaused: false,
  };
  if (turned.becameTrueAt !== null) {
    const occurredAt = known?.isPaused ? at : turned.becameTrueAt;
    const isPaused = await enter(ports, tx, customer, catalog, published, standing, change, occurredAt);
    // Whoever became true during a pause enters on resume: the look is due again at once, and is taken up then.
    if (isPaused) Object.assign(watch, { value: false, nextFlip: at, isPaused });
  }
  await tx.saveWatch(watch);
}

interface Turned {
  watch: Pick<Watch, 'value' | 'nextFlip'>;
  /** When it last became true. */
  becameTrueAt: number | null;
}

/** First what time alone has done before the change, with the facts of before; then the change. */
function turn(
  when: Watched,
  { plan, watched }: Published,
  customer: Customer,
  change: Change,
  known: Watch | null,
  standing: Standing,
): Turned {
  const { receivedAt: at, id: eventId } = change.cause;
  const earlier: Standing = { ...standing, traits: change.traitsBefore };
  earlier.history = standing.history.filter(({ id }) => id !== eventId);
  const answer = (facts: Facts) => isTrue(when, plan, facts);
  let becameTrueAt: number | null = null;
  let { value, nextFlip: flip } = known ?? { value: false, nextFlip: null };
  // Being first seen is becoming true; who was there at publish and fulfilled it then has become so before.
  if (!known && !customer.isFirstSeen) {
    const facts = factsOf(earlier, Math.min(watched?.at ?? at, at));
    value = plan.enter.existing !== 'enter' && answer(facts);
    flip = nextFlip(when, plan, facts);
  }
  while (flip !== null && flip < at) {
    const facts = factsOf(earlier, flip);
    const next = answer(facts);
    if (next && !value) becameTrueAt = flip;
    value = next;
    flip = nextFlip(when, plan, facts);
  }
  const facts = factsOf(standing, at);
  const isNow = answer(facts);
  if (isNow && !value) becameTrueAt = change.occurredAt;
  return { watch: { value: isNow, nextFlip: nextFlip(when, plan, facts) }, becameTrueAt };
}

function loadStanding(
  tx: Tx,
  customer: Customer,
  catalog: Catalog,
  when: Watched,
  begun: number,
  { cause }: Change,
): Promise<Standing> {
  const needs = windowsOf([when], Math.min(begun, cause.receivedAt));
  return customerStanding(tx, customer, catalog, needs, cause.id);
}

/** Opens an enrollment, or records why not. True where a pause is why. */
async function enter(
  ports: DecidePorts,
  tx: Tx,
  customer: Customer,
  catalog: Catalog,
  published: Published,
  standing: Standing,
  change: Change,
  occurredAt: number,
): Promise<boolean> {
  const { plan } = published;
  const { receivedAt: at } = change.cause;
  const event = await tx.insertEvent(eventFor(customer.id, plan.journey, occurredAt, at));
  if (!event) return false;
  const history = await tx.history(
    customer.id,
    intakeNeeds(event, [{ ...plan, enter: { ...plan.enter, on: [event.name] } }]),
  );
  const looked = [...history, ...standing.history];
  const [candidate] = await loadCandidates(ports, tx, customer.id, [published], catalog.halted ?? {}, null, looked);
  const enrollments = await tx.lockLiveEnrollments(customer.id, at);
  const live = enrollments.map((enrollment) => ({ enrollment, plan, entry: event, latest: event }));
  const changes = noChanges();
  consider(event, { ...standing, history: known(history, event), live }, candidate!, changes);
  await apply(tx, { receivedAt: at, id: event.id }, changes, enrollments, null);
  return changes.decisions.some(({ kind, outcome }) => kind === 'not_entered' && outcome === 'paused');
}

function known(history: StoredEvent[], event: StoredEvent): StoredEvent[] {
  return history.filter(({ id }) => id !== event.id);
}

function eventFor(customerId: string, journey: string, occurredAt: number, at: number) {
  const own = { customerId, source: 'tabiji', sourceId: `${journey}/${customerId}/${at}`, name: conditionMet };
  return { ...own, occurredAt, receivedAt: at, data: {}, flags: [], same: null, trusted: true };
}
