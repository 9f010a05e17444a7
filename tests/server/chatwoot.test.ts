// A conversation that agents answer in Chatwoot, over HTTP on both sides and a real database: told there once whatever
// happens on the way, and what agents do there is done here once.
import pino from 'pino';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { hear, say } from '../../engine/chat.ts';
import type { Clock } from '../../engine/ports.ts';
import { createApp } from '../../server/app.ts';
import { createChatwootApi } from '../../server/chatwoot/api.ts';
import { type MirrorDeps, tellChatwoot } from '../../server/chatwoot/mirror.ts';
import { readChatwootSettings } from '../../server/chatwoot/settings.ts';
import { type Chatwoot, type ChatwootDeps, startChatwoot } from '../../server/chatwoot/start-chatwoot.ts';
import { storeDeps } from '../../server/store-deps.ts';
import { createMirrors } from '../../store/chatwoot.ts';
import type { Behaviour } from '../channels/contract.ts';
import { planWith } from '../core/plans.ts';
import { openTestDatabase, type TestDatabase } from '../database.ts';
import { createRig, type Rig, reachable } from '../engine/rig.ts';
import { databaseBacking } from '../store/backing.ts';
import { type ChatwootReceiver, chatwootReceiver, type Hook, signed } from './chatwoot-receiver.ts';
import { keys, secret, serverUnderTest, start } from './server-under-test.ts';

const anonymousId = 'browser-of-ann-0123456789';
const logger = pino({ level: 'silent' });
const minute = 60_000;

let database: TestDatabase;
let rig: Rig;
let there: ChatwootReceiver;
let stored: ReturnType<typeof storeDeps>;
let mirror: Chatwoot;
let app: ReturnType<typeof createApp>;
let url: string;
let clock: Clock;

beforeEach(async () => {
  database = await openTestDatabase();
  const help = { kind: 'handoff', queue: 'support', note: 'Gift?', withinMs: 86_400_000, next: null } as const;
  rig = await createRig([planWith({ help })], databaseBacking(database));
  rig.time.now = start;
  there = await chatwootReceiver(() => rig.time.now);
  // What is told to Chatwoot keeps to real time; here both are one.
  clock = { ...rig.ports.clock, real: () => rig.time.now };
  stored = storeDeps({ pool: database.pool, clock, newId: rig.ports.newId, secret });
  mirror = open();
  const chatwoot = { settings: there.settings, conversationOf: mirror.conversationOf };
  app = createApp({ ...serverUnderTest().deps, ...stored, chatwoot, logger });
  url = await app.listen({ port: 0, host: '127.0.0.1' });
});
afterEach(async () => {
  await app.close();
  await mirror.stop();
  await there.close();
  await database.close();
});

function open(changed: Partial<ChatwootDeps> = {}): Chatwoot {
  const { pool } = database;
  const resolved = () => {};
  const deps = {
    pool,
    clock,
    settings: there.settings,
    conversations: stored.conversations,
    resolved,
  };
  return startChatwoot({ ...deps, logger, everyMs: 0, ...changed });
}

/** A journey hands somebody over. */
async function handOver(userId = 'u1', browser = anonymousId): Promise<string> {
  await rig.receive({ ...reachable, identity: { userId, anonymousId: browser } });
  await rig.receive({ kind: 'event', name: 'signed_up', identity: { userId } });
  for (const id of await rig.takeLooks()) await rig.turns.run(id);
  return (await database.pool.query('SELECT id FROM conversations ORDER BY opened_at DESC, id DESC')).rows[0].id;
}
const type = (text: string, id = text, browser = anonymousId) =>
  hear(rig.ports, { identity: { anonymousId: browser }, channel: 'site', id, text });
const post = async ({ body, headers }: Hook) =>
  (await fetch(`${url}/hooks/chatwoot`, { method: 'POST', body, headers })).status;
