// What the ledger wants is what the platforms come to hold, whatever fails, refuses or dies on the way.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type SyncPorts, tellPlatform } from '../../engine/audience-sync.ts';
import { createAudienceLedger } from '../../store/audience-ledger.ts';
import { openTestDatabase, type TestDatabase } from '../database.ts';
import { fakePlatform } from './fake-platform.ts';
import { catalog, list, type People, peopleIn } from './people.ts';

let database: TestDatabase;
let people: People;
let ports: SyncPorts;
let now: number;
const minute = 60_000;

beforeEach(async () => {
  database = await openTestDatabase();
  people = peopleIn(database);
  now = Date.UTC(2026, 4, 1);
  const real = () => now;
  const ledger = createAudienceLedger({ pool: database.pool, catalog: async () => catalog, real });
  ports = { ledger, real, between: () => undefined };
});
afterEach(() => database.close());

const email = (name: string) => ({ email: `${name}@shop.example` });
const add = async (...names: string[]) => {
  const ids: string[] = [];
  for (const name of names) ids.push(await people.add(name, email(name)));
  return ids;
};

describe('a batch', () => {
  it('tells many in one call, and a second time nothing', async () => {
    const platform = fakePlatform();
    for (const id of await add('a', 'b', 'c')) await people.want(id, 'meta');
    expect(await tellPlatform(ports, platform)).toEqual({ taken: 3, calls: 1, pause: null });
    expect(platform.members(list)).toEqual(['a@shop.example', 'b@shop.example', 'c@shop.example']);
    expect((await people.rows()).map(({ isTold }) => isTold)).toEqual([true, true, true]);
    expect(await tellPlatform(ports, platform)).toEqual({ taken: 0, calls: 0, pause: null });
  });

  it('is of one audience, within what the platform takes, oldest change first', async () => {
    const platform = fakePlatform('meta', 2);
    const [a, b, c] = await add('a', 'b', 'c');
    await people.want(a!, 'meta', 'lapsed');
    for (const id of [c!, b!, a!]) await people.want(id, 'meta');
    while ((await tellPlatform(ports, platform)).taken > 0);
    const said = platform.calls.map(({ list: into, members }) => [into, members.map((one) => one.email![0]).join('')]);
    expect(said).toEqual([
      ['23840000000000002', 'a'],
      [list, 'cb'],
      [list, 'a'],
    ]);
  });

  it('takes nobody of another platform', async () => {
    const [a] = await add('a');
    await people.want(a!, 'google');
    expect((await tellPlatform(ports, fakePlatform())).taken).toBe(0);
  });

  it('takes out before it puts in', async () => {
    const platform = fakePlatform();
    const [a, b] = await add('a', 'b');
    await people.want(a!, 'meta');
    await tellPlatform(ports, platform);
    await people.unwant(a!, 'meta');
    await people.want(b!, 'meta');
    await tellPlatform(ports, platform);
    expect(platform.calls.slice(1).map(({ change }) => change)).toEqual(['remove', 'add']);
    expect(platform.members(list)).toEqual(['b@shop.example']);
  });

  it('says nothing of who was wanted and unwanted before anybody was told', async () => {
    const platform = fakePlatform();
    const [a] = await add('a');
    await people.want(a!, 'meta');
    await people.unwant(a!, 'meta');
    expect(await tellPlatform(ports, platform)).toEqual({ taken: 1, calls: 0, pause: null });
    expect(await people.rows()).toMatchObject([{ isTold: true, sent: [] }]);
  });
});

