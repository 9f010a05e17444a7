// The worker's own process, as an operator starts it.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTestDatabase, type TestDatabase } from '../database.ts';
import { eventNames, type Rig, startRig } from './rig.ts';

let rig: Rig;
let database: TestDatabase;
beforeAll(async () => {
  [rig, database] = await Promise.all([startRig(), openTestDatabase()]);
});
afterAll(async () => {
  await database.close();
  await rig.stop();
});

test('it runs turns, and ends with status 0 when told to', async () => {
  const { child, said } = start({
    DATABASE_URL: database.url,
    TEMPORAL_ADDRESS: rig.server.address,
    SMTP_URL: 'smtp://127.0.0.1:1',
    TABIJI_PUBLIC_URL: 'http://127.0.0.1:3000',
    TABIJI_SECRET: 'a secret of sixteen characters or more',
    TZ: 'Asia/Tokyo',
  });
  const handle = await rig.enroll('nobody');
  await expect.poll(() => eventNames(handle)).toContain('markerRecorded');
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  expect((await ended)[0]).toBe(0);
  expect(said()).toContain('running turns');
});

test('it names every variable that is missing, and what each is for', async () => {
  const { child, said } = start({ DATABASE_URL: database.url });
  expect((await once(child, 'exit'))[0]).toBe(1);
  for (const name of ['TEMPORAL_ADDRESS', 'SMTP_URL', 'TABIJI_PUBLIC_URL', 'TABIJI_SECRET']) {
    expect(said()).toContain(`${name} is not set: `);
  }
  expect(said()).not.toContain('DATABASE_URL');
});

function start(environment: Record<string, string>): { child: ChildProcess; said: () => string } {
  const root = fileURLToPath(new URL('../../', import.meta.url));
  const env = { PATH: process.env.PATH, ...environment };
  const child = spawn(process.execPath, ['--import', 'tsx', 'worker.ts'], { cwd: root, env });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      text += chunk;
    });
  }
  return { child, said: () => text };
}
