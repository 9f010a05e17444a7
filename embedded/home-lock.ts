// One process at a time in a home. Each contender listens on a socket of its own in the folder and asks all others:
// the kernel closes a killed process's socket, so a lock never outlives its holder, and process ids may be reused freely.
import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { join, relative, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { reasonOf, StartError } from './start-error.ts';

export interface HomeLock {
  release(): Promise<void>;
}

interface Presence {
  pid: number;
  holds: boolean;
}

const ROUNDS = 40;
const ANSWER_MS = 1000;
// The kernel's limit for a socket's path is 104 bytes on macOS, 108 on Linux.
const MAX_PATH_BYTES = 100;

/** Refuses, naming the process, while another one holds the folder; what a killed holder left is cleared away. */
export async function lockHome(folder: string): Promise<HomeLock> {
  const locks = shorter(join(resolve(folder), 'lock'));
  await mkdir(locks, { recursive: true, mode: 0o700 });
  const me: Presence = { pid: process.pid, holds: false };
  for (let round = 0; round < ROUNDS; round++) {
    const { name, server } = await appear(locks, me);
    const others = await othersIn(locks, name);
    if (others.length === 0) {
      me.holds = true;
      return { release: () => disappear(locks, name, server) };
    }
    await disappear(locks, name, server);
    const holder = others.find((other) => other.holds);
    if (holder) throw heldBy(folder, holder.pid);
    // Two contenders see each other, and both step back: another try, at another moment.
    await sleep(10 + Math.random() * 100);
  }
  throw new StartError(`several programs keep trying to open ${folder} at once; stop all but one`);
}

// The socket gets its name only when it listens, so that whoever finds it can connect or knows that its owner is dead.
async function appear(locks: string, me: Presence): Promise<{ name: string; server: Server }> {
  const id = randomBytes(6).toString('hex');
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.end(JSON.stringify(me));
  });
  server.unref();
  const making = join(locks, `${id}.new`);
  if (Buffer.byteLength(making) > MAX_PATH_BYTES)
    throw new StartError(`the path ${resolve(locks, '..')} is too long; set TABIJI_HOME to a shorter one`);
  await new Promise<void>((done, fail) => {
    server.once('error', (error) => fail(cannotLock(locks, error)));
    server.listen(making, done);
  });
  const name = `${process.pid}-${id}.sock`;
  await rename(making, join(locks, name));
  return { name, server };
}

async function disappear(locks: string, name: string, server: Server): Promise<void> {
  await rm(join(locks, name), { force: true });
  await new Promise((done) => server.close(done));
}

async function othersIn(locks: string, own: string): Promise<Presence[]> {
  const names = (await readdir(locks)).filter((name) => name.endsWith('.sock') && name !== own);
  const found = await Promise.all(names.map((name) => ask(locks, name)));
  return found.filter((presence) => presence !== undefined);
}

// A process that is there and does not answer in time (stopped, or very busy) is taken for the holder.
async function ask(locks: string, name: string): Promise<Presence | undefined> {
  const path = join(locks, name);
  const { said, code } = await listenTo(path);
  if (code === 'ENOENT') return undefined;
  if (code !== 'ECONNREFUSED') return parse(said) ?? { pid: Number.parseInt(name, 10), holds: true };
  await rm(path, { force: true });
  return undefined;
}

function listenTo(path: string): Promise<{ said: string; code?: string }> {
  return new Promise((done) => {
    let said = '';
    let code: string | undefined;
    const socket = connect(path);
    socket.setTimeout(ANSWER_MS, () => socket.destroy());
    socket.on('data', (data) => {
      said += data;
    });
    socket.on('error', (error: NodeJS.ErrnoException) => {
      code = error.code;
    });
    socket.on('close', () => done({ said, code }));
  });
}

function parse(text: string): Presence | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function shorter(path: string): string {
  const fromHere = relative(process.cwd(), path);
  return fromHere.length < path.length ? fromHere : path;
}

function heldBy(folder: string, pid: number): StartError {
  return new StartError(
    `${folder} is in use by another Tabiji (process ${pid}); stop it (kill ${pid}), or set TABIJI_HOME to another folder`,
  );
}

function cannotLock(locks: string, error: Error): StartError {
  return new StartError(
    `cannot lock ${locks} (${reasonOf(error)}); set TABIJI_HOME to a folder of yours on a local disk`,
  );
}
