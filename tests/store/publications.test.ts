// Publishing: what makes a version, what retires a journey, and that a published one never changes.
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Plan } from '../../engine/core/plan.ts';
import { listJourneys } from '../../store/journeys.ts';
import { createPrisma } from '../../store/prisma.ts';
import { publish } from '../../store/publications.ts';
import { openTestDatabase, type TestDatabase } from '../database.ts';
import { onEachDatabase } from './databases.ts';
import { enrolled, MINUTE, plan, settings, T0 } from './samples.ts';

onEachDatabase('publishing', (kind) => {
  let database: TestDatabase;
  beforeEach(async () => {
    database = await openTestDatabase(kind);
  });
  afterEach(() => database.close());

  const put = (versions: { [version: string]: Plan }, more: Parameters<typeof settings>[0] = {}, at = T0) =>
    publish(database.pool, {
      settings: settings(more),
      plans: Object.entries(versions).map(([version, each]) => ({ version, plan: each, source: { text: version } })),
      by: 'marketer',
      at,
    });
  const live = async () => {
    const { journeys } = await database.store.transaction((tx) => tx.catalog());
    return journeys.map(({ version, plan: { journey } }) => `${journey} ${version}`);
  };

  it('makes journeys live together with their settings', async () => {
    expect(await put({ v1: plan('welcome'), v2: plan('cart') })).toEqual({
      number: 1,
      changed: true,
      journeys: [
        { journey: 'cart', version: 'v2', change: 'new' },
        { journey: 'welcome', version: 'v1', change: 'new' },
      ],
    });
    expect(await live()).toEqual(['cart v2', 'welcome v1']);
  });

  it('writes nothing when the same is published twice', async () => {
    await put({ v1: plan('welcome') });
    const again = await put({ v1: plan('welcome') }, {}, T0 + MINUTE);
    expect(again).toEqual({
      number: 1,
      changed: false,
      journeys: [{ journey: 'welcome', version: 'v1', change: 'same' }],
    });
    const { rows } = await database.pool.query('SELECT count(*)::int AS n FROM publications');
    expect(rows).toEqual([{ n: 1 }]);
  });

  it('is a new publication when only the settings differ, and keeps the versions', async () => {
    await put({ v1: plan('welcome') });
    const next = await put({ v1: plan('welcome') }, { timeZone: 'UTC' });
    expect(next).toMatchObject({ number: 2, changed: true, journeys: [{ change: 'same' }] });
    expect((await database.store.transaction((tx) => tx.catalog())).settings.timeZone).toBe('UTC');
  });

  it('replaces a version, and the old one can still be read', async () => {
    await put({ v1: plan('welcome') });
    await put({ v2: plan('welcome', { title: 'Welcome, again' }) });
    expect(await live()).toEqual(['welcome v2']);
    expect((await database.store.transaction((tx) => tx.plan('v1'))).title).toBe('The journey welcome');
  });

  it('goes back to an earlier version', async () => {
    await put({ v1: plan('welcome') });
    await put({ v2: plan('welcome', { title: 'Welcome, again' }) });
    expect(await put({ v1: plan('welcome') })).toMatchObject({ number: 3, journeys: [{ change: 'changed' }] });
    expect(await live()).toEqual(['welcome v1']);
  });

  it('retires a journey that is missing, and takes it in again', async () => {
    await put({ v1: plan('welcome'), v2: plan('cart') });
    expect((await put({ v1: plan('welcome') })).journeys).toContainEqual({
      journey: 'cart',
      version: null,
      change: 'retired',
    });
    expect(await live()).toEqual(['welcome v1']);
    expect((await put({ v1: plan('welcome'), v2: plan('cart') })).journeys[0]!.change).toBe('new');
    expect(await live()).toEqual(['cart v2', 'welcome v1']);
  });

  it('refuses another plan under a published version, and changes nothing', async () => {
    await put({ v1: plan('welcome') });
    const other = plan('welcome', { title: 'Another' });
    await expect(put({ v1: other }, { timeZone: 'UTC' })).rejects.toMatchObject({ code: 'conflict' });
    expect((await database.store.transaction((tx) => tx.catalog())).settings.timeZone).toBe('Asia/Tokyo');
  });

  it('takes the same plan with its keys in another order for the same', async () => {
    await put({ v1: plan('welcome') });
    const turned = Object.fromEntries(Object.entries(plan('welcome')).reverse()) as unknown as Plan;
    expect(await put({ v1: turned }, { timeZone: 'UTC' })).toMatchObject({ changed: true });
  });

  it('refuses two plans of one journey', async () => {
    await expect(put({ v1: plan('welcome'), v2: plan('welcome') })).rejects.toMatchObject({ code: 'invalid' });
  });

  it('keeps the order in which a plan was written', async () => {
    await put({ v1: plan('welcome') });
    const stored = await database.store.transaction((tx) => tx.plan('v1'));
    expect(Object.keys(stored.steps)).toEqual(['b', 'a']);
  });

  it('is listed with the open enrollments of each journey, retired ones too', async () => {
    await put({ v1: plan('welcome'), v2: plan('cart') });
    await database.store.transaction(async (tx) => {
      await enrolled(tx, 'u', { journey: 'cart' });
      await enrolled(tx, 'u', { journey: 'cart', status: 'exited' });
    });
    await put({ v1: plan('welcome') }, {}, T0 + MINUTE);
    const title = (name: string) => `The journey ${name}`;
    const prisma = createPrisma(database.pool);
    const stopped = { journey: 'cart', status: 'stopped' as const, since: T0, by: 'marketer', swept: null };
    await database.store.transaction((tx) => tx.saveJourney(stopped));
    expect(await listJourneys(prisma, T0 + MINUTE)).toEqual([
      {
        journey: 'cart',
        title: title('cart'),
        version: null,
        publishedAt: null,
        publishedBy: null,
        status: 'stopped',
        statusSince: new Date(T0).toISOString(),
        statusBy: 'marketer',
        ...{ open: 1, stage: null, entered: 2, goals: 0 },
      },
      {
        journey: 'welcome',
        title: title('welcome'),
        version: 'v1',
        publishedAt: new Date(T0).toISOString(),
        publishedBy: 'marketer',
        status: 'live',
        statusSince: null,
        statusBy: null,
        ...{ open: 0, stage: null, entered: 0, goals: 0 },
      },
    ]);
  });

  if (kind === 'postgres')
    it('is done one after another, each a number of its own', async () => {
      const zones = ['UTC', 'Asia/Tokyo', 'Europe/Vienna', 'America/New_York'];
      const done = await Promise.all(zones.map((timeZone) => put({ v1: plan('welcome') }, { timeZone })));
      expect(done.map(({ number }) => number).sort()).toEqual([1, 2, 3, 4]);
    });
});
