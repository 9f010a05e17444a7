// Erasure, proved on every table: each personal value is somewhere before, and nowhere after.
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Plan, SendStep } from '../../engine/core/plan.ts';
import type { Schema } from '../../engine/core/schema.ts';
import { eraseCustomer } from '../../engine/erase.ts';
import { recordConsent } from '../../engine/receive.ts';
import { report } from '../../engine/report.ts';
import { keyedHash } from '../../server/keyed-hash.ts';
import { customerExport, customerIdOf } from '../../store/customer-export.ts';
import { createOutbox } from '../../store/outbox.ts';
import { createPrisma } from '../../store/prisma.ts';
import { publish } from '../../store/publications.ts';
import { createQuarantine } from '../../store/quarantine.ts';
import { day, planWith } from '../core/plans.ts';
import { openTestDatabase, type TestDatabase } from '../database.ts';
import { type Backing, createRig, type Rig, settings } from '../engine/rig.ts';
import { recordOf } from '../record.ts';

/** Everything of hers that comes in anywhere. */
const hers = {
  because: 'asked by telephone from Kyoto',
  userId: 'user-hanako-77',
  browser: 'browser-cookie-4711',
  email: 'hanako@example.com',
  visitorEmail: 'hana-private@example.com',
  oldEmail: 'hanako-old@example.com',
  unwrittenEmail: 'hanako-for-a-day@example.com',
  phone: '+819012345678',
  firstName: '花子ハナコ',
  cart: 'cart-of-hanako',
  note: 'ring twice at 3-2-1 Mihon',
  eventName: 'Asked about Hanakos ring',
  ip: '203.0.113.77',
  messageId: 'message-by-hanako-1',
};

const text = { kind: 'string', optional: true } as const;
const cart: Schema = { cart_id: { kind: 'string', optional: false }, note: text };
const send: SendStep = { kind: 'send', message: 'hi', by: ['email'], with: {}, expiresMs: day, next: 'rest' };
const plan: Plan = planWith(
  { send, rest: { kind: 'wait', form: 'length', forMs: day, next: null } },
  {
    enter: {
      on: ['cart_updated'],
      key: 'cart_id',
      if: { cel: 'has(customer.first_name)', history: [] },
      again: { mode: 'never' },
      lateMs: day,
    },
    messages: {
      hi: { channels: { email: { '': { subject: 'Hi {{ customer.first_name }}', html: '<p>{{ entry.note }}</p>' } } } },
    },
    schemas: { customer: { first_name: text }, events: { cart_updated: { properties: cart, correlate: [] } } },
  },
);
const secret = 'a secret of the shop, long enough';

let database: TestDatabase;
let rig: Rig;
let late: () => Promise<unknown>;
beforeEach(async () => {
  database = await openTestDatabase();
  rig = await createRig([plan], backingOn(database));
  rig.ports.keyedHash = (text) => keyedHash(secret, text);
  await liveThrough();
});
afterEach(() => database.close());

/** A visitor who becomes a customer, gets a message, waits for another, and is talked about everywhere. */
async function liveThrough(): Promise<void> {
  const visitor = { anonymousId: hers.browser };
  const known = { userId: hers.userId };
  const grants = [{ channel: 'email', purpose: 'marketing' }];
  await rig.receive({
    kind: 'identify',
    identity: visitor,
    traits: { email: hers.visitorEmail, first_name: hers.firstName },
  });
  await rig.receive({ kind: 'identify', identity: known, traits: { email: hers.oldEmail, phone: hers.phone }, grants });
  await rig.receive({ kind: 'identify', identity: { ...known, ...visitor } });
  const data = { cart_id: hers.cart, note: hers.note };
  late = () => rig.receive({ name: 'cart_updated', identity: known, data, sourceId: hers.messageId });
  await late();
  await rig.receive({ name: hers.eventName, identity: known, data: { email: hers.email } });
  const evidence = { ip: hers.ip };
  await recordConsent(rig.ports, {
    customer: known,
    channel: 'push',
    purpose: 'marketing',
    state: 'granted',
    at: 1,
    source: 'consents',
    evidence,
  });
  const [enrollment] = (await rig.rows()).enrollments;
  await rig.turns.run(enrollment!.id);
  expect(rig.accepted).toHaveLength(1);
  await rig.receive({ kind: 'identify', identity: known, traits: { email: hers.email } });
  await rig.store.transaction(async (tx) => {
    await tx.suppress('email', hers.oldEmail, 'complaint', 1);
    await tx.suppress('email', hers.email, 'requested', 1);
    // An address that she had for a day, and that nothing was ever sent to.
    await tx.suppress('email', hers.unwrittenEmail, 'requested', 1);
    const { id: customerId } = await tx.lockCustomerOf(known, 1);
    await tx.liftByHand('email', hers.unwrittenEmail, 'no hash', {
      customerId,
      at: 2,
      by: 'Aiko',
      because: hers.because,
    });
  });
  const body = { call: 'track', event: { userId: hers.userId, context: [{ mail: hers.email }] } };
  await createQuarantine(database.pool).add({ source: 'segment', problem: 'x', receivedAt: 1, body });
  const other = { call: 'track', event: { userId: 'somebody else' } };
  await createQuarantine(database.pool).add({ source: 'segment', problem: 'x', receivedAt: 1, body: other });
}

const erase = async () => eraseCustomer(rig.ports, (await customerIdOf(database.pool, hers.userId))!);
const found = (text: string) => Object.values(hers).filter((value) => text.includes(value));

it('leaves nothing personal in any table', async () => {
  expect(found(await dump(database))).toEqual(Object.values(hers));
  expect(await erase()).toBe(true);
  const after = await dump(database);
  expect(found(after)).toEqual([]);
  expect(after).toContain('somebody else');
});

