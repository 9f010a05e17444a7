// Goals told to Meta: once for each event, with consent, and repeated under the same id until they are taken.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { metaConversions } from '../../activities/audiences/meta-conversions.ts';
import type { AudienceOutcome } from '../../engine/audience-platform.ts';
import { type Conversion, type ConversionPlatform, tellConversions } from '../../engine/conversion-sync.ts';
import { eraseCustomer } from '../../engine/erase.ts';
import { recordConsent } from '../../engine/receive.ts';
import { createConversionLedger } from '../../store/conversion-ledger.ts';
import { day, planWith } from '../core/plans.ts';
import { openTestDatabase, type TestDatabase } from '../database.ts';
import { createRig, type Rig, settings } from '../engine/rig.ts';
import { databaseBacking } from '../store/backing.ts';
import { graphError, metaReceiver, type Receiver, secret, token } from './receivers.ts';

const conversions = { dataset: '77', event: 'Purchase', value: 'total', currency: 'JPY' };
const nap = { nap: { kind: 'wait', form: 'length', forMs: 30 * day, next: null } } as const;
const goal = { goal: { on: ['order_completed'], exits: true } };
const plans = [planWith(nap, goal), { ...planWith(nap, goal), journey: 'other' }];
const order = { kind: 'event', name: 'order_completed', data: { order_id: 'o1', total: 4200 } } as const;

let database: TestDatabase;
let rig: Rig;
let told: Conversion[][];
let script: AudienceOutcome[];
let platform: ConversionPlatform;

beforeEach(async () => {
  database = await openTestDatabase();
  const events = {
    order_completed: {
      ...{ from: [], correlate: [], same: 'order_id', buys: true },
      properties: {
        order_id: { kind: 'string', optional: false },
        total: { kind: 'number', optional: false },
      } as const,
    },
  };
  const channels = { ...settings.channels, ads: { meta: { audiences: {}, conversions } } };
  rig = await createRig(plans, databaseBacking(database), undefined, { channels, events });
  [told, script] = [[], []];
  platform = {
    ...{ name: 'meta', most: 10, longestCallMs: 1000, oldestMs: 7 * day },
    identify: ({ email }) => (typeof email === 'string' ? { EMAIL: email } : null),
    async tell(some) {
      told.push(some);
      return script.shift() ?? { kind: 'accepted', invalid: 0 };
    },
  };
});
afterEach(() => database.close());

const tell = (between: (point: string) => void = () => undefined) => {
  const catalog = () => database.store.transaction((tx) => tx.catalog());
  const real = () => rig.time.now;
  return tellConversions(
    { ledger: createConversionLedger({ pool: database.pool, catalog, real }), real, between },
    platform,
  );
};
const rows = async () =>
  (await database.pool.query('SELECT state, reason, code, journey FROM ad_conversions ORDER BY created_at, id')).rows;
const enter = async (grants = [{ channel: 'ads', purpose: 'marketing' }]) => {
  await rig.receive({ kind: 'identify', traits: { email: 'a@example.com' }, grants });
  await rig.receive({ kind: 'event', name: 'signed_up' });
  await rig.takeLooks();
};

describe('a goal', () => {
  it('of two journeys is told once, with what it was worth, under the id that the shop gives it', async () => {
    await enter();
    await rig.receive(order);
    expect(await tell()).toEqual({ taken: 1, calls: 1, pause: null });
    const { at, ...said } = told[0]![0]!;
    expect(at).toBe(rig.time.now);
    expect(said).toEqual({
      ...{ dataset: '77', event: 'Purchase', eventId: 'o1', user: { EMAIL: 'a@example.com' } },
      worth: { value: 4200, currency: 'JPY' },
    });
    expect(await rows()).toMatchObject([{ state: 'told', reason: null }]);
    expect(await tell()).toEqual({ taken: 0, calls: 0, pause: null });
  });

  it('that is reported twice is told once', async () => {
    await enter();
    await rig.receive(order);
    await rig.receive({ ...order, source: 'other', sourceId: 'again' });
    await tell();
    expect(told.flat()).toHaveLength(1);
  });

  it('of nobody in a journey is not told', async () => {
    await rig.receive(order);
    expect(await tell()).toMatchObject({ taken: 0 });
  });

  it.each([
    ['was never given', async () => enter([])],
    ['is for another purpose', async () => enter([{ channel: 'ads', purpose: 'research' }])],
  ])('whose consent %s is not told, and it is recorded why', async (_what, begin) => {
    await begin();
    await rig.receive(order);
    await tell();
    expect([told, await rows()]).toMatchObject([[], [{ state: 'suppressed', reason: 'consent' }]]);
  });

  it('whose consent was withdrawn before the call is not told', async () => {
    await enter();
    await rig.receive(order);
    await recordConsent(rig.ports, {
      ...{ customer: { userId: 'u1' }, channel: 'ads', purpose: 'marketing', state: 'withdrawn' },
      ...{ at: rig.time.now, source: 'consents', evidence: {} },
    });
    await tell();
    expect([told, await rows()]).toMatchObject([[], [{ state: 'suppressed', reason: 'consent' }]]);
  });

  it('of somebody erased is not told', async () => {
    await enter();
    await rig.receive(order);
    const { id } = await database.store.transaction((tx) => tx.lockCustomerOf({ userId: 'u1' }, 0));
    await eraseCustomer(rig.ports, id);
    await tell();
    expect([told, await rows()]).toMatchObject([[], [{ state: 'suppressed', reason: 'erased' }]]);
  });

  it('that is older than the platform takes is not told, and keeps nobody else back', async () => {
    await enter();
    await rig.receive(order);
    rig.time.now += 7 * day;
    await rig.receive({ ...order, data: { order_id: 'o2', total: 1 } });
    await tell();
    expect([told, await rows()]).toMatchObject([[], [{ state: 'suppressed', reason: 'expired' }]]);
  });
});

