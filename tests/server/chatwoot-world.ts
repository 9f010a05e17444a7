// Chatwoot's stand-in, a shop with an inbox there, and a journey that hands somebody over.
import pino from 'pino';
import { hear } from '../../engine/chat.ts';
import { createApp } from '../../server/app.ts';
import { type Chatwoot, type ChatwootDeps, startChatwoot } from '../../server/chatwoot/start-chatwoot.ts';
import { storeDeps } from '../../server/store-deps.ts';
import { planWith } from '../core/plans.ts';
import { openTestDatabase } from '../database.ts';
import { createRig, reachable } from '../engine/rig.ts';
import { databaseBacking } from '../store/backing.ts';
import { chatwootReceiver, type Hook } from './chatwoot-receiver.ts';
import { keys, secret, serverUnderTest, start } from './server-under-test.ts';

export type ChatwootWorld = Awaited<ReturnType<typeof openChatwootWorld>>;

const anonymousId = 'browser-of-ann-0123456789';

export async function openChatwootWorld() {
  const logger = pino({ level: 'silent' });
  const database = await openTestDatabase();
  const { pool } = database;
  const help = { kind: 'handoff', queue: 'support', note: 'Gift?', withinMs: 86_400_000, next: null } as const;
  const rig = await createRig([planWith({ help })], databaseBacking(database));
  rig.time.now = start;
  const there = await chatwootReceiver(() => rig.time.now);
  // What is told to Chatwoot keeps to real time; here both are one.
  const clock = { ...rig.ports.clock, real: () => rig.time.now };
  const stored = storeDeps({ pool, clock, newId: rig.ports.newId, secret });
  const { conversations } = stored;
  /** Another process that tells it. */
  const open = (changed: Partial<ChatwootDeps> = {}): Chatwoot => {
    const deps = { pool, clock, settings: there.settings, conversations, resolved: () => {} };
    return startChatwoot({ ...deps, logger, everyMs: 0, ...changed });
  };
  const mirror = open();
  const chatwoot = { settings: there.settings, conversationOf: mirror.conversationOf };
  const app = createApp({ ...serverUnderTest().deps, ...stored, chatwoot, logger });
  const url = await app.listen({ port: 0, host: '127.0.0.1' });
  return {
    ...{ pool, rig, there, stored, mirror, open },
    /** A journey hands somebody over. */
    async handOver(userId = 'u1', browser = anonymousId): Promise<string> {
      await rig.receive({ ...reachable, identity: { userId, anonymousId: browser } });
      await rig.receive({ kind: 'event', name: 'signed_up', identity: { userId } });
      for (const id of await rig.takeLooks()) await rig.turns.run(id);
      return (await pool.query('SELECT id FROM conversations ORDER BY opened_at DESC, id DESC')).rows[0].id;
    },
    type: (text: string, id = text, browser = anonymousId) =>
      hear(rig.ports, { identity: { anonymousId: browser }, channel: 'site', id, text }),
    post: async ({ body, headers }: Hook) =>
      (await fetch(`${url}/hooks/chatwoot`, { method: 'POST', body, headers })).status,
    async call(path: string, body: object = {}) {
      const headers = { authorization: `Bearer ${keys.support}`, 'content-type': 'application/json' };
      return (await fetch(`${url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) })).status;
    },
    toCustomer: async () =>
      (await pool.query(`SELECT content FROM chat_messages WHERE "from" = 'agent' ORDER BY id`)).rows.map(
        ({ content }) => content.text,
      ),
    saidThere: () =>
      there.messages.map(({ type, isPrivate, content }) => [isPrivate ? 'note' : type, content.split('\n')[0]]),
    statusHere: async () => (await pool.query('SELECT status, resolved_by FROM conversations')).rows[0],
    async close() {
      await app.close();
      await mirror.stop();
      await there.close();
      await database.close();
    },
  };
}
