// The pages' bundle: built by `npm start` where it is missing or older than its sources, by `npm run build` for
// production. In seconds, and only when something has changed.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

const folder = import.meta.dirname;
const dist = join(folder, 'dist');

/** Where the pages of these sources lie; null where they are not built. */
export function builtPages(): string | null {
  const built = join(dist, hashOfSources());
  return existsSync(join(built, 'index.html')) ? built : null;
}

/** Builds the pages if these sources were not built yet; answers the folder. `say` is told before it takes a while. */
export async function ensurePages(say: (line: string) => void): Promise<string> {
  const built = builtPages();
  if (built) return built;
  say('Building the pages …');
  const target = join(dist, hashOfSources());
  // Several may build at once, and servers may be serving what was built before: each has a folder of its own.
  const beside = `${target}.${process.pid}`;
  await build(beside);
  try {
    renameSync(beside, target);
  } catch {
    // Somebody else was first.
    rmSync(beside, { recursive: true, force: true });
  }
  return target;
}

async function build(outDir: string): Promise<void> {
  const vite = await import('vite');
  await vite.build({
    configFile: false,
    root: join(folder, 'src'),
    base: '/pages/',
    logLevel: 'error',
    build: { outDir, emptyOutDir: true, target: 'es2022', modulePreload: { polyfill: false } },
  });
  await compress(join(outDir, 'assets'));
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

/** By content, not by time: a checkout or a copy has whatever times it has. The lock file stands for the libraries,
 * the sentences are core's own. */
function hashOfSources(): string {
  const sources = readdirSync(join(folder, 'src'), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  const hash = createHash('sha256');
  const others = ['build.ts', '../package-lock.json', '../engine/core/sentences.ts', '../engine/core/reasons.ts'];
  const all = [...sources, ...others.map((file) => join(folder, file))].sort();
  for (const file of all) hash.update(`${file.slice(folder.length)}\0`).update(readFileSync(file));
  return hash.digest('hex').slice(0, 16);
}