const call = async (path: string, body: object = {}) => {
  const headers = { authorization: `Bearer ${keys.support}`, 'content-type': 'application/json' };
  return (await fetch(`${url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) })).status;
};
const toCustomer = async () =>
  (await database.pool.query(`SELECT content FROM chat_messages WHERE "from" = 'agent' ORDER BY id`)).rows.map(
    ({ content }) => content.text,
  );
const saidThere = () =>
  there.messages.map(({ type, isPrivate, content }) => [isPrivate ? 'note' : type, content.split('\n')[0]]);
const statusHere = async () => (await database.pool.query('SELECT status, resolved_by FROM conversations')).rows[0];

describe('telling', () => {
  test('contact, conversation, note with the story, then what the customer says, in order and once', async () => {
    await type('Before all this', 'm0');
    rig.time.now += minute;
    const id = await handOver();
    await type('Is anybody there?');
    await mirror.round();
    await type('Hello?');
    await call(`/conversations/${id}/reply`, { text: 'One moment', id: 'r1' });
    await mirror.round();
    await mirror.round();
    expect(there.contacts).toMatchObject([{ identifier: expect.any(String) }]);
    expect(there.conversations).toMatchObject([{ sourceId: id, status: 'open', custom: { tabiji_conversation: id } }]);
    expect(saidThere()).toEqual([
      ['note', 'Tabiji · support · site · test / help'],
      ['incoming', 'Is anybody there?'],
      ['incoming', 'Hello?'],
      ['note', 'agent: One moment'],
    ]);
    const note = there.messages[0]!.content;
    expect(note).toContain('Gift?');
    expect(note).toContain('was handed over to support');
    expect(note).toContain('customer: Before all this');
  });

  test('a second conversation of the same customer has the same contact and is a conversation of its own', async () => {
    const id = await handOver();
    await mirror.round();
    await call(`/conversations/${id}/resolve`);
    await mirror.round();
    await rig.receive({ kind: 'event', name: 'signed_up', identity: { userId: 'u1' } });
    for (const enrollment of await rig.takeLooks()) await rig.turns.run(enrollment);
    const { rows } = await database.pool.query('SELECT count(*)::int FROM conversations');
    await mirror.round();
    expect(there.contacts).toHaveLength(1);
    expect(there.conversations).toHaveLength(rows[0].count);
  });

  test('resolving here resolves there, after the last that was said', async () => {
    const id = await handOver();
    await mirror.round();
    await type('Thank you');
    await call(`/conversations/${id}/resolve`);
    await mirror.round();
    expect(saidThere().at(-1)).toEqual(['incoming', 'Thank you']);
    expect(there.conversations[0]!.status).toBe('resolved');
    for (const hook of there.hooks) expect(await post(hook)).toBe(200);
    expect(await statusHere()).toEqual({ status: 'resolved', resolved_by: 'support' });
    const calls = there.connections();
    rig.time.now += 10 * minute;
    await mirror.round();
    expect(there.connections()).toBe(calls);
  });

  test('one that was resolved before anything left is never told', async () => {
    const id = await handOver();
    await call(`/conversations/${id}/resolve`);
    await mirror.round();
    expect(there.conversations).toEqual([]);
  });

  test('erasing the customer takes out what stands there', async () => {
    await handOver();
    await type('My address is 1-2-3');
    await mirror.round();
    expect(await stored.eraseCustomer('u1')).toBe(true);
    await mirror.round();
    expect([there.contacts, there.conversations, there.messages]).toEqual([[], [], []]);
    const calls = there.connections();
    await mirror.round();
    expect(there.connections()).toBe(calls);
  });

  test.each<Behaviour>([
    'refuses for now',
    'rejects our credentials',
    'takes the message and hangs up',
    'takes the message and never answers',
    'hangs up without taking the message',
  ])(
    'when Chatwoot %s at any call, all is told once, the agent inbox goes on, and the next try waits',
    async (behaviour) => {
      const id = await handOver();
      await type('One');
      // A call that times out on a busy machine without being told to is one failure more.
      const teller = open({ timeoutMs: behaviour === 'takes the message and never answers' ? 300 : 60_000 });
      const failed = new Set<string>();
      const fetched = globalThis.fetch;
      onTestFinished(() => {
        globalThis.fetch = fetched;
      });
      for (let failures = 1; failures > 0; ) {
        // In every round the first call fails that has not failed yet, until each of them has.
        let isOver = false;
        globalThis.fetch = (address, init) => {
          const name = `${init?.method} ${String(address).replaceAll(/\d+/g, '')} ${/"source_id":"[^"]*"/.exec(String(init?.body))}`;
          if (String(address).startsWith(there.url) && !isOver && !failed.has(name)) {
            isOver = true;
            failed.add(name);
            there.provider(behaviour, 1);
          }
          return fetched(address, init);
        };
        await teller.round();
        globalThis.fetch = fetched;
        failures = (await database.pool.query('SELECT failures FROM chatwoot_mirrors')).rows[0].failures;
        const calls = there.connections();
        await teller.round();
        expect(there.connections()).toBe(calls);
        expect(await call(`/conversations/${id}/reply`, { text: 'Here', id: 'r1' })).toBe(200);
        rig.time.now += 20 * minute;
      }
      expect(failed.size).toBeGreaterThanOrEqual(8);
      await type('Two');
      await mirror.round();
      expect(saidThere().map(([, text]) => text)).toEqual([
        'Tabiji · support · site · test / help',
        'One',
        'agent: Here',
        'Two',
      ]);
      expect([there.contacts.length, there.conversations.length]).toEqual([1, 1]);
    },
  );

  test('a process that is killed between any two steps leaves nothing undone and nothing done twice', async () => {
    for (let step = 1, passed = step; step === passed; step += 1) {
      const browser = `browser-of-number-${String(step).padStart(10, '0')}`;
      rig.time.now += minute;
      const id = await handOver(`user${step}`, browser);
      await type('One', 'm1', browser);
      await say(rig.ports, { ...(await placeOf(id)), key: `k${step}`, from: 'faq', content: { text: 'An answer' } });
      // Killed there, killed once more at the next chance, then left alone.
      passed = await runUntilStep(step);
      await type('Two', 'm2', browser);
      await call(`/conversations/${id}/resolve`);
      for (const kill of [1, 2, Number.POSITIVE_INFINITY]) {
        rig.time.now += 2 * minute;
        await runUntilStep(kill);
      }
      const [conversation, ...more] = there.conversations.filter(({ sourceId }) => sourceId === id);
      const told = there.messages.filter((one) => one.conversation === conversation!.id);
      const texts = told.map(({ content }) => content.split('\n')[0]);
      const note = 'Tabiji · support · site · test / help';
      expect([step, ...texts]).toEqual([step, note, 'One', 'faq: An answer', 'Two']);
      expect([more, conversation!.status]).toEqual([[], 'resolved']);
      expect(there.contacts).toHaveLength(step);
      expect(step).toBeLessThan(100);
      if (passed < step) expect(step).toBeGreaterThan(10);
    }
  });

  const placeOf = async (id: string) =>
    (await database.pool.query('SELECT customer_id AS "customerId", channel FROM conversations WHERE id = $1', [id]))
      .rows[0];

  /** Takes the lease, goes so many steps and is gone without a word. Answers how many it went. */
  async function runUntilStep(steps: number): Promise<number> {
    const mirrors = createMirrors(database.pool);
    let passed = 0;
    const deps: MirrorDeps = {
      ...{ api: createChatwootApi(there.settings), mirrors, conversations: stored.conversations },
      ...{ nameOf: async () => null, now: () => rig.time.now, resolved: () => {} },
      between() {
        passed += 1;
        if (passed === steps) throw new Error('killed');
      },
    };
    const taken = await mirrors.take(rig.time.now, rig.time.now + minute, rig.time.now - minute);
    if (!taken) return 0;
    try {
      const isDone = await tellChatwoot(deps, taken);
      await mirrors.leave(taken, { failures: 0, nextAt: null, closedAt: isDone ? rig.time.now : null });
    } catch (error) {
      if ((error as Error).message !== 'killed') throw error;
    }
    return passed;
  }

  test('two processes tell it once, and one that lost its lease writes nothing', async () => {
    await handOver();
    await type('One');
    const other = open();
    await Promise.all([mirror.round(), other.round()]);
    expect(saidThere()).toHaveLength(2);
    const mirrors = createMirrors(database.pool);
    await type('Two');
    const late = (await mirrors.take(rig.time.now, rig.time.now + minute, 0))!;
    rig.time.now += minute;
    await other.round();
    await expect(mirrors.save(late, late, rig.time.now + minute)).rejects.toThrow('another process');
    expect(
      saidThere()
        .map(([, text]) => text)
        .slice(1),
    ).toEqual(['One', 'Two']);
  });

  test('by itself, as a server runs it', async () => {
    const running = open({ everyMs: 20 });
    await handOver();
    await expect.poll(() => there.messages.length).toBe(1);
    await running.stop();
  });
});

