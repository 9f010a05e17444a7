// Goals that are told to ad platforms as conversions: one row for each event, in the transaction that the goal is reached in.
import { hasAdsConsent } from './audiences.ts';
import type { Enrollment } from './core/enrollment.ts';
import type { StoredEvent } from './core/event.ts';
import type { NewConversion, Tx } from './ports.ts';

/**
 * @param before the enrollments as they stood
 * @param changed as they stand now; those whose goal this event has reached are told of, once for all of them
 */
export async function addConversions(
  tx: Tx,
  event: StoredEvent,
  before: Enrollment[],
  changed: Enrollment[],
): Promise<void> {
  const reached = changed.filter(
    ({ id, goalAt }) => goalAt !== null && before.find((one) => one.id === id)?.goalAt === null,
  );
  if (reached.length === 0) return;
  const { settings } = await tx.catalog();
  if (!settings.channels.ads?.meta?.conversions) return;
  const grants = await tx.grants(reached[0]!.customerId);
  const rows: NewConversion[] = [];
  for (const { id: enrollmentId, customerId, journey, version } of reached) {
    const { purpose } = await tx.plan(version);
    const isConsented = hasAdsConsent(grants, purpose);
    const outcome = isConsented
      ? ({ state: 'waiting', reason: null } as const)
      : { state: 'suppressed' as const, reason: 'consent' };
    rows.push({
      platform: 'meta',
      eventId: event.id,
      customerId,
      enrollmentId,
      journey,
      purpose,
      ...outcome,
      createdAt: event.receivedAt,
    });
  }
  // Whichever may be told of is: the platform knows events, not journeys.
  await tx.addConversion(rows.find(({ state }) => state === 'waiting') ?? rows[0]!);
}
