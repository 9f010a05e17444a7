// Promises 1 and 3: whatever dies between any two steps, nothing acknowledged is lost and nothing goes twice.
import { describe, expect, it } from 'vitest';
import type { AudienceStep, Plan, SendStep, Step } from '../../engine/core/plan.ts';
import type { Settings } from '../../engine/core/settings.ts';
import { day, hour, planWith, when } from '../core/plans.ts';
import { Crash, type Rig, type Rows, reachable } from './rig.ts';

const send: SendStep = { kind: 'send', message: 'hi', by: ['email'], with: {}, expiresMs: day, next: null };
const add = {
  kind: 'audience',
  change: 'add',
  audience: 'left',
  platforms: ['meta'],
} satisfies Partial<AudienceStep>;
const steps: { [id: string]: Step } = {
  count: { kind: 'set', traits: { visits: when('customer.?visits.orValue(0) + 1') }, next: 'put' },
  put: { ...add, keep: 'until_exit', next: 'first' },
  first: { ...send, next: 'tally' },
  tally: { kind: 'set', traits: { visits: when('customer.?visits.orValue(0) + 1') }, next: 'clock' },
  clock: { kind: 'wait', form: 'at', at: '09:00', inDays: 1, next: 'keep' },
  keep: { ...add, audience: 'kept', platforms: ['meta', 'google'], keep: 14 * day, next: 'fork' },
  fork: { kind: 'choose', arms: [{ when: when('has(customer.email)'), next: 'second' }], otherwise: null },
  second: { ...send, next: 'nap' },
  nap: {
    kind: 'wait',
    form: 'event',
    listeners: [{ on: ['cart_updated'], next: 'third' }],
    withinMs: hour,
    otherwise: 'third',
  },
  third: { ...send, next: null },
};
export const crashPlan: Plan = planWith(steps, {
  exits: [{ on: ['order_completed'] }],
  schemas: {
    customer: { email: { kind: 'string', optional: true }, visits: { kind: 'int', optional: true } },
    events: planWith({}).schemas.events,
  },
});

/** Enters, hears an event in the middle, and runs to the end. A crashed ingest is sent again, as clients do. */
async function play(rig: Rig): Promise<void> {
  const insist = async (incoming: Parameters<Rig['receive']>[0]) => {
    const same = { ...incoming, sourceId: `${incoming.kind}${incoming.name}` };
    try {
      await rig.receive(same);
    } catch (error) {
      if (!(error instanceof Crash)) throw error;
      await rig.receive(same);
    }
  };
  await insist(reachable);
  await insist({ kind: 'event', name: 'signed_up' });
  await rig.runAll();
}

function crashAt(rig: Rig, n: number): void {
  rig.at = (_point, count) => {
    if (count === n) throw new Crash();
  };
}

/** The third message comes into quiet hours, and then into a full cap. */
const policies: Partial<Settings> = {
  quietHours: { from: '10:00', to: '11:00', channels: ['email'], answer: 'hold' },
  caps: [{ max: 1, per: 3 * hour, channels: ['email'], answer: 'hold' }],
};

/** The same with all messages going through their channel's queue. */
export const queuedPolicies: Partial<Settings> = {
  channels: { email: { from: 'shop@shop.example', rate: { max: 14, perMs: 1000 } } },
};

/** What a suite over some store needs: a rig with these plans, and settings beside its own, on an empty store. */
export type MakeRig = (plans: Plan[], policies?: Partial<Settings>) => Promise<Rig>;

/**
 * @param gaps how many steps after the first crash the second one comes
 * @param more settings besides quiet hours and a cap
 */
