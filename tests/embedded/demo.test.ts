// The demo's parts that need no product: whose folder is emptied, and a script that is the same each time.
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { crowd } from '../../embedded/demo/cast.ts';
import { emptyDemoHome } from '../../embedded/demo/demo-home.ts';
import { days, story } from '../../embedded/demo/story.ts';
import { lockHome } from '../../embedded/home-lock.ts';
import { testFolder } from './folder.ts';

test('its own folder is emptied at each start', async () => {
  const folder = join(testFolder(), 'new');
  await emptyDemoHome(folder);
  mkdirSync(join(folder, 'postgres'));
  writeFileSync(join(folder, 'clock'), 'x');
  await emptyDemoHome(folder);
  expect(readdirSync(folder).sort()).toEqual(['demo', 'lock']);
});

test('a folder of anybody else is refused, and nothing in it is touched', async () => {
  const folder = testFolder();
  writeFileSync(join(folder, 'keys'), 'TABIJI_SECRET=x');
  await expect(emptyDemoHome(folder)).rejects.toThrow(
    `${folder} is not from a demo, and is left as it is; set TABIJI_DEMO_HOME to a new folder`,
  );
  expect(existsSync(join(folder, 'keys'))).toBe(true);
});

test('a demo that runs is not emptied under its feet', async () => {
  const folder = testFolder();
  await emptyDemoHome(folder);
  const lock = await lockHome(folder);
  await expect(emptyDemoHome(folder)).rejects.toThrow(`${folder} is in use by another Tabiji`);
  await lock.release();
});

test('the story is told in its order, within the two weeks, and is the same each time', () => {
  const moments = story().map(({ at }) => at);
  expect(moments).toEqual(moments.toSorted((a, b) => a - b));
  expect(moments.every((at) => Number.isInteger(at) && at >= 9 * 60 && at < days * 24 * 60)).toBe(true);
  expect(story().map(({ at, says }) => [at, says])).toEqual(story().map(({ at, says }) => [at, says]));
  expect(crowd()).toEqual(crowd());
  expect(crowd(1)).not.toEqual(crowd(2));
});

test('nobody of the cast can be reached in the world', () => {
  for (const { person } of crowd()) expect(person.email).toMatch(/@example\.(jp|com)$/);
});
