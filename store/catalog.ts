// What is published now. One small query tells which publication stands; plans and settings are immutable, so a
// process parses each version once.
import type { Plan } from '../engine/core/plan.ts';
import type { Settings } from '../engine/core/settings.ts';
import type { Catalog, Published } from '../engine/ports.ts';
import { StoreError } from './error.ts';
import type { Session } from './session.ts';
import { seedsOf } from './watches.ts';

export interface CatalogReader {
  /** Refuses with `nothing_published` where nothing has been published yet. */
  catalog(session: Session): Promise<Catalog>;
  /** Any version that was ever published. */
  plan(session: Session, version: string): Promise<Plan>;
}

const NEWEST = `
  SELECT number, settings_version AS settings, journeys,
         (SELECT jsonb_object_agg(name, status) FROM journeys WHERE status <> 'live') AS halted
    FROM publications ORDER BY number DESC LIMIT 1`;
const PLAN = 'SELECT plan FROM journey_versions WHERE version = $1';
const SETTINGS = 'SELECT settings FROM settings_versions WHERE version = $1';

interface Publication {
  number: number;
  settings: string;
  journeys: { [journey: string]: string };
  halted: Catalog['halted'] | null;
}

/** A reader with its own cache. Callers share what it answers and must not change it. */
export function createCatalogReader(): CatalogReader {
  const plans = new Map<string, Plan>();
  let current: { number: number; catalog: Catalog } | null = null;

  const plan = async (session: Session, version: string): Promise<Plan> => {
    const known = plans.get(version);
    if (known) return known;
    const row = await session.row<{ plan: Plan }>(PLAN, [version]);
    if (!row) throw new StoreError('unknown_version', `no journey version ${version} has been published here`);
    plans.set(version, row.plan);
    return row.plan;
  };

  const catalog = async (session: Session): Promise<Catalog> => {
    const newest = await session.row<Publication>(NEWEST, []);
    if (!newest)
      throw new StoreError('nothing_published', 'nothing is published here yet. publish the journeys first', {
        isTransient: true,
      });
    if (current?.number !== newest.number) current = { number: newest.number, catalog: await read(session, newest) };
    return newest.halted ? { ...current.catalog, halted: newest.halted } : current.catalog;
  };

  const read = async (session: Session, { settings, journeys }: Publication): Promise<Catalog> => {
    const row = await session.row<{ settings: Settings }>(SETTINGS, [settings]);
    const published: Published[] = [];
    const watched = await seedsOf(session, Object.keys(journeys));
    for (const journey of Object.keys(journeys).sort()) {
      const version = journeys[journey]!;
      const since = watched.get(journey);
      published.push({ version, plan: await plan(session, version), ...(since && { watched: since }) });
    }
    return { settings: row!.settings, journeys: published };
  };

  return { catalog, plan };
}
