// The chat on the shop's pages, over HTTP and a real database: who may read it, what is said in it, and by whom.
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeEach, expect, test, vi } from 'vitest';
import { siteChannel } from '../../activities/channels/site.ts';
import type { ShortMessage } from '../../engine/core/content.ts';
import { createConverse } from '../../server/chat/converse.ts';
import { createChatFeed } from '../../server/chat/feed.ts';
import { sessionMs, sessionToken } from '../../server/chat/session-token.ts';
import { newChatMessages } from '../../store/chat.ts';
import { newId } from '../../store/id.ts';
import { ann, bob, type ChatRig, openChat, type Read, until } from './chat-rig.ts';
import { keys, secret, start } from './server-under-test.ts';

const never = new AbortController().signal;
const failures: unknown[] = [];

let pool: ChatRig['pool'];
let url: string;
let call: ChatRig['call'];
let open: ChatRig['open'];
let follow: ChatRig['follow'];
let say: ChatRig['say'];
let ports: ChatRig['ports'];
let clock: ChatRig['clock'];

beforeEach(async () => {
  failures.length = 0;
  ({ pool, url, call, open, follow, say, ports, clock } = await openChat());
});

const said = (read: Read[]) => read.map(({ from, by, text, title }) => [from, by, text ?? title]);

test('a question is answered from the FAQ, and both are read in their order', async () => {
  const token = await open(ann);
  const read = await follow(token);
  expect(await say(token, '送料はいくらですか')).toEqual({ status: 202, json: { status: 'taken' } });
  await until(() => read.length === 2);
  expect(said(read)).toEqual([
    ['customer', 'customer', '送料はいくらですか'],
    ['shop', 'faq', expect.stringContaining('600円')],
  ]);
});

test('what the FAQ does not know calls a person, once, and while one is there nothing else answers', async () => {
  const token = await open(ann);
  const read = await follow(token);
  await say(token, '店長の好きな音楽は何ですか');
  await say(token, '送料はいくらですか');
  await until(() => read.length === 3);
  expect(said(read).map(([, by]) => by)).toEqual(['customer', 'faq', 'customer']);
  expect(read[1]!.text).toContain('担当者');
  const { rows } = await pool.query('SELECT queue, status, channel, note FROM conversations');
  expect(rows).toEqual([{ queue: 'support', status: 'open', channel: 'site', note: '店長の好きな音楽は何ですか' }]);
  const messages = await pool.query(
    'SELECT count(DISTINCT conversation_id)::int AS ids, count(*)::int FROM chat_messages',
  );
  expect(messages.rows).toEqual([{ ids: 1, count: 3 }]);
});

test('a repeat of a message is one message with one answer, also when both come at once', async () => {
  const token = await open(ann);
  const id = newId();
  const answers = await Promise.all([1, 2, 3].map(() => say(token, '店長の好きな音楽は何ですか', id)));
  expect(answers.map(({ status }) => status)).toEqual([202, 202, 202]);
  const { rows } = await pool.query('SELECT "from" FROM chat_messages ORDER BY id');
  expect(rows).toEqual([{ from: 'customer' }, { from: 'faq' }]);
  expect((await pool.query('SELECT id FROM conversations')).rowCount).toBe(1);
});

test('a message whose answer was lost with its process is answered when it comes again', async () => {
  const crash = createConverse({
    ports,
    answers: () => Promise.reject(new Error('killed')),
    openQuestion: async () => null,
    receiveAnswer: async () => ({ status: 'unknown' }),
    heard: () => {},
  });
  const id = newId();
  const typed = { identity: { anonymousId: ann }, channel: 'site', id, text: '送料はいくらですか' };
  await expect(crash.type(typed)).rejects.toThrow('killed');
  await say(await open(ann), '送料はいくらですか', id);
  const { rows } = await pool.query('SELECT "from" FROM chat_messages ORDER BY id');
  expect(rows).toEqual([{ from: 'customer' }, { from: 'faq' }]);
});

test('a stream goes on behind what its reader has', async () => {
  const token = await open(ann);
  await say(token, '送料はいくらですか');
  const first = await follow(token);
  await until(() => first.length === 2);
  const second = await follow(token, first[0]!.id);
  await until(() => second.length === 1);
  expect(second[0]!.id).toBe(first[1]!.id);
});

test('a chat of many messages is read to its end, and goes on from there', async () => {
  const token = await open(ann);
  await say(token, '送料はいくらですか');
  await pool.query(`INSERT INTO chat_messages (key, customer_id, channel, "from", content, at)
    SELECT 'k' || n, m.customer_id, 'site', 'agent', '{"text": "more"}', m.at
      FROM generate_series(1, 250) n, (SELECT * FROM chat_messages ORDER BY id LIMIT 1) m`);
  const read = await follow(token);
  await until(() => read.length === 252);
  await say(token, '返品したい');
  await until(() => read.length === 254);
  expect(read.map(({ id }) => id)).toEqual(read.map(({ id }) => id).toSorted((a, b) => a - b));
});

