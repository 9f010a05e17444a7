// Generates the database client from prisma/schema.prisma after an install.
// The command asks for a schema-engine binary that it does not use here; any program in its place spares the download.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
if (existsSync(`${root}prisma/schema.prisma`)) generate();

function generate() {
  const prisma = createRequire(import.meta.url).resolve('prisma/build/index.js');
  const { status, stdout, stderr } = spawnSync(process.execPath, [prisma, 'generate', '--no-hints'], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, PRISMA_SCHEMA_ENGINE_BINARY: process.execPath, PRISMA_HIDE_UPDATE_MESSAGE: '1' },
  });
  if (status === 0) return;
  process.stderr.write(`${stdout}${stderr}\nThe database client could not be generated. `);
  process.stderr.write('Put right what stands above, then run: node scripts/generate.js\n');
  process.exitCode = 1;
}