export async function crashSuite(make: MakeRig, gaps: number[], more: Partial<Settings> = {}): Promise<void> {
  const makeRig = () => make([crashPlan], { ...policies, ...more });
  const baseline = await makeRig();
  await play(baseline);
  const points = baseline.passed.map((point, index) => ({ point, n: index + 1 }));
  const before = await baseline.rows();

  it('without a crash three messages go and the journey completes', async () => {
    expect(baseline.accepted).toHaveLength(3);
    expect(before.enrollments).toMatchObject([{ status: 'completed' }]);
    expect(points.length).toBeGreaterThan(25);
    // Both holds are crashed in as well.
    const held = before.decisions.filter(({ kind }) => kind === 'held');
    expect(held.map(({ outcome }) => outcome)).toEqual(['quiet_hours', 'cap']);
  });

  describe.each(points)('a crash at step $n ($point)', ({ n }) => {
    it('loses nothing, sends nothing twice, and comes to the end', async () => {
      const rig = await makeRig();
      crashAt(rig, n);
      await play(rig);
      expect(new Set(rig.accepted).size).toBe(rig.accepted.length);
      expect((await rig.rows()).enrollments).toMatchObject([{ status: 'completed', needsAttention: null }]);
      const deliveries = (await rig.rows()).deliveries;
      expect(deliveries).toHaveLength(3);
      for (const { state, key } of deliveries) {
        // What the provider took is accepted or unknown; what it never got may be unknown, never accepted.
        expect(state).toBe(state === 'accepted' && rig.accepted.includes(key) ? 'accepted' : 'unknown');
      }
      expect(deliveries.filter(({ state }) => state === 'unknown').length).toBeLessThanOrEqual(1);
    });

    it('sets traits once', async () => {
      const rig = await makeRig();
      crashAt(rig, n);
      await play(rig);
      expect(await visitsOf(rig)).toBe(2);
    });

    it('puts into audiences once, and takes out what ends with the enrollment', async () => {
      const rig = await makeRig();
      crashAt(rig, n);
      await play(rig);
      expect(await membersOf(rig)).toEqual(['google kept true 1', 'meta kept true 1', 'meta left false 2']);
    });

    it('leaves a journal that says the same as without it', async () => {
      const rig = await makeRig();
      crashAt(rig, n);
      await play(rig);
      expect(await journalOf(rig)).toEqual(journalIn(before));
    });
  });

  describe('two crashes', () => {
    const pairs = points.flatMap(({ n }) => gaps.map((gap) => [n, n + gap] as const));
    it.each(pairs)('at steps %i and %i send nothing twice', async (first, second) => {
      const rig = await makeRig();
      rig.at = (_point, count) => {
        if (count === first || count === second) throw new Crash();
      };
      await play(rig).catch((error) => expect(error).toBeInstanceOf(Crash));
      rig.at = () => undefined;
      await play(rig);
      expect(new Set(rig.accepted).size).toBe(rig.accepted.length);
      expect((await rig.rows()).enrollments).toMatchObject([{ status: 'completed' }]);
    });
  });

  describe('an exit event between any two steps', () => {
    const turnPoints = points.filter(({ point }) => !point.startsWith('ingest'));
    it.each(turnPoints)('before step $n ($point) stops every delivery that was not claimed', async ({ n }) => {
      const rig = await makeRig();
      let claimedBefore: string[] = [];
      let isDone = false;
      rig.at = async (point, count) => {
        if (isDone || count < n || point.startsWith('ingest')) return;
        isDone = true;
        await rig.receive({ kind: 'event', name: 'order_completed' });
        const deliveries = (await rig.rows()).deliveries;
        claimedBefore = deliveries
          .filter(({ state }) => state === 'sending' || state === 'accepted')
          .map(({ key }) => key);
      };
      await play(rig);
      expect(rig.accepted.filter((key) => !claimedBefore.includes(key))).toEqual([]);
      const [enrollment] = (await rig.rows()).enrollments;
      expect(enrollment).toMatchObject(
        n > points.length - 1 ? { endedAt: expect.any(Number) } : { status: 'exited', reason: 'order_completed' },
      );
      for (const { state } of (await rig.rows()).deliveries) expect(['accepted', 'suppressed']).toContain(state);
    });
  });

  describe('an execution that wakes after its successor has done the same turn', () => {
    const turnPoints = points.filter(({ point }) => !point.startsWith('ingest'));
    it.each(turnPoints)('stalled at step $n ($point) changes nothing and sends nothing twice', async ({ n }) => {
      const rig = await makeRig();
      rig.at = async (_point, count) => {
        if (count !== n) return;
        rig.at = () => undefined;
        // This execution stands still here; its lease runs out, and a successor runs one turn in its place.
        rig.time.real += 60_000;
        const [enrollment] = (await rig.rows()).enrollments;
        const { deliver } = await rig.turns.run(enrollment!.id);
        if (deliver) await rig.turns.deliver(deliver.key);
      };
      await play(rig);
      expect(new Set(rig.accepted).size).toBe(rig.accepted.length);
      expect((await rig.rows()).enrollments).toMatchObject([{ status: 'completed', needsAttention: null }]);
      expect(await journalOf(rig)).toEqual(journalIn(before));
      expect(await visitsOf(rig)).toBe(2);
      // It is the holder of its claim all the same: what it has heard raises what its successor could not know.
      for (const { key, state } of (await rig.rows()).deliveries)
        expect(state).toBe(rig.accepted.includes(key) ? 'accepted' : 'unknown');
    });
  });
}

async function membersOf(rig: Rig): Promise<string[]> {
  const [enrollment] = (await rig.rows()).enrollments;
  const members = await rig.store.transaction((tx) => tx.audienceMembers(enrollment!.customerId));
  return members.map(({ platform, audience, wanted, version }) => `${platform} ${audience} ${wanted} ${version}`);
}

async function visitsOf(rig: Rig): Promise<unknown> {
  const [enrollment] = (await rig.rows()).enrollments;
  const customer = await rig.store.transaction((tx) => tx.customer(enrollment!.customerId));
  return customer!.traits.visits;
}

/** What was decided, with a delivery that nobody can know about taken as gone. */
async function journalOf(rig: Rig): Promise<string[]> {
  return journalIn(await rig.rows());
}

function journalIn({ decisions }: Rows): string[] {
  return decisions
    .filter(({ kind }) => kind !== 'resolved')
    .map(({ kind, step, outcome, inputs }) => {
      const known = outcome === 'unknown' ? 'accepted' : outcome;
      return `${kind} ${step} ${known} ${JSON.stringify(inputs.traits ?? '')}`;
    })
    .toSorted();
}
