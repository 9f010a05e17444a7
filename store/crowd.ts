// Many customers in one statement, for events that are only stored: found and locked without waiting for anybody, and made.
import type { JsonMap } from '../engine/core/schema.ts';
import { boundOf, namesOf } from '../engine/erase.ts';
import type { Customer, Identity, Spoken } from '../engine/ports.ts';
import { newId } from './id.ts';
import { json, type Session, time } from './session.ts';

const BOUND = `
  SELECT DISTINCT i.kind || ':' || i.value AS name, i.customer_id AS "customerId" FROM identities i
    JOIN unnest($1::text[], $2::text[]) AS given(kind, value) ON i.kind = given.kind AND i.value = given.value`;
// Nobody is waited for: one row that somebody holds would hold up all the others.
const LOCK = `
  SELECT c.id, c.traits, c.merged_into IS NOT NULL OR c.erased_at IS NOT NULL AS "isGone",
         EXISTS (SELECT 1 FROM identities u WHERE u.customer_id = c.id AND u.kind = 'user') AS "isKnown"
    FROM customers c WHERE c.id = ANY ($1) ORDER BY c.id FOR UPDATE OF c SKIP LOCKED`;
// Without a lock: an enrollment can end meanwhile, but none can begin, nor take another version, while its customer is locked.
const VERSIONS = `
  SELECT customer_id AS "customerId", array_agg(DISTINCT version) AS versions FROM enrollments
   WHERE customer_id = ANY ($1) AND (status = 'active' OR (status = 'completed' AND goal_at IS NULL AND credit_until >= $2))
   GROUP BY customer_id`;
const INSERT = `
  INSERT INTO customers (id, traits, created_at)
  SELECT id, traits, $3 FROM unnest($1::text[], $2::jsonb[]) AS given(id, traits)`;
// User ids first, as who binds one by one does it: so that nobody waits crosswise.
const BIND = `
  INSERT INTO identities (kind, value, customer_id, bound_at)
  SELECT kind, value, customer_id, $4 FROM unnest($1::text[], $2::text[], $3::text[]) AS given(kind, value, customer_id)
   ORDER BY kind DESC, value
  ON CONFLICT (kind, value) DO NOTHING RETURNING customer_id AS "customerId"`;
const DELETE = 'DELETE FROM customers WHERE id = ANY ($1)';

interface Locked extends Pick<Customer, 'id' | 'traits' | 'isKnown'> {
  isGone: boolean;
}

/** @param at completed enrollments whose goal may be credited then are live, too */
export async function lockFree(session: Session, identities: Identity[], at: number): Promise<Spoken[]> {
  const names = identities.flatMap(boundOf);
  const columns = [names.map(({ kind }) => kind), names.map(({ value }) => value)];
  const bound = await session.rows<{ name: string; customerId: string }>(BOUND, columns);
  const byName = new Map(bound.map(({ name, customerId }) => [name, customerId]));
  const wanted = [...new Set(byName.values())];
  if (wanted.length === 0) return identities.map(() => ({ ids: [], customer: null }));
  const [locked, versions] = await Promise.all([
    session.rows<Locked>(LOCK, [wanted]),
    session.rows<{ customerId: string; versions: string[] }>(VERSIONS, [wanted, time(at)]),
  ]);
  const live = new Map(versions.map((row) => [row.customerId, row.versions]));
  const free = new Map(
    locked
      .filter(({ isGone }) => !isGone)
      .map(({ id, traits, isKnown }) => [id, { id, traits, isKnown, isErased: false, versions: live.get(id) ?? [] }]),
  );
  return identities.map((identity) => {
    const all = namesOf(identity).map((name) => byName.get(name));
    const ids = [...new Set(all.filter((id) => id !== undefined))];
    const isOne = ids.length === 1 && all.every((id) => id !== undefined);
    return { ids, customer: (isOne && free.get(ids[0]!)) || null };
  });
}

/** The ids of the new rows; null where one of the identity's ids has just been bound by somebody else. */
export async function createCustomers(
  session: Session,
  people: { identity: Identity; traits: JsonMap }[],
  at: number,
): Promise<(string | null)[]> {
  if (people.length === 0) return [];
  const rows = people.map(({ identity, traits }) => ({ id: newId(), traits, names: boundOf(identity) }));
  const names = rows.flatMap(({ id, names: own }) => own.map((name) => ({ ...name, id })));
  await session.run(INSERT, [rows.map(({ id }) => id), rows.map(({ traits }) => json(traits)), time(at)]);
  const columns = [names.map(({ kind }) => kind), names.map(({ value }) => value), names.map(({ id }) => id)];
  const bound = await session.rows<{ customerId: string }>(BIND, [...columns, time(at)]);
  const counts = new Map<string, number>();
  for (const { customerId } of bound) counts.set(customerId, (counts.get(customerId) ?? 0) + 1);
  const lost = rows.filter(({ id, names: own }) => counts.get(id) !== own.length).map(({ id }) => id);
  if (lost.length > 0) await session.run(DELETE, [lost]);
  return rows.map(({ id }) => (lost.includes(id) ? null : id));
}
