// Processes that stand still and wake again when their work has been done by others, and a Temporal that goes away,
// forgets, or remembers too little.
import { setTimeout as sleep } from 'node:timers/promises';
import pino from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { mailTag } from '../../engine/message-id.ts';
import { startReconciler } from '../../server/reconciler.ts';
import { createDrivenEnrollments } from '../../store/reconcile.ts';
import { postgresMissing } from '../postgres.ts';
import { removeFolders } from './folders.ts';
import { type EnrollmentRow, type Installation, openInstallation } from './installation.ts';
import { endPrograms, type Program } from './program.ts';
import { until } from './until.ts';

const TWO_MAILS = `
purpose: transactional
enter: { on: arrived, again: never }
steps:
  - send: first
    by: email
  - wait: 1 second
  - send: second
    by: email
`;
const LONG = `
purpose: transactional
enter: { on: settled, again: never }
steps:
  - send: first
    by: email
  - wait: { on: called, within: 1 hour }
    id: nap
  - send: second
    by: email
`;

let installation: Installation;
beforeAll(async () => {
  installation = await openInstallation(postgresMissing() ? 'pglite' : 'postgres');
  await installation.startServer();
  await installation.publish({
    journeys: { brief: TWO_MAILS, long: LONG },
    events: ['arrived', 'settled', 'called'],
    messages: ['first', 'second'],
  });
});
afterAll(async () => {
  await endPrograms();
  await installation?.close();
  removeFolders();
});

const addressOf = (userId: string) => `${userId}@example.com`;
const arrive = (userId: string, event = 'arrived') =>
  installation.send(
    { type: 'identify', userId, traits: { email: addressOf(userId) } },
    { type: 'track', userId, event },
  );
const enrollmentOf = async (userId: string) => (await installation.enrollments()).find((one) => one.userId === userId);
const reaches = (userId: string, what: string, is: (enrollment: EnrollmentRow) => boolean, patienceMs = 90_000) =>
  until(
    `${userId} is ${what}`,
    async () => {
      const enrollment = await enrollmentOf(userId);
      return enrollment && is(enrollment) ? enrollment : null;
    },
    patienceMs,
  );
const completes = (userId: string) => reaches(userId, 'through', ({ status }) => status === 'completed');
const naps = (userId: string) => reaches(userId, 'at nap', ({ step }) => step === 'nap');

/** How the n-th mail to this customer stands: in the record, and how often in the mailbox. */
async function standing(userId: string): Promise<string[]> {
  const { rows } = await installation.database.pool.query<{ key: string; message: string; state: string }>(
    `SELECT key, message, state FROM deliveries WHERE "to" = $1 ORDER BY created_at`,
    [addressOf(userId)],
  );
  return rows.map(({ key, message, state }) => `${message} ${state}, ${mailsUnder(key)} in the mailbox`);
}

const standings = (users: readonly (readonly [userId: string, ...unknown[]])[]) =>
  Promise.all(users.map(async ([userId]) => [userId, ...(await standing(userId))]));

function mailsUnder(key: string): number {
  const id = mailTag(key);
  return installation.mailbox.mails.filter(({ messageId }) => messageId.startsWith(`${id}@`)).length;
}

/** All that an execution could change, but for what the holder of a claim may say of it afterwards. */
async function everything(): Promise<unknown> {
  const reads = [
    ...['enrollments', 'turns', 'inbox'].map((table) => `TABLE ${table}`),
    "SELECT * FROM decisions WHERE kind <> 'resolved' ORDER BY id",
    'SELECT key, step, message, attempt, "to", rendered, created_at FROM deliveries ORDER BY key',
  ];
  const rows = reads.map(async (read) => (await installation.database.pool.query(read)).rows);
  return { rows: await Promise.all(rows), mails: [...installation.mailbox.mails] };
}

const SENT = 'accepted, 1 in the mailbox';
/** What its holder knows of a mail that was given up, once it wakes: it let go of the claim, or has the provider's answer. */
const LEARNT: { [userId: string]: RegExp } = {
  'claim-committed': /^first failed, 0 in the mailbox$/,
  'deliver-answered': /^first accepted, 1 in the mailbox$/,
  'turn-moved': /^first accepted, 1 in the mailbox$/,
  // Which it hears first is up to chance: the answer, or that its time is over.
  'before-answer': /^first (accepted|unknown), 1 in the mailbox$/,
};

/** Where an execution stands still, and how its first mail stands when a successor has done its turn. */
const STALLS: [point: string, first: string][] = [
  ['turn: opened', SENT],
  ['deliver: rendered', SENT],
  ['claim: asked', SENT],
  ['claim: committed', 'unknown, 0 in the mailbox'],
  ['deliver: answered', 'unknown, 1 in the mailbox'],
  ['turn: moved', 'unknown, 1 in the mailbox'],
  ['turn: committed', SENT],
];

/** Held by the mail server: nothing has left; or all has, and nobody has said so. */
const HELD: [userId: string, first: string][] = [
  ['before-354', SENT],
  ['before-answer', 'unknown, 1 in the mailbox'],
];
const nameOf = (point: string) => point.replace(/\W+/g, '-');

let worker: Program;

