// Deliveries: one row a message and channel, under its effect key.
import type { Delivery } from '../engine/core/enrollment.ts';
import type { Sent, Waiting } from '../engine/ports.ts';
import { rowShape } from './row.ts';
import { type Session, time } from './session.ts';

const delivery = rowShape<Delivery>({
  key: 'plain',
  enrollmentId: 'plain',
  customerId: 'plain',
  journey: 'plain',
  version: 'plain',
  step: 'plain',
  message: 'plain',
  channel: 'plain',
  purpose: 'plain',
  priority: 'plain',
  state: 'plain',
  reason: 'plain',
  code: 'plain',
  attempt: 'plain',
  claimedBy: 'plain',
  leaseUntil: 'time',
  retryAt: 'time',
  sentAt: 'time',
  createdAt: 'time',
  providerId: 'plain',
  rendered: 'json',
  to: 'plain',
});

const READ = `SELECT ${delivery.select} FROM deliveries WHERE key = $1`;
const SENDING = `SELECT ${delivery.select} FROM deliveries WHERE enrollment_id = $1 AND state = 'sending'`;
const OF_ENROLLMENT = `SELECT ${delivery.select} FROM deliveries WHERE enrollment_id = $1 ORDER BY key`;
const SAVE = `
  INSERT INTO deliveries (${delivery.columns}) VALUES (${delivery.placeholders})
  ON CONFLICT (key) DO UPDATE SET ${delivery.excluded('key')}`;
// What may have gone counts, whatever became of it afterwards: a message sent once more keeps its first hand-over.
const COUNTED = `
  SELECT key, channel, COALESCE(sent_at, $4::timestamptz) AS at FROM deliveries
   WHERE customer_id = $1 AND channel = ANY ($2) AND purpose <> 'transactional' AND (sent_at > $3 OR state = 'sending')
   ORDER BY key`;
const WAITING = `
  SELECT d.key, d.enrollment_id AS "enrollmentId", d.journey, d.channel, d.priority, d.retry_at AS "retryAt"
    FROM deliveries d JOIN enrollments e ON e.id = d.enrollment_id
   WHERE d.customer_id = $1 AND d.state IN ('queued', 'held') AND d.purpose <> 'transactional'
     AND e.status = 'active' AND e.needs_attention IS NULL AND e.paused_at IS NULL
   ORDER BY d.key`;

export function readDelivery(session: Session, key: string): Promise<Delivery | null> {
  return session.row(READ, [key]);
}

export function readSendingDelivery(session: Session, enrollmentId: string): Promise<Delivery | null> {
  return session.row(SENDING, [enrollmentId]);
}

/** All of an enrollment, by key. */
export function deliveriesOf(session: Session, enrollmentId: string): Promise<Delivery[]> {
  return session.rows(OF_ENROLLMENT, [enrollmentId]);
}

/** Inserts or replaces. */
export async function saveDelivery(session: Session, record: Delivery): Promise<void> {
  await session.run(SAVE, delivery.values(record));
}

/** What counts in caps: sent after `since`, or its outcome is open (then it counts as sent `at`). */
export function countedSends(
  session: Session,
  customerId: string,
  channels: string[],
  since: number,
  at: number,
): Promise<Sent[]> {
  return session.rows(COUNTED, [customerId, channels, time(since), time(at)]);
}

/** Queued and held deliveries of enrollments that are driven; no transactional ones. */
export function waitingDeliveries(session: Session, customerId: string): Promise<Waiting[]> {
  return session.rows(WAITING, [customerId]);
}
