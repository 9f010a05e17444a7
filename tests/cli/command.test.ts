// The command as it is called: its words, its exit status, its defaults.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { journeysFolder } from './folder.ts';

const bin = join(import.meta.dirname, '../../bin/tabiji.js');

function tabiji(args: string[], env: NodeJS.ProcessEnv = {}): Promise<{ status: number; text: string; error: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [bin, ...args], { env: { ...process.env, ...env } }, (failure, text, error) => {
      resolve({ status: failure ? Number(failure.code) : 0, text, error });
    });
  });
}

test('lists its commands', async () => {
  const { status, text } = await tabiji(['--help']);
  expect(status).toBe(0);
  for (const command of ['check', 'test', 'simulate', 'publish'])
    expect(text).toMatch(new RegExp(`^ {2}${command} `, 'm'));
});

test('a command that there is not is an error, and the nearest is named', async () => {
  const { status, error } = await tabiji(['chek']);
  expect({ status, error }).toEqual({
    status: 1,
    error: expect.stringContaining('unknown command "chek". did you mean "check"?'),
  });
});

test('takes the folder of TABIJI_JOURNEYS where none is named', async () => {
  const folder = await journeysFolder();
  const checked = await tabiji(['check'], { TABIJI_JOURNEYS: folder });
  expect({ status: checked.status, text: checked.text }).toEqual({ status: 0, text: '1 journey can be published\n' });
  const tested = await tabiji(['test', '--only', 'once'], { TABIJI_JOURNEYS: folder });
  expect({ status: tested.status, text: tested.text }).toEqual({
    status: 0,
    text: 'ok      welcome: entered once\n\n1 passed\n',
  });
});

test('exits with 1 where something is wrong', async () => {
  const broken = await journeysFolder({ 'welcome.yaml': 'journey: welcome\n' });
  expect((await tabiji(['check', broken])).status).toBe(1);
  expect((await tabiji(['test', broken])).status).toBe(1);
  expect((await tabiji(['publish', broken])).status).toBe(1);
});
