// `npm start` as a person uses it: the first start and its curl, Ctrl-C, kill -9, the next start, and every refusal.
import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, expect, test } from 'vitest';
import { newFolder, removeFolders, writeJourneys } from './folders.ts';
import { isListening, json, type Started, startProduct, startProgram } from './npm-start.ts';
import { endPrograms, isAlive, processesWith } from './program.ts';
import { until } from './until.ts';

afterAll(async () => {
  await endPrograms();
  removeFolders();
});

const shell = (command: string) => promisify(execFile)('sh', ['-c', command]);
const curlIn = (said: string) => /^ {2}(curl .*)$/m.exec(said)![1]!;

/** A home's own processes carry its path: Temporal its file's. */
const nothingIsLeft = (home: string, pid: number) =>
  until('no process is left', () => !isAlive(pid) && processesWith(home).length === 0);

test('the first start says where everything is, its curl brings a mail, and the second start tells no secrets', async () => {
  const home = newFolder();
  const first = await startProduct(home);
  const said = first.program.said();
  for (const place of [first.url, `${first.url}/mailbox`, `${home}/postgres (embedded)`, `${home}/mail`])
    expect(said).toContain(place);
  expect(said).toMatch(/^Temporal +127\.0\.0\.1:\d+ \(embedded\)$/m);
  expect(said).toMatch(/^Journeys +cart-abandonment, double-opt-in, post-purchase, review-request, welcome$/m);
  for (const [name, key] of Object.entries(first.keys)) expect(said).toContain(`${name}=${key}`);
  const { stdout } = await shell(curlIn(said));
  expect(JSON.parse(stdout)).toMatchObject({ accepted: 2, quarantined: [] });
  const mail = await first.mail('hanako@example.com', 'ようこそ');
  expect(mail.text).toContain('旅野 様');

  first.program.signal('SIGINT');
  expect(await first.program.ended).toBe(0);
  await nothingIsLeft(home, first.program.pid);
  expect(await isListening(first.port)).toBe(false);

  const second = await startProduct(home);
  for (const key of Object.values(second.keys)) expect(second.program.said()).not.toContain(key);
  expect(JSON.parse((await shell(curlIn(second.program.said()))).stdout)).toMatchObject({ accepted: 2 });
  expect(await second.mails()).toHaveLength(1);

  const [inUse, taken] = await Promise.all([
    startProgram(home),
    startProgram(newFolder(), { PORT: String(second.port) }),
  ]);
  expect(await inUse.program.ended).toBe(1);
  expect(inUse.program.said()).toContain(`${home} is in use by another Tabiji (process ${second.program.pid})`);
  expect(await taken.program.ended).toBe(1);
  expect(taken.program.said()).toContain(`port ${second.port} is taken by another program; stop it or set PORT=`);

  second.program.signal('SIGTERM');
  expect(await second.program.ended).toBe(0);
  await nothingIsLeft(home, second.program.pid);
});

const NAP = `
purpose: transactional
enter: { on: lay_down, again: after_exit }
steps:
  - send: good-night
    by: email
  - wait: 6 seconds
  - send: good-morning
    by: email
`;

