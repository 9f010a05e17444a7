// A file that is either there whole or not at all, also after a kill.
// For what is acknowledged once it is written: keys, the version of a home, an accepted mail.
import { open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Replaces a file in one step, on the disk when this resolves, for its owner's eyes only. */
export async function writeDurably(file: string, content: string | Uint8Array): Promise<void> {
  const making = `${file}.new`;
  const handle = await open(making, 'w', 0o600);
  try {
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(making, file);
  const folder = await open(dirname(file), 'r');
  await folder.sync().finally(() => folder.close());
}
