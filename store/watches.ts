// Customers' last answers to the conditions that journeys are entered by, and the first look at everybody after a publish.
import type { Plan } from '../engine/core/plan.ts';
import type { Seed, Watch } from '../engine/ports.ts';
import { rowShape } from './row.ts';
import { type Session, time } from './session.ts';

const watch = rowShape<Watch>({
  customerId: 'plain',
  journey: 'plain',
  seed: 'plain',
  value: 'plain',
  nextFlip: 'time',
  isPaused: 'plain',
});

const OF = `SELECT ${watch.select} FROM watches WHERE customer_id = $1`;
const SAVE = `
  INSERT INTO watches (${watch.columns}) VALUES (${watch.placeholders})
  ON CONFLICT (customer_id, journey) DO UPDATE SET ${watch.excluded('customer_id', 'journey')}`;
const DROP = 'DELETE FROM watches WHERE customer_id = $1 AND journey = ANY ($2)';
const DUE = `
  SELECT customer_id AS "customerId", array_agg(journey ORDER BY journey) AS journeys FROM watches
   WHERE next_flip <= $1 AND NOT (is_paused AND journey IN (SELECT name FROM journeys WHERE status <> 'live'))
   GROUP BY customer_id ORDER BY min(next_flip), customer_id LIMIT $2`;
const OPEN_SEED = `
  SELECT journey, number, after FROM watch_seeds WHERE after IS NOT NULL ORDER BY journey LIMIT 1`;
const ADVANCE = 'UPDATE watch_seeds SET after = $3 WHERE journey = $1 AND number = $2';
const CUSTOMERS = 'SELECT id FROM customers WHERE merged_into IS NULL AND id > $1 ORDER BY id LIMIT $2';
const SEEDS = 'SELECT journey, number, at FROM watch_seeds WHERE journey = ANY ($1)';
const BEGIN = `
  INSERT INTO watch_seeds (journey, number, condition, at, after) VALUES ($1, $2, $3, $4, '')
  ON CONFLICT (journey) DO UPDATE
     SET number = EXCLUDED.number, condition = EXCLUDED.condition, at = EXCLUDED.at, after = EXCLUDED.after
   WHERE watch_seeds.condition <> EXCLUDED.condition OR $5`;

export function watches(session: Session, customerId: string): Promise<Watch[]> {
  return session.rows(OF, [customerId]);
}

export async function saveWatch(session: Session, record: Watch): Promise<void> {
  await session.run(SAVE, watch.values(record));
}

export async function dropWatches(session: Session, customerId: string, journeys: string[]): Promise<void> {
  if (journeys.length > 0) await session.run(DROP, [customerId, journeys]);
}

/** Without those that wait for a journey to be resumed. */
export function dueWatches(session: Session, at: number, limit: number) {
  return session.rows<{ customerId: string; journeys: string[] }>(DUE, [time(at), limit]);
}

export function openSeed(session: Session): Promise<Seed | null> {
  return session.row(OPEN_SEED, []);
}

export async function advanceSeed(session: Session, { journey, number }: Seed, after: string | null): Promise<void> {
  await session.run(ADVANCE, [journey, number, after]);
}

export async function customersAfter(session: Session, after: string, limit: number): Promise<string[]> {
  return (await session.rows<{ id: string }>(CUSTOMERS, [after, limit])).map(({ id }) => id);
}

/** Since when the answers to these journeys' conditions are kept, by journey. */
export async function seedsOf(
  session: Session,
  journeys: string[],
): Promise<Map<string, { number: number; at: number }>> {
  if (journeys.length === 0) return new Map();
  const rows = await session.rows<{ journey: string; number: number; at: number }>(SEEDS, [journeys]);
  return new Map(rows.map(({ journey, number, at }) => [journey, { number, at }]));
}

/**
 * Within a publish: whoever fulfils a condition that is new, or whose journey was not published just before, has become
 * so before, and must be looked at first.
 */
export async function beginSeeds(session: Session, plans: Plan[], before: string[], number: number, at: number) {
  for (const { journey, enter } of plans) {
    if (!enter.when) continue;
    await session.run(BEGIN, [journey, number, enter.when.cel, time(at), !before.includes(journey)]);
  }
}