test('after a kill -9 no process is left, and the next start goes on with everything acknowledged', async () => {
  const [home, journeys] = [newFolder(), newFolder()];
  writeJourneys(journeys, { journeys: { nap: NAP }, events: ['lay_down'], messages: ['good-night', 'good-morning'] });
  const first = await startProduct(home, { TABIJI_JOURNEYS: journeys });
  await first.send(
    { type: 'identify', userId: 'aki', traits: { email: 'aki@example.com' } },
    { type: 'track', userId: 'aki', event: 'lay_down' },
  );
  await first.mail('aki@example.com', 'good-night');
  const dueAt = await until('aki sleeps', async () => (await first.customer('aki')).enrollments[0]?.dueAt);
  const published = await versionsOf(first);
  const acknowledged: string[] = [];
  const sending = (async () => {
    for (let number = 0; ; number += 1) {
      const note = `n${number}`;
      await first.send({ type: 'track', userId: 'aki', event: 'noted', properties: { note } });
      acknowledged.push(note);
    }
  })();
  await until('events are taken in', () => acknowledged.length >= 20);
  await Promise.all([first.program.kill(), sending.catch(() => {})]);
  await nothingIsLeft(home, first.program.pid);

  writeFileSync(join(journeys, 'nap.yaml'), `journey: nap${NAP.replace('6 seconds', '7 seconds')}`);
  const second = await startProduct(home, { TABIJI_JOURNEYS: journeys });
  expect(second.program.said()).toContain('nap (changed)');
  const morning = await second.mail('aki@example.com', 'good-morning');
  const { events, enrollments, deliveries } = await second.customer('aki');
  const notes = events.filter(({ name }) => name === 'noted').map(({ data }) => (data as { note: string }).note);
  expect(notes).toEqual(expect.arrayContaining(acknowledged.slice(-40)));
  expect(enrollments).toMatchObject([{ journey: 'nap', status: 'completed' }]);
  expect(deliveries.map(({ message, state }) => [message, state])).toEqual([
    ['good-morning', 'accepted'],
    ['good-night', 'accepted'],
  ]);
  const mails = await second.mails();
  expect(mails.map(({ subject }) => subject)).toEqual(['good-morning', 'good-night']);
  expect(morning.at).toBeGreaterThanOrEqual(Date.parse(dueAt));
  expect(await versionsOf(second)).toEqual(published);
  second.program.signal('SIGINT');
  expect(await second.program.ended).toBe(0);
});

async function versionsOf({ url, keys }: Started): Promise<string[]> {
  const list = await json<{ journeys: { version: string }[] }>(`${url}/journeys`, keys.TABIJI_MARKETER_TOKEN);
  return list.journeys.map(({ version }) => version);
}

test.each<[string, Record<string, string>, (home: string) => string]>([
  [
    'a home of a newer version',
    {},
    (home) => {
      writeFileSync(join(home, 'version'), '99.0.0\n');
      return `${home} was written by Tabiji 99.0.0, and this is `;
    },
  ],
  [
    'a Temporal command that is none',
    { TABIJI_TEMPORAL_CLI: '/nowhere/temporal' },
    () => 'TABIJI_TEMPORAL_CLI: /nowhere/temporal does not run',
  ],
  ['a port that is none', { PORT: '70000' }, () => 'PORT must be a port between 1 and 65535'],
])('%s is refused in a sentence, and nothing is left', async (_, environment, prepare) => {
  const home = newFolder();
  const sentence = prepare(home);
  const { program } = await startProgram(home, environment);
  expect(await program.ended).toBe(1);
  expect(program.said()).toContain(sentence);
  expect(program.said()).not.toContain('    at ');
  await nothingIsLeft(home, program.pid);
});

test('a journeys folder with mistakes is refused at the first start, which names them all', async () => {
  const [home, journeys] = [newFolder(), newFolder()];
  const broken = NAP.replace('lay_down', 'lay_dwn').replace('6 seconds', '6 minuets');
  writeJourneys(journeys, {
    journeys: { nap: broken },
    events: ['lay_down'],
    messages: ['good-night', 'good-morning'],
  });
  const { program, port } = await startProgram(home, { TABIJI_JOURNEYS: journeys });
  expect(await program.ended).toBe(1);
  expect(program.said()).toContain('unknown event "lay_dwn"');
  expect(program.said()).toContain('6 minuets');
  expect(program.said()).toContain('mend it and start again');
  await nothingIsLeft(home, program.pid);
  expect(await isListening(port)).toBe(false);

  writeJourneys(journeys, { journeys: { nap: NAP }, events: ['lay_down'], messages: ['good-night', 'good-morning'] });
  const mended = await startProduct(home, { TABIJI_JOURNEYS: journeys });
  expect(mended.program.said()).toMatch(/^Journeys +nap$/m);
  // The refused start has made the keys already, and said none of them.
  expect(readFileSync(join(home, 'keys'), 'utf8')).toContain('TABIJI_WRITE_KEY=');
});

test('Ctrl-C while it starts ends it as well', async () => {
  const home = newFolder();
  const { program } = await startProgram(home);
  await program.says(/Starting/);
  program.signal('SIGINT');
  expect(await program.ended).toBe(0);
  await nothingIsLeft(home, program.pid);
});
