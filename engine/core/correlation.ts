// Correlation: which of a customer's enrollments an event is about (journey-format §3).
import type { StoredEvent } from './event.ts';
import type { Plan } from './plan.ts';
import type { Json } from './schema.ts';

/** Clocks differ: an event this much older than the entry event is still taken as later. */
export const toleranceMs = 10 * 60_000;

/** An event that carries the property of the key reaches the enrollment of that key only. */
export function reaches(event: StoredEvent, plan: Plan, key: string | null): boolean {
  const property = plan.enter.key;
  if (property === undefined || !plan.schemas.events[event.name]?.correlate.includes(property)) return true;
  const value = keyOf(event, property);
  return value === null || value === key;
}

/** Whether it is an entry event of this plan with this very key; what `latest` is made from. */
export function reachesAsEntry(event: StoredEvent, plan: Plan, key: string | null): boolean {
  if (!plan.enter.on.includes(event.name)) return false;
  return plan.enter.key === undefined || keyOf(event, plan.enter.key) === key;
}

/** The value that a key property has in this event, as text; null where it has none. */
export function keyOf(event: StoredEvent, property: string): string | null {
  const value: Json | undefined = event.data[property];
  return typeof value === 'string' || typeof value === 'number' ? String(value) : null;
}
