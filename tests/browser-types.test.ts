// The declaration that shops give their TypeScript says what the file for browsers is.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';

it('browser/tabiji.d.ts is what the compiler makes of browser/tabiji.js', () => {
  const outDir = mkdtempSync(join(tmpdir(), 'tabiji-types-'));
  const options = '--ignoreConfig --allowJs --declaration --emitDeclarationOnly --skipLibCheck --target es2023';
  const lib = ['--lib', 'es2023,dom', '--types', '', '--outDir', outDir];
  execFileSync('node_modules/.bin/tsc', ['browser/tabiji.js', ...options.split(' '), ...lib]);
  const made = readFileSync(join(outDir, 'tabiji.d.ts'), 'utf8');
  const [header, ...kept] = readFileSync('browser/tabiji.d.ts', 'utf8').split('\n');
  expect(header).toMatch(/^\/\/ /);
  expect(kept.join('\n')).toBe(made);
});

it('browser/tabiji.js stays small, and loads nothing else', () => {
  const file = readFileSync('browser/tabiji.js');
  // docs/browser.md says so.
  expect(gzipSync(file, { level: 9 }).length).toBeLessThan(3_500);
  expect(file.toString()).not.toMatch(/^import |\bimport\(/m);
});
