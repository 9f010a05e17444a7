// Journeys folders for tests: a base folder with the files of a case laid over it. A file that says `@absent` is left out.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SourceFile } from '../../language/source.ts';

const here = import.meta.dirname;

/** The names of the cases in `ok` or `err`. */
export function casesIn(kind: 'ok' | 'err'): string[] {
  return readdirSync(join(here, kind)).toSorted();
}

export function caseFolder(kind: 'ok' | 'err', name: string): SourceFile[] {
  const files = { ...textsIn(join(here, 'base')), ...textsIn(join(here, kind, name)) };
  delete files['expected.txt'];
  delete files['plan.json'];
  const kept = Object.entries(files).filter(([, text]) => text.trim() !== '@absent');
  return kept
    .map(([path, text]) => ({ path: `journeys/${path}`, text }))
    .toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

function textsIn(folder: string): { [path: string]: string } {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    entries.map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return [path.slice(folder.length + 1), readFileSync(path, 'utf8')];
    }),
  );
}
