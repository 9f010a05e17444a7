// The pages' bundle: built by `npm start` where it is missing or older than its sources, by `npm run build` for
// production. In seconds, and only when something has changed.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

const folder = import.meta.dirname;
const dist = join(folder, 'dist');
const stamp = join(dist, 'sources.sha256');

/** Where the built pages lie; null where they were never built. Does not ask how old they are. */
export function builtPages(): string | null {
  return existsSync(join(dist, 'index.html')) ? dist : null;
}

/** Builds the pages if their sources have changed since; answers the folder. `say` is told before it takes a while. */
export async function ensurePages(say: (line: string) => void): Promise<string> {
  const sources = hashOfSources();
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === sources) return dist;
  say('Building the pages …');
  await build();
  writeFileSync(stamp, sources);
  return dist;
}

async function build(): Promise<void> {
  const vite = await import('vite');
  await vite.build({
    configFile: false,
    root: join(folder, 'src'),
    base: '/pages/',
    logLevel: 'error',
    build: { outDir: dist, emptyOutDir: true, target: 'es2022', modulePreload: { polyfill: false } },
  });
  await compress(join(dist, 'assets'));
}

/** Each text is there once more, compressed, so that no server does it again for every browser. */
async function compress(assets: string): Promise<void> {
  const texts = readdirSync(assets).filter((name) => /\.(js|css)$/.test(name));
  await Promise.all(
    texts.map(async (name) => {
      const file = join(assets, name);
      writeFileSync(`${file}.gz`, await promisify(gzip)(readFileSync(file), { level: 9 }));
    }),
  );
}

/** By content, not by time: a checkout or a copy has whatever times it has. The lock file stands for the libraries. */
function hashOfSources(): string {
  const sources = readdirSync(join(folder, 'src'), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  const hash = createHash('sha256');
  const all = [...sources, join(folder, 'build.ts'), join(folder, '../package-lock.json')].sort();
  for (const file of all) hash.update(`${file.slice(folder.length)}\0`).update(readFileSync(file));
  return hash.digest('hex');
}
