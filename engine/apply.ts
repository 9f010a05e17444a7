// What intake is given and what it decided: the journeys that somebody may enter, and the writing of its changes.
import { endAudiences } from './audiences.ts';
import { addConversions } from './conversions.ts';
import { keyOf } from './core/correlation.ts';
import { holdoutOf } from './core/draw.ts';
import type { Enrollment } from './core/enrollment.ts';
import { drawHoldout } from './core/entry.ts';
import type { StoredEvent } from './core/event.ts';
import type { Plan } from './core/plan.ts';
import type { JsonMap } from './core/schema.ts';
import type { Settings } from './core/settings.ts';
import type { Candidate, Cause, Changes } from './core/standing.ts';
import type { Touch } from './core/watch.ts';
import { withdrawDelivery } from './delivery-outcome.ts';
import type { Catalog, Customer, Ports, Published, Tx } from './ports.ts';

export type DecidePorts = Pick<Ports, 'newId'>;

/** What has changed of a customer. */
export interface Change {
  /** A journey's event; null where a trait or a consent changed, or time alone did it. */
  event: StoredEvent | null;
  cause: Cause;
  /** When it happened; `cause.receivedAt` is when it was acknowledged. */
  occurredAt: number;
  touch: Touch;
  traitsBefore: JsonMap;
}

/** @param history what intake looks at: an entry that one of these has ended can matter */
export async function loadCandidates(
  ports: DecidePorts,
  tx: Tx,
  customerId: string,
  entering: Published[],
  halted: NonNullable<Catalog['halted']>,
  event: StoredEvent | null,
  history: StoredEvent[],
): Promise<Candidate[]> {
  const wanted = entering.map(({ plan }) => ({ journey: plan.journey, key: keyOfEntry(event, plan) }));
  const known = history.map(({ id }) => id);
  const entries = wanted.length === 0 ? [] : await tx.entriesFor(customerId, wanted, known);
  const candidates: Candidate[] = [];
  for (const { version, plan } of entering) {
    const drawn = drawHoldout(customerId, plan);
    const heldOut = plan.holdout > 0 && (await tx.draw(customerId, holdoutOf(plan.journey), drawn)) === true;
    const own = entries.filter((entry) => entry.journey === plan.journey);
    const status = halted[plan.journey] ?? 'live';
    candidates.push({ version, plan, heldOut, entries: own, enrollmentId: ports.newId(), status });
  }
  return candidates;
}

function keyOfEntry(event: StoredEvent | null, { enter }: Plan): string | null {
  return event === null || enter.key === undefined ? null : keyOf(event, enter.key);
}

/** @param before the customer's enrollments as they stood; whoever ends or is due earlier than there is told to look */
export async function apply(
  tx: Tx,
  cause: Cause,
  changes: Changes,
  before: Enrollment[],
  event: StoredEvent | null,
): Promise<void> {
  const decisions = [...changes.decisions];
  for (const enrollment of changes.changed) {
    const known = before.find(({ id }) => id === enrollment.id);
    await tx.saveEnrollment(enrollment);
    if (enrollment.status === 'active') {
      if ((enrollment.dueAt ?? 0) < (known?.dueAt ?? 0)) await tx.look(enrollment.id);
    } else if (known?.status === 'active') {
      decisions.push(...(await withdrawDelivery(tx, enrollment, cause.receivedAt)));
      decisions.push(...(await endAudiences(tx, enrollment, cause.receivedAt)));
      await tx.look(enrollment.id);
    }
  }
  for (const enrollment of changes.opened) {
    await tx.insertEnrollment(enrollment);
    await tx.look(enrollment.id);
  }
  for (const { enrollmentId, wake } of event ? changes.inbox : []) {
    await tx.addToInbox(enrollmentId, event!);
    if (wake) await tx.look(enrollmentId);
  }
  if (event) await addConversions(tx, event, before, changes.changed);
  if (decisions.length > 0) await tx.record(decisions);
}

export function zoneOf(customer: Pick<Customer, 'traits'>, settings: Settings): string {
  return typeof customer.traits.time_zone === 'string' ? customer.traits.time_zone : settings.timeZone;
}