describe('identifiers', () => {
  it('that change are taken back, and every one ever sent is taken back in the end', async () => {
    const platform = fakePlatform();
    const [a] = await add('a');
    await people.want(a!, 'meta');
    await tellPlatform(ports, platform);
    await people.change(a!, email('new'));
    platform.script = [{ kind: 'retry', code: '503' }];
    await tellPlatform(ports, platform);
    // The old one is still there, and the new one, too: both are known.
    expect(platform.members(list)).toEqual(['a@shop.example', 'new@shop.example']);
    expect((await people.rows())[0]!.sent.map(({ ids }) => ids.email)).toEqual(['a@shop.example', 'new@shop.example']);
    await people.unwant(a!, 'meta');
    now += minute;
    await tellPlatform(ports, platform);
    expect(platform.members(list)).toEqual([]);
    expect(await people.rows()).toMatchObject([{ isTold: true, sent: [] }]);
  });

  it('that there are none of tell nothing, until there is one', async () => {
    const platform = fakePlatform();
    const id = await people.add('a', {});
    await people.want(id, 'meta');
    expect((await tellPlatform(ports, platform)).calls).toBe(0);
    await people.change(id, email('a'));
    await tellPlatform(ports, platform);
    expect(platform.members(list)).toEqual(['a@shop.example']);
  });

  it('of an erased customer are taken back after the traits have gone, and then forgotten', async () => {
    const platform = fakePlatform();
    const [a] = await add('a');
    await people.want(a!, 'meta');
    await tellPlatform(ports, platform);
    await people.unwant(a!, 'meta');
    await people.change(a!, {});
    await tellPlatform(ports, platform);
    expect(platform.members(list)).toEqual([]);
    expect(await people.rows()).toMatchObject([{ isTold: true, sent: [] }]);
  });

  it('are taken out of the list that they were put into, whatever the settings say now', async () => {
    const platform = fakePlatform();
    const [a] = await add('a');
    await people.want(a!, 'meta');
    await tellPlatform(ports, platform);
    const moved = structuredClone(catalog);
    moved.settings.channels.ads!.meta!.audiences.carts = '777';
    const ledger = createAudienceLedger({ pool: database.pool, catalog: async () => moved, real: ports.real });
    await people.change(a!, email('a'));
    await tellPlatform({ ...ports, ledger }, platform);
    expect([platform.members(list), platform.members('777')]).toEqual([[], ['a@shop.example']]);
  });
});

describe('a refusal', () => {
  it.each([
    [{ kind: 'retry', code: '613' } as const, minute, 30_000],
    [{ kind: 'retry', code: '80003', afterMs: 25 * minute } as const, 25 * minute, 25 * minute],
    [{ kind: 'config_error', code: '190' } as const, 15 * minute, 30_000],
  ])('of the whole call (%j) keeps the rows, and is tried again', async (outcome, again, pauseMs) => {
    const platform = fakePlatform();
    for (const id of await add('a', 'b')) await people.want(id, 'meta');
    platform.script = [outcome];
    expect(await tellPlatform(ports, platform)).toEqual({
      taken: 2,
      calls: 1,
      pause: { ms: pauseMs, code: outcome.code },
    });
    expect(await people.rows()).toMatchObject([
      { isTold: false, code: outcome.code, attempt: 1 },
      { isTold: false, code: outcome.code, attempt: 1 },
    ]);
    now += again - 1;
    expect((await tellPlatform(ports, platform)).taken).toBe(0);
    now += 1;
    expect((await tellPlatform(ports, platform)).taken).toBe(2);
    expect(await people.rows()).toMatchObject([{ isTold: true, code: null, attempt: 0 }, { isTold: true }]);
  });

  it('waits longer each time, an hour at most, and is never given up', async () => {
    const platform = fakePlatform();
    const [a] = await add('a');
    await people.want(a!, 'meta');
    for (const minutes of [1, 5, 15, 60, 60, 60]) {
      platform.script = [{ kind: 'retry', code: '503' }];
      expect((await tellPlatform(ports, platform)).calls).toBe(1);
      now += minutes * minute;
    }
    await tellPlatform(ports, platform);
    expect(platform.members(list)).toEqual(['a@shop.example']);
  });

  it('of the rest of a list is not asked for again within a batch', async () => {
    const platform = fakePlatform('meta', 2);
    const ids = await add('a', 'b');
    for (const id of ids) await people.want(id, 'meta');
    await tellPlatform(ports, platform);
    // Three identifiers each: more to take back than one call takes.
    for (const name of ['x', 'y'])
      for (const [index, id] of ids.entries()) {
        await people.change(id, email(`${name}${index}`));
        platform.script = [{ kind: 'retry', code: '503' }];
        await tellPlatform(ports, platform);
        now += 60 * minute;
      }
    for (const id of ids) await people.unwant(id, 'meta');
    const before = platform.calls.length;
    platform.script = [{ kind: 'config_error', code: '190' }];
    await tellPlatform(ports, platform);
    expect(platform.calls.length - before).toBe(1);
  });
});

