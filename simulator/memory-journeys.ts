// The store in memory: how journeys stand, and what a stop or resume has left to do.
import type { Enrollment } from '../engine/core/enrollment.ts';
import type { JourneyAction, JourneyStand } from '../engine/core/journey-status.ts';
import type { Catalog } from '../engine/ports.ts';
import type { Tables } from './memory-tables.ts';

/** Journeys that are paused or stopped, as the catalog tells them. */
export function haltedOn(t: Tables): NonNullable<Catalog['halted']> {
  const halted = [...t.journeys.values()].flatMap(({ journey, status }) =>
    status === 'live' ? [] : [[journey, status] as const],
  );
  return Object.fromEntries(halted);
}

export function journeysOn(t: Tables, isKnown: (journey: string) => boolean) {
  const standOf = (journey: string): JourneyStand =>
    t.journeys.get(journey) ?? { journey, status: 'live', since: null, by: null, swept: null };
  const isParked = (one: Enrollment, now: number) =>
    one.pausedAt === null &&
    one.needsAttention === null &&
    ((one.dueAt !== null && one.dueAt <= now) || t.inbox.some((row) => row.enrollmentId === one.id && !row.isRead));
  const page = (journey: string, after: string, limit: number, isWanted: (one: Enrollment) => boolean) =>
    [...t.enrollments.values()]
      .filter((one) => one.journey === journey && one.status === 'active' && one.id > after && isWanted(one))
      .map(({ id }) => id)
      .sort()
      .slice(0, limit);
  return {
    async holdJourney(journey: string) {
      return { ...standOf(journey) };
    },
    async lockJourney(journey: string) {
      return isKnown(journey) ? { ...standOf(journey) } : null;
    },
    async saveJourney(stand: JourneyStand) {
      t.journeys.set(stand.journey, { ...stand });
    },
    async recordAction(action: JourneyAction) {
      t.actions.push({ ...action });
    },
    async unsweptJourneys() {
      return [...t.journeys.values()].filter(({ swept }) => swept !== null).map((stand) => ({ ...stand }));
    },
    async openEnrollments(journey: string, after: string, limit: number) {
      return page(journey, after, limit, () => true);
    },
    async parkedEnrollments(journey: string, now: number, after: string, limit: number) {
      return page(journey, after, limit, (one) => isParked(one, now));
    },
  };
}
