// Publishing: settings and journeys go live together, in one transaction. Versions are immutable: a row is inserted
// once and never updated; what changes is which versions a publication names.
import { createHash } from 'node:crypto';
import type pg from 'pg';
import type { Plan } from '../engine/core/plan.ts';
import type { Json } from '../engine/core/schema.ts';
import type { Settings } from '../engine/core/settings.ts';
import { StoreError } from './error.ts';
import { inTransaction } from './postgres.ts';
import { type Session, time } from './session.ts';
import { beginSeeds } from './watches.ts';

export interface Publishing {
  settings: Settings;
  /** All journeys that shall take new customers; one that is missing takes nobody new, its open enrollments go on. */
  plans: { version: string; plan: Plan; source: Json }[];
  /** Who publishes, for the record. */
  by: string;
  at: number;
}

export interface PublishedAs {
  /** Of the publication that stands now. */
  number: number;
  /** False: exactly this stood already, and nothing was written. */
  changed: boolean;
  journeys: { journey: string; version: string | null; change: 'new' | 'changed' | 'same' | 'retired' }[];
}

// Readers go on; a second publisher waits, so that numbers have no gaps and "changed" is true.
const LOCK = 'LOCK TABLE publications IN EXCLUSIVE MODE';
const NEWEST = `
  SELECT number, settings_version AS settings, journeys FROM publications ORDER BY number DESC LIMIT 1`;
const INSERT_SETTINGS = `
  INSERT INTO settings_versions (version, settings, created_at) VALUES ($1, $2, $3) ON CONFLICT (version) DO NOTHING`;
const INSERT_VERSION = `
  INSERT INTO journey_versions (version, journey, title, plan, source, published_at, published_by)
  VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (version) DO NOTHING`;
const VERSION = 'SELECT plan::text AS plan FROM journey_versions WHERE version = $1';
const SAVE_JOURNEY = `
  INSERT INTO journeys (name, title, version) VALUES ($1, $2, $3)
  ON CONFLICT (name) DO UPDATE SET title = EXCLUDED.title, version = EXCLUDED.version`;
const RETIRE = 'UPDATE journeys SET version = NULL WHERE NOT name = ANY ($1)';
const INSERT = `
  INSERT INTO publications (number, settings_version, journeys, at, by) VALUES ($1, $2, $3, $4, $5)`;

interface Standing {
  number: number;
  settings: string;
  journeys: { [journey: string]: string };
}

/** Publishes the set. The same set twice writes nothing. Refuses two plans of one journey, and a version that is
 * already published with another plan. */
export async function publish(pool: pg.Pool, publishing: Publishing): Promise<PublishedAs> {
  const next = namesOf(publishing);
  const settings = hashOf(publishing.settings);
  return inTransaction(pool, async (session) => {
    await session.run(LOCK, []);
    const standing = (await session.row<Standing>(NEWEST, [])) ?? { number: 0, settings: '', journeys: {} };
    const journeys = changesBetween(standing.journeys, next);
    const changed = settings !== standing.settings || journeys.some(({ change }) => change !== 'same');
    if (!changed) return { number: standing.number, changed, journeys };
    const number = standing.number + 1;
    await write(session, publishing, settings);
    const plans = publishing.plans.map(({ plan }) => plan);
    await beginSeeds(session, plans, Object.keys(standing.journeys), number, publishing.at);
    await session.run(INSERT, [number, settings, JSON.stringify(next), time(publishing.at), publishing.by]);
    return { number, changed, journeys };
  });
}

/** SHA-256 of the canonical JSON (keys sorted) of any value, in hexadecimal. */
function hashOf(value: unknown): string {
  return createHash('sha256').update(canonical(value)).digest('hex');
}

function namesOf({ plans }: Publishing): { [journey: string]: string } {
  const names: { [journey: string]: string } = {};
  for (const { version, plan } of plans) {
    if (names[plan.journey] !== undefined)
      throw new StoreError('invalid', `two plans of the journey "${plan.journey}" cannot be published together`);
    names[plan.journey] = version;
  }
  return names;
}

function changesBetween(before: Standing['journeys'], after: Standing['journeys']): PublishedAs['journeys'] {
  const journeys = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return journeys.map((journey) => {
    const version = after[journey] ?? null;
    if (version === null) return { journey, version, change: 'retired' };
    if (before[journey] === undefined) return { journey, version, change: 'new' };
    return { journey, version, change: before[journey] === version ? 'same' : 'changed' };
  });
}

async function write(session: Session, { settings, plans, by, at }: Publishing, settingsVersion: string) {
  await session.run(INSERT_SETTINGS, [settingsVersion, JSON.stringify(settings), time(at)]);
  for (const { version, plan, source } of plans) {
    const title = plan.title ?? null;
    const values = [version, plan.journey, title, JSON.stringify(plan), JSON.stringify(source), time(at), by];
    if ((await session.run(INSERT_VERSION, values)) === 0) await refuseOther(session, version, plan);
    await session.run(SAVE_JOURNEY, [plan.journey, title, version]);
  }
  await session.run(RETIRE, [plans.map(({ plan }) => plan.journey)]);
}

/** A version is the hash of its plan; one hash for two plans would change a journey under its customers. */
async function refuseOther(session: Session, version: string, plan: Plan): Promise<void> {
  const row = await session.row<{ plan: string }>(VERSION, [version]);
  if (row && canonical(JSON.parse(row.plan)) !== canonical(plan))
    throw new StoreError('conflict', `version ${version} of "${plan.journey}" is already published with another plan`);
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
