// What the record holds of one customer and one journey: the facts of an explanation.
import type pg from 'pg';
import type { Enrollment } from '../engine/core/enrollment.ts';
import { type Explanation, explain } from '../engine/core/explanation.ts';
import type { Plan } from '../engine/core/plan.ts';
import type { Locale } from '../engine/core/sentences.ts';
import type { Catalog, Store, Tx } from '../engine/ports.ts';
import { searchCustomers } from './customer-view.ts';
import { decisionsAbout } from './decisions.ts';
import { enrollmentsIn } from './enrollments.ts';
import { openSession } from './session.ts';

const WHO = `
  SELECT id FROM (SELECT id, 0 AS rank FROM customers WHERE id = $1
                   UNION ALL
                  SELECT customer_id, CASE kind WHEN 'user' THEN 1 ELSE 2 END FROM identities
                   WHERE kind IN ('user', 'anonymous') AND value = $1) AS found
   ORDER BY rank LIMIT 1`;
const NAMES = 'SELECT id, name FROM events WHERE id = ANY ($1)';
const KNOWN = 'SELECT 1 AS known FROM journeys WHERE name = $1';

/** So much of the record is told; older decisions are left out. */
const mostDecisions = 500;

export type Explained = Explanation | 'no_customer' | 'no_journey';

/**
 * Explains a customer (by our id, the shop's, or an e-mail address that nobody else has) in a journey, now.
 *
 * @param locale null: the shop's own language if it is one of ours, else English
 */
export async function explainCustomer(
  pool: pg.Pool,
  store: Store,
  who: string,
  journey: string,
  now: number,
  locale: Locale | null,
): Promise<Explained> {
  const session = openSession(pool);
  const found = (await session.row<{ id: string }>(WHO, [who])) ?? (await onlyOne(pool, who));
  if (!found) return 'no_customer';
  if (!(await session.row(KNOWN, [journey]))) return 'no_journey';
  const read = await store.transaction((tx) => readCustomer(tx, found.id));
  if (!read) return 'no_customer';
  const { catalog, customer } = read;
  const enrollments = await enrollmentsIn(session, customer.id, journey);
  const decisions = await decisionsAbout(session, customer.id, journey, mostDecisions);
  const ids = [...new Set(decisions.flatMap(({ eventId }) => eventId ?? []))];
  const names = await session.rows<{ id: string; name: string }>(NAMES, [ids]);
  const { time_zone: zone } = customer.traits;
  return explain({
    journey,
    status: catalog.halted?.[journey] ?? 'live',
    published: catalog.journeys.find(({ plan }) => plan.journey === journey)?.plan ?? null,
    enrollments,
    plans: await plansOf(store, enrollments),
    decisions,
    events: Object.fromEntries(names.map(({ id, name }) => [id, name])),
    now,
    zone: typeof zone === 'string' ? zone : catalog.settings.timeZone,
    locale: locale ?? shopsLocale(catalog),
  });
}

/** By what else support has at hand, such as the e-mail address, where that is one customer's alone. */
async function onlyOne(pool: pg.Pool, who: string): Promise<{ id: string } | null> {
  const found = await searchCustomers(pool, who);
  return found.length === 1 ? found[0]! : null;
}

async function readCustomer(tx: Tx, id: string) {
  const customer = await tx.customer(id);
  return customer && { customer, catalog: await tx.catalog() };
}

function plansOf(store: Store, enrollments: Enrollment[]): Promise<{ [version: string]: Plan }> {
  return store.transaction(async (tx) => {
    const plans: { [version: string]: Plan } = {};
    for (const { version } of enrollments) plans[version] ??= await tx.plan(version);
    return plans;
  });
}

/** The shop's own language if it is one of ours, else English. */
export function shopsLocale({ settings }: Catalog): Locale {
  return settings.locale.startsWith('ja') ? 'ja' : 'en';
}