it('ends what is open as erased, withdraws what waits, and what happened stays countable', async () => {
  await erase();
  const { enrollments, deliveries, decisions } = await rig.rows();
  expect(enrollments).toMatchObject([{ status: 'exited', reason: 'erased', dueAt: null, key: null, entrySlot: null }]);
  expect(deliveries).toMatchObject([{ state: 'accepted', to: null, rendered: null }]);
  expect(decisions.map(({ kind, outcome }) => `${kind} ${outcome}`)).toContain('exited erased');
  await rig.runAll();
  expect(rig.accepted).toHaveLength(1);
});

it('does not make the person anew from a late event, in whatever way it comes', async () => {
  await erase();
  const visitor = { anonymousId: hers.browser };
  const calls = [
    late,
    () => rig.receive({ kind: 'identify', identity: { userId: hers.userId }, traits: { email: hers.email } }),
    () => rig.receive({ name: 'cart_updated', identity: visitor, data: { cart_id: hers.cart } }),
    () => rig.receive({ kind: 'identify', identity: { userId: hers.userId, ...visitor } }),
    () => rig.receive({ kind: 'alias', identity: { userId: hers.userId }, previousId: 'another-browser' }),
  ];
  for (const call of calls) expect(await call()).toEqual({ status: 'dropped', eventId: null });
  const consent = {
    channel: 'email',
    purpose: 'marketing',
    state: 'granted',
    at: 1,
    source: 'x',
    evidence: { ip: hers.ip },
  } as const;
  expect(await recordConsent(rig.ports, { ...consent, customer: { userId: hers.userId } })).toBe(false);
  expect(found(await dump(database))).toEqual([]);
  const { rows } = await database.pool.query('SELECT sum(dropped)::int AS n FROM erased_identities');
  expect(rows[0].n).toBe(calls.length + 1);
});

it('leaves the browser to whoever logs in on it next, without its old id', async () => {
  await erase();
  const next = await rig.receive({ kind: 'identify', identity: { userId: 'next', anonymousId: hers.browser } });
  expect(next).toMatchObject({ status: 'accepted' });
  expect(found(await dump(database))).toEqual([]);
});

it('keeps a suppression as a keyed hash, which still holds for the address', async () => {
  await erase();
  await rig.receive({
    kind: 'identify',
    identity: { userId: 'other' },
    traits: { email: hers.oldEmail.toUpperCase(), first_name: 'O' },
    grants: [{ channel: 'email', purpose: 'marketing' }],
  });
  await rig.receive({ name: 'cart_updated', identity: { userId: 'other' }, data: { cart_id: 'c9', note: '' } });
  await rig.runAll();
  const { deliveries } = await rig.rows();
  expect(deliveries.filter(({ state }) => state !== 'accepted')).toMatchObject([{ reason: 'suppression' }]);
});

it('takes a complaint that comes after the erasure for the address, under its hash', async () => {
  const { key } = (await rig.rows()).deliveries[0]!;
  await erase();
  const heard = { kind: 'complained', source: 'feedback_loop', code: null, at: rig.time.now } as const;
  expect(await report(rig.ports, key, { ...heard, address: 'Late@Example.com' })).toEqual({ kind: 'done' });
  const hash = keyedHash(secret, 'address:late@example.com');
  expect(await rig.store.transaction((tx) => tx.suppression('email', 'late@example.com', hash))).toBe('complaint');
  expect((await dump(database)).toLowerCase()).not.toContain('late@example.com');
});

it('erases once, whoever it is asked for, and says where there is nobody', async () => {
  expect(await eraseCustomer(rig.ports, 'nobody')).toBe(false);
  const id = (await customerIdOf(database.pool, hers.userId))!;
  expect([await eraseCustomer(rig.ports, id), await eraseCustomer(rig.ports, id)]).toEqual([true, true]);
  expect(await customerIdOf(database.pool, hers.userId)).toBeNull();
});

it('an export holds all that is kept, and nothing after an erasure', async () => {
  const prisma = createPrisma(database.pool);
  const id = (await customerIdOf(database.pool, hers.userId))!;
  expect(found(JSON.stringify(await customerExport(prisma, id)))).toEqual(Object.values(hers));
  await erase();
  expect(found(JSON.stringify(await customerExport(prisma, id)))).toEqual([]);
  expect(await customerExport(prisma, 'nobody')).toBeNull();
});

/** Every row of every table, as text. */
async function dump({ pool }: TestDatabase): Promise<string> {
  const { rows: tables } = await pool.query(`SELECT tablename FROM pg_tables WHERE schemaname = 'public'`);
  const texts: string[] = [];
  for (const { tablename } of tables) {
    const { rows } = await pool.query(`SELECT t::text AS row FROM "${tablename}" t`);
    texts.push(tablename, ...rows.map(({ row }) => row));
  }
  return texts.join('\n');
}

function backingOn({ pool, store }: TestDatabase): Backing {
  const outbox = createOutbox(pool);
  return {
    store,
    async publish({ journeys }) {
      const plans = journeys.map(({ version, plan: published }) => ({ version, plan: published, source: [] }));
      const events = { cart_updated: { from: [], properties: cart, correlate: [], buys: false } };
      const customer = { ...settings.customer, first_name: text, phone: text };
      await publish(pool, { settings: { ...settings, customer, events }, plans, by: 'test', at: 0 });
    },
    rows: () => recordOf(pool),
    async takeLooks() {
      const claimed = await outbox.claim(100, 1000);
      await outbox.done(claimed.flatMap(({ ids }) => ids));
      return claimed.map(({ enrollmentId }) => enrollmentId);
    },
  };
}
