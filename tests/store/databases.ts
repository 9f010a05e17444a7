// The databases that the store's tests run on: PGlite always, a real PostgreSQL where there is one. Where there is none
// the suites stand in the report as skipped, with the reason in their name.
import { describe } from 'vitest';
import type { Kind } from '../database.ts';
import { postgresMissing } from '../postgres.ts';

/** Declares the suite once for each kind of database. */
export function onEachDatabase(name: string, suite: (kind: Kind) => void): void {
  describe(`${name} on PGlite`, () => suite('pglite'));
  onPostgres(name, () => suite('postgres'));
}

/** Declares a suite that only a server with many backends can run. */
export function onPostgres(name: string, suite: () => void): void {
  const missing = postgresMissing();
  if (missing) describe.skip(`${name} on PostgreSQL (${missing})`, suite);
  else describe(`${name} on PostgreSQL`, suite);
}
