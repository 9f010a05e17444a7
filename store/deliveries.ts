// Deliveries: one row a message and channel, under its effect key.
import type { Delivery } from '../engine/core/enrollment.ts';
import { rowShape } from './row.ts';
import type { Session } from './session.ts';

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
