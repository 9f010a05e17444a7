// Nobody stays in a list who may not be there: withdrawal, erasure and merge, through the engine, down to the platforms.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { tellPlatform } from '../../engine/audience-sync.ts';
import type { Plan } from '../../engine/core/plan.ts';
import { eraseCustomer } from '../../engine/erase.ts';
import { recordConsent } from '../../engine/receive.ts';
import { createAudienceLedger } from '../../store/audience-ledger.ts';
import { planWith } from '../core/plans.ts';
import { openTestDatabase, type TestDatabase } from '../database.ts';
import { createRig, type Rig, settings } from '../engine/rig.ts';
import { databaseBacking } from '../store/backing.ts';
import { type FakePlatform, fakePlatform } from './fake-platform.ts';
import { list, peopleIn } from './people.ts';

const ads = { meta: { audiences: { carts: list } }, google: { account: '1', audiences: { carts: '99' } } };
const plan: Plan = planWith({
  put: {
    kind: 'audience',
    change: 'add',
    audience: 'carts',
    platforms: ['meta', 'google'],
    keep: 'forever',
    next: null,
  },
});
const consented = { grants: [{ channel: 'ads', purpose: 'marketing' }] };

let database: TestDatabase;
let rig: Rig;
let platforms: FakePlatform[];

beforeEach(async () => {
  database = await openTestDatabase();
  rig = await createRig([plan], databaseBacking(database), undefined, { channels: { ...settings.channels, ads } });
  platforms = [fakePlatform('meta'), fakePlatform('google')];
});
afterEach(() => database.close());

async function tell(): Promise<void> {
  const catalog = () => database.store.transaction((tx) => tx.catalog());
  const ledger = createAudienceLedger({ pool: database.pool, catalog, real: () => 0 });
  for (const platform of platforms) await tellPlatform({ ledger, real: () => 0, between: () => undefined }, platform);
}
const held = () => [platforms[0]!.members(list), platforms[1]!.members('99')];
const enter = async (email: string, identity: { userId?: string; anonymousId?: string } = { userId: 'u1' }) => {
  await rig.receive({ kind: 'identify', identity, traits: { email }, ...consented });
  await rig.receive({ kind: 'event', identity, name: 'signed_up' });
  await rig.runAll();
};
const withdraw = () =>
  recordConsent(rig.ports, {
    ...{ customer: { userId: 'u1' }, channel: 'ads', purpose: 'marketing', state: 'withdrawn' },
    ...{ at: rig.time.now, source: 'consents', evidence: {} },
  });

it('a customer who enters is told to every platform that the step names', async () => {
  await enter('a@example.com');
  await tell();
  expect(held()).toEqual([['a@example.com'], ['a@example.com']]);
});

it('an address that changes is told, the old one taken back, and what platforms do not match by is not told', async () => {
  await enter('old@example.com');
  await tell();
  await rig.receive({ kind: 'identify', traits: { email: 'new@example.com' } });
  await tell();
  expect(held()).toEqual([['new@example.com'], ['new@example.com']]);
  const calls = platforms[0]!.calls.length;
  await rig.receive({ kind: 'identify', traits: { email: 'new@example.com', time_zone: 'Asia/Tokyo' } });
  await tell();
  expect(platforms[0]!.calls).toHaveLength(calls);
});

describe('a withdrawal', () => {
  it('takes back every address that was ever told', async () => {
    await enter('old@example.com');
    await tell();
    await rig.receive({ kind: 'identify', traits: { email: 'new@example.com' } });
    // The old one could not be taken back yet when the consent goes.
    platforms[0]!.script = [{ kind: 'retry', code: '503' }];
    await withdraw();
    expect((await peopleIn(database).rows()).map(({ wanted }) => wanted)).toEqual([false, false]);
    await tell();
    expect(held()[1]).toEqual([]);
    await database.pool.query('UPDATE audience_members SET retry_at = NULL');
    await tell();
    expect(held()).toEqual([[], []]);
  });

  it('between the step and the call prevents the call', async () => {
    await enter('a@example.com');
    await withdraw();
    await tell();
    expect(platforms.flatMap(({ calls }) => calls)).toEqual([]);
  });
});

describe('an erasure', () => {
  it('takes back everything, and then no hash is left', async () => {
    await enter('a@example.com');
    await tell();
    const { id } = await database.store.transaction((tx) => tx.lockCustomerOf({ userId: 'u1' }, 0));
    await eraseCustomer(rig.ports, id);
    const left = async () => (await database.pool.query('SELECT sent, reasons, wanted FROM audience_members')).rows;
    expect((await left()).map(({ sent }) => sent.length)).toEqual([1, 1]);
    await tell();
    expect(held()).toEqual([[], []]);
    expect(await left()).toEqual([
      { sent: [], reasons: [], wanted: false },
      { sent: [], reasons: [], wanted: false },
    ]);
  });

  it('while a call is under way is told after it', async () => {
    await enter('a@example.com');
    const { id } = await database.store.transaction((tx) => tx.lockCustomerOf({ userId: 'u1' }, 0));
    const [meta] = platforms;
    const { tell: call } = meta!;
    let isErased = false;
    meta!.tell = async (said) => {
      const outcome = await call(said);
      if (!isErased) await eraseCustomer(rig.ports, id);
      isErased = true;
      return outcome;
    };
    await tell();
    expect(held()[0]).toEqual(['a@example.com']);
    await tell();
    expect(held()).toEqual([[], []]);
  });
});

describe('a merge', () => {
  it('leaves one row, and takes back what the visitor was told by', async () => {
    const visitor = { anonymousId: 'anon' };
    await enter('known@example.com');
    await enter('visitor@example.com', visitor);
    await tell();
    expect(held()[0]).toEqual(['known@example.com', 'visitor@example.com']);
    await rig.receive({ kind: 'identify', identity: { userId: 'u1', anonymousId: 'anon' } });
    await tell();
    expect(held()).toEqual([['known@example.com'], ['known@example.com']]);
    expect((await database.pool.query('SELECT count(*)::int AS rows FROM audience_members')).rows).toEqual([
      { rows: 2 },
    ]);
    await withdraw();
    await tell();
    expect(held()).toEqual([[], []]);
  });

  it('while the visitor is being told loses nothing that was told', async () => {
    const visitor = { anonymousId: 'anon' };
    await enter('known@example.com');
    await tell();
    await enter('visitor@example.com', visitor);
    const [meta] = platforms;
    const { tell: call } = meta!;
    let isMerged = false;
    meta!.tell = async (said) => {
      const outcome = await call(said);
      if (!isMerged) await rig.receive({ kind: 'identify', identity: { userId: 'u1', anonymousId: 'anon' } });
      isMerged = true;
      return outcome;
    };
    await tell();
    await withdraw();
    await database.pool.query('UPDATE audience_members SET lease_until = NULL');
    await tell();
    expect(held()).toEqual([[], []]);
  });
});
