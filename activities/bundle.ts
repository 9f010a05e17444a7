// The workflow code as one file, built once and kept: building takes one to three seconds, reading it a few milliseconds.
import { createHash } from 'node:crypto';
import { access, mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode } from '@temporalio/worker';
import type { Logger } from 'pino';
import { failureConverterPath } from './data-converter.ts';
import { sdkLogger } from './sdk-logger.ts';

export type Bundle = { codePath: string } | { code: string };

const WORKFLOWS = fileURLToPath(new URL('../workflows', import.meta.url));
const CACHE = fileURLToPath(new URL('../node_modules/.cache/tabiji', import.meta.url));
const PRELOADED = ['@temporalio/workflow'];

/**
 * The workflow bundle for these sources and this version of the SDK: the kept file, or a new one. Where `folder` cannot
 * be written, it is built anew at each start.
 */
export async function workflowBundle(logger: Logger, folder = CACHE): Promise<Bundle> {
  const codePath = join(folder, `workflows-${await sourcesHash()}.js`);
  if (await exists(codePath)) return { codePath };
  const { code } = await bundleWorkflowCode({
    workflowsPath: join(WORKFLOWS, 'journey.ts'),
    failureConverterPath,
    // Shared by all workflows of the process: a third less heap.
    preloadModules: PRELOADED,
    logger: sdkLogger(logger.child({}, { level: 'warn' })),
  });
  return (await keep(codePath, code)) ? { codePath } : { code };
}

/** A rename, so that a process that is killed or runs beside this one never leaves half a file. */
async function keep(codePath: string, code: string): Promise<boolean> {
  const temporary = `${codePath}.${process.pid}`;
  try {
    await mkdir(join(codePath, '..'), { recursive: true });
    await writeFile(temporary, code);
    await rename(temporary, codePath);
    return true;
  } catch {
    return false;
  }
}

async function sourcesHash(): Promise<string> {
  const hash = createHash('sha256').update(sdkVersion()).update(PRELOADED.join());
  for (const name of (await readdir(WORKFLOWS)).sort()) {
    hash.update(`\0${name}\0`).update(await readFile(join(WORKFLOWS, name)));
  }
  return hash.digest('hex').slice(0, 16);
}

function sdkVersion(): string {
  const { version } = createRequire(import.meta.url)('@temporalio/worker/package.json') as { version: string };
  return version;
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
