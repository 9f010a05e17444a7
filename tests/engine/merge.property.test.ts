// A login may come before or after whatever else comes at the same moment: what is sent, and what stands, is the same.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Plan, SendStep } from '../../engine/core/plan.ts';
import type { Incoming } from '../../engine/receive.ts';
import { recordConsent } from '../../engine/receive.ts';
import { day, hour, planWith } from '../core/plans.ts';
import { createRig, type Rig } from './rig.ts';

const send: SendStep = { kind: 'send', message: 'hi', by: ['email'], with: {}, expiresMs: day, next: null };
const base = planWith({});
const welcome: Plan = {
  ...planWith({ nap: { kind: 'wait', form: 'length', forMs: 2 * hour, next: 'mail' }, mail: send }),
  journey: 'welcome',
  exits: [{ on: ['order_completed'] }],
};
const cart: Plan = {
  ...planWith({
    nap: {
      kind: 'wait',
      form: 'event',
      listeners: [{ on: ['cart_viewed'], next: null }],
      withinMs: 3 * hour,
      otherwise: 'mail',
    },
    mail: send,
  }),
  journey: 'cart',
  enter: { on: ['cart_updated'], key: 'cart_id', again: { mode: 'after_exit' }, lateMs: day },
  goal: { on: ['order_completed'], exits: true, withinMs: day },
  schemas: {
    ...base.schemas,
    events: { ...base.schemas.events, cart_viewed: { properties: {}, correlate: ['cart_id'] } },
  },
};

type Who = 'visitor' | 'known';
type Call =
  | { kind: 'event'; who: Who; name: string; cart?: string }
  | { kind: 'trait'; who: Who; name: string }
  | { kind: 'withdraw'; who: Who };
interface Program {
  /** Calls at each moment, an hour apart. */
  moments: Call[][];
  /** The moment of the login, and where among that moment's calls it comes. */
  login: number;
}

const who = fc.constantFrom<Who>('visitor', 'known');
const happening = fc.oneof(
  fc.record({
    kind: fc.constant('event' as const),
    who,
    name: fc.constantFrom('order_completed', 'cart_viewed'),
    cart: fc.constantFrom('k1', 'k2'),
  }),
  fc.record({ kind: fc.constant('event' as const), who, name: fc.constant('order_completed') }),
  fc.record({ kind: fc.constant('trait' as const), who, name: fc.constantFrom('a', 'b', 'c') }),
  fc.record({ kind: fc.constant('withdraw' as const), who }),
);
/**
 * One entry into each journey and key, before what else comes at its moment: whether somebody may enter is decided by what
 * is known at that moment of this customer, and a non-entry is not looked at again.
 */
const entries = fc.tuple(
  fc.record({ kind: fc.constant('event' as const), who, name: fc.constant('signed_up') }),
  fc.record({ kind: fc.constant('event' as const), who, name: fc.constant('cart_updated'), cart: fc.constant('k1') }),
  fc.record({ kind: fc.constant('event' as const), who, name: fc.constant('cart_updated'), cart: fc.constant('k2') }),
);
const program: fc.Arbitrary<Program> = fc
  .record({
    entries,
    entersAt: fc.tuple(fc.nat(4), fc.nat(4), fc.nat(4)),
    others: fc.array(fc.tuple(fc.nat(4), happening), { maxLength: 8 }),
    login: fc.nat(4),
  })
  .map(({ entries: three, entersAt, others, login }) => {
    const moments: Call[][] = [[], [], [], [], []];
    for (const [index, call] of three.entries()) moments[entersAt[index]!]!.push(call);
    for (const [at, call] of others) moments[at]!.push(call);
    return { moments, login };
  });

const identities = { visitor: { anonymousId: 'a' }, known: { userId: 'u' } };

