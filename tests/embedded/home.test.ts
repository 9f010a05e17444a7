import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openHome } from '../../embedded/home.ts';
import { KEY_NAMES } from '../../embedded/keys.ts';
import { StartError } from '../../embedded/start-error.ts';
import { type Child, runChild } from './child.ts';
import { testFolder } from './folder.ts';

interface Said {
  opened: boolean;
  message?: string;
}

const modeOf = (path: string) => statSync(path).mode & 0o777;

test('a new home is private and has keys of its own', async () => {
  const folder = join(testFolder(), 'deep', 'home');
  const home = await openHome(folder, '0.1.0');
  expect(home.newKeys).toEqual(KEY_NAMES);
  expect(new Set(Object.values(home.keys)).size).toBe(KEY_NAMES.length);
  for (const key of Object.values(home.keys)) expect(key).toMatch(/^[\w-]{30,}$/);
  expect([modeOf(folder), modeOf(join(folder, 'keys'))]).toEqual([0o700, 0o600]);
  await home.close();
});

test('keys are made once', async () => {
  const folder = testFolder();
  const first = await openHome(folder, '0.1.0');
  await first.close();
  const second = await openHome(folder, '0.1.0');
  expect(second.newKeys).toEqual([]);
  expect(second.keys).toEqual(first.keys);
  await second.close();
});

test('a key from the environment wins and is not written down', async () => {
  const folder = testFolder();
  const home = await openHome(folder, '0.1.0', { TABIJI_ADMIN_TOKEN: 'from-the-environment' });
  expect(home.keys.TABIJI_ADMIN_TOKEN).toBe('from-the-environment');
  expect(home.newKeys).not.toContain('TABIJI_ADMIN_TOKEN');
  expect(readFileSync(join(folder, 'keys'), 'utf8')).not.toContain('from-the-environment');
  await home.close();
});

test('a key that an older version did not have is added, the others stay', async () => {
  const folder = testFolder();
  writeFileSync(join(folder, 'keys'), 'TABIJI_WRITE_KEY=wk_old\n');
  const home = await openHome(folder, '0.1.0');
  expect(home.keys.TABIJI_WRITE_KEY).toBe('wk_old');
  expect(home.newKeys).toEqual(KEY_NAMES.filter((name) => name !== 'TABIJI_WRITE_KEY'));
  await home.close();
});

test.each([
  ['0.2.0', '0.1.0'],
  ['0.10.0', '0.9.9'],
  ['1.0.0', '0.9.9'],
])('a home written by %s is refused by %s', async (written, version) => {
  const folder = testFolder();
  await (await openHome(folder, written)).close();
  const refused = openHome(folder, version);
  await expect(refused).rejects.toThrow(StartError);
  await expect(refused).rejects.toThrow(
    `was written by Tabiji ${written}, and this is ${version}; run ${written} or later`,
  );
  expect(readdirSync(join(folder, 'lock'))).toEqual([]);
});

test('a home of an older version is taken over', async () => {
  const folder = testFolder();
  await (await openHome(folder, '0.1.9')).close();
  await (await openHome(folder, '0.2.0')).close();
  expect(readFileSync(join(folder, 'version'), 'utf8')).toBe('0.2.0\n');
});

test('a version file with something else in it is refused', async () => {
  const folder = testFolder();
  writeFileSync(join(folder, 'version'), 'latest');
  await expect(openHome(folder, '0.1.0')).rejects.toThrow('is not a version ("latest")');
});

test('a file in the place of the home is refused', async () => {
  const file = join(testFolder(), 'file');
  writeFileSync(file, '');
  await expect(openHome(file, '0.1.0')).rejects.toThrow('set TABIJI_HOME to a folder of yours');
});

test('a path too long for a lock is refused', async () => {
  const folder = join(testFolder(), 'x'.repeat(100));
  mkdirSync(folder);
  await expect(openHome(folder, '0.1.0')).rejects.toThrow('is too long; set TABIJI_HOME to a shorter one');
});

test('a second process is told who holds the home, and gets in when the holder was killed', async () => {
  const folder = testFolder();
  const holder = runChild('home', folder);
  expect(await holder.next()).toMatchObject({ opened: true });
  await expect(openHome(folder, '0.1.0')).rejects.toThrow(
    `${folder} is in use by another Tabiji (process ${holder.process.pid}); stop it (kill ${holder.process.pid})`,
  );
  await holder.kill('SIGKILL');
  const home = await openHome(folder, '0.1.0');
  expect(home.newKeys).toEqual([]);
  await home.close();
});

test('a stopped process keeps its home', async () => {
  const folder = testFolder();
  const holder = runChild('home', folder);
  await holder.next();
  holder.process.kill('SIGSTOP');
  await expect(openHome(folder, '0.1.0')).rejects.toThrow(`process ${holder.process.pid}`);
  await holder.kill('SIGKILL');
});

test('of processes that start at once, one gets the home, also over the remains of a killed one', async () => {
  const folder = testFolder();
  for (let round = 0; round < 4; round++) {
    const children: Child[] = Array.from({ length: 4 }, () => runChild('home', folder));
    const said = await Promise.all(children.map((child) => child.next<Said>()));
    expect(said.filter((one) => one?.opened)).toHaveLength(1);
    await Promise.all(children.map((child) => child.kill('SIGKILL')));
  }
});
