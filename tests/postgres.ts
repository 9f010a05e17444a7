// A real PostgreSQL for the tests that need one: the one at TABIJI_TEST_POSTGRES (in which test databases stay behind),
// or a fresh one on a free loopback port, which ends with this process, however it ends, and takes its folder along.
import { spawn, spawnSync } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync } from 'node:fs';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import pg from 'pg';
import { freePort } from '../embedded/ports.ts';

export interface PostgresServer {
  /** Of its `postgres` database, as a superuser. */
  url: string;
  stop(): Promise<void>;
}

/** Why there is no real PostgreSQL here, or null if there is one. */
export function postgresMissing(): string | null {
  if (process.env.TABIJI_TEST_POSTGRES || findBin()) return null;
  return 'no PostgreSQL here: set TABIJI_TEST_POSTGRES to the address of one, or install the postgresql package';
}

let shared: Promise<PostgresServer> | null = null;

/** The one server of this process; started at the first call. */
export function sharedPostgres(): Promise<PostgresServer> {
  shared ??= startPostgres();
  return shared;
}

/** Starts a server, or answers the one at TABIJI_TEST_POSTGRES (which `stop` leaves alone). */
export async function startPostgres(): Promise<PostgresServer> {
  const given = process.env.TABIJI_TEST_POSTGRES;
  if (given) return { url: given, stop: async () => {} };
  const bin = findBin();
  if (!bin) throw new Error(postgresMissing()!);
  return launch(bin, 1);
}

async function launch(bin: string, attempt: number): Promise<PostgresServer> {
  const folder = mkdtempSync(join(tmpdir(), 'tabiji-postgres-'));
  const user = unprivilegedUser();
  if (user) chownSync(folder, user.uid, user.gid);
  const port = await freePort();
  // The shell outlives neither its stdin nor us: when this process is gone, `read` ends and so does the server.
  const child = spawn('sh', ['-c', SCRIPT, 'sh', bin, folder, String(port)], {
    ...user,
    stdio: ['pipe', 'ignore', 'ignore'],
    cwd: folder,
    env: { ...process.env, LC_ALL: 'C', TZ: 'UTC' },
  });
  child.unref();
  (child.stdin as Socket).unref();
  const url = `postgresql://postgres@127.0.0.1:${port}/postgres`;
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const isUp = await answering(url, () => child.exitCode !== null);
  // It ends at once where another program has taken the port meanwhile.
  if (!isUp && attempt < 3) return launch(bin, attempt + 1);
  if (!isUp) throw new Error('PostgreSQL did not start, three times; initdb or the server ended at once');
  return {
    url,
    async stop() {
      child.ref();
      child.stdin!.end();
      await gone;
    },
  };
}

// Durability is off: what a test stores need not outlive it. SIGQUIT ends PostgreSQL at once.
const SCRIPT = `
  "$1/initdb" -D "$2/data" -U postgres --auth=trust --no-sync -E UTF8 >"$2/initdb.log" 2>&1 || exit 1
  "$1/postgres" -D "$2/data" -p "$3" -k "$2" -c listen_addresses=127.0.0.1 -c fsync=off -c synchronous_commit=off \
    -c full_page_writes=off -c max_connections=200 </dev/null >"$2/postgres.log" 2>&1 & P=$!
  read _
  kill -QUIT $P; wait $P; cd /; rm -rf "$2"`;

function findBin(): string | null {
  const installed = '/usr/lib/postgresql';
  const versions = existsSync(installed) ? readdirSync(installed).sort((a, b) => Number(b) - Number(a)) : [];
  const folders = [...versions.map((version) => join(installed, version, 'bin')), ...pathFolders()];
  return folders.find((folder) => existsSync(join(folder, 'initdb')) && existsSync(join(folder, 'postgres'))) ?? null;
}

function pathFolders(): string[] {
  return (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
}

/** PostgreSQL refuses to run as root. */
function unprivilegedUser(): { uid: number; gid: number } | null {
  if (process.getuid?.() !== 0) return null;
  for (const name of ['postgres', 'nobody']) {
    const [uid, gid] = ['-u', '-g'].map((flag) => spawnSync('id', [flag, name], { encoding: 'utf8' }));
    if (uid?.status === 0 && gid?.status === 0) return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
  }
  throw new Error('PostgreSQL does not run as root, and there is no user "postgres" or "nobody" to run it as');
}

/** False if it ends before it answers. */
async function answering(url: string, hasEnded: () => boolean): Promise<boolean> {
  const deadline = Date.now() + 120_000;
  for (;;) {
    const client = new pg.Client({ connectionString: url });
    try {
      await client.connect();
      await client.end();
      return !hasEnded();
    } catch (error) {
      await client.end().catch(() => {});
      if (hasEnded()) return false;
      if (Date.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
