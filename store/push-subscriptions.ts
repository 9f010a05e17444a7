// Devices that push messages go to. An endpoint belongs to the customer who was last seen on it.
import type { PushSubscription } from '../engine/ports.ts';
import { rowShape } from './row.ts';
import type { Session } from './session.ts';

const subscription = rowShape<PushSubscription>({
  id: 'plain',
  customerId: 'plain',
  kind: 'plain',
  endpoint: 'plain',
  keys: 'json',
  createdAt: 'time',
  lastSeenAt: 'time',
});

const OF_CUSTOMER = `
  SELECT ${subscription.select} FROM push_subscriptions WHERE customer_id = $1 ORDER BY last_seen_at DESC, id LIMIT 20`;
const SAVE = `
  INSERT INTO push_subscriptions (${subscription.columns}) VALUES (${subscription.placeholders})
  ON CONFLICT (endpoint) DO UPDATE SET ${subscription.excluded('id', 'endpoint', 'created_at')}`;
// The oldest beyond twenty: a browser that forgets its subscription makes a new one, and nobody has so many devices.
const SHED = `
  DELETE FROM push_subscriptions WHERE id IN (
    SELECT id FROM push_subscriptions WHERE customer_id = $1 ORDER BY last_seen_at DESC, id OFFSET 20)`;
const DROP = 'DELETE FROM push_subscriptions WHERE id = $1';
const DROP_OWN = 'DELETE FROM push_subscriptions WHERE endpoint = $1 AND customer_id = $2';

/** At most twenty, those seen last. */
export function pushSubscriptions(session: Session, customerId: string): Promise<PushSubscription[]> {
  return session.rows<PushSubscription>(OF_CUSTOMER, [customerId]);
}

export async function savePushSubscription(session: Session, saved: PushSubscription): Promise<void> {
  await session.run(SAVE, subscription.values(saved));
  await session.run(SHED, [saved.customerId]);
}

export async function dropPushSubscription(
  session: Session,
  which: { id: string } | { endpoint: string; customerId: string },
): Promise<boolean> {
  const dropped =
    'id' in which
      ? await session.run(DROP, [which.id])
      : await session.run(DROP_OWN, [which.endpoint, which.customerId]);
  return dropped > 0;
}
