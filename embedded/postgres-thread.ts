// Inside the thread: opens PGlite, serves it, and obeys `dump` and `stop`.
// Loaded by postgres-thread.js only.
import { existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { PGlite } from '@electric-sql/pglite';
import type { FromPostgresThread, PostgresThreadData, ToPostgresThread } from './postgres.ts';
import { servePostgres } from './postgres-wire.ts';

const say = (message: FromPostgresThread) => parentPort!.postMessage(message);

async function main({ folder, port, password, dump }: PostgresThreadData): Promise<void> {
  const db = await openDatabase(folder, dump);
  const onBroken = (error: Error) => say({ broken: error.message });
  const wire = await servePostgres({ backend: db, port, password, onBroken });
  parentPort!.on('message', async (message: ToPostgresThread) => {
    if (message === 'dump') return say(await dumpOf(db));
    await wire.stop();
    await db.close();
    process.exit(0); // of this thread only
  });
  say({ ready: wire.port });
}

// A new database is made beside its place and moved there whole: one whose making was killed would never open again.
async function openDatabase(folder: string | undefined, dump: Uint8Array | undefined): Promise<PGlite> {
  if (!folder) return PGlite.create(dump ? { loadDataDir: new Blob([dump]) } : {});
  if (!existsSync(folder)) {
    const making = `${folder}.making`;
    await rm(making, { recursive: true, force: true });
    await (await PGlite.create(making)).close();
    await rename(making, folder);
  }
  return PGlite.create(folder);
}

async function dumpOf(db: PGlite): Promise<FromPostgresThread> {
  try {
    const blob = await db.dumpDataDir('none');
    return { dumped: new Uint8Array(await blob.arrayBuffer()) };
  } catch (error) {
    return { broken: `dump: ${(error as Error).message}` };
  }
}

main(workerData).catch((error: NodeJS.ErrnoException) => {
  say({ refused: error.message, code: error.code });
});