test('a worker stopped in the middle of turns and woken after its successor has finished changes nothing but what it knows of its claims', async () => {
  const { mailbox } = installation;
  const holds = [mailbox.hold(addressOf('before-354'), 'before 354')];
  holds.push(mailbox.hold(addressOf('before-answer'), 'before the answer'));
  const first = [...STALLS.map(([point, state]) => [nameOf(point), state] as const), ...HELD];
  const ids: string[] = [];
  for (const [userId] of first) {
    await arrive(userId, 'settled');
    ids.push((await enrollmentOf(userId))!.id);
  }
  const standAt = Object.fromEntries(STALLS.map(([point], at) => [ids[at]!, point]));
  worker = await installation.startWorker({ standAt });
  await Promise.all(holds.map(({ reached }) => reached));
  for (const [point] of STALLS) await worker.says(new RegExp(`^stands at ${point}$`, 'm'));
  worker.signal('SIGSTOP');

  // Their journeys are not over: a finished enrollment refuses everything anyway, whoever asks.
  const successor = await installation.startWorker();
  for (const [userId] of first) await naps(userId);
  const expected = first.map(([userId, state]) => [userId, `first ${state}`]);
  expect(await standings(first)).toEqual(expected);
  const before = await everything();
  for (const { release } of holds) release();
  worker.signal('SIGCONT');
  for (const id of ids) await worker.says(new RegExp(`^turn over ${id}$`, 'm'));
  const known = expected.map(([userId, state]) => [
    userId,
    LEARNT[userId!] ? expect.stringMatching(LEARNT[userId!]!) : state,
  ]);
  // Whoever held a call has let go of it when its turn is over; what it has learnt is written a moment later.
  await expect.poll(() => standings(first)).toEqual(known);
  await sleep(1_000);
  expect(await everything()).toEqual(before);
  const learnt = await standings(first);
  expect(learnt).toEqual(known);
  for (const [userId] of first) await call(userId);
  for (const [userId] of first) await completes(userId);
  expect(await standings(first)).toEqual(learnt.map((states) => [...states, `second ${SENT}`]));

  await successor.kill();
  await arrive('afterwards');
  await completes('afterwards');
  expect(await standing('afterwards')).toEqual([`first ${SENT}`, `second ${SENT}`]);
});

test('events are taken in while Temporal is away, and their journeys start when it is back', async () => {
  await installation.temporal.halt();
  const users = ['away-1', 'away-2', 'away-3'];
  for (const userId of users) await arrive(userId);
  expect(await (await fetch(`${installation.url}/ready`)).json()).toMatchObject({ status: 'degraded' });
  expect(installation.mailbox.mails.filter(({ to }) => to.startsWith('away'))).toEqual([]);
  await installation.temporal.start();
  for (const userId of users) {
    await completes(userId);
    expect(await standing(userId)).toEqual([`first ${SENT}`, `second ${SENT}`]);
  }
});

test('a Temporal set back to an older copy of its file is repaired by the reconciler', async () => {
  const { temporal } = installation;
  for (const userId of ['copied-1', 'copied-2']) await arrive(userId, 'settled');
  for (const userId of ['copied-1', 'copied-2']) await naps(userId);
  await temporal.halt();
  temporal.copy();
  await temporal.start();
  await call('copied-1');
  await completes('copied-1');
  await arrive('not-copied', 'settled');
  await naps('not-copied');
  await temporal.halt();
  temporal.restore();
  await temporal.start();

  expect(await isDriven('not-copied')).toBe(false);
  await reconcile();
  await until('it is driven again', () => isDriven('not-copied'));
  for (const userId of ['copied-2', 'not-copied']) {
    await call(userId);
    await completes(userId);
  }
  for (const userId of ['copied-1', 'copied-2', 'not-copied'])
    expect(await standing(userId)).toEqual([`first ${SENT}`, `second ${SENT}`]);
});

test('a Temporal that has lost everything is repaired by the reconciler', async () => {
  const { temporal } = installation;
  await arrive('sleeps', 'settled');
  await naps('sleeps');
  await arrive('due');
  await reaches('due', 'waiting', ({ step }) => step !== null);
  await temporal.halt();
  temporal.empty();
  await temporal.start();
  await reconcile();
  await completes('due');
  await until('it is driven again', () => isDriven('sleeps'));
  await call('sleeps');
  await completes('sleeps');
  for (const userId of ['sleeps', 'due']) expect(await standing(userId)).toEqual([`first ${SENT}`, `second ${SENT}`]);
});

test('the worker that stood still, and lost its Temporal three times, is the same process', () => {
  expect(worker.hasEnded()).toBe(false);
});

const call = (userId: string) => installation.send({ type: 'track', userId, event: 'called' });

async function isDriven(userId: string): Promise<boolean> {
  const { id } = (await enrollmentOf(userId))!;
  return installation.client.workflow
    .getHandle(id)
    .describe()
    .then(
      ({ status }) => status.name === 'RUNNING',
      () => false,
    );
}

/** A round without the minute of grace, beside the server's own; its dispatcher does the rest. */
async function reconcile(): Promise<void> {
  const reconciler = startReconciler({
    enrollments: createDrivenEnrollments(installation.database.pool),
    client: installation.client,
    now: Date.now,
    wake: () => {},
    logger: pino({ level: 'silent' }),
    ...{ intervalMs: 3_600_000, graceMs: 0 },
  });
  await until('Temporal answers', () => reconciler.round().catch(() => null));
  await reconciler.stop();
}
