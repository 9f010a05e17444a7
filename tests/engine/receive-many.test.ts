// Calls that concern no journey are stored together; whatever comes together, it comes to what one after the other comes to.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Plan } from '../../engine/core/plan.ts';
import type { Settings } from '../../engine/core/settings.ts';
import { eraseCustomer } from '../../engine/erase.ts';
import type { Incoming } from '../../engine/incoming.ts';
import { type Receipt, receive } from '../../engine/receive.ts';
import { receiveMany } from '../../engine/receive-many.ts';
import { createMemoryStore } from '../../simulator/memory-store.ts';
import { day, hour, planWith, when } from '../core/plans.ts';
import { Crash, createRig, memoryBacking, type Rig } from './rig.ts';

const plan: Plan = planWith(
  {
    wait: {
      ...{ kind: 'wait', form: 'event', withinMs: day, otherwise: null },
      listeners: [{ on: ['cart_updated'], next: null }],
    },
  },
  { exits: [{ on: ['order_completed'] }], enter: { on: ['signed_up'], again: { mode: 'after_exit' }, lateMs: day } },
);
const seen = when('count("seen", "1 day") >= 3', undefined, [{ event: 'seen', windowMs: day }]);
const byCondition: Plan = planWith(
  { nap: { kind: 'wait', form: 'length', forMs: hour, next: null } },
  {
    journey: 'often',
    enter: {
      ...{ on: [], again: { mode: 'after_exit' }, lateMs: day },
      when: { ...seen, changes: { events: ['seen'], traits: [], consents: false } },
    },
  },
);
const events: Settings['events'] = {
  viewed: { from: ['Viewed'], properties: { sku: { kind: 'string', optional: true } }, correlate: [], buys: false },
  paid: {
    ...{ from: [], properties: { id: { kind: 'string', optional: true } }, correlate: [], same: 'id', buys: false },
  },
};
const rigWith = (plans: Plan[] = [plan]) => createRig(plans, memoryBacking(), hour, { events });

let count = 0;
function call(more: Partial<Incoming>): Incoming {
  count += 1;
  return {
    ...{ source: 'test', sourceId: `c${count}`, identity: { userId: 'u1' }, kind: 'event', name: 'viewed' },
    ...{ occurredAt: 1_000_000, data: {}, traits: {}, context: {}, grants: [], trusted: true },
    ...more,
  };
}
const statuses = (receipts: (Receipt | null)[]) => receipts.map((receipt) => receipt?.status ?? null);
const many = (rig: Rig, calls: Partial<Incoming>[]) => receiveMany(rig.ports, calls.map(call));

describe('events that concern no journey', () => {
  it('are stored together, each under its declared name, of customers known and new', async () => {
    const rig = await rigWith();
    await rig.receive({ kind: 'identify', identity: { userId: 'u1' } });
    const before = rig.passed.length;
    const receipts = await many(rig, [
      { name: 'Viewed', data: { sku: 7 } },
      { identity: { anonymousId: 'a1' }, context: { timeZone: 'Asia/Tokyo', locale: 'ja' } },
      { identity: { userId: 'u2', anonymousId: 'a2' } },
      { identity: { anonymousId: 'a1' } },
    ]);
    expect(statuses(receipts)).toEqual(['accepted', 'accepted', 'accepted', 'accepted']);
    // One transaction, not four.
    expect(rig.passed.slice(before)).toEqual([
      'ingest many: customers locked',
      'ingest many: customers made',
      'ingest many: stored',
    ]);
    const of = async (identity: Incoming['identity']) => {
      const customer = await rig.store.transaction((tx) => tx.lockCustomerOf(identity, 0));
      const history = await rig.store.transaction((tx) => tx.history(customer.id, [{ event: 'viewed', since: 0 }]));
      return { traits: customer.traits, data: history.map(({ data }) => data) };
    };
    expect(await of({ userId: 'u1' })).toEqual({ traits: {}, data: [{ sku: '7' }] });
    expect(await of({ anonymousId: 'a1' })).toEqual({
      traits: { time_zone: 'Asia/Tokyo', locale: 'ja' },
      data: [{}, {}],
    });
    expect(await of({ anonymousId: 'a2' })).toEqual(await of({ userId: 'u2' }));
  });

  it('are once there, though they come twice among the same, and again later', async () => {
    const rig = await rigWith();
    const twice = { sourceId: 'twice' };
    const paid = { name: 'paid', data: { id: 'p1' } };
    expect(statuses(await many(rig, [twice, twice, paid, { ...paid, identity: { userId: 'u2' } }]))).toEqual([
      ...['accepted', 'duplicate', 'accepted', 'duplicate'],
    ]);
    expect(statuses(await many(rig, [twice, paid]))).toEqual(['duplicate', 'duplicate']);
  });
});

