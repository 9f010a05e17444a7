// Ports on this machine: a free one, and whether a wanted one can be had.
// Between the answer and its use another program may take the port, so whoever listens still handles EADDRINUSE.
import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { StartError } from './start-error.ts';

// macOS lets a program bind 127.0.0.1 while another holds the wildcard address, and the other way round: ask for both.
const HOSTS = ['127.0.0.1', '0.0.0.0'];

// Below what Linux (32768) and macOS (49152) give to outgoing connections: nothing takes one of these by accident.
const FIRST = 15_000;
const END = 32_000;
const given = new Set<number>();

/** A port of the loopback interface that nothing listens on now; never the same one twice in a process. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(FIRST, END);
    if (given.has(port)) continue;
    given.add(port);
    if (await isFree(port)) return port;
  }
}

async function isFree(port: number): Promise<boolean> {
  try {
    for (const host of HOSTS) await listenOnce(port, host);
    return true;
  } catch {
    return false;
  }
}

/** True for a name of this machine that no other machine can reach it by. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host);
}

/** Refuses a port that is taken, not allowed or not a port; `setting` is the variable that chooses it, as in `PORT`. */
export async function requireFreePort(port: number, setting: string): Promise<void> {
  if (!Number.isInteger(port) || port < 1 || port > 65535)
    throw new StartError(`${setting} must be a port between 1 and 65535, such as ${setting}=3000`);
  for (const host of HOSTS) {
    try {
      await listenOnce(port, host);
    } catch (error) {
      throw portRefused(port, setting, (error as NodeJS.ErrnoException).code);
    }
  }
}

/** The sentence for a port that could not be had; `code` is the operating system's, as in `EADDRINUSE`. */
export function portRefused(port: number, setting: string, code: string | undefined): StartError {
  if (code === 'EADDRINUSE')
    return new StartError(`port ${port} is taken by another program; stop it or set ${setting}=${port + 1}`);
  if (code === 'EACCES')
    return new StartError(`port ${port} is reserved for privileged programs; set ${setting} to one above 1024`);
  return new StartError(`port ${port} cannot be used (${code ?? 'unknown reason'}); set ${setting} to another one`);
}

function listenOnce(port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ port, host, exclusive: true }, () => void server.close(() => resolve()));
  });
}
