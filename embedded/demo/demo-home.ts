// The demo's home: a folder of its own, emptied at each start, so that the story begins anew. Nobody else's folder is emptied.
import { access, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { lockHome } from '../home-lock.ts';
import { StartError } from '../start-error.ts';

const sign = 'demo';

/** Refuses a folder that another process holds, or that holds anything but an earlier demo. */
export async function emptyDemoHome(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const lock = await lockHome(folder);
  try {
    const there = (await readdir(folder)).filter((name) => name !== 'lock');
    if (there.length > 0 && !(await isDemos(folder)))
      throw new StartError(`${folder} is not from a demo, and is left as it is; set TABIJI_DEMO_HOME to a new folder`);
    for (const name of there) await rm(join(folder, name), { recursive: true, force: true });
    await writeFile(join(folder, sign), 'Made by npm run demo, which empties this folder at each start.\n');
  } finally {
    await lock.release();
  }
}

function isDemos(folder: string): Promise<boolean> {
  return access(join(folder, sign)).then(
    () => true,
    () => false,
  );
}