describe('members that the platform cannot read', () => {
  const names = Array.from({ length: 10 }, (_, index) => `p${index}`);
  it.each([false, true])(
    'are found among the others, who are all told (the whole call refused: %s)',
    async (refusesAll) => {
      const platform = Object.assign(fakePlatform(), { refusesAll });
      platform.unreadable = new Set(['p3@shop.example', 'p7@shop.example']);
      for (const id of await add(...names)) await people.want(id, 'meta');
      await tellPlatform(ports, platform);
      expect(platform.members(list)).toEqual(
        names.filter((name) => !['p3', 'p7'].includes(name)).map((name) => `${name}@shop.example`),
      );
      const rows = await people.rows();
      const code = refusesAll ? 'INVALID_ARGUMENT' : 'invalid';
      expect(rows.filter((row) => row.code !== null).map((row) => [row.customer, row.code])).toEqual([
        ['p3', code],
        ['p7', code],
      ]);
      // What was refused alone may be a list that is not there yet: it is told again. What was counted out is not.
      expect(rows.filter(({ isTold }) => !isTold)).toHaveLength(refusesAll ? 2 : 0);
    },
  );

  it('cost a bounded number of calls, however many they are', async () => {
    const platform = Object.assign(fakePlatform('meta', 1000), { refusesAll: true });
    const many = Array.from({ length: 200 }, (_, index) => `q${index}`);
    for (const id of await add(...many)) await people.want(id, 'meta');
    platform.unreadable = new Set(many.map((name) => `${name}@shop.example`));
    expect((await tellPlatform(ports, platform)).calls).toBeLessThanOrEqual(32);
    expect((await people.rows()).filter(({ isTold }) => isTold)).toEqual([]);
  });
});

describe('two processes', () => {
  it('never hold one row at once', async () => {
    const [one, other] = [fakePlatform('meta', 2), fakePlatform('meta', 2)];
    for (const id of await add('a', 'b', 'c', 'd')) await people.want(id, 'meta');
    const batches = [await ports.ledger.claim(one, minute), await ports.ledger.claim(other, minute)];
    const ids = batches.flatMap(({ members }) => members.map(({ id }) => id));
    expect(new Set(ids).size).toBe(4);
    expect((await ports.ledger.claim(one, minute)).members).toEqual([]);
  });

  it('of which one was thought dead: what it writes late does not count', async () => {
    const platform = fakePlatform();
    const [a] = await add('a');
    await people.want(a!, 'meta');
    const late = await ports.ledger.claim(platform, minute);
    now += minute;
    await people.unwant(a!, 'meta');
    await tellPlatform(ports, platform);
    const { id, claim, version } = late.members[0]!;
    const result = { id, claim, version, isTold: true, forgotten: [], requestId: 'late', code: null, retryAt: null };
    await ports.ledger.record('meta', [result], []);
    expect(await people.rows()).toMatchObject([{ wanted: false, isTold: true, sent: [] }]);
  });

  it('of which one has slept past its lease tells the platform nothing more', async () => {
    const platform = fakePlatform();
    const [a] = await add('a');
    await people.want(a!, 'meta');
    const between = (point: string) => {
      if (point === 'audiences: claimed') now += 10 * minute;
    };
    expect(await tellPlatform({ ...ports, between }, platform)).toMatchObject({ calls: 0 });
    expect(platform.calls).toEqual([]);
  });

  it('and a change while a call is under way: it is told afterwards', async () => {
    const platform = fakePlatform();
    const [a] = await add('a');
    await people.want(a!, 'meta');
    const between = async (point: string) => {
      if (point === 'audiences: told' && platform.calls.length === 1) await people.unwant(a!, 'meta');
    };
    await tellPlatform({ ...ports, between }, platform);
    expect(await people.rows()).toMatchObject([{ wanted: false, isTold: false, sent: [{ list }] }]);
    await tellPlatform(ports, platform);
    expect(platform.members(list)).toEqual([]);
  });
});