describe('what is more than that is given back', () => {
  const open = async (plans?: Plan[]) => {
    const rig = await rigWith(plans);
    await rig.receive({ name: 'signed_up' });
    return rig;
  };
  it.each<[string, Partial<Incoming>]>([
    ['an event that a journey is entered on', { name: 'signed_up', identity: { userId: 'u9' } }],
    ['an exit of an open enrollment', { name: 'order_completed' }],
    ['an event that one waits for', { name: 'cart_updated' }],
    ['an identify', { kind: 'identify', name: null, traits: { tier: 'gold' } }],
    ['an alias', { kind: 'alias', name: null, previousId: 'a1' }],
    ['a login: an id to be bound', { identity: { userId: 'u1', anonymousId: 'new' } }],
    ['a first zone', { context: { timeZone: 'Asia/Tokyo' } }],
  ])('%s', async (_, more) => {
    expect(await many(await open(), [more])).toEqual([null]);
  });

  it('a goal that may still be credited to somebody who has come to the end', async () => {
    const rig = await open([
      { ...plan, steps: {}, first: null, goal: { on: ['thanked'], withinMs: day, exits: true } },
    ]);
    await rig.runAll();
    expect((await rig.rows()).enrollments).toMatchObject([{ status: 'completed' }]);
    expect(await many(rig, [{ name: 'thanked' }])).toEqual([null]);
    expect(statuses(await many(rig, [{ name: 'thanked', identity: { userId: 'u2' } }]))).toEqual(['accepted']);
  });

  it('an event that only a version of before listens to, as long as somebody is in it', async () => {
    const rig = await open();
    await rig.publish({ settings: { ...(await settingsOf(rig)) }, journeys: [] });
    expect(await many(rig, [{ name: 'order_completed' }])).toEqual([null]);
    expect(statuses(await many(rig, [{ name: 'order_completed', identity: { userId: 'u2' } }]))).toEqual(['accepted']);
    await rig.receive({ name: 'order_completed' });
    expect(statuses(await many(rig, [{ name: 'order_completed' }]))).toEqual(['accepted']);
  });

  it('whoever is first seen where a condition lets people in, and what can turn the condition', async () => {
    const rig = await rigWith([byCondition]);
    expect(await many(rig, [{}])).toEqual([null]);
    await rig.receive({ name: 'viewed' });
    expect(statuses(await many(rig, [{}, { name: 'seen' }]))).toEqual(['accepted', null]);
  });

  it('an event of somebody erased, who does not come back by it', async () => {
    const rig = await rigWith();
    await rig.receive({ name: 'viewed' });
    const { id } = await rig.store.transaction((tx) => tx.lockCustomerOf({ userId: 'u1' }, 0));
    await eraseCustomer(rig.ports, id);
    expect(statuses(await many(rig, [{}, { identity: { userId: 'u2' } }]))).toEqual([null, 'accepted']);
    expect(await receive(rig.ports, call({}))).toMatchObject({ status: 'dropped' });
  });
});

describe('order', () => {
  it('of one person is kept: nothing is stored before what it came after', async () => {
    const rig = await rigWith();
    const receipts = await many(rig, [
      { name: 'signed_up' },
      { name: 'order_completed' },
      { identity: { userId: 'u2' } },
      { kind: 'identify', name: null, identity: { userId: 'u2', anonymousId: 'a2' } },
      { identity: { anonymousId: 'a2' } },
      { identity: { userId: 'u3' } },
    ]);
    expect(statuses(receipts)).toEqual([null, null, 'accepted', null, null, 'accepted']);
  });

  const pair = { userId: 'u1', anonymousId: 'a1' };
  const identities = [{ userId: 'u1' }, { userId: 'u2' }, { anonymousId: 'a1' }, pair];
  const calls = fc.array(
    fc.record({
      who: fc.constantFrom(...identities),
      name: fc.constantFrom('viewed', 'seen', 'signed_up', 'order_completed', 'cart_updated', 'paid', null),
      id: fc.constantFrom('1', '2', '3'),
      sourceId: fc.option(fc.constantFrom('s1', 's2', 's3'), { nil: undefined, freq: 4 }),
      trusted: fc.boolean(),
      timeZone: fc.constantFrom(undefined, undefined, 'Asia/Tokyo', 'nowhere'),
    }),
    { maxLength: 25 },
  );

  const groupSizes = fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 8 });

  // Two people in one batch, of whom a later one says that they are one, were two when theirs was stored: so that is either
  // known before, or said in the same batch, or never.
  const links = fc.constantFrom('before', 'within', 'never');

  it('makes no difference to what is known afterwards: together or one after the other', async () => {
    await fc.assert(
      fc.asyncProperty(calls, groupSizes, fc.boolean(), links, async (list, sizes, hasCondition, linked) => {
        const incomings = list.map(({ who: said, name, id, sourceId, trusted, timeZone }, index) => {
          const who = said === pair && linked === 'never' ? { userId: 'u3', anonymousId: 'a3' } : said;
          return {
            ...call({ identity: who, name, data: { id: `${idOf(who)}/${id}` }, trusted, context: { timeZone } }),
            kind: name === null ? ('identify' as const) : ('event' as const),
            // Of two people who share a source's id or a fact, the first to be stored has it: that is no order of one person.
            sourceId: sourceId === undefined ? `m${index}` : `${idOf(who)}/${sourceId}`,
          };
        });
        const [one, together] = [await world(hasCondition), await world(hasCondition)];
        if (linked === 'before')
          for (const { ports } of [one, together])
            await receive(ports, call({ kind: 'identify', name: null, identity: pair, sourceId: 'login' }));
        for (const incoming of incomings) await receive(one.ports, incoming);
        for (const group of groupsOf(incomings, linked === 'within' ? [] : sizes)) {
          const receipts = await receiveMany(together.ports, group);
          for (const [index, receipt] of receipts.entries()) if (!receipt) await receive(together.ports, group[index]!);
        }
        expect(await knownOf(together)).toEqual(await knownOf(one));
      }),
      { numRuns: 150 },
    );
  });
});

