// A journeys folder on disk → its texts. The only part of the compiler that touches the file system.
import { lstat, readdir, readFile, realpath, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { phrase } from './phrase.ts';
import { SaidError } from './said-error.ts';
import { largestFile, mostFiles, type SourceFile } from './source.ts';

const deepestFolder = 6;

/** Why a folder cannot be read: a sentence for whoever named it. */
export class FolderError extends SaidError {}

/**
 * Reads what the compiler takes: `*.yaml`, `faq.md`, and everything in `messages/` and `tests/`. Paths begin with the folder as
 * it was typed and have `/` between their parts, in alphabetical order. Throws `FolderError` where there is no such
 * folder, a file is larger than 256 KB or no UTF-8, there are more than 2,000 files, or a link leads out of the folder.
 */
export async function loadFolder(folder: string): Promise<SourceFile[]> {
  const root = await realpath(folder).catch(() => null);
  if (root === null) throw new FolderError(phrase`there is no folder ${folder}`);
  if (!(await lstat(root)).isDirectory())
    throw new FolderError(phrase`${folder} is a file: name the folder that it lies in`);
  const shown = folder.replaceAll(sep, '/').replace(/\/+$/, '');
  const paths = await listFiles(root, root, 0);
  if (paths.length > mostFiles)
    throw new FolderError(phrase`${shown} holds more than ${mostFiles} files: is it the right one?`);
  const sources: SourceFile[] = [];
  for (const path of paths) {
    const inside = relative(root, path).replaceAll(sep, '/');
    sources.push({ path: `${shown}/${inside}`, text: await readText(path, `${shown}/${inside}`) });
  }
  return sources;
}

async function listFiles(folder: string, root: string, depth: number): Promise<string[]> {
  const found: string[] = [];
  for (const name of (await readdir(folder)).toSorted()) {
    const path = join(folder, name);
    if (name.startsWith('.') || (depth === 0 && !isSource(name))) continue;
    const real = await realpath(path).catch(() => null);
    if (real === null || !(real === root || real.startsWith(root + sep))) {
      throw new FolderError(
        phrase`${relative(root, path)} is a link that leads out of the folder: put the file itself there`,
      );
    }
    if (!(await lstat(real)).isDirectory()) found.push(path);
    else if (depth < deepestFolder) found.push(...(await listFiles(path, root, depth + 1)));
    if (found.length > mostFiles) break;
  }
  return found;
}

function isSource(name: string): boolean {
  return name === 'messages' || name === 'tests' || /\.ya?ml$/.test(name) || /^faq(\.[^.]+)?\.md$/.test(name);
}

async function readText(path: string, shown: string): Promise<string> {
  const about = await stat(path);
  if (!about.isFile()) throw new FolderError(phrase`${shown} is no ordinary file`);
  if (about.size > largestFile) throw new FolderError(phrase`${shown} is larger than ${largestFile / 1024} KB`);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(await readFile(path));
  } catch {
    throw new FolderError(phrase`${shown} is not UTF-8: save it with that encoding`);
  }
}
