// What one customer's messages and enrollments mean for each other, in memory: caps, priority, and the order of turns.
import type { Delivery, Enrollment } from '../engine/core/enrollment.ts';
import type { Sent, Waiting } from '../engine/ports.ts';
import type { Tables } from './memory-tables.ts';

export function competitionOn(t: Tables) {
  const isDriven = (enrollment: Enrollment | undefined) =>
    enrollment?.status === 'active' && enrollment.needsAttention === null && enrollment.pausedAt === null;
  const deliveriesTo = (customerId: string) =>
    [...t.deliveries.values()].filter((one) => one.customerId === customerId && one.purpose !== 'transactional');
  return {
    async dueEnrollments(customerId: string, from: number, to: number) {
      const isNow = (at: number | null) => at !== null && at > from && at <= to;
      const isAwaited = ({ id, waitingFor }: Enrollment) =>
        t.inbox.some(
          ({ enrollmentId, event, isRead }) =>
            enrollmentId === id && !isRead && isNow(event.receivedAt) && waitingFor.includes(event.name),
        );
      const own = [...t.enrollments.values()].filter((one) => one.customerId === customerId && isDriven(one));
      const due = own.filter((one) => isNow(one.dueAt) || isAwaited(one));
      return due.map(({ id, version }) => ({ id, version })).sort((a, b) => (a.id < b.id ? -1 : 1));
    },
    async queuedEnrollments(customerId: string, since: number) {
      const isQueued = ({ id, turn }: Enrollment) =>
        [...t.deliveries.values()].some(
          (one) => one.enrollmentId === id && one.state === 'queued' && one.retryAt === null,
        ) && (t.turns.get(`${id}/${turn}`)?.at ?? 0) > since;
      const own = [...t.enrollments.values()].filter((one) => one.customerId === customerId && isDriven(one));
      const queued = own.filter(isQueued);
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