describe('what agents do there', () => {
  test('a reply is said to the customer once, and not told back', async () => {
    await handOver();
    await mirror.round();
    const hook = there.reply('Of course,\nwe wrap it.');
    expect([await post(hook), await post(hook)]).toEqual([200, 200]);
    await mirror.round();
    rig.time.now += 2 * minute;
    await mirror.round();
    expect(await toCustomer()).toEqual(['Of course,\nwe wrap it.']);
    expect(there.messages).toHaveLength(2);
  });

  test('a long reply comes in parts', async () => {
    await handOver();
    await mirror.round();
    expect(await post(there.reply('あ'.repeat(9_000)))).toBe(200);
    expect((await toCustomer()).map((text) => text.length)).toEqual([4_000, 4_000, 1_000]);
  });

  test('what we told, notes, and other inboxes say nothing to the customer', async () => {
    const id = await handOver();
    await type('Hello?');
    await call(`/conversations/${id}/reply`, { text: 'From here', id: 'r1' });
    await mirror.round();
    for (const hook of there.hooks) expect(await post(hook)).toBe(200);
    expect(await post(there.reply('Between us', { isPrivate: true }))).toBe(200);
    const foreign = JSON.parse(there.reply('Elsewhere').body);
    there.messages.pop();
    for (const changed of [{ account: { id: 9 } }, { conversation: { ...foreign.conversation, inbox_id: 9 } }])
      expect(await post(signed({ ...foreign, ...changed }, rig.time.now))).toBe(200);
    const unknown = { id: 9_999, inbox_id: 7, contact_inbox: { source_id: id } };
    expect(await post(signed({ ...foreign, conversation: unknown }, rig.time.now))).toBe(200);
    rig.time.now += 2 * minute;
    await mirror.round();
    expect(await toCustomer()).toEqual(['From here']);
  });

  test('resolving there resolves here, once, and the journey goes on', async () => {
    await handOver();
    await mirror.round();
    const hook = there.resolve();
    expect([await post(hook), await post(hook)]).toEqual([200, 200]);
    await rig.runAll();
    expect(await statusHere()).toEqual({ status: 'resolved', resolved_by: 'chatwoot' });
    expect((await rig.rows()).enrollments).toMatchObject([{ status: 'completed' }]);
    // The agent is told that what they say now reaches nobody.
    expect(await post(there.reply('Too late'))).toBe(409);
    expect(await toCustomer()).toEqual([]);
  });

  test('what a webhook has lost is read within a minute: replies first, then the end', async () => {
    await handOver();
    await mirror.round();
    there.reply('Lost on the way');
    there.reply('This, too');
    there.resolve();
    rig.time.now += minute;
    await mirror.round();
    expect(await toCustomer()).toEqual(['Lost on the way', 'This, too']);
    expect(await statusHere()).toEqual({ status: 'resolved', resolved_by: 'chatwoot' });
    expect(there.conversations[0]!.status).toBe('resolved');
  });

  test('a reply that overtakes the answer to our own call finds its conversation by our id', async () => {
    await handOver();
    await mirror.round();
    await database.pool.query('UPDATE chatwoot_mirrors SET number = NULL');
    expect(await post(there.reply('Quick'))).toBe(200);
    expect(await toCustomer()).toEqual(['Quick']);
  });

  test('nothing is taken that Chatwoot has not signed just now', async () => {
    await handOver();
    await mirror.round();
    const hook = there.reply('Signed');
    const { 'x-chatwoot-signature': signature, ...rest } = hook.headers;
    const payload = JSON.parse(hook.body);
    const wrong: Hook[] = [
      { ...hook, headers: rest },
      { ...hook, body: hook.body.replace('Signed', 'Forged') },
      { ...hook, headers: { ...hook.headers, 'x-chatwoot-signature': signature!.replace('sha256=', '') } },
      { ...hook, headers: { ...hook.headers, 'x-chatwoot-timestamp': String(rig.time.now / 1000 + 1) } },
      signed(payload, rig.time.now, 'another secret of a webhook'),
      signed(payload, rig.time.now - 6 * minute),
      signed(payload, rig.time.now + 6 * minute),
    ];
    for (const one of wrong) expect(await post(one)).toBe(401);
    rig.time.now += 6 * minute;
    expect(await post(hook)).toBe(401);
    expect(await toCustomer()).toEqual([]);
    expect(await post(signed({ event: 'message_created', id: 'x' }, rig.time.now))).toBe(400);
    expect(await post(signed({ event: 'contact_updated' }, rig.time.now))).toBe(200);
    expect(await post({ ...signed(payload, rig.time.now), body: '{' })).toBe(401);
  });

  test('without Chatwoot there is no such route to speak of', async () => {
    const { post: send } = serverUnderTest();
    expect((await send('/hooks/chatwoot', '{}', null)).json.error.message).toContain('CHATWOOT_URL');
  });
});

test('settings are all there or none, and are never quoted', () => {
  const whole = {
    ...{ CHATWOOT_URL: 'https://chat.example/', CHATWOOT_TOKEN: 't', CHATWOOT_ACCOUNT: '3', CHATWOOT_INBOX: '7' },
    CHATWOOT_WEBHOOK_SECRET: '0123456789abcdef',
  };
  expect(readChatwootSettings({})).toBeUndefined();
  expect(readChatwootSettings(whole)).toEqual({
    ...{ url: 'https://chat.example', token: 't', account: 3, inbox: 7, secret: '0123456789abcdef' },
  });
  expect(() => readChatwootSettings({ ...whole, CHATWOOT_TOKEN: '' })).toThrow('half set up: CHATWOOT_TOKEN');
  for (const [name, value] of [
    ['CHATWOOT_URL', 'chat'],
    ['CHATWOOT_INBOX', 'seven'],
    ['CHATWOOT_WEBHOOK_SECRET', 'short'],
  ]) {
    const read = () => readChatwootSettings({ ...whole, [name!]: value });
    expect(read).toThrow(name!);
    expect(read).not.toThrow(`${value}:`);
  }
});
