// What one customer's messages and enrollments mean for each other, in memory: caps, priority, and the order of turns.
import type { Delivery, Enrollment } from '../engine/core/enrollment.ts';
import type { Sent, Waiting } from '../engine/ports.ts';
import { rowsIn, type Tables } from './memory-tables.ts';

export function competitionOn(t: Tables) {
  const isDriven = (enrollment: Enrollment | undefined) =>
    enrollment?.status === 'active' && enrollment.needsAttention === null && enrollment.pausedAt === null;
  const drivenOf = (customerId: string) =>
    rowsIn(t.enrollments, (one) => one.customerId === customerId && isDriven(one));
  const deliveriesTo = (customerId: string) =>
    rowsIn(t.deliveries, (one) => one.customerId === customerId && one.purpose !== 'transactional');
  return {
    async dueEnrollments(customerId: string, from: number, to: number) {
      const isNow = (at: number | null) => at !== null && at > from && at <= to;
      const isAwaited = ({ id, waitingFor }: Enrollment) =>
        t.inbox.some(
          ({ enrollmentId, event, isRead }) =>
            enrollmentId === id && !isRead && isNow(event.receivedAt) && waitingFor.includes(event.name),
        );
      const due = drivenOf(customerId).filter((one) => isNow(one.dueAt) || isAwaited(one));
      return due.map(({ id, version }) => ({ id, version })).sort((a, b) => (a.id < b.id ? -1 : 1));
    },
    async queuedEnrollments(customerId: string, since: number) {
      const asked = rowsIn(t.deliveries, ({ state, retryAt }) => state === 'queued' && retryAt === null);
      const isQueued = ({ id, turn }: Enrollment) =>
        asked.some(({ enrollmentId }) => enrollmentId === id) && (t.turns.get(`${id}/${turn}`)?.at ?? 0) > since;
      const queued = drivenOf(customerId).filter(isQueued);
      return queued.map(({ id, version }) => ({ id, version })).sort((a, b) => (a.id < b.id ? -1 : 1));
    },
    async countedSends(customerId: string, channels: string[], since: number, at: number): Promise<Sent[]> {
      const isCounted = ({ channel, sentAt, state }: Delivery) =>
        channels.includes(channel) && ((sentAt !== null && sentAt > since) || state === 'sending');
      const counted = deliveriesTo(customerId).filter(isCounted);
      return counted
        .map(({ key, channel, sentAt }) => ({ key, channel, at: sentAt ?? at }))
        .sort((a, b) => (a.key < b.key ? -1 : 1));
    },
    async waitingDeliveries(customerId: string): Promise<Waiting[]> {
      const waiting = deliveriesTo(customerId).filter(
        ({ state, enrollmentId }) =>
          (state === 'queued' || state === 'held') && isDriven(t.enrollments.get(enrollmentId)),
      );
      return waiting
        .map(({ key, enrollmentId, journey, channel, priority, retryAt }) => {
          return { key, enrollmentId, journey, channel, priority, retryAt };
        })
        .sort((a, b) => (a.key < b.key ? -1 : 1));
    },
  };
}
