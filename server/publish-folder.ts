// From the files of a journeys folder to a publication: checked as a whole, published as a whole or not at all.
import type pg from 'pg';
import type { Json } from '../engine/core/schema.ts';
import { versionOf } from '../language/canonical.ts';
import { compile } from '../language/compile.ts';
import type { SourceFile } from '../language/source.ts';
import { publish } from '../store/publications.ts';
import type { Publication } from './deps.ts';

/** Publishes what compiles. With an error in any file nothing changes, and `published` is null. `by` is for the record. */
export async function publishFolder(pool: pg.Pool, files: SourceFile[], by: string, at: number): Promise<Publication> {
  const { plans, settings, diagnostics } = await compile(files);
  if (!settings) return { diagnostics, published: null };
  const versions = plans.map((plan) => ({ version: versionOf(plan), plan, source: sourceOf(plan.journey, files) }));
  return { diagnostics, published: await publish(pool, { settings, plans: versions, by, at }) };
}

/** What the author wrote: the journey's own file and the folder's settings and events; messages stand in the plan. */
function sourceOf(journey: string, files: SourceFile[]): Json {
  const names = new RegExp(`^journey:\\s*["']?${journey}["']?\\s*(#.*)?$`, 'm');
  const kept = files.filter(
    ({ path, text }) => /(^|\/)(settings|events)\.yaml$/.test(path) || (path.endsWith('.yaml') && names.test(text)),
  );
  return kept.map(({ path, text }) => ({ path, text }));
}
