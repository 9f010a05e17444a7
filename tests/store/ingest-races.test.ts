// Events that are stored together against what happens to the same people at the same moment, on a server with many backends.
import { afterEach, beforeEach, expect, it, onTestFinished } from 'vitest';
import type { Plan } from '../../engine/core/plan.ts';
import { eraseCustomer } from '../../engine/erase.ts';
import { type Incoming, idsIn } from '../../engine/incoming.ts';
import type { Tx } from '../../engine/ports.ts';
import { type Receipt, receive } from '../../engine/receive.ts';
import { receiveMany } from '../../engine/receive-many.ts';
import { createLanes } from '../../server/ingest/lanes.ts';
import { createTogether } from '../../server/ingest/together.ts';
import { publish } from '../../store/publications.ts';
import { day, hour, planWith } from '../core/plans.ts';
import { openTestDatabase, type TestDatabase } from '../database.ts';
import { onPostgres } from './databases.ts';
import { settings } from './samples.ts';

const again = { again: { mode: 'after_exit' }, lateMs: day } as const;
const nap = { nap: { kind: 'wait', form: 'length', forMs: hour, next: null } } as const;
const plan = planWith(nap, { exits: [{ on: ['order_completed'] }], enter: { on: ['signed_up'], ...again } });
const entering = (name: string): Plan => planWith(nap, { journey: `on-${name}`, enter: { on: [name], ...again } });

