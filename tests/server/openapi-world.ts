// The shop in which the examples of GET /openapi.json are run: everything real but Temporal, in this process, with a clock
// that stands still. Whoever opens it must have ids counted (vi.mock of store/id.ts), so that every run answers the same.
import { join, relative } from 'node:path';
import pino from 'pino';
import { createDrive } from '../../drive.ts';
import { startMailbox } from '../../embedded/mailbox.ts';
import { loadFolder } from '../../language/load.ts';
import { answerToken } from '../../server/answer-token.ts';
import { createApp } from '../../server/app.ts';
import { sessionToken } from '../../server/chat/session-token.ts';
import { startChat } from '../../server/chat/start-chat.ts';
import type { exampleIds } from '../../server/openapi/example-ids.ts';
import { publishFolder } from '../../server/publish-folder.ts';
import { storeDeps } from '../../server/store-deps.ts';
import { clickToken, openToken } from '../../server/tracking-token.ts';
import { unsubscribeToken } from '../../server/unsubscribe-token.ts';
import { newId } from '../../store/id.ts';
import { openTestDatabase } from '../database.ts';
import { keys, secret } from './server-under-test.ts';

export const hookSecret = 'what a hook is signed with';
const dayMs = 86_400_000;

export async function openWorld() {
  const logger = pino({ level: 'silent' });
  const database = await openTestDatabase();
  const { pool } = database;
  const mailbox = await startMailbox();
  const clock = {
    at: Date.parse('2026-11-20T01:00:00Z'),
    now: () => clock.at,
    real: () => clock.at,
    sleepMs: () => null,
  };
  const shop = join(import.meta.dirname, 'openapi-shop');
  // The document shows where the files lie: as in a shop, and not where this checkout is.
  const inShop = (path: string) => join('journeys', relative(shop, path));
  const folder = (await loadFolder(shop)).map(({ path, text }) => ({ path: inShop(path), text }));
  const { published, diagnostics } = await publishFolder(pool, folder, 'marketer', clock.now());
  if (!published) throw new Error(JSON.stringify(diagnostics));
  const drive = createDrive({ pool, clock, smtpUrl: mailbox.smtpUrl, publicUrl: 'http://shop.test', secret, logger });
  const { outboxSize, sweep, ...stored } = storeDeps({ pool, clock, newId, secret });
  const receiveAnswer = stored.answers.receive;
  const chat = startChat({ pool, clock, newId, secret, logger, receiveAnswer });
  const app = createApp({
    ...{ ...stored, keys, secret, logger, chat, bouncesSecret: hookSecret, lineChannelSecret: hookSecret },
    ...{ vapidPublicKey: 'BA1Hxzyi1RUM1b5wjxsn7nGxAszw2u61m164i3MrAIxHF6YK5h4SDYic-dRuU_RCPCfA5aq9ojSwk5Y2EmClBPs' },
    shopKeys: {
      shopify: { secret: hookSecret },
      woocommerce: { secret: hookSecret },
      ecwid: { secret: hookSecret, storeId: undefined, api: null },
    },
    chatwoot: { settings: { secret: hookSecret, account: 1, inbox: 1 }, conversationOf: async () => null },
    readiness: { outboxSize, temporalHealthy: () => true },
    wakeDispatcher: () => {},
    wakeSweeper: () => {},
    testMail: { channel: drive.ports.channels.email! },
  });
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  // For what GET /keys says of calls that were refused.
  await app.inject({ method: 'POST', url: '/v1/track', headers: { authorization: 'Bearer a wrong key' }, payload: {} });

  /** Runs every turn that is asked for or due, until none is. */
  async function settle(): Promise<void> {
    for (let most = 50; most > 0; most -= 1) {
      await sweep(100);
      const { rows } = await pool.query<{ id: string }>(
        `SELECT id FROM enrollments WHERE id IN (SELECT enrollment_id FROM outbox)
            OR (status = 'active' AND needs_attention IS NULL AND due_at <= $1) ORDER BY id`,
        [new Date(clock.now())],
      );
      if (rows.length === 0) return;
      await pool.query('DELETE FROM outbox');
      for (const { id } of rows) await drive.turns.run(id);
    }
    throw new Error('the turns do not come to rest');
  }

  async function signUp(userId: string): Promise<void> {
    const traits = { email: `${userId}@example.com` };
    const who = {
      type: 'identify',
      messageId: `${userId}-i`,
      userId,
      traits,
      context: { consent: { email: ['marketing'] } },
    };
    const batch = [who, { type: 'track', messageId: `${userId}-t`, userId, event: 'Signed Up' }];
    const headers = { authorization: `Bearer ${keys.server}` };
    await app.inject({ method: 'POST', url: '/v1/batch', headers, payload: { batch } });
  }

  async function enrollmentOf(user: string): Promise<string> {
    const { rows } = await pool.query<{ id: string }>(
      `SELECT e.id FROM enrollments e JOIN identities i USING (customer_id) WHERE i.value = $1`,
      [user],
    );
    return rows[0]?.id ?? '';
  }

  /** The ids and tokens of the examples, as far as there is what they name. */
  async function ids(): Promise<typeof exampleIds> {
    const [u1, u2, u3, u4, u5, u6, u7] = await Promise.all(
      ['u1', 'u2', 'u3', 'u4', 'u5', 'u6', 'u7'].map(enrollmentOf),
    );
    const one = async (query: string) => (await pool.query<{ id: string }>(query)).rows[0]?.id ?? '';
    const customerId = await one(`SELECT customer_id AS id FROM identities WHERE value = 'u1'`);
    const asked = `${u1}/2`;
    return {
      ...{ enrollmentOfU1: u1!, enrollmentOfU2: u2!, enrollmentOfU3: u3!, enrollmentOfU4: u4! },
      ...{ enrollmentOfU5: u5!, enrollmentOfU6: u6!, enrollmentOfU7: u7! },
      conversationOfU1: await one('SELECT id FROM conversations WHERE journey IS NOT NULL'),
      quarantined: await one('SELECT id FROM quarantine ORDER BY id LIMIT 1'),
      versionOfWelcome: await one(`SELECT version AS id FROM journeys WHERE name = 'welcome'`),
      unsubscribeToken: unsubscribeToken(secret, { customerId, channel: 'email', purpose: 'marketing' }),
      answerToken: answerToken(secret, { key: asked, answer: 'no', untilAt: Date.parse('2026-11-29T01:00:00Z') }),
      clickToken: clickToken(secret, `${u1}/1`, 0)!,
      openToken: openToken(secret, `${u1}/1`)!,
      chatToken: sessionToken(secret, 'browser-0123456789abcdef', Date.parse('2026-11-22T01:00:00Z')),
    };
  }

  return {
    ...{ app, url, pool, clock, settle, ids },
    /** The people of the examples have signed up; two days later they have been asked, and some things have gone wrong. */
    async passTwoDays() {
      for (const user of ['u3', 'u4', 'u5', 'u6', 'u7']) await signUp(user);
      await settle();
      clock.at += 2 * dayMs;
      await settle();
      const [u4, u5, u6] = await Promise.all(['u4', 'u5', 'u6'].map(enrollmentOf));
      await pool.query(`UPDATE enrollments SET needs_attention = 'the step "asked" is gone' WHERE id = $1`, [u4]);
      await pool.query(`UPDATE deliveries SET state = 'unknown' WHERE key = ANY ($1)`, [[`${u5}/1`, `${u6}/1`]]);
    },
    async close() {
      await app.close();
      await chat.stop();
      await drive.close();
      await mailbox.stop();
      await database.close();
    },
  };
}
