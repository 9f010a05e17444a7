// A small shop in this process, with everything but Temporal: the server with its pages on a port, a database, a
// mailbox, and turns that are run when a test asks for them.
import { join } from 'node:path';
import pino from 'pino';
import { createDrive } from '../../drive.ts';
import { startMailbox } from '../../embedded/mailbox.ts';
import { freePort } from '../../embedded/ports.ts';
import { loadFolder } from '../../language/load.ts';
import { ensurePages } from '../../pages/build.ts';
import { createApp } from '../../server/app.ts';
import { publishFolder } from '../../server/publish-folder.ts';
import { storeDeps } from '../../server/store-deps.ts';
import { newId } from '../../store/id.ts';
import { openTestDatabase } from '../database.ts';

export const keys = {
  server: 'wk_server-0123456789',
  browser: 'bk_browser-0123456789',
  support: 'support_0123456789',
  marketer: 'marketer_0123456789',
  admin: 'admin_0123456789',
} as const;

export type Shop = Awaited<ReturnType<typeof openShop>>;

/** @param folder of journeys, published at the start */
export async function openShop(folder = join(import.meta.dirname, '../../journeys')) {
  const secret = 'a secret of the shop, long enough';
  const logger = pino({ level: 'silent' });
  const database = await openTestDatabase();
  const { pool } = database;
  const mailbox = await startMailbox();
  // Business goes on by the real clock, moved on by whole days.
  const clock = { aheadMs: 0, now: () => Date.now() + clock.aheadMs, real: () => Date.now(), sleepMs: () => null };
  const { published, diagnostics } = await publishFolder(pool, await loadFolder(folder), 'marketer', clock.now());
  if (!published) throw new Error(`the journeys of the tests have mistakes: ${JSON.stringify(diagnostics)}`);
  const drive = createDrive({ pool, clock, smtpUrl: mailbox.smtpUrl, publicUrl: 'http://shop.test', secret, logger });
  const { outboxSize, sweep, ...stored } = storeDeps({ pool, clock, newId, secret });
  const pages = await ensurePages(() => {});
  const deps = {
    ...{ ...stored, keys, secret, logger, pages },
    readiness: { outboxSize, temporalHealthy: () => true },
    wakeDispatcher: () => {},
    wakeSweeper: () => {},
    testMail: { channel: drive.ports.channels.email! },
  };
  let app = createApp(deps);
  // While the server is away nobody takes it: it is none of those that outgoing connections are given.
  const port = await freePort();
  await app.listen({ host: '127.0.0.1', port });
  const url = `http://127.0.0.1:${port}`;

  async function send(...batch: object[]): Promise<void> {
    const answer = await fetch(`${url}/v1/batch`, {
      method: 'POST',
      headers: { authorization: `Bearer ${keys.server}`, 'content-type': 'application/json' },
      body: JSON.stringify({ batch }),
    });
    if (answer.status !== 200) throw new Error(`${answer.status}: ${await answer.text()}`);
  }

  /** Runs every turn that is asked for or due, until none is. */
  async function settle(): Promise<void> {
    for (let most = 100; most > 0; most -= 1) {
      await sweep(100);
      const { rows } = await pool.query<{ id: string }>(
        `SELECT id FROM enrollments WHERE id IN (SELECT enrollment_id FROM outbox)
            OR (status = 'active' AND paused_at IS NULL AND needs_attention IS NULL AND due_at <= $1
                AND journey NOT IN (SELECT name FROM journeys WHERE status <> 'live'))`,
        [new Date(clock.now())],
      );
      if (rows.length === 0) return;
      await pool.query('DELETE FROM outbox');
      for (const { id } of rows) await drive.turns.run(id);
    }
    throw new Error('the turns do not come to rest');
  }

  return {
    ...{ url, pool, mailbox, clock, send, settle },
    /** Publishes the folder as it stands now; true if anything changed. */
    async publish(by: string): Promise<boolean> {
      const done = await publishFolder(pool, await loadFolder(folder), by, clock.now());
      if (!done.published) throw new Error(JSON.stringify(done.diagnostics));
      return done.published.changed;
    },
    /** The server goes away, and comes back at the same address. */
    async stopServer() {
      await app.close();
    },
    async startServer() {
      app = createApp(deps);
      await app.listen({ host: '127.0.0.1', port });
    },
    async close() {
      await app.close();
      await drive.close();
      await mailbox.stop();
      await database.close();
    },
  };
}
