// Merges against what else happens at the same moment, on a server with many backends.
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Ports } from '../../engine/ports.ts';
import { type Incoming, receive, recordConsent } from '../../engine/receive.ts';
import { publish } from '../../store/publications.ts';
import { day, hour, planWith } from '../core/plans.ts';
import { openTestDatabase, type TestDatabase } from '../database.ts';
import { onPostgres } from './databases.ts';
import { settings } from './samples.ts';

const plan = planWith(
  { wait: { kind: 'wait', form: 'length', forMs: hour, next: null } },
  { exits: [{ on: ['order_completed'] }], enter: { on: ['signed_up'], again: { mode: 'after_exit' }, lateMs: day } },
);

onPostgres('merge races', () => {
  let database: TestDatabase;
  let ports: Pick<Ports, 'store' | 'clock' | 'newId' | 'between' | 'keyedHash'>;
  let ids = 0;
  beforeEach(async () => {
    database = await openTestDatabase('postgres');
    const plans = [{ version: 'v1', plan, source: [] }];
    await publish(database.pool, { settings: settings(), plans, by: 'test', at: 0 });
    let now = 1_000_000;
    const clock = { now: () => now++, real: Date.now, sleepMs: () => null };
    ports = {
      store: database.store,
      clock,
      newId: () => `new${++ids}`,
      keyedHash: (text) => text,
      between: () => undefined,
    };
  });
  afterEach(() => database.close());

  const call = (more: Partial<Incoming>) =>
    receive(ports, {
      ...{ source: 'test', sourceId: `m${++ids}`, identity: {}, kind: 'event', name: null, occurredAt: 1_000_000 },
      ...{ data: {}, traits: {}, context: {}, grants: [], trusted: true },
      ...more,
    } as Incoming);
  const rows = async (text: string) => (await database.pool.query(text)).rows;
  const times = <T>(n: number, work: (index: number) => Promise<T>) =>
    Promise.all(Array.from({ length: n }, (_, i) => work(i)));

  /** Whatever raced, nothing hangs on a row that was merged away, and no two slots were given. */
  async function expectWhole(): Promise<void> {
    for (const table of ['identities', 'events', 'enrollments', 'deliveries', 'decisions', 'draws', 'consents']) {
      const left = await rows(
        `SELECT 1 FROM ${table} t JOIN customers c ON c.id = t.customer_id WHERE c.merged_into IS NOT NULL`,
      );
      expect([table, left.length]).toEqual([table, 0]);
    }
    expect(
      await rows(`SELECT customer_id, key FROM enrollments WHERE status = 'active' GROUP BY 1, 2 HAVING count(*) > 1`),
    ).toEqual([]);
    expect(
      await rows(`SELECT m.id FROM customers m JOIN identities i ON i.customer_id = m.id AND i.kind = 'user'
                   WHERE m.merged_into IS NOT NULL`),
    ).toEqual([]);
  }

  it('loses no event that comes for a visitor while they log in', async () => {
    for (let round = 0; round < 15; round += 1) {
      const [userId, anonymousId] = [`u${round}`, `a${round}`];
      await call({ kind: 'identify', identity: { userId } });
      await call({ name: 'signed_up', identity: { anonymousId } });
      await Promise.all([
        ...Array.from({ length: 4 }, () => call({ name: 'seen', identity: { anonymousId } })),
        ...Array.from({ length: 3 }, () => call({ kind: 'identify', identity: { userId, anonymousId } })),
        ...Array.from({ length: 3 }, () => call({ name: 'seen', identity: { userId } })),
        call({ name: 'order_completed', identity: { userId } }),
        recordConsent(ports, {
          ...{ customer: { anonymousId }, channel: 'email', purpose: 'marketing', state: 'granted', at: 1 },
          ...{ source: 'test', evidence: {} },
        }),
      ]);
      const { id } = await database.store.transaction((tx) => tx.lockCustomerOf({ userId, anonymousId }, 0));
      const { rows: own } = await database.pool.query(
        `SELECT name, count(*)::int AS n FROM events WHERE customer_id = $1 GROUP BY name`,
        [id],
      );
      const count = Object.fromEntries(own.map(({ name, n }) => [name, n]));
      expect(count).toEqual({ identify: 4, seen: 7, signed_up: 1, order_completed: 1 });
      expect(await database.store.transaction((tx) => tx.grants(id))).toHaveLength(1);
    }
    await expectWhole();
    const ended = await rows(`SELECT status, reason FROM enrollments`);
    expect(ended.filter(({ status }) => status === 'active')).toEqual([]);
  });

  it('gives a visitor to one of two customers who log in at once, and their browser to the later', async () => {
    for (let round = 0; round < 20; round += 1) {
      const anonymousId = `a${round}`;
      const users = [`u${round}`, `w${round}`];
      for (const userId of users) await call({ kind: 'identify', identity: { userId } });
      await call({ name: 'signed_up', identity: { anonymousId } });
      await times(2, (index) => call({ kind: 'identify', identity: { userId: users[index]!, anonymousId } }));
      const found = await database.store.transaction(async (tx) => {
        const known = [];
        for (const userId of users) known.push((await tx.lockCustomerOf({ userId }, 0)).id);
        return { known, browser: (await tx.lockCustomerOf({ anonymousId }, 0)).id };
      });
      expect(new Set(found.known).size).toBe(2);
      expect(found.known).toContain(found.browser);
      const owners = await rows(`SELECT customer_id FROM enrollments WHERE status = 'active'`);
      expect(owners.filter(({ customer_id }) => found.known.includes(customer_id))).toHaveLength(1);
    }
    await expectWhole();
  });

  it('gives two visitors of one customer to them, both at once', async () => {
    for (let round = 0; round < 20; round += 1) {
      const userId = `u${round}`;
      await call({ kind: 'identify', identity: { userId } });
      const visitors = [0, 1, 2].map((index) => ({ anonymousId: `a${round}-${index}` }));
      for (const identity of visitors) await call({ name: 'signed_up', identity });
      await times(3, (index) => call({ kind: 'identify', identity: { userId, ...visitors[index] } }));
    }
    await expectWhole();
    const open = await rows(`SELECT customer_id FROM enrollments WHERE status = 'active'`);
    expect(open).toHaveLength(20);
  });

  it('never merges a visitor who signs up at that moment as somebody else', async () => {
    for (let round = 0; round < 20; round += 1) {
      const anonymousId = `a${round}`;
      await call({ kind: 'identify', identity: { userId: `old${round}` } });
      await call({ name: 'signed_up', identity: { anonymousId } });
      await Promise.all([
        call({ kind: 'identify', identity: { userId: `old${round}`, anonymousId } }),
        call({ kind: 'identify', identity: { userId: `new${round}`, anonymousId } }),
      ]);
      const [old, fresh] = await database.store.transaction(async (tx) => [
        await tx.lockCustomerOf({ userId: `old${round}` }, 0),
        await tx.lockCustomerOf({ userId: `new${round}` }, 0),
      ]);
      expect(old!.id).not.toBe(fresh!.id);
    }
    await expectWhole();
  });
});
