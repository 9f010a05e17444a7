// Takes out of every table what is personal of one customer. What stays says that something happened, never about whom.
import type { BoundIdentity, Erasure } from '../engine/ports.ts';
import { json, type Session, time } from './session.ts';

const THEIRS = `customer_id IN (SELECT id FROM customers WHERE id = $1 OR merged_into = $1)`;
const CUSTOMERS = `UPDATE customers SET traits = '{}', erased_at = $2 WHERE id = $1 OR merged_into = $1`;
const HASHES = `
  INSERT INTO erased_identities (hash, erased_at) SELECT hash, $2 FROM unnest($1::text[]) AS given(hash)
  ON CONFLICT (hash) DO NOTHING`;
// Keys are of carts and orders; a state holds what steps have saved. The new token fences a turn that is under way.
const ENROLLMENTS = `
  UPDATE enrollments SET key = NULL, entry_slot = NULL, needs_attention = NULL, turn_token = turn_token + 1,
         state = jsonb_build_object('step', step, 'since', state -> 'since', 'effects', state -> 'effects', 'due', NULL)
   WHERE ${THEIRS}`;
const EVENTS = `
  UPDATE events SET data = '{}', flags = '[]', same = NULL, source_id = id,
         name = CASE WHEN name = ANY ($2) THEN name ELSE 'erased' END
   WHERE ${THEIRS}`;
// Nobody is left to talk to.
const CONVERSATIONS = `
  UPDATE conversations SET note = NULL, status = 'resolved', resolved_at = COALESCE(resolved_at, opened_at),
         resolved_by = COALESCE(resolved_by, 'erasure')
   WHERE ${THEIRS}`;
// What stands there is taken out by whoever tells Chatwoot.
const MIRRORS = `
  UPDATE chatwoot_mirrors SET closed_at = NULL, next_at = NULL
   WHERE conversation_id IN (SELECT id FROM conversations WHERE ${THEIRS})`;
const PLAIN = [
  `DELETE FROM identities WHERE ${THEIRS}`,
  `DELETE FROM draws WHERE ${THEIRS}`,
  `DELETE FROM push_subscriptions WHERE ${THEIRS}`,
  `UPDATE consents SET evidence = '{}' WHERE ${THEIRS}`,
  `UPDATE decisions SET inputs = '{}', fold = NULL WHERE ${THEIRS}`,
  `UPDATE deliveries SET "to" = NULL, rendered = NULL, provider_id = NULL WHERE ${THEIRS}`,
  // A key of the customer's own making may say anything.
  `UPDATE chat_messages SET key = 'erased/' || id, content = '{"text": ""}' WHERE ${THEIRS}`,
  CONVERSATIONS,
  MIRRORS,
  ENROLLMENTS,
];
// Set aside unread, so nobody knows whose it is: whatever names one of their ids or addresses, anywhere in it.
const QUARANTINE = `
  DELETE FROM quarantine WHERE jsonb_path_exists(body, '$.** ? (@ == $wanted[*])',
    jsonb_build_object('wanted', $1::jsonb))`;
const SUPPRESSIONS = `
  INSERT INTO suppressions (channel, address, reason, at)
  SELECT s.channel, given.hash, s.reason, s.at FROM suppressions s
    JOIN unnest($1::text[], $2::text[]) AS given(address, hash) ON lower(given.address) = lower(s.address)
  ON CONFLICT (channel, address) DO NOTHING`;
// Why it was lifted may say anything of the person; at an address, too, that they had once and nothing was ever sent to.
const LIFTED_SUPPRESSIONS = `
  DELETE FROM lifted_suppressions
   WHERE ${THEIRS} OR address IN (SELECT lower(given) FROM unnest($2::text[]) AS given)`;
const PLAIN_SUPPRESSIONS = `
  DELETE FROM suppressions WHERE lower(address) IN (SELECT lower(given) FROM unnest($1::text[]) AS given)`;
const ADDRESSES = `
  SELECT DISTINCT "to" AS address FROM deliveries WHERE customer_id = $1 AND "to" IS NOT NULL AND channel <> 'webhook'
  UNION SELECT traits ->> name FROM customers, unnest(ARRAY['email', 'phone']) AS address(name)
   WHERE merged_into = $1 AND traits ->> name IS NOT NULL`;
const IDENTITIES = 'SELECT kind, value FROM identities WHERE customer_id = $1';
const AMONG = 'SELECT hash FROM erased_identities WHERE hash = ANY ($1)';
const COUNT = 'UPDATE erased_identities SET dropped = dropped + 1 WHERE hash = $1';

export async function eraseCustomer(session: Session, customerId: string, erasure: Erasure): Promise<void> {
  const { at, hashes, texts, addresses, eventNames } = erasure;
  const plain = addresses.map(({ address }) => address);
  await session.run(HASHES, [hashes, time(at)]);
  await session.run(SUPPRESSIONS, [plain, addresses.map(({ hash }) => hash)]);
  await session.run(PLAIN_SUPPRESSIONS, [plain]);
  await session.run(LIFTED_SUPPRESSIONS, [customerId, plain]);
  await session.run(QUARANTINE, [json([...texts, ...numbersAmong(texts)])]);
  for (const text of PLAIN) await session.run(text, [customerId]);
  await session.run(EVENTS, [customerId, eventNames]);
  await session.run(CUSTOMERS, [customerId, time(at)]);
}

/** An id may have been sent as a number; PostgreSQL before 17 cannot compare the two. */
function numbersAmong(texts: string[]): number[] {
  return texts.filter((text) => String(Number(text)) === text).map(Number);
}

export function identitiesOf(session: Session, customerId: string) {
  return session.rows<BoundIdentity>(IDENTITIES, [customerId]);
}

/** Where messages went, and what visitors who were merged had given. */
export async function addressesOf(session: Session, customerId: string): Promise<string[]> {
  return (await session.rows<{ address: string }>(ADDRESSES, [customerId])).map(({ address }) => address);
}

export async function erasedAmong(session: Session, hashes: string[]): Promise<string[]> {
  return (await session.rows<{ hash: string }>(AMONG, [hashes])).map(({ hash }) => hash);
}

export async function countDropped(session: Session, hash: string): Promise<void> {
  await session.run(COUNT, [hash]);
}
