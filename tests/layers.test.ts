// Imports go one way (docs/architecture.md). Each folder lists what it may import; everything else is a mistake.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');

/** Folders and packages each layer may import, besides itself. `node:` stands for Node's own modules. */
const layers: { [folder: string]: { folders: string[]; packages: RegExp } } = {
  'engine/core': { folders: [], packages: /^(@marcbachmann\/cel-js|temporal-polyfill)$/ },
  engine: { folders: ['engine/core'], packages: /^(liquidjs|html-to-text|temporal-polyfill)$/ },
  simulator: { folders: ['engine/core', 'engine', 'language'], packages: /^temporal-polyfill$/ },
  language: { folders: ['engine/core', 'engine'], packages: /^(?!@temporalio|pg$|fastify|nodemailer|@prisma)/ },
  workflows: { folders: [], packages: /^@temporalio\/(workflow|common)$/ },
  activities: { folders: ['engine/core', 'engine', 'workflows'], packages: /^(?!fastify|pg$|@prisma)/ },
  store: { folders: ['engine/core', 'engine', 'generated'], packages: /^(?!@temporalio|fastify|nodemailer)/ },
};

/** The only files that may read the environment or end the process. */
const roots = ['worker.ts', 'server/main.ts', 'cli/main.ts', 'embedded/start.ts', 'embedded/demo/main.ts'];
/** A thread ends itself: `process.exit` there ends the thread only. */
const threads = ['embedded/postgres-thread.ts'];

it.each(Object.keys(layers))('%s imports only what its layer may', (folder) => {
  const { folders, packages } = layers[folder]!;
  const wrong = filesOf(folder).flatMap((file) =>
    importsOf(file)
      .filter(({ from, typeOnly }) => {
        if (from.startsWith('node:')) return folder === 'engine/core' || folder === 'workflows';
        if (!from.startsWith('.')) return !packages.test(from);
        const target = layerOf(join(dirname(file), from));
        return target !== folder && !folders.includes(target) && !(folder === 'workflows' && typeOnly);
      })
      .map(({ from }) => `${file}: ${from}`),
  );
  expect(wrong).toEqual([]);
});

it('the pages are a client of the API: of ours they take their own files and the sentences', () => {
  const wrong = readdirSync(join(root, 'pages/src'), { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.tsx?$/.test(file))
    .map((file) => join('pages/src', file))
    .flatMap((file) => importsOf(file).map(({ from }) => ({ file, from })))
    .filter(({ from }) => from.startsWith('node:') || from.startsWith('.'))
    .filter(({ file, from }) => {
      const target = join(dirname(file), from);
      return !target.startsWith('pages/src/') && target !== 'engine/core/sentences.ts';
    });
  expect(wrong).toEqual([]);
});

it('only the composition roots read the environment and end the process', () => {
  const product = ['engine', 'language', 'simulator', 'workflows', 'activities', 'store', 'server', 'embedded', 'cli'];
  const wrong = product
    .flatMap((folder) => filesOf(folder, true))
    .filter(
      (file) =>
        ![...roots, ...threads].includes(file) && /process\.(env|exit)\b/.test(readFileSync(join(root, file), 'utf8')),
    );
  expect(wrong).toEqual([]);
});

it('the core knows no clock and no chance', () => {
  const impure = /Date\.now|new Date\(\)|Math\.random|performance\.now|setTimeout|Temporal\.Now|crypto/;
  expect(filesOf('engine/core').filter((file) => impure.test(readFileSync(join(root, file), 'utf8')))).toEqual([]);
});

function filesOf(folder: string, deep = folder !== 'engine'): string[] {
  const entries = readdirSync(join(root, folder), { withFileTypes: true, recursive: deep });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)));
  return paths.filter((path) => path.endsWith('.ts'));
}

function importsOf(file: string): { from: string; typeOnly: boolean }[] {
  const text = readFileSync(join(root, file), 'utf8');
  const found = text.matchAll(/^(?:import|export)\s+(type\s+)?(?:[^'";]*?\sfrom\s+)?'([^']+)'/gm);
  return [...found].map(([, typeOnly, from]) => ({ from: from!, typeOnly: typeOnly !== undefined }));
}

function layerOf(path: string): string {
  return path.startsWith('engine/core/') ? 'engine/core' : path.split('/')[0]!;
}