describe('a crash', () => {
  const points = ['audiences: claimed', 'audiences: told', 'audiences: recorded'];
  const changes = ['add', 'remove', 'replace'] as const;
  it.each(points.flatMap((point) => changes.map((change) => [point, change] as const)))(
    'at "%s" of a call to %s is mended by telling again, once the lease is over',
    async (point, change) => {
      const platform = fakePlatform();
      const [a, b] = await add('a', 'b');
      await people.want(b!, 'meta');
      if (change !== 'add') await people.want(a!, 'meta');
      await tellPlatform(ports, platform);
      if (change === 'add') await people.want(a!, 'meta');
      else if (change === 'remove') await people.unwant(a!, 'meta');
      else await people.change(a!, email('new'));
      const between = (passed: string) => {
        if (passed === point) throw new Error('crash');
      };
      await expect(tellPlatform({ ...ports, between }, platform)).rejects.toThrow('crash');
      if (point !== 'audiences: recorded') expect((await tellPlatform(ports, platform)).taken).toBe(0);
      now += 10 * minute;
      await tellPlatform(ports, platform);
      const held = { add: ['a', 'b'], remove: ['b'], replace: ['b', 'new'] }[change];
      expect(platform.members(list)).toEqual(held.map((name) => `${name}@shop.example`));
      expect((await people.rows()).every(({ isTold }) => isTold)).toBe(true);
    },
  );

  it('leaves what a platform may know in the ledger, so that it can be taken back', async () => {
    const platform = fakePlatform();
    const [a] = await add('a');
    await people.want(a!, 'meta');
    const between = (passed: string) => {
      if (passed === 'audiences: told') throw new Error('crash');
    };
    await expect(tellPlatform({ ...ports, between }, platform)).rejects.toThrow('crash');
    await people.change(a!, {});
    await people.unwant(a!, 'meta');
    now += 10 * minute;
    await tellPlatform(ports, platform);
    expect(platform.members(list)).toEqual([]);
  });
});

it('a platform that hangs keeps none other waiting, for each has a loop of its own', async () => {
  const { startAdsLoop } = await import('../../server/ads-loop.ts');
  const { pino } = await import('pino');
  let letGo = () => {};
  const hanging = fakePlatform('meta');
  hanging.tell = () =>
    new Promise((resolve) => {
      letGo = () => resolve({ kind: 'retry', code: 'ETIMEDOUT' });
    });
  const healthy = fakePlatform('google');
  for (const id of await add('a', 'b')) for (const name of ['meta', 'google']) await people.want(id, name);
  const told = new Promise<void>((resolve) => {
    const { tell } = healthy;
    healthy.tell = (call) => tell(call).finally(resolve);
  });
  const logger = pino({ level: 'silent' });
  const tellings = [hanging, healthy].map((one) => ({ name: one.name, round: () => tellPlatform(ports, one) }));
  const loop = startAdsLoop({ tellings, logger, intervalMs: 5 });
  await told;
  expect(healthy.members('987654321')).toEqual(['a@shop.example', 'b@shop.example']);
  letGo();
  await loop.stop();
});
