// Questions that journeys ask in the chat, and their answers: by a button, by typing, once, and by nobody else.
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { createDrive } from '../../drive.ts';
import { newId } from '../../store/id.ts';
import { ann, bob, type ChatRig, logger, openChat, until } from './chat-rig.ts';
import { keys, secret, start } from './server-under-test.ts';

let rig: ChatRig;
let pool: ChatRig['pool'];
let call: ChatRig['call'];
let open: ChatRig['open'];
let say: ChatRig['say'];

beforeEach(async () => {
  rig = await openChat();
  ({ pool, call, open, say } = rig);
});

const folder = (ask: string, message: string) => [
  {
    path: 'journeys/settings.yaml',
    text: `brand: { name: Shop, url: "https://shop.example", postal_address: x, contact: a@shop.example }
time_zone: Asia/Tokyo
locale: en
customer: { colour: "string?", visits: "int?" }
channels: { site: {} }
`,
  },
  { path: 'journeys/events.yaml', text: 'looked: { properties: { page: string? } }\n' },
  { path: 'journeys/messages/colour/site.yaml', text: message },
  {
    path: 'journeys/colours.yaml',
    text: `journey: colours\npurpose: transactional\nenter: { on: looked }\nsteps:\n  - ask: colour\n    by: site\n    within: 1 day\n${ask}`,
  },
];
const picked = folder(
  '    save: customer.colour\n    answers: { red: [{ exit: likes_red }] }\n',
  'question: Which one?\nanswers: { red: Bright red, blue: Deep blue }\n',
);
const typed = folder('    save: customer.visits\n', 'question: How often have you been here?\n');

/** Ann is asked; answers the open chat, and runs her enrollment's next turn. */
async function asked(files: typeof picked) {
  const { clock, url, stored, follow } = rig;
  const { diagnostics } = await stored.publications.publish(files, 'test', start);
  expect(diagnostics).toEqual([]);
  const drive = createDrive({ pool, clock, smtpUrl: 'smtp://127.0.0.1:1', publicUrl: url, secret, logger });
  await call('/v1/track', keys.browser, { anonymousId: ann, event: 'looked', messageId: newId() });
  const { rows } = await pool.query('SELECT id FROM enrollments');
  const turn = () => drive.turns.run(rows[0].id);
  await turn();
  const token = await open(ann);
  const read = await follow(token);
  await until(() => read.length === 1);
  onTestFinished(() => drive.close());
  return { token, read, turn, key: read[0]!.key };
}
const stands = async () =>
  (await pool.query('SELECT e.status, e.reason, c.traits FROM enrollments e JOIN customers c ON c.id = e.customer_id'))
    .rows[0];

test('is answered by its button', async () => {
  const { token, turn, key } = await asked(picked);
  const pick = () => call('/chat/answers', token, { key, answer: 'red' });
  expect([(await pick()).status, (await pick()).status]).toEqual([202, 202]);
  await turn();
  expect(await stands()).toMatchObject({ status: 'exited', reason: 'likes_red', traits: { colour: 'red' } });
  expect((await pool.query("SELECT 1 FROM decisions WHERE kind = 'answered'")).rowCount).toBe(1);
});

test.each(['Bright Red', 'red', ' ＲＥＤ '])('is answered by typing "%s", once, and nobody is called', async (text) => {
  const { token, turn } = await asked(picked);
  const id = newId();
  await say(token, text, id);
  await say(token, text, id);
  await turn();
  expect(await stands()).toMatchObject({ reason: 'likes_red', traits: { colour: 'red' } });
  expect((await pool.query('SELECT 1 FROM conversations')).rowCount).toBe(0);
  expect((await pool.query('SELECT 1 FROM chat_messages')).rowCount).toBe(2);
});

test('with answers to pick from leaves other words to the FAQ and to people', async () => {
  const { token } = await asked(picked);
  await say(token, 'Neither, I want to speak to somebody');
  expect((await pool.query('SELECT 1 FROM conversations')).rowCount).toBe(1);
  expect(await stands()).toMatchObject({ status: 'active', traits: {} });
});

test('whose answer is typed is asked again until the answer is of its type', async () => {
  const { token, read } = await asked(typed);
  await say(token, 'many times');
  await until(() => read.length === 3);
  expect(read[2]!.text).toContain('whole number');
  expect(await stands()).toMatchObject({ traits: {} });
  await say(token, '3');
  expect(await stands()).toMatchObject({ traits: { visits: 3 } });
  await say(token, '4');
  expect(await stands()).toMatchObject({ traits: { visits: 3 } });
});

test('is nobody else’s to answer', async () => {
  const { key } = await asked(picked);
  const other = await call('/chat/answers', await open(bob), { key, answer: 'red' });
  const unasked = await call('/chat/answers', await open(ann), { key, answer: 'green' });
  expect([other.status, unasked.status]).toEqual([404, 404]);
  expect(await stands()).toMatchObject({ traits: {} });
});

test('from long ago is not what somebody means today', async () => {
  const { token } = await asked(typed);
  rig.clock.aheadMs += 31 * 24 * 60 * 60 * 1000;
  await say(await open(ann), '3');
  expect(await stands()).toMatchObject({ traits: {} });
  expect(token).not.toBe('');
});