test('a chat is read by its own browser only', async () => {
  await say(await open(ann), '送料はいくらですか');
  const other = await follow(await open(bob));
  await say(await open(bob), '返品したい');
  await until(() => other.length === 2);
  await sleep(60);
  expect(other.map(({ text }) => text)).toContain('返品したい');
  expect(other.map(({ text }) => text)).not.toContain('送料はいくらですか');
});

test('who signs in with the browser reads their own chat there, and no longer that of who was there before', async () => {
  const identify = (userId: string) =>
    call('/v1/identify', keys.server, { userId, anonymousId: ann, messageId: newId() });
  const token = await open(ann);
  await identify('first');
  await say(token, '送料はいくらですか');
  await identify('second');
  const read = await follow(token);
  await say(token, '返品したい');
  await until(() => read.length === 2);
  expect(said(read)[0]).toEqual(['customer', 'customer', '返品したい']);
});

test('what a visitor said is there after they have signed up', async () => {
  const token = await open(ann);
  await call('/v1/identify', keys.server, { userId: 'u', messageId: newId(), traits: { first_name: 'Ann' } });
  await say(token, '送料はいくらですか');
  await call('/v1/identify', keys.server, { userId: 'u', anonymousId: ann, messageId: newId() });
  const read = await follow(token);
  await until(() => read.length === 2);
});

const short: ShortMessage = { title: '再入荷', body: 'お待たせしました', url: null, image: null, locale: 'ja' };
const outbound = (to: string) => ({ key: 'e1/1', to, rendered: short, unsubscribeUrl: null });

test('a journey’s message comes to the open chat, once', async () => {
  const read = await follow(await open(ann));
  await call('/v1/track', keys.browser, { anonymousId: ann, event: 'Looked', messageId: newId() });
  const { rows } = await pool.query('SELECT id FROM customers');
  const channel = siteChannel(ports);
  const claim = vi.fn(async () => true);
  expect(await channel.attempt(outbound(rows[0].id), claim, never)).toEqual({ kind: 'accepted' });
  expect(await channel.attempt(outbound(rows[0].id), claim, never)).toEqual({ kind: 'duplicate' });
  expect(claim).toHaveBeenCalledTimes(2);
  await until(() => read.length === 1);
  expect(read[0]).toMatchObject({
    from: 'shop',
    by: 'journey',
    title: '再入荷',
    body: 'お待たせしました',
    key: 'e1/1',
  });
});

test('a message whose commit was not answered is found, and not said twice', async () => {
  await call('/v1/track', keys.browser, { anonymousId: ann, event: 'Looked', messageId: newId() });
  const { rows } = await pool.query('SELECT id FROM customers');
  let lost = 1;
  const store: typeof ports.store = {
    async transaction(work) {
      const done = await ports.store.transaction(work);
      if (lost-- > 0) throw new Error('the connection was lost');
      return done;
    },
  };
  const channel = siteChannel({ ...ports, store });
  expect(await channel.attempt(outbound(rows[0].id), async () => true, never)).toEqual({ kind: 'duplicate' });
  lost = 2;
  const other = { ...outbound(rows[0].id), key: 'e1/2' };
  expect(await channel.attempt(other, async () => true, never)).toMatchObject({ kind: 'unknown' });
  expect((await pool.query('SELECT 1 FROM chat_messages')).rowCount).toBe(2);
});

test('without its claim a journey says nothing, and to nobody erased', async () => {
  await call('/v1/track', keys.server, { userId: 'u', event: 'Looked', messageId: newId() });
  const { rows } = await pool.query('SELECT id FROM customers');
  const channel = siteChannel(ports);
  expect(await channel.attempt(outbound(rows[0].id), async () => false, never)).toEqual({ kind: 'not_claimed' });
  expect((await pool.query('SELECT 1 FROM chat_messages')).rowCount).toBe(0);
  expect(
    (
      await fetch(`${url}/customers/${rows[0].id}`, {
        method: 'DELETE',
        headers: { authorization: `Bearer ${keys.admin}` },
      })
    ).ok,
  ).toBe(true);
  expect(await channel.attempt(outbound(rows[0].id), async () => true, never)).toMatchObject({
    kind: 'recipient_gone',
  });
});

test('an erasure leaves nothing of what was said, and nobody waits any more', async () => {
  await call('/v1/identify', keys.server, { userId: 'u', anonymousId: ann, messageId: newId() });
  await say(await open(ann), 'my secret question');
  const { rows } = await pool.query('SELECT id FROM customers');
  await fetch(`${url}/customers/${rows[0].id}`, {
    method: 'DELETE',
    headers: { authorization: `Bearer ${keys.admin}` },
  });
  const left = await pool.query(
    'SELECT chat_messages::text FROM chat_messages UNION ALL SELECT conversations::text FROM conversations',
  );
  expect(left.rows.length).toBe(3);
  expect(JSON.stringify(left.rows)).not.toMatch(/secret question|担当者/);
  expect((await pool.query('SELECT status FROM conversations')).rows).toEqual([{ status: 'resolved' }]);
});

