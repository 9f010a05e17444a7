// A conversation that agents answer in Chatwoot, over HTTP on both sides and a real database: told there once whatever
// happens on the way.
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest';
import { say } from '../../engine/chat.ts';
import { createChatwootApi } from '../../server/chatwoot/api.ts';
import { type MirrorDeps, tellChatwoot } from '../../server/chatwoot/mirror.ts';
import { createMirrors } from '../../store/chatwoot.ts';
import type { Behaviour } from '../channels/contract.ts';
import { type ChatwootWorld, openChatwootWorld } from './chatwoot-world.ts';

const minute = 60_000;
let world: ChatwootWorld;
beforeEach(async () => {
  world = await openChatwootWorld();
});
afterEach(() => world.close());

test('contact, conversation, note with the story, then what the customer says, in order and once', async () => {
  await world.type('Before all this', 'm0');
  world.rig.time.now += minute;
  const id = await world.handOver();
  await world.type('Is anybody there?');
  await world.mirror.round();
  await world.type('Hello?');
  await world.call(`/conversations/${id}/reply`, { text: 'One moment', id: 'r1' });
  await world.mirror.round();
  await world.mirror.round();
  expect(world.there.contacts).toMatchObject([{ identifier: expect.any(String) }]);
  expect(world.there.conversations).toMatchObject([
    { sourceId: id, status: 'open', custom: { tabiji_conversation: id } },
  ]);
  expect(world.saidThere()).toEqual([
    ['note', 'Tabiji · support · site · test / help'],
    ['incoming', 'Is anybody there?'],
    ['incoming', 'Hello?'],
    ['note', 'agent: One moment'],
  ]);
  const note = world.there.messages[0]!.content;
  expect(note).toContain('Gift?');
  expect(note).toContain('was handed over to support');
  expect(note).toContain('customer: Before all this');
});

test('a second conversation of the same customer has the same contact and is a conversation of its own', async () => {
  const id = await world.handOver();
  await world.mirror.round();
  await world.call(`/conversations/${id}/resolve`);
  await world.mirror.round();
  await world.rig.receive({ kind: 'event', name: 'signed_up', identity: { userId: 'u1' } });
  for (const enrollment of await world.rig.takeLooks()) await world.rig.turns.run(enrollment);
  const { rows } = await world.pool.query('SELECT count(*)::int FROM conversations');
  await world.mirror.round();
  expect(world.there.contacts).toHaveLength(1);
  expect(world.there.conversations).toHaveLength(rows[0].count);
});

test('resolving here resolves there, after the last that was said', async () => {
  const id = await world.handOver();
  await world.mirror.round();
  await world.type('Thank you');
  await world.call(`/conversations/${id}/resolve`);
  await world.mirror.round();
  expect(world.saidThere().at(-1)).toEqual(['incoming', 'Thank you']);
  expect(world.there.conversations[0]!.status).toBe('resolved');
  for (const hook of world.there.hooks) expect(await world.post(hook)).toBe(200);
  expect(await world.statusHere()).toEqual({ status: 'resolved', resolved_by: 'support' });
  const calls = world.there.connections();
  world.rig.time.now += 10 * minute;
  await world.mirror.round();
  expect(world.there.connections()).toBe(calls);
});

test('one that was resolved before anything left is never told', async () => {
  const id = await world.handOver();
  await world.call(`/conversations/${id}/resolve`);
  await world.mirror.round();
  expect(world.there.conversations).toEqual([]);
});

test('erasing the customer takes out what stands there', async () => {
  await world.handOver();
  await world.type('My address is 1-2-3');
  await world.mirror.round();
  expect(await world.stored.eraseCustomer('u1')).toBe(true);
  await world.mirror.round();
  expect([world.there.contacts, world.there.conversations, world.there.messages]).toEqual([[], [], []]);
  const calls = world.there.connections();
  await world.mirror.round();
  expect(world.there.connections()).toBe(calls);
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
    const id = await world.handOver();
    await world.type('One');
    // A call that times out on a busy machine without being told to is one failure more.
    const teller = world.open({ timeoutMs: behaviour === 'takes the message and never answers' ? 300 : 60_000 });
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
        if (String(address).startsWith(world.there.url) && !isOver && !failed.has(name)) {
          isOver = true;
          failed.add(name);
          world.there.provider(behaviour, 1);
        }
        return fetched(address, init);
      };
      await teller.round();
      globalThis.fetch = fetched;
      failures = (await world.pool.query('SELECT failures FROM chatwoot_mirrors')).rows[0].failures;
      const calls = world.there.connections();
      await teller.round();
      expect(world.there.connections()).toBe(calls);
      expect(await world.call(`/conversations/${id}/reply`, { text: 'Here', id: 'r1' })).toBe(200);
      world.rig.time.now += 20 * minute;
    }
    expect(failed.size).toBeGreaterThanOrEqual(8);
    await world.type('Two');
    await world.mirror.round();
    expect(world.saidThere().map(([, text]) => text)).toEqual([
      'Tabiji · support · site · test / help',
      'One',
      'agent: Here',
      'Two',
    ]);
    expect([world.there.contacts.length, world.there.conversations.length]).toEqual([1, 1]);
  },
);

