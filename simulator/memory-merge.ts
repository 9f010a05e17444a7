// The move of all that a visitor has to the customer whom they turned out to be, in memory.
import type { Enrollment } from '../engine/core/enrollment.ts';
import type { Tables } from './memory-tables.ts';

export function moveCustomer(t: Tables, from: string, into: string, grants: boolean): void {
  const slots = new Set([...t.enrollments.values()].flatMap(({ entrySlot }) => entrySlot ?? []));
  const slotOf = ({ entrySlot }: Enrollment) => {
    const slot = entrySlot?.replace(`/${from}/`, `/${into}/`) ?? null;
    return slot !== null && slots.has(slot) ? null : slot;
  };
  const move = <Row extends { customerId: string }>(row: Row): Row =>
    row.customerId === from ? { ...row, customerId: into } : row;
  for (const [id, row] of t.enrollments)
    if (row.customerId === from) t.enrollments.set(id, { ...row, customerId: into, entrySlot: slotOf(row) });
  const facts = new Set([...t.events.values()].flatMap((row) => (row.customerId === into ? factOf(row) : [])));
  for (const [id, row] of t.events) if (!factOf(row).some((fact) => facts.has(fact))) t.events.set(id, move(row));
  for (const [key, row] of t.deliveries) t.deliveries.set(key, move(row));
  for (const [key, row] of t.conversions) t.conversions.set(key, move(row));
  for (const [endpoint, row] of t.pushSubscriptions) t.pushSubscriptions.set(endpoint, move(row));
  t.decisions = t.decisions.map(move);
  t.chatMessages = t.chatMessages.map(move);
  for (const [id, row] of t.conversations) t.conversations.set(id, move(row));
  t.consents = t.consents.map((row) => (grants || row.state === 'withdrawn' ? move(row) : row));
  for (const [identity, id] of t.identities) if (id === from) t.identities.set(identity, into);
  moveDraws(t, from, into);
  t.customers.set(from, { ...t.customers.get(from)!, mergedInto: into });
}

/** What two reports share, if it is declared. */
function factOf({ name, same }: { name: string; same: string | null }): string[] {
  return same === null ? [] : [JSON.stringify([name, same])];
}

/** What the customer drew stands. */
function moveDraws(t: Tables, from: string, into: string): void {
  for (const [key, value] of [...t.draws]) {
    if (!key.startsWith(`${from}|`)) continue;
    const moved = into + key.slice(from.length);
    if (!t.draws.has(moved)) t.draws.set(moved, value);
    t.draws.delete(key);
  }
}
