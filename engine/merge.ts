// Who a call is about, and the merge of a visitor into the customer that they turn out to be: one transaction, both rows
// locked, in ascending id. Two known customers are never merged; an anonymous id just goes with the latest login.
import { endAudiences, mergeAudiences } from './audiences.ts';
import type { Enrollment } from './core/enrollment.ts';
import { intakeNeeds } from './core/intake.ts';
import { heldWithdrawals, type Meeting, type Merged, mergeNeeds, mergeStandings, mergeTraits } from './core/merge.ts';
import type { JsonMap } from './core/schema.ts';
import type { Live, Standing } from './core/standing.ts';
import { withdrawDelivery } from './delivery-outcome.ts';
import { refuseErased } from './erase.ts';
import { loadLive } from './live.ts';
import type { Customer, Identity, Ports, Tx } from './ports.ts';

type MergePorts = Pick<Ports, 'clock' | 'between' | 'keyedHash'>;

/**
 * Finds the customer, locks the row, and merges whom the identity joins.
 *
 * @param trusted the shop's own server says so. What a page says moves what happened, not what the visitor had agreed to
 * or said of themselves: a user id can be guessed.
 */
export async function findCustomer(tx: Tx, ports: MergePorts, identity: Identity, trusted: boolean): Promise<Customer> {
  const { visitor, isNew, ...customer } = await tx.lockCustomerOf(identity, ports.clock.now());
  await refuseErased(tx, ports, identity, { ...customer, isNew });
  if (!visitor) return customer;
  await ports.between('merge: both locked');
  const traits = mergeTraits(customer.traits, trusted ? visitor.traits : placeOf(visitor.traits));
  const merged: Customer = { ...customer, traits, isMerged: true };
  await merge(tx, merged, visitor, ports.clock.now(), trusted);
  await ports.between('merge: moved');
  return merged;
}

/** The zone and locale of a browser fill what is unset, whoever says them. */
function placeOf({ time_zone, locale }: JsonMap): JsonMap {
  return { ...(time_zone !== undefined && { time_zone }), ...(locale !== undefined && { locale }) };
}

async function merge(tx: Tx, into: Customer, from: Customer, at: number, trusted: boolean): Promise<void> {
  const withdrawn = [...(await tx.withdrawals(from.id)), ...(await tx.withdrawals(into.id))];
  const shared = await tx.sharedFacts(from.id, into.id);
  const meetings = [
    ...(await meetingsOf(tx, from, into, at, shared)),
    ...(await meetingsOf(tx, into, from, at, shared)),
  ];
  const spent = await spentBy(tx, meetings, [from.id, into.id]);
  const standing = await standingOf(tx, into, from, meetings, shared);
  const merged = mergeStandings(meetings, spent, standing, at);
  await saveEnrollments(tx, merged.changed, meetings, from.id);
  const members = await tx.audienceMembers(from.id);
  await tx.moveCustomer(from.id, into.id, trusted);
  await tx.saveTraits(into.id, into.traits);
  for (const pair of heldWithdrawals(await tx.grants(into.id), withdrawn)) {
    const said = { state: 'withdrawn', at, recordedAt: at, source: 'merge', evidence: {} } as const;
    await tx.appendConsent({ ...pair, ...said, customerId: into.id });
  }
  await mergeAudiences(tx, into.id, members, at);
  await tell(tx, merged, meetings, into.id, at);
}

/** Each live enrollment of `whose`, with what `other` did that may concern it; what both did, it has met already. */
async function meetingsOf(tx: Tx, whose: Customer, other: Customer, at: number, shared: string[]): Promise<Meeting[]> {
  const meetings: Meeting[] = [];
  for (const live of await loadLive(tx, await tx.lockLiveEnrollments(whose.id, at), () => true)) {
    const events = await tx.history(other.id, mergeNeeds(live));
    meetings.push({ live, events: events.filter(({ id }) => !shared.includes(id)) });
  }
  return meetings;
}

async function spentBy(tx: Tx, meetings: Meeting[], customers: string[]) {
  const journeys = [...new Set(meetings.map(({ live }) => live.plan.journey))];
  const entries = [];
  for (const id of customers) if (journeys.length > 0) entries.push(...(await tx.entries(id, journeys)));
  return entries.flatMap(({ journey, endedBy }) => (endedBy === null ? [] : [{ journey, eventId: endedBy }]));
}

/** What conditions may ask of the one customer that these two are. */
async function standingOf(
  tx: Tx,
  into: Customer,
  from: Customer,
  meetings: Meeting[],
  shared: string[],
): Promise<Standing> {
  const { settings } = await tx.catalog();
  const needs = meetings.flatMap(({ live, events }) => events.flatMap((event) => intakeNeeds(event, [live.plan])));
  const own = needs.length === 0 ? [] : await tx.history(into.id, needs);
  const others = needs.length === 0 ? [] : await tx.history(from.id, needs);
  const history = [...own, ...others.filter(({ id }) => !shared.includes(id))];
  const { time_zone: zone } = into.traits;
  return {
    customerId: into.id,
    traits: into.traits,
    zone: typeof zone === 'string' ? zone : settings.timeZone,
    shopZone: settings.timeZone,
    live: [],
    candidates: [],
    history: history.toSorted((a, b) => a.occurredAt - b.occurredAt),
    grants: await tx.grants(into.id),
  };
}

/**
 * Before they are moved, so that an entry slot that is given up is free for who takes it. Those of the visitor take a new
 * token: a turn that is under way knows another customer than whom it now is about, and must begin anew.
 */
async function saveEnrollments(tx: Tx, changed: Enrollment[], meetings: Meeting[], from: string): Promise<void> {
  const before = new Map(meetings.map(({ live }) => [live.enrollment.id, live.enrollment]));
  for (const enrollment of changed) {
    const known = before.get(enrollment.id)!;
    if (known.customerId === from) await tx.saveEnrollment({ ...enrollment, turnToken: enrollment.turnToken + 1 });
    else if (JSON.stringify(known) !== JSON.stringify(enrollment)) await tx.saveEnrollment(enrollment);
  }
}

async function tell(tx: Tx, merged: Merged, meetings: Meeting[], customerId: string, at: number): Promise<void> {
  const decisions = merged.decisions.map((decision) => ({ ...decision, customerId }));
  const wasOpen = new Set(meetings.filter(isOpen).map(({ live }) => live.enrollment.id));
  for (const enrollment of merged.changed) {
    if (enrollment.status === 'active' || !wasOpen.has(enrollment.id)) continue;
    decisions.push(...(await withdrawDelivery(tx, enrollment, at)));
    decisions.push(...(await endAudiences(tx, { ...enrollment, customerId }, at)));
    await tx.look(enrollment.id);
  }
  for (const { enrollmentId, event, wake } of merged.inbox) {
    await tx.addToInbox(enrollmentId, event);
    if (wake) await tx.look(enrollmentId);
  }
  if (decisions.length > 0) await tx.record(decisions);
}

function isOpen({ live }: { live: Live }): boolean {
  return live.enrollment.status === 'active';
}