describe('a call', () => {
  it.each(['conversions: claimed', 'conversions: told', 'conversions: recorded'])(
    'that dies at "%s" is made again, under the same id',
    async (point) => {
      await enter();
      await rig.receive(order);
      const crash = (passed: string) => {
        if (passed === point) throw new Error('crash');
      };
      await expect(tell(crash)).rejects.toThrow('crash');
      rig.time.now += 3_600_000;
      await tell();
      expect(new Set(told.flat().map(({ eventId }) => eventId))).toEqual(new Set(['o1']));
      expect(await rows()).toMatchObject([{ state: 'told' }]);
    },
  );

  it.each<[AudienceOutcome, object]>([
    [
      { kind: 'retry', code: '2' },
      { state: 'waiting', code: '2' },
    ],
    [
      { kind: 'config_error', code: '190' },
      { state: 'waiting', code: '190' },
    ],
    [
      { kind: 'rejected', code: '100' },
      { state: 'failed', code: '100' },
    ],
    [
      { kind: 'accepted', invalid: 1 },
      { state: 'failed', code: 'invalid' },
    ],
  ])('that comes to %j leaves %j', async (outcome, left) => {
    await enter();
    await rig.receive(order);
    script = [outcome];
    await tell();
    expect(await rows()).toMatchObject([left]);
  });
});

describe('meta', () => {
  let receiver: Receiver;
  beforeEach(async () => {
    receiver = await metaReceiver();
  });
  afterEach(() => receiver.close());
  const meta = () => metaConversions({ accessToken: token, appSecret: secret, baseUrl: receiver.url });
  const conversion = (eventId: string): Conversion => ({
    ...{ dataset: '77', event: 'Purchase', at: 1_780_000_000_500, eventId, worth: { value: 42, currency: 'JPY' } },
    user: meta().identify({ email: 'john_smith@gmail.com', phone: '090-1234-5678' }, 'JP')!,
  });

  it('is told in its own words', async () => {
    receiver.script = [{ body: { events_received: 1, messages: [], fbtrace_id: 'T' } }];
    expect(await meta().tell([conversion('o1')])).toEqual({ kind: 'accepted', requestId: 'T', invalid: 0 });
    const [request] = receiver.requests;
    expect([request!.method, request!.path]).toEqual(['POST', '/v25.0/77/events']);
    const { data, appsecret_proof: proof } = JSON.parse(request!.body);
    expect(proof).toMatch(/^[0-9a-f]{64}$/);
    expect(data).toEqual([
      {
        ...{ event_name: 'Purchase', event_time: 1_780_000_000, event_id: 'o1', action_source: 'system_generated' },
        user_data: {
          em: ['62a14e44f765419d10fea99367361a727c12365e2520f32218d505ed9aa0f62f'],
          ph: ['0ad07193350775c6d4377f8b039d32877e66c69a454ed886b05279771c0fca0b'],
        },
        custom_data: { value: 42, currency: 'JPY' },
      },
    ]);
  });

  it('says how many it took, and refuses in the words of all its calls', async () => {
    receiver.script = [{ body: { events_received: 1 } }, graphError(401, 190), { status: 503 }];
    expect(await meta().tell([conversion('o1'), conversion('o2')])).toMatchObject({ kind: 'accepted', invalid: 1 });
    expect(await meta().tell([conversion('o1')])).toEqual({ kind: 'config_error', code: '190' });
    expect(await meta().tell([conversion('o1')])).toMatchObject({ kind: 'retry', code: '503' });
  });
});