describe('a crash', () => {
  it('between any two steps leaves nothing, and the same again is stored once', async () => {
    for (const point of ['customers locked', 'customers made', 'stored']) {
      const rig = await rigWith();
      const calls = [call({}), call({ identity: { anonymousId: 'a1' } })];
      rig.at = (at) => {
        if (at.endsWith(point)) throw new Crash();
      };
      await expect(receiveMany(rig.ports, calls)).rejects.toThrow(Crash);
      rig.at = () => undefined;
      expect((await rig.store.transaction((tx) => tx.lockFree([{ userId: 'u1' }], 0)))[0]!.ids).toEqual([]);
      expect(statuses(await receiveMany(rig.ports, calls))).toEqual(['accepted', 'accepted']);
      expect(statuses(await receiveMany(rig.ports, calls))).toEqual(['duplicate', 'duplicate']);
    }
  });
});

function idOf({ userId = '', anonymousId = '' }: Incoming['identity']): string {
  return `${userId}+${anonymousId}`;
}

async function world(hasCondition: boolean) {
  let ids = 0;
  const store = createMemoryStore(() => `id${String(++ids).padStart(4, '0')}`);
  const journeys = [plan, ...(hasCondition ? [byCondition] : [])].map((each) => ({
    version: each.journey,
    plan: each,
  }));
  const rig = await rigWith();
  store.publish({ settings: await settingsOf(rig), journeys });
  let made = 0;
  const ports = { ...rig.ports, store, newId: () => `new${String(++made).padStart(4, '0')}` };
  return { store, ports };
}

async function settingsOf(rig: Rig): Promise<Settings> {
  return (await rig.store.transaction((tx) => tx.catalog())).settings;
}

function groupsOf<T>(items: T[], sizes: number[]): T[][] {
  const rest = [...items];
  const groups = sizes.map((size) => rest.splice(0, size));
  return [...groups, rest].filter((group) => group.length > 0);
}

/** What stands of each customer, without our ids; customers by what the shop knows them by. */
async function knownOf({ store }: Awaited<ReturnType<typeof world>>) {
  const t = store.tables();
  const nameOf = (id: string) =>
    [...t.identities]
      .filter(([, owner]) => owner === id)
      .map(([name]) => name)
      .sort()
      .join(' ');
  const eventOf = (id: string | null) => (id === null ? null : t.events.get(id)!.name);
  return {
    customers: [...t.customers.values()].map((row) => [nameOf(row.id), row.traits, row.isKnown]).sort(byText),
    events: [...t.events.values()].map((row) => [nameOf(row.customerId), row.name, row.data, row.trusted]).sort(byText),
    enrollments: [...t.enrollments.values()]
      .map((row) => [nameOf(row.customerId), row.journey, row.status, row.reason, eventOf(row.endedBy), row.waitingFor])
      .sort(byText),
    inbox: t.inbox.map((row) => [t.enrollments.get(row.enrollmentId)!.journey, row.event.name]).sort(byText),
    decisions: t.decisions
      .map((row) => [nameOf(row.customerId), row.journey, row.kind, row.outcome, row.count])
      .sort(byText),
  };
}

function byText(one: unknown, other: unknown): number {
  return JSON.stringify(one) < JSON.stringify(other) ? -1 : 1;
}
