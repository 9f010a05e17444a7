// The journeys folder at start: published into an empty database, compared with what is published in any other.
import type pg from 'pg';
import { versionOf } from '../language/canonical.ts';
import { compile } from '../language/compile.ts';
import { renderDiagnostics } from '../language/diagnostic.ts';
import { FolderError, loadFolder } from '../language/load.ts';
import { type Locale, phrase, speak } from '../language/phrase.ts';
import type { SourceFile } from '../language/source.ts';
import { publishFolder } from '../server/publish-folder.ts';
import { createStore } from '../store/postgres.ts';
import { StartError } from './start-error.ts';

export interface JourneysState {
  /** Names of what is published now. */
  published: string[];
  /** What the folder has otherwise: `welcome (changed)`; empty where they agree. */
  differs: string[];
}

/** Publishes `folder` into an empty database; never replaces what is published (`tabiji publish` does). */
export async function publishAtStart(
  pool: pg.Pool,
  folder: string,
  now: number,
  locale: Locale,
): Promise<JourneysState> {
  const files = await readFolder(folder);
  const published = await versionsIn(pool);
  if (published) return { published: [...published.keys()], differs: await differences(published, files) };
  if (!files)
    throw new StartError(speak(phrase`there is no folder ${folder} to publish; set TABIJI_JOURNEYS to one`, locale));
  const { diagnostics, published: done } = await publishFolder(pool, files, 'first start', now);
  if (!done)
    throw new StartError(
      speak(
        phrase`${folder} cannot be published:\n${renderDiagnostics(diagnostics, files, locale)}mend it and start again`,
        locale,
      ),
    );
  return { published: [...((await versionsIn(pool)) ?? new Map()).keys()], differs: [] };
}

async function readFolder(folder: string): Promise<SourceFile[] | null> {
  try {
    return await loadFolder(folder);
  } catch (error) {
    if (error instanceof FolderError) return null;
    throw error;
  }
}

async function versionsIn(pool: pg.Pool): Promise<Map<string, string> | null> {
  const { rows } = await pool.query('SELECT 1 FROM publications LIMIT 1');
  if (rows.length === 0) return null;
  const { journeys } = await createStore(pool).transaction((tx) => tx.catalog());
  return new Map(journeys.map(({ plan, version }) => [plan.journey, version]));
}

async function differences(published: Map<string, string>, files: SourceFile[] | null): Promise<string[]> {
  if (!files) return [];
  const { plans, settings } = await compile(files);
  if (!settings) return ['the folder has mistakes: tabiji check names them'];
  const names = new Set([...published.keys(), ...plans.map(({ journey }) => journey)]);
  const versions = new Map(plans.map((plan) => [plan.journey, versionOf(plan)]));
  return [...names].sort().flatMap((name) => {
    if (!versions.has(name)) return [`${name} (published, not in the folder)`];
    if (!published.has(name)) return [`${name} (not published)`];
    return versions.get(name) === published.get(name) ? [] : [`${name} (changed)`];
  });
}