async function play({ moments, login }: Program, place: number) {
  const rig = await createRig([welcome, cart]);
  const grants = [{ channel: 'email', purpose: 'marketing' }];
  await rig.receive({ kind: 'identify', identity: identities.known, traits: { email: 'u@example.com' }, grants });
  await rig.receive({ kind: 'identify', identity: identities.visitor });
  const from = rig.time.now;
  let events = 2;
  for (const [index, calls] of moments.entries()) {
    await runUntil(rig, from + index * hour);
    const steps: (Call | 'login')[] = [...calls];
    if (index === login) steps.splice(Math.min(place, calls.length), 0, 'login');
    for (const step of steps) events += await happen(rig, step);
  }
  await rig.runAll();
  return { rig, events };
}

async function happen(rig: Rig, step: Call | 'login'): Promise<number> {
  const receive = async (incoming: Partial<Incoming>) => {
    await rig.receive(incoming);
    return 1;
  };
  if (step === 'login') return receive({ kind: 'identify', identity: { ...identities.known, ...identities.visitor } });
  const identity = identities[step.who];
  if (step.kind === 'trait')
    return receive({ kind: 'identify', identity, traits: { [`${step.name}_${step.who}`]: 'x' } });
  if (step.kind === 'event')
    return receive({ identity, name: step.name, data: step.cart === undefined ? {} : { cart_id: step.cart } });
  const said = {
    channel: 'email',
    purpose: 'marketing',
    state: 'withdrawn',
    at: rig.time.now,
    source: 'x',
    evidence: {},
  } as const;
  await recordConsent(rig.ports, { ...said, customer: identity });
  return 0;
}

/** Runs what asks for a turn and what is due before `until`. */
async function runUntil(rig: Rig, until: number): Promise<void> {
  for (;;) {
    for (const id of await rig.takeLooks()) await rig.turns.run(id);
    const { enrollments } = await rig.rows();
    const due = enrollments.filter((e) => e.status === 'active' && e.dueAt !== null && e.dueAt < until);
    if (due.length === 0) break;
    rig.time.now = Math.max(rig.time.now, Math.min(...due.map((e) => e.dueAt!)));
    for (const { id, dueAt } of due) if (dueAt! <= rig.time.now) await rig.turns.run(id);
  }
  rig.time.now = until;
}

/** What the customer can tell, and what stands of them. */
async function outcomeOf(rig: Rig) {
  const { id, traits } = await rig.store.transaction((tx) => tx.lockCustomerOf({ userId: 'u' }, 0));
  const { deliveries, enrollments } = await rig.rows();
  const journeyOf = new Map(enrollments.map((e) => [e.id, `${e.journey} ${e.key}`]));
  const sends = deliveries
    .filter(({ state }) => state === 'accepted')
    .map(({ enrollmentId, sentAt }) => `${journeyOf.get(enrollmentId)} at ${sentAt}`);
  const grants = await rig.store.transaction((tx) => tx.grants(id));
  const named = Object.fromEntries(Object.entries(traits).sort());
  return { sends: sends.sort(), grants, traits: named };
}

it('it does not matter where among the calls of one moment the login comes', async () => {
  await fc.assert(
    fc.asyncProperty(program, async (given) => {
      const outcomes = [];
      for (let place = 0; place <= given.moments[given.login]!.length; place += 1)
        outcomes.push(await outcomeOf((await play(given, place)).rig));
      for (const outcome of outcomes) expect(outcome).toEqual(outcomes[0]);
    }),
    { numRuns: 150 },
  );
});

it('a merge loses no event and leaves nothing with the visitor', async () => {
  await fc.assert(
    fc.asyncProperty(program, fc.nat(5), async (given, place) => {
      const { rig, events } = await play(given, place);
      const { id } = await rig.store.transaction((tx) => tx.lockCustomerOf({ userId: 'u' }, 0));
      const names = ['identify', 'signed_up', 'cart_updated', 'cart_viewed', 'order_completed'];
      const needs = names.map((event) => ({ event, since: 0 }));
      expect(await rig.store.transaction((tx) => tx.history(id, needs))).toHaveLength(events);
      const { enrollments, deliveries, decisions } = await rig.rows();
      for (const row of [...enrollments, ...deliveries, ...decisions]) expect(row.customerId).toBe(id);
      for (const { status, needsAttention } of enrollments) {
        expect(status).not.toBe('active');
        expect(needsAttention).toBeNull();
      }
    }),
    { numRuns: 150 },
  );
});