test('a process that is killed between any two steps leaves nothing undone and nothing done twice', async () => {
  for (let step = 1, passed = step; step === passed; step += 1) {
    const browser = `browser-of-number-${String(step).padStart(10, '0')}`;
    world.rig.time.now += minute;
    const id = await world.handOver(`user${step}`, browser);
    await world.type('One', 'm1', browser);
    await say(world.rig.ports, {
      ...(await placeOf(id)),
      key: `k${step}`,
      from: 'faq',
      content: { text: 'An answer' },
    });
    // Killed there, killed once more at the next chance, then left alone.
    passed = await runUntilStep(step);
    await world.type('Two', 'm2', browser);
    await world.call(`/conversations/${id}/resolve`);
    for (const kill of [1, 2, Number.POSITIVE_INFINITY]) {
      world.rig.time.now += 2 * minute;
      await runUntilStep(kill);
    }
    const [conversation, ...more] = world.there.conversations.filter(({ sourceId }) => sourceId === id);
    const told = world.there.messages.filter((one) => one.conversation === conversation!.id);
    const texts = told.map(({ content }) => content.split('\n')[0]);
    const note = 'Tabiji · support · site · test / help';
    expect([step, ...texts]).toEqual([step, note, 'One', 'faq: An answer', 'Two']);
    expect([more, conversation!.status]).toEqual([[], 'resolved']);
    expect(world.there.contacts).toHaveLength(step);
    expect(step).toBeLessThan(100);
    if (passed < step) expect(step).toBeGreaterThan(10);
  }
});

const placeOf = async (id: string) =>
  (await world.pool.query('SELECT customer_id AS "customerId", channel FROM conversations WHERE id = $1', [id]))
    .rows[0];

/** Takes the lease, goes so many steps and is gone without a word. Answers how many it went. */
async function runUntilStep(steps: number): Promise<number> {
  const mirrors = createMirrors(world.pool);
  let passed = 0;
  const deps: MirrorDeps = {
    ...{ api: createChatwootApi(world.there.settings), mirrors, conversations: world.stored.conversations },
    ...{ nameOf: async () => null, now: () => world.rig.time.now, resolved: () => {} },
    between() {
      passed += 1;
      if (passed === steps) throw new Error('killed');
    },
  };
  const taken = await mirrors.take(world.rig.time.now, world.rig.time.now + minute, world.rig.time.now - minute);
  if (!taken) return 0;
  try {
    const isDone = await tellChatwoot(deps, taken);
    await mirrors.leave(taken, { failures: 0, nextAt: null, closedAt: isDone ? world.rig.time.now : null });
  } catch (error) {
    if ((error as Error).message !== 'killed') throw error;
  }
  return passed;
}

test('two processes tell it once, and one that lost its lease writes nothing', async () => {
  await world.handOver();
  await world.type('One');
  const other = world.open();
  await Promise.all([world.mirror.round(), other.round()]);
  expect(world.saidThere()).toHaveLength(2);
  const mirrors = createMirrors(world.pool);
  await world.type('Two');
  const late = (await mirrors.take(world.rig.time.now, world.rig.time.now + minute, 0))!;
  world.rig.time.now += minute;
  await other.round();
  await expect(mirrors.save(late, late, world.rig.time.now + minute)).rejects.toThrow('another process');
  expect(
    world
      .saidThere()
      .map(([, text]) => text)
      .slice(1),
  ).toEqual(['One', 'Two']);
});

test('by itself, as a server runs it', async () => {
  const running = world.open({ everyMs: 20 });
  await world.handOver();
  await expect.poll(() => world.there.messages.length).toBe(1);
  await running.stop();
});
