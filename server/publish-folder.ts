// From the files of a journeys folder to a publication: checked as a whole, published as a whole or not at all.
import type pg from 'pg';
import type { Plan } from '../engine/core/plan.ts';
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
  const versions = plans.map((plan) => ({ version: versionOf(plan), plan, source: sourceOf(plan, files) }));
  return { diagnostics, published: await publish(pool, { settings, plans: versions, by, at }) };
}

/** What the author wrote: the journey's own file, the folder's settings and events, the messages that it sends; no tests. */
export function sourceOf({ journey, messages }: Plan, files: SourceFile[]): Json {
  const names = new RegExp(`^journey:\\s*["']?${journey}["']?\\s*(#.*)?$`, 'm');
  const kept = files.filter(
    ({ path, text }) =>
      /(^|\/)(settings|events)\.yaml$/.test(path) ||
      Object.hasOwn(messages, /(?:^|\/)messages\/([^/]+)\/[^/]+$/.exec(path)?.[1] ?? '') ||
      (path.endsWith('.yaml') && !/(^|\/)tests\//.test(path) && names.test(text)),
  );
  return kept.map(({ path, text }) => ({ path, text }));
}