test('who was erased is nobody in the chat, too: nothing makes a person of them again', async () => {
  await call('/v1/identify', keys.server, { userId: 'u', anonymousId: ann, messageId: newId() });
  const token = await open(ann);
  const { rows } = await pool.query('SELECT id FROM customers');
  const headers = { authorization: `Bearer ${keys.admin}` };
  await fetch(`${url}/customers/${rows[0].id}`, { method: 'DELETE', headers });
  expect((await say(token, 'my secret question')).status).toBe(404);
  expect((await call('/chat/answers', token, { key: 'e1/1', answer: 'a' })).status).toBe(404);
  expect((await pool.query('SELECT 1 FROM customers')).rowCount).toBe(1);
  expect((await pool.query('SELECT 1 FROM chat_messages')).rowCount).toBe(0);
  expect((await pool.query('SELECT sum(dropped)::int AS dropped FROM erased_identities')).rows).toEqual([
    { dropped: 1 },
  ]);
});

test.each([
  ['a token of another secret', () => sessionToken('another secret, long enough', ann, start)],
  ['one that is over', () => sessionToken(secret, ann, start - sessionMs)],
  ['the browser’s key', () => keys.browser],
  ['nothing', () => ''],
])('%s opens no chat', async (_, token) => {
  const headers = { authorization: `Bearer ${token()}` };
  expect((await fetch(`${url}/chat/messages`, { headers })).status).toBe(401);
  expect((await call('/chat/messages', token(), { id: newId(), text: 'x' })).status).toBe(401);
});

test('a session lasts by real time, however fast business goes', async () => {
  const token = await open(ann);
  clock.aheadMs += 30 * sessionMs;
  expect((await call('/chat/messages', token, { id: newId(), text: '送料はいくらですか' })).status).toBe(202);
  clock.at += sessionMs;
  expect((await call('/chat/messages', token, { id: newId(), text: 'x' })).status).toBe(401);
});

test.each([[{ anonymousId: 'short' }], [{}], [{ anonymousId: 'x'.repeat(257) }]])(
  'a session for an id that is none (%#) is refused',
  async (body) => {
    expect((await call('/chat/sessions', keys.browser, body)).status).toBe(400);
  },
);

test('a session needs the write key', async () => {
  expect((await call('/chat/sessions', 'no key that is known', { anonymousId: ann })).status).toBe(401);
  expect((await call('/chat/sessions', keys.support, { anonymousId: ann })).status).toBe(403);
});

test.each([
  [{ id: 'x', text: 'a' }],
  [{ id: newId(), text: '   ' }],
  [{ id: newId(), text: 'x'.repeat(2_001) }],
  [{ id: newId() }],
  [{ id: '../../etc', text: 'a' }],
])('a message %# that is none is refused, and nothing is kept', async (body) => {
  const token = await open(ann);
  expect((await call('/chat/messages', token, body)).status).toBe(400);
  expect((await pool.query('SELECT 1 FROM chat_messages')).rowCount).toBe(0);
});

test('who types faster than people do is asked to wait, and nobody else is', async () => {
  const token = await open(ann);
  const statuses = [];
  for (let number = 0; number < 22; number++) statuses.push((await say(token, '送料')).status);
  expect(statuses).toEqual([...Array(20).fill(202), 503, 503]);
  expect((await say(await open(bob), '送料')).status).toBe(202);
});

test('ids of browsers that are made up do not get around the share of the browser’s key', async () => {
  const limited = await openChat(5);
  const opened = [];
  for (let number = 0; number < 8; number++)
    opened.push((await limited.call('/chat/sessions', keys.browser, { anonymousId: `${ann}${number}` })).status);
  expect(opened).toContain(429);
  expect(opened.slice(0, 5)).toEqual(Array(5).fill(200));
  expect((await limited.call('/chat/sessions', keys.server, { anonymousId: ann })).status).toBe(200);
});

test('a browser with many tabs reads in the first six of them', async () => {
  const token = await open(ann);
  for (let number = 0; number < 6; number++) await follow(token);
  const headers = { authorization: `Bearer ${token}` };
  expect((await fetch(`${url}/chat/messages`, { headers })).status).toBe(503);
});

test('while the database is away streams wait, and go on when it is back', async () => {
  const token = await open(ann);
  let isAway = true;
  const flaky = createChatFeed(
    (places) => (isAway ? Promise.reject(new Error('away')) : newChatMessages(pool, places)),
    (error) => failures.push(error),
    20,
  );
  const told: string[] = [];
  flaky.follow({ anonymousId: ann, after: 0 }, ({ key }) => told.push(key));
  await say(token, '送料');
  await until(() => failures.length > 1);
  expect(told).toEqual([]);
  isAway = false;
  await until(() => told.length === 2);
  await flaky.close();
});

test('the files that pages load are served to any origin', async () => {
  for (const [file, has] of [
    ['tabiji.js', 'export function createTabiji'],
    ['widget.js', "define('tabiji-chat'"],
  ] as const) {
    const answer = await fetch(`${url}/${file}`);
    expect(answer.headers.get('access-control-allow-origin')).toBe('*');
    expect(answer.headers.get('content-type')).toMatch(/^text\/javascript/);
    expect(await answer.text()).toContain(has);
  }
});
