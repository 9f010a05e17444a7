// Races that only a server with many backends can lose: locks, fencing, leases. On real PostgreSQL only; PGlite runs
// every connection in one backend.
import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { findCustomer } from '../../engine/merge.ts';
import type { Tx } from '../../engine/ports.ts';
import { createOutbox } from '../../store/outbox.ts';
import { publish } from '../../store/publications.ts';
import { openTestDatabase, type TestDatabase } from '../database.ts';
import { onPostgres } from './databases.ts';
import { delivery, enrolled, MINUTE, newEvent, settings, T0 } from './samples.ts';

const WAITING = `
  SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;

onPostgres('races', () => {
  let database: TestDatabase;
  beforeEach(async () => {
    database = await openTestDatabase('postgres');
  });
  afterEach(() => database.close());

  const inTx = <T>(work: (tx: Tx) => Promise<T>) => database.store.transaction(work);
  const times = <T>(n: number, work: (index: number) => Promise<T>) =>
    Promise.all(Array.from({ length: n }, (_, i) => work(i)));
  const count = async (table: string) =>
    (await database.pool.query(`SELECT count(*)::int AS n FROM ${table}`)).rows[0].n;

  it('makes one customer of concurrent first events of one identity', async () => {
    for (let round = 0; round < 20; round += 1) {
      const identity = { userId: `u${round}`, anonymousId: `a${round}` };
      const found = await times(8, () => inTx((tx) => tx.lockCustomerOf(identity, T0)));
      expect(new Set(found.map(({ id }) => id)).size).toBe(1);
    }
    expect(await count('customers')).toBe(20);
  });

  it('makes one customer where the user id and the anonymous id come alone and together at once', async () => {
    await publish(database.pool, { settings: settings(), plans: [], by: 'test', at: T0 });
    const ports = {
      clock: { now: () => T0, real: Date.now, sleepMs: () => null },
      between: () => undefined,
      keyedHash: (text: string) => text,
    };
    for (let round = 0; round < 20; round += 1) {
      const [userId, anonymousId] = [`u${round}`, `a${round}`];
      const identities = [{ userId, anonymousId }, { userId }, { userId, anonymousId }, { anonymousId }];
      await times(8, (index) => inTx((tx) => findCustomer(tx, ports, identities[index % 4]!, true)));
      const [both, user, anonymous] = [
        await inTx((tx) => findCustomer(tx, ports, { userId, anonymousId }, true)),
        await inTx((tx) => tx.lockCustomerOf({ userId }, T0)),
        await inTx((tx) => tx.lockCustomerOf({ anonymousId }, T0)),
      ];
      expect([user.id, anonymous.id]).toEqual([both.id, both.id]);
    }
  });

  it('gives a visitor to one of two users who sign up at once on one browser', async () => {
    for (let round = 0; round < 20; round += 1) {
      const anonymousId = `a${round}`;
      await inTx((tx) => tx.lockCustomerOf({ anonymousId }, T0));
      const [first, second] = await times(2, (index) =>
        inTx((tx) => tx.lockCustomerOf({ userId: `u${round}-${index}`, anonymousId }, T0)),
      );
      expect(first!.id).not.toBe(second!.id);
    }
  });

  it('lets a stop wait for the claims under way, and these not for one another', async () => {
    await database.pool.query(`INSERT INTO journeys (name) VALUES ('welcome')`);
    const order: string[] = [];
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const claim = inTx(async (tx) => {
      await tx.holdJourney('welcome');
      order.push('claim holds');
      await held;
      order.push('claim ends');
    });
    await expect.poll(() => order).toEqual(['claim holds']);
    await inTx((tx) => tx.holdJourney('welcome'));
    const stop = inTx(async (tx) => {
      const stand = await tx.lockJourney('welcome');
      order.push('stop');
      await tx.saveJourney({ ...stand!, status: 'stopped' });
    });
    const isWaiting = async () => (await database.pool.query(WAITING)).rows[0].n > 0;
    await expect.poll(isWaiting).toBe(true);
    release();
    await Promise.all([claim, stop]);
    expect(order).toEqual(['claim holds', 'claim ends', 'stop']);
    expect((await inTx((tx) => tx.holdJourney('welcome'))).status).toBe('stopped');
  });

  it('lets one transaction at a time have a customer', async () => {
    await inTx((tx) => tx.lockCustomerOf({ userId: 'u' }, T0));
    let inside = 0;
    let most = 0;
    await times(8, () =>
      inTx(async (tx) => {
        await tx.lockCustomerOf({ userId: 'u' }, T0);
        inside += 1;
        most = Math.max(most, inside);
        await tx.grants('x');
        inside -= 1;
      }),
    );
    expect(most).toBe(1);
  });

  it('comes through where two transactions lock customer and enrollment in opposite order', async () => {
    const { id, customerId } = await inTx((tx) => enrolled(tx, 'u'));
    let saved = 0;
    await times(12, (index) =>
      inTx(async (tx) => {
        if (index % 2) await tx.lockCustomer(customerId);
        const record = (await tx.lockEnrollment(id))!;
        if (!(index % 2)) await tx.lockCustomer(customerId);
        await tx.saveEnrollment({ ...record, turn: record.turn + 1 });
      }).then(
        () => {
          saved += 1;
        },
        // Four deadlocks in a row are reported, and nothing of it is stored.
        (error) => expect(error).toMatchObject({ code: '40P01', isTransient: true }),
      ),
    );
    expect((await inTx((tx) => tx.lockEnrollment(id)))!.turn).toBe(saved);
    expect(saved).toBeGreaterThan(0);
  });

  it('holds a cap that is read and then used under the lock', async () => {
    const record = await inTx((tx) => enrolled(tx, 'u'));
    const sent = await times(10, (index) =>
      inTx(async (tx) => {
        await tx.lockCustomer(record.customerId);
        const used = (await tx.inbox(record.id, 10)).length;
        if (used >= 3) return false;
        const event = await tx.insertEvent(newEvent(record.customerId));
        await tx.saveDelivery(delivery(record, { key: `${record.id}/${index}` }));
        await tx.addToInbox(record.id, event!);
        return true;
      }),
    );
    expect(sent.filter(Boolean)).toHaveLength(3);
    expect(await count('deliveries')).toBe(3);
  });

  it('stores an event that arrives many times at once exactly once', async () => {
    const { id } = await inTx((tx) => tx.lockCustomerOf({ userId: 'u' }, T0));
    const same = await times(10, () => inTx((tx) => tx.insertEvent(newEvent(id, { sourceId: 'm1' }))));
    expect(same.filter(Boolean)).toHaveLength(1);
    const fact = await times(10, () =>
      inTx((tx) => tx.insertEvent(newEvent(id, { name: 'order_completed', same: 'o1', sourceId: randomUUID() }))),
    );
    expect(fact.filter(Boolean)).toHaveLength(1);
    expect(await count('events')).toBe(2);
  });

  it('opens one enrollment for one entry slot', async () => {
    const opened = await times(8, () =>
      inTx((tx) => enrolled(tx, randomUUID(), { entrySlot: 'once/c/welcome/' })).catch((error) => error.constraint),
    );
    expect(opened.filter((each) => each === 'enrollments_entry_slot_key')).toHaveLength(7);
    expect(await count('enrollments')).toBe(1);
  });

  it('stops the execution of a turn that another has overtaken', async () => {
    const record = await inTx((tx) => enrolled(tx, 'u'));
    const take = () =>
      inTx(async (tx) => {
        const mine = (await tx.lockEnrollment(record.id))!;
        const taken = { ...mine, turnToken: mine.turnToken + 1 };
        await tx.saveEnrollment(taken);
        return taken;
      });
    const executions = await times(5, take);
    const finished = await times(5, (index) =>
      inTx(async (tx) => {
        await tx.lockEnrollment(record.id);
        await tx.saveDelivery(delivery(record, { key: `${record.id}/${index}` }));
        await tx.saveEnrollment({ ...executions[index]!, turn: 1 });
        return 'finished';
      }).catch((error) => error.name),
    );
    expect(finished.sort()).toEqual(['StaleTurn', 'StaleTurn', 'StaleTurn', 'StaleTurn', 'finished']);
    expect(await count('deliveries')).toBe(1);
  });

  it('hands each outbox row to one of four claimants, and every row to somebody', async () => {
    const ids = await times(40, (index) => inTx((tx) => enrolled(tx, `u${index}`)).then(({ id }) => id));
    for (const id of [...ids, ...ids, ...ids]) await inTx((tx) => tx.look(id));
    const taken: string[] = [];
    await times(4, async () => {
      const outbox = createOutbox(database.pool);
      for (;;) {
        const looks = await outbox.claim(7, 60 * MINUTE);
        taken.push(...looks.flatMap((look) => look.ids));
        if (looks.length === 0) return;
        await outbox.done(looks.flatMap((look) => look.ids));
      }
    });
    expect(new Set(taken).size).toBe(taken.length);
    const left = await createOutbox(database.pool).claim(1000, MINUTE);
    expect(taken.length + left.flatMap((look) => look.ids).length).toBe(120);
  });

  it('misses no outbox row that commits after a later one', async () => {
    const [early, late] = [await inTx((tx) => enrolled(tx, 'u1')), await inTx((tx) => enrolled(tx, 'u2'))];
    const outbox = createOutbox(database.pool);
    let commit = () => {};
    let written = () => {};
    const isWritten = new Promise<void>((resolve) => {
      written = resolve;
    });
    const slow = inTx(async (tx) => {
      await tx.look(early.id);
      await tx.grants('x');
      written();
      await new Promise<void>((resolve) => {
        commit = resolve;
      });
    });
    await isWritten;
    await inTx((tx) => tx.look(late.id));
    expect((await outbox.claim(10, MINUTE)).map(({ enrollmentId }) => enrollmentId)).toEqual([late.id]);
    commit();
    await slow;
    expect((await outbox.claim(10, MINUTE)).map(({ enrollmentId }) => enrollmentId)).toEqual([early.id]);
  });

  it('survives the loss of a connection within a transaction, and says that it may pass', async () => {
    const lost = inTx(async (tx) => {
      await tx.suppress('email', 'a@example.com', 'hard_bounce', T0);
      await database.pool.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE datname = current_database() AND state = 'idle in transaction'`);
      await new Promise((resolve) => setTimeout(resolve, 50));
      await tx.suppression('email', 'a@example.com');
    });
    await expect(lost).rejects.toMatchObject({ name: 'StoreError', isTransient: true });
    expect(await inTx((tx) => tx.suppression('email', 'a@example.com'))).toBeNull();
  });
});
