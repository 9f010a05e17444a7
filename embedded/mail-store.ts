// Where the local mailbox keeps accepted mails: .eml files in a folder, or memory. The newest only, up to a limit.
// A mail's id begins with its time, so that the order of names is the order of arrival.
import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writeDurably } from './durable-file.ts';

export interface MailStore {
  /** On the disk when it resolves. Answers the mail's id. */
  add(raw: Buffer, at: number): Promise<string>;
  /** Newest first. */
  ids(): string[];
  read(id: string): Promise<Buffer | undefined>;
}

const ENDING = '.eml';

/** Keeps the mails in `folder`, made if need be, which may hold some of earlier runs. */
export async function folderStore(folder: string, limit: number): Promise<MailStore> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const file = (id: string) => join(folder, id + ENDING);
  const names = (await readdir(folder)).filter((name) => name.endsWith(ENDING));
  const ids = names.map((name) => name.slice(0, -ENDING.length)).sort();
  return {
    async add(raw, at) {
      const id = newId(at);
      await writeDurably(file(id), raw);
      ids.push(id);
      while (ids.length > limit) await rm(file(ids.shift()!), { force: true });
      return id;
    },
    ids: () => ids.toReversed(),
    // Only ids of ours reach the file system: the id comes from an address.
    read: async (id) => (ids.includes(id) ? readFile(file(id)).catch(() => undefined) : undefined),
  };
}

/** Keeps the mails for the life of the process. */
export function memoryStore(limit: number): MailStore {
  const mails = new Map<string, Buffer>();
  return {
    async add(raw, at) {
      const id = newId(at);
      mails.set(id, raw);
      for (const old of [...mails.keys()].slice(0, -limit)) mails.delete(old);
      return id;
    },
    ids: () => [...mails.keys()].reverse(),
    read: async (id) => mails.get(id),
  };
}

/** The moment of arrival, in milliseconds since the epoch, from the id. */
export function arrivedAt(id: string): number {
  return Number.parseInt(id, 10);
}

let count = 0;

// The count orders mails of one millisecond, the random part those of two runs.
function newId(at: number): string {
  count = (count + 1) % 1_000_000;
  return `${String(at).padStart(14, '0')}-${String(count).padStart(6, '0')}-${randomBytes(4).toString('hex')}`;
}
