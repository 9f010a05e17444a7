// What a journey was over time: which version stood since when and by whom, and each version's text.
import type pg from 'pg';
import { openSession } from './session.ts';

export interface PublishedVersion {
  /** Of the publication. */
  number: number;
  /** Null: retired by it. */
  version: string | null;
  at: string;
  by: string;
}

export interface VersionText {
  version: string;
  /** By path: the journey's own file, what it shares with others, its messages. */
  files: { path: string; text: string }[];
}

// Only publications that changed this journey; the number before is compared, whatever else was published between.
const HISTORY = `
  SELECT number, version, at, by FROM (
    SELECT number, journeys ->> $1 AS version, at, by,
           lag(journeys ->> $1) OVER (ORDER BY number) AS before
      FROM publications) all_of_them
   WHERE version IS DISTINCT FROM before ORDER BY number DESC LIMIT 200`;
const VERSION = 'SELECT version, source FROM journey_versions WHERE journey = $1 AND version = $2';

/** Newest first. */
export async function journeyHistory(pool: pg.Pool, journey: string): Promise<PublishedVersion[]> {
  const rows = await openSession(pool).rows<Omit<PublishedVersion, 'at'> & { at: number }>(HISTORY, [journey]);
  return rows.map((row) => ({ ...row, at: new Date(row.at).toISOString() }));
}

/** Null: this journey never had such a version. */
export async function versionText(pool: pg.Pool, journey: string, version: string): Promise<VersionText | null> {
  const row = await openSession(pool).row<{ source: VersionText['files'] }>(VERSION, [journey, version]);
  return row && { version, files: row.source };
}
