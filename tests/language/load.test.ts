// Reading a folder: what is taken, and what is refused before anything in it is read.
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { check } from '../../cli/check.ts';
import { loadFolder } from '../../language/load.ts';

let home: string;
let folder: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'tabiji-load-'));
  folder = join(home, 'journeys');
  mkdirSync(join(folder, 'messages', 'hello'), { recursive: true });
  writeFileSync(join(folder, 'settings.yaml'), 'locale: ja\n');
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

test('takes YAML at the top and everything below messages, with paths as they were typed', async () => {
  writeFileSync(join(folder, 'messages', 'hello', 'email.liquid'), 'hello');
  writeFileSync(join(folder, 'README.md'), 'not a journey');
  writeFileSync(join(folder, '.hidden.yaml'), 'not a journey');
  const files = await loadFolder(`${folder}/`);
  expect(files.map((file) => file.path)).toEqual([`${folder}/messages/hello/email.liquid`, `${folder}/settings.yaml`]);
  expect(files[0]?.text).toBe('hello');
});

test('refuses a link that leads out of the folder', async () => {
  writeFileSync(join(home, 'secret.yaml'), 'secret: true\n');
  symlinkSync(join(home, 'secret.yaml'), join(folder, 'a.yaml'));
  await expect(loadFolder(folder)).rejects.toThrow('a.yaml is a link that leads out of the folder');
});

test('refuses a linked folder outside, and one that does not exist', async () => {
  mkdirSync(join(home, 'other'));
  symlinkSync(join(home, 'other'), join(folder, 'messages', 'other'));
  await expect(loadFolder(folder)).rejects.toThrow('leads out of the folder');
  await expect(loadFolder(join(home, 'nothing'))).rejects.toThrow('there is no folder');
  await expect(loadFolder(join(folder, 'settings.yaml'))).rejects.toThrow('is a file: name the folder');
});

test('follows a link inside the folder', async () => {
  symlinkSync(join(folder, 'settings.yaml'), join(folder, 'twin.yaml'));
  expect(await loadFolder(folder)).toHaveLength(2);
});

test('refuses a file that is too large, and one that is no UTF-8', async () => {
  writeFileSync(join(folder, 'big.yaml'), '#'.repeat(256 * 1024 + 1));
  await expect(loadFolder(folder)).rejects.toThrow('big.yaml is larger than 256 KB');
  writeFileSync(join(folder, 'big.yaml'), Buffer.from([0x74, 0x3a, 0x20, 0xff, 0xfe]));
  await expect(loadFolder(folder)).rejects.toThrow('big.yaml is not UTF-8');
});

test('refuses a folder of too many files', async () => {
  for (let number = 0; number <= 2_000; number += 1) writeFileSync(join(folder, `j${number}.yaml`), '');
  await expect(loadFolder(folder)).rejects.toThrow('more than 2000 files');
});

test('check answers 1 for a broken folder, and says why', async () => {
  let out = '';
  expect(await check(folder, 'en', (text) => (out += text))).toBe(1);
  expect(out).toContain('settings.yaml needs "brand", "time_zone"');
  expect(await check(join(home, 'nothing'), 'en', () => {})).toBe(1);
});

test('check answers 0 for the shipped journeys', async () => {
  let out = '';
  expect(await check('journeys', 'en', (text) => (out += text))).toBe(0);
  expect(out).toBe('5 journeys can be published\n');
});
