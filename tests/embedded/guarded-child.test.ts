import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { launch, logTail } from '../../embedded/guarded-child.ts';
import { testFolder } from './folder.ts';

const started = (logFile: string) =>
  vi.waitUntil(() => readFileSync(logFile, 'utf8').includes('up'), { timeout: 60_000 });

test('a program is asked to end, and its output is in the log', async () => {
  const logFile = join(testFolder(), 'log');
  const script = 'trap "echo ending; exit 7" TERM; echo up; while :; do sleep 0.02; done';
  const child = await launch('sh', ['-c', script], logFile);
  await started(logFile);
  await child.stop();
  expect(await child.ended).toBe(7);
  expect(readFileSync(logFile, 'utf8')).toBe('up\nending\n');
});

test('a program that does not end when asked is made to', async () => {
  const logFile = join(testFolder(), 'log');
  const child = await launch('sh', ['-c', 'trap "" TERM; echo up; while :; do sleep 0.02; done'], logFile, 200);
  await started(logFile);
  await child.stop();
  expect(await child.ended).toBe(137);
});

test('the status of a program that ends by itself is told, and it can still be stopped', async () => {
  const child = await launch('sh', ['-c', 'exit 5'], join(testFolder(), 'log'));
  expect(await child.ended).toBe(5);
  await child.stop();
});

test('a large log is set aside', async () => {
  const logFile = join(testFolder(), 'log');
  writeFileSync(logFile, Buffer.alloc(20_000_001, 'x'));
  const child = await launch('sh', ['-c', 'echo new'], logFile);
  await child.ended;
  expect(readFileSync(logFile, 'utf8')).toBe('new\n');
});

test('of a crash its first lines are told, and not the end of its stack', async () => {
  const logFile = join(testFolder(), 'log');
  const stack = Array.from({ length: 40 }, (_, line) => `main.go:${line}`).join('\n');
  writeFileSync(logFile, `starting\npanic: no port\n\ngoroutine 1 [running]:\n${stack}\n`);
  expect(await logTail(logFile)).toMatch(/:\n {2}panic: no port\n/);
  writeFileSync(logFile, `${stack}\nthe end\n`);
  expect(await logTail(logFile)).toMatch(/main\.go:39\n {2}the end$/);
});
