// Real Temporal timers: waits of a second or two, slept by a Temporal server, and nobody there to nudge.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { postgresMissing } from '../postgres.ts';
import { removeFolders } from './folders.ts';
import { type Installation, openInstallation } from './installation.ts';
import { endPrograms } from './program.ts';
import { until } from './until.ts';

const MESSAGES = ['soon', 'quiet', 'heard', 'late'];
const JOURNEYS = {
  length: `
purpose: transactional
enter: { on: began, again: never }
steps:
  - wait: 2 seconds
  - send: soon
    by: email
`,
  quiet: `
purpose: transactional
enter: { on: stirred, again: never }
steps:
  - wait: { until_no: stirred, for: 8 seconds }
  - send: quiet
    by: email
`,
  either: `
purpose: transactional
enter: { on: asked, again: never }
steps:
  - wait:
      on: answered
      within: 2 seconds
      then:
        - send: heard
          by: email
      otherwise:
        - send: late
          by: email
`,
  patient: `
purpose: transactional
enter: { on: asked_kindly, again: never }
steps:
  - wait: { on: answered, within: 1 hour }
  - send: heard
    by: email
`,
  brief: `
purpose: transactional
enter: { on: opened, again: never }
lasts: 2 seconds
steps:
  - wait: { on: answered }
  - send: heard
    by: email
`,
};

let installation: Installation;
beforeAll(async () => {
  installation = await openInstallation(postgresMissing() ? 'pglite' : 'postgres');
  await Promise.all([installation.startServer(), installation.startWorker()]);
  await installation.publish({
    journeys: JOURNEYS,
    events: ['began', 'stirred', 'asked', 'answered', 'opened', 'asked_kindly'],
    messages: MESSAGES,
  });
});
afterAll(async () => {
  await endPrograms();
  await installation?.close();
  removeFolders();
});

/** The customer comes and does this; answers from when on they may have done it: the acknowledgement comes later. */
async function does(userId: string, event: string): Promise<number> {
  const begunAt = Date.now();
  await installation.send(
    { type: 'identify', userId, traits: { email: `${userId}@example.com` } },
    { type: 'track', userId, event },
  );
  return begunAt;
}

const track = (userId: string, event: string) => installation.send({ type: 'track', userId, event });
const sleeping = (userId: string) =>
  until(`${userId} sleeps`, async () =>
    (await installation.enrollments()).some((one) => one.userId === userId && one.step !== null),
  );
const ended = (userId: string) =>
  until(`the enrollment of ${userId} ends`, async () =>
    (await installation.enrollments()).find((one) => one.userId === userId && one.status !== 'active'),
  );
const mailsTo = (userId: string) => installation.mailbox.mails.filter(({ to }) => to === `${userId}@example.com`);
const messagesTo = async (userId: string) => {
  const { rows } = await installation.database.pool.query(`SELECT message FROM deliveries WHERE "to" = $1`, [
    `${userId}@example.com`,
  ]);
  return rows.map(({ message }) => message);
};

test.concurrent('a wait of two seconds takes no less, by real timers', async () => {
  const begun = await does('ayu', 'began');
  await ended('ayu');
  const [mail] = mailsTo('ayu');
  expect(mail!.at - begun).toBeGreaterThanOrEqual(2_000);
});

test.concurrent('a quiet period begins anew with every event', async () => {
  await does('beni', 'stirred');
  await sleeping('beni');
  await new Promise((resolve) => setTimeout(resolve, 500));
  const last = await does('beni', 'stirred');
  await ended('beni');
  expect(mailsTo('beni')[0]!.at - last).toBeGreaterThanOrEqual(8_000);
});

test.concurrent('an event wakes a wait long before its time is over', async () => {
  await does('chika', 'asked_kindly');
  await sleeping('chika');
  await track('chika', 'answered');
  await ended('chika');
  expect(await messagesTo('chika')).toEqual(['heard']);
});

test.concurrent('without the event the wait ends at its time', async () => {
  const begun = await does('dai', 'asked');
  await ended('dai');
  expect(await messagesTo('dai')).toEqual(['late']);
  expect(mailsTo('dai')[0]!.at - begun).toBeGreaterThanOrEqual(2_000);
});

test.concurrent('an enrollment that nothing ends is over when its time is', async () => {
  await does('emi', 'opened');
  expect(await ended('emi')).toMatchObject({ status: 'exited', reason: 'expired' });
  expect(mailsTo('emi')).toEqual([]);
});
