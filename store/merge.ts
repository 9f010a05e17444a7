// The move of all that a visitor has to the customer whom they turned out to be. Both rows are locked by the caller.
import type { Session } from './session.ts';

const MERGED = 'UPDATE customers SET merged_into = $2 WHERE id = $1';
// The slot carries the customer's id; where the customer holds the same slot already, that one backs both.
const ENROLLMENTS = `
  UPDATE enrollments e SET customer_id = $2, entry_slot = (
    SELECT moved.slot FROM (SELECT replace(e.entry_slot, '/' || $1 || '/', '/' || $2 || '/') AS slot) moved
     WHERE NOT EXISTS (SELECT 1 FROM enrollments k WHERE k.customer_id = $2 AND k.entry_slot = moved.slot))
   WHERE customer_id = $1`;
const CONSENTS = `UPDATE consents SET customer_id = $2 WHERE customer_id = $1 AND ($3 OR state = 'withdrawn')`;
const DRAWS = `
  UPDATE draws d SET customer_id = $2 WHERE customer_id = $1
     AND NOT EXISTS (SELECT 1 FROM draws k WHERE k.customer_id = $2 AND k.experiment = d.experiment)`;
// Of a fact that both have an event of, one counts.
const EVENTS = `
  UPDATE events e SET customer_id = $2 WHERE customer_id = $1
     AND (e.same IS NULL OR NOT EXISTS (
       SELECT 1 FROM events k WHERE k.customer_id = $2 AND k.name = e.name AND k.same = e.same))`;
// What the customer drew stands.
const OTHER_DRAWS = 'DELETE FROM draws WHERE customer_id = $1';
const MOVED = [
  'identities',
  'decisions',
  'deliveries',
  'chat_messages',
  'conversations',
  'push_subscriptions',
  'ad_conversions',
  'lifted_suppressions',
];
const REST = MOVED.map((table) => `UPDATE ${table} SET customer_id = $2 WHERE customer_id = $1`);

/** Afterwards `from` is a row that only says where to go on; without `grants` it keeps those, and they count for nobody. */
export async function moveCustomer(session: Session, from: string, into: string, grants: boolean): Promise<void> {
  for (const text of [ENROLLMENTS, EVENTS, ...REST, DRAWS, MERGED]) await session.run(text, [from, into]);
  await session.run(OTHER_DRAWS, [from]);
  await session.run(CONSENTS, [from, into, grants]);
}