onPostgres('ingest together', () => {
  let database: TestDatabase;
  let ids = 0;
  beforeEach(async () => {
    database = await openTestDatabase('postgres');
    await publishAll([plan]);
  });
  afterEach(() => database.close());

  const publishAll = (plans: Plan[]) =>
    publish(database.pool, {
      ...{ settings: settings(), by: 'test', at: 0 },
      plans: plans.map((each) => ({ version: `v-${each.journey}`, plan: each, source: [] })),
    });
  let now = 1_000_000;
  const clock = { now: () => now++, real: Date.now, sleepMs: () => null };
  const portsOf = () => ({
    store: database.store,
    ...{ clock, newId: () => `new${++ids}`, keyedHash: (text: string) => `hash of ${text}`, between: () => {} },
  });
  const incoming = (more: Partial<Incoming>): Incoming => ({
    ...{ source: 'test', sourceId: `m${++ids}`, identity: {}, kind: 'event', name: 'viewed', occurredAt: 1_000_000 },
    ...{ data: {}, traits: {}, context: {}, grants: [], trusted: true },
    ...more,
  });
  /** A front door: what one server process does with calls that come at once. */
  const door = () => {
    const ports = portsOf();
    const together = createTogether((incomings) => receiveMany(ports, incomings));
    const inLane = createLanes(1000);
    return async (more: Partial<Incoming>): Promise<Receipt> => {
      const call = incoming(more);
      const [receipt] = await together([call]);
      return receipt ?? inLane(idsIn(call), () => receive(ports, call));
    };
  };
  const times = <T>(n: number, work: (index: number) => Promise<T>) =>
    Promise.all(Array.from({ length: n }, (_, index) => work(index)));
  const rows = async (text: string) => (await database.pool.query(text)).rows;
  const count = async (text: string) => (await rows(`SELECT count(*)::int AS n FROM ${text}`))[0].n as number;
  const inTx = <T>(work: (tx: Tx) => Promise<T>) => database.store.transaction(work);

  it('stores every call of two processes once, and makes one customer of each id', async () => {
    const doors = [door(), door()];
    const sent = await times(400, (index) =>
      doors[index % 2]!({ identity: { anonymousId: `a${index % 37}` }, sourceId: `s${index % 300}` }),
    );
    expect(sent.filter(({ status }) => status === 'accepted')).toHaveLength(300);
    expect(sent.filter(({ status }) => status === 'duplicate')).toHaveLength(100);
    expect([await count('events'), await count('customers'), await count('identities')]).toEqual([300, 37, 37]);
  });

  // An exit that is looked at while the entry commits could be stored as concerning nobody, after the entry has looked for it.
  it('lets no exit slip between: stored before the entry it prevents it, after it it ends it', async () => {
    const doors = [door(), door()];
    for (let round = 0; round < 15; round += 1) {
      await times(12, async (index) => {
        const identity = { userId: `u${round}-${index}` };
        await Promise.all([
          doors[index % 2]!({ name: 'signed_up', identity }),
          doors[(index + 1) % 2]!({ name: 'order_completed', identity }),
          doors[0]!({ identity }),
        ]);
      });
    }
    expect(await count(`enrollments WHERE status = 'active'`)).toBe(0);
    expect(await count('events')).toBe(15 * 12 * 3);
    const both = await rows(`SELECT DISTINCT kind FROM decisions WHERE kind IN ('entered', 'not_entered')`);
    expect(both).toHaveLength(2);
  });

  it('lets everybody in who comes once a journey is published, and loses nobody who comes meanwhile', async () => {
    const doors = [door(), door()];
    const plans = [plan];
    for (let round = 0; round < 10; round += 1) {
      const name = `opened_${round}`;
      const send = (who: string, index: number) =>
        doors[index % 2]!({ name, identity: { userId: `${who}${round}-${index}` } });
      const before = times(40, (index) => send('early', index));
      plans.push(entering(name));
      await publishAll(plans);
      await Promise.all([before, times(20, (index) => send('late', index))]);
      expect(await count(`events WHERE name = '${name}'`)).toBe(60);
      const entered = await rows(`
        SELECT i.value FROM enrollments e JOIN identities i ON i.customer_id = e.customer_id
         WHERE e.journey = 'on-${name}' AND i.value LIKE 'late%'`);
      expect(entered).toHaveLength(20);
    }
  });

  it('keeps nothing of who is erased meanwhile', async () => {
    const doors = [door(), door()];
    await times(20, async (index) => {
      const identity = { userId: `u${index}` };
      await doors[0]!({ identity });
      const { id } = await inTx((tx) => tx.lockCustomerOf(identity, 0));
      const about = { identity, data: { secret: `of u${index}` } };
      await Promise.all([
        ...[0, 1, 0, 1].map((which) => doors[which]!(about)),
        eraseCustomer(portsOf(), id),
        ...[0, 1].map((which) => doors[which]!(about)),
      ]);
      expect(await doors[0]!(about)).toMatchObject({ status: 'dropped' });
    });
    expect(await count(`events WHERE data::text LIKE '%secret%'`)).toBe(0);
    expect(await count('identities')).toBe(0);
  });

  it('waits for nobody: who is locked is stored later, all others at once', async () => {
    const send = door();
    await times(5, (index) => send({ identity: { userId: `u${index}` } }));
    const { id } = await inTx((tx) => tx.lockCustomerOf({ userId: 'u2' }, 0));
    let unlock = () => {};
    let isLocked = () => {};
    const locked = new Promise<void>((resolve) => {
      isLocked = resolve;
    });
    const holder = inTx(async (tx) => {
      await tx.lockCustomer(id);
      isLocked();
      await new Promise<void>((resolve) => {
        unlock = resolve;
      });
    });
    await locked;
    const late: Receipt[] = [];
    // More than there are connections.
    const storm = times(30, () => send({ identity: { userId: 'u2' } }).then((receipt) => late.push(receipt)));
    onTestFinished(() => unlock());
    const others = await times(200, (index) => send({ identity: { userId: `u${index % 2}` } }));
    expect(new Set(others.map(({ status }) => status))).toEqual(new Set(['accepted']));
    expect(late).toEqual([]);
    unlock();
    await Promise.all([holder, storm]);
    expect(late).toHaveLength(30);
  });

  it('stores all but a poison that only the database sees', async () => {
    const send = door();
    const nobody = (index: number) => send({ identity: { userId: `u${index}` } });
    const poison = send({ name: 'a\u0000b', identity: { userId: 'u1' } });
    const sent = await Promise.allSettled([...Array.from({ length: 20 }, (_, index) => nobody(index)), poison]);
    expect(sent.map(({ status }) => status)).toEqual([...Array(20).fill('fulfilled'), 'rejected']);
    expect(await count('events')).toBe(20);
  });
});
