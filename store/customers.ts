// Customers and their identities. Every change to a customer's standing begins by locking this row (design §3).

import type { JsonMap } from '../engine/core/schema.ts';
import { boundOf } from '../engine/erase.ts';
import type { BoundIdentity, Customer, Found, Identity } from '../engine/ports.ts';
import { newId } from './id.ts';
import { json, type Session, time } from './session.ts';

interface Row extends Customer {
  mergedInto: string | null;
}
interface Bound extends Row {
  kind: BoundIdentity['kind'];
}

const customer = `
  c.id, c.traits, c.merged_into AS "mergedInto",
  EXISTS (SELECT 1 FROM identities u WHERE u.customer_id = c.id AND u.kind = 'user') AS "isKnown",
  c.erased_at IS NOT NULL AS "isErased"`;
// Two rows at most, locked in ascending id: the user's customer and the one that the anonymous id is bound to.
const LOCK_BOUND = `
  SELECT ${customer}, i.kind
    FROM identities i JOIN customers c ON c.id = i.customer_id
   WHERE (i.kind = 'user' AND i.value = $1) OR (i.kind = $3 AND i.value = $2)
   ORDER BY c.id FOR UPDATE OF c`;
const READ = `SELECT ${customer} FROM customers c WHERE c.id = $1`;
const LOCK = `${READ} FOR UPDATE`;
// After the lock: what a lock waited for is not seen by the statement that took it.
const HAS_USER = `SELECT 1 AS found FROM identities WHERE customer_id = $1 AND kind = 'user' LIMIT 1`;
const INSERT = `INSERT INTO customers (id, traits, created_at) VALUES ($1, '{}', $2)`;
const DELETE = 'DELETE FROM customers WHERE id = $1';
const BIND = `
  INSERT INTO identities (kind, value, customer_id, bound_at) VALUES ($1, $2, $3, $4)
  ON CONFLICT (kind, value) DO NOTHING`;
const REBIND = `
  INSERT INTO identities (kind, value, customer_id, bound_at) VALUES ($4, $1, $2, $3)
  ON CONFLICT (kind, value) DO UPDATE SET customer_id = EXCLUDED.customer_id, bound_at = EXCLUDED.bound_at
  WHERE identities.customer_id <> EXCLUDED.customer_id`;

/** Finds or creates the customer of this identity and locks the row; `at` is when what is new was made. */
export async function lockCustomerOf(session: Session, identity: Identity, at: number): Promise<Found> {
  for (;;) {
    const { kind, value } = visitorIdOf(identity);
    const bound = await session.rows<Bound>(LOCK_BOUND, [identity.userId ?? null, value, kind]);
    const user = bound.find((row) => row.kind === 'user');
    const anonymous = bound.find((row) => row.kind === kind);
    const found =
      user || !identity.userId
        ? await lockExisting(session, identity, user, anonymous, at)
        : await bindUser(session, identity, anonymous, at);
    // Null: another transaction bound the identity between our look and our insert. It stands now; look again.
    if (found) return found;
  }
}

/** Locks the row, or the one that it was merged into. */
export async function lockCustomer(session: Session, id: string): Promise<Customer | null> {
  return follow(session, LOCK, await session.row<Row>(LOCK, [id]));
}

/** Reads the row, or the one that it was merged into, without a lock. */
export async function readCustomer(session: Session, id: string): Promise<Customer | null> {
  return follow(session, READ, await session.row<Row>(READ, [id]));
}

/** Replaces the traits. */
export async function saveTraits(session: Session, customerId: string, traits: JsonMap): Promise<void> {
  await session.run('UPDATE customers SET traits = $2 WHERE id = $1', [customerId, json(traits)]);
}

async function follow(session: Session, text: string, row: Row | null): Promise<Customer | null> {
  let current = row;
  while (current?.mergedInto) current = await session.row<Row>(text, [current.mergedInto]);
  if (!current) return null;
  const { id, traits, isKnown, isErased } = current;
  return { id, traits, isKnown, isErased };
}

/** The id that a visitor comes with: a browser's, or LINE's. */
function visitorIdOf({ anonymousId, lineUserId }: Identity): { kind: 'anonymous' | 'line'; value: string | null } {
  if (lineUserId !== undefined) return { kind: 'line', value: lineUserId };
  return { kind: 'anonymous', value: anonymousId ?? null };
}

async function rebind(session: Session, identity: Identity, customerId: string, at: number): Promise<boolean> {
  const { kind, value } = visitorIdOf(identity);
  return value !== null && (await session.run(REBIND, [value, customerId, time(at), kind])) === 1;
}

/** The user's customer, or the one behind an anonymous id that came alone; made if there is none. */
async function lockExisting(
  session: Session,
  identity: Identity,
  user: Bound | undefined,
  anonymous: Bound | undefined,
  at: number,
): Promise<Found | null> {
  const customer = await follow(session, LOCK, user ?? anonymous ?? null);
  if (!customer) return create(session, identity, at);
  if (!user || visitorIdOf(identity).value === null || anonymous?.id === customer.id)
    return { ...customer, visitor: null, isNew: false };
  const visitor = await visitorOf(session, anonymous, customer.id);
  // A shared browser: the anonymous id goes with the latest login; two known customers are never merged.
  const isNew = !visitor && (await rebind(session, identity, customer.id, at));
  return { ...customer, visitor, isNew };
}

/** Who is behind an anonymous id, locked; null where that is nobody, somebody known, or `except`. */
async function visitorOf(session: Session, anonymous: Bound | undefined, except: string): Promise<Customer | null> {
  const found = await follow(session, LOCK, anonymous ?? null);
  if (!found || found.id === except || (await session.row(HAS_USER, [found.id]))) return null;
  return found;
}

/** A user id seen for the first time: the visitor of this anonymous id signs up, unless that one has a user id. */
async function bindUser(session: Session, identity: Identity, anonymous: Bound | undefined, at: number) {
  const visitor = await visitorOf(session, anonymous, '');
  if (visitor) {
    const isBound = await session.run(BIND, ['user', identity.userId, visitor.id, time(at)]);
    return isBound === 1 ? { ...visitor, isKnown: true, visitor: null, isNew: true } : null;
  }
  const customer = await create(session, { userId: identity.userId }, at);
  if (customer) await rebind(session, identity, customer.id, at);
  return customer;
}

async function create(session: Session, identity: Identity, at: number): Promise<Found | null> {
  const id = newId();
  await session.run(INSERT, [id, time(at)]);
  for (const { kind, value } of boundOf(identity)) {
    if (!value || (await session.run(BIND, [kind, value, id, time(at)])) === 1) continue;
    await session.run(DELETE, [id]);
    return null;
  }
  const made = { id, traits: {}, isKnown: identity.userId !== undefined, isErased: false };
  return { ...made, isFirstSeen: true, visitor: null, isNew: true };
}
