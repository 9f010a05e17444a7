// What the pages read: the record in the order of time, a journey's counts and history, the newest events, and the
// fingerprints that tell whether any of it has changed.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Tx } from '../../engine/ports.ts';
import { eventTail } from '../../store/event-tail.ts';
import { journeyHistory, versionText } from '../../store/journey-history.ts';
import { journeyView } from '../../store/journey-view.ts';
import { keyUse } from '../../store/key-use.ts';
import { previewFacts } from '../../store/preview-facts.ts';
import { publish } from '../../store/publications.ts';
import { createPulse } from '../../store/pulse.ts';
import { createQuarantine } from '../../store/quarantine.ts';
import { timeline } from '../../store/timeline.ts';
import { openTestDatabase, type TestDatabase } from '../database.ts';
import { onEachDatabase } from './databases.ts';
import { consent, decision, delivery, enrolled, MINUTE, newEvent, plan, settings, T0 } from './samples.ts';

onEachDatabase('what pages read', (kind) => {
  let database: TestDatabase;
  beforeEach(async () => {
    database = await openTestDatabase(kind);
  });
  afterEach(() => database.close());

  const inTx = <T>(work: (tx: Tx) => Promise<T>) => database.store.transaction(work);
  const customer = (userId = 'u1') => inTx(async (tx) => (await tx.lockCustomerOf({ userId }, T0)).id);
  const put = (plans: { [version: string]: ReturnType<typeof plan> }, by = 'marketer', at = T0) =>
    publish(database.pool, {
      settings: settings(),
      plans: Object.entries(plans).map(([version, one]) => ({
        version,
        plan: one,
        source: [{ path: 'a.yaml', text: version }],
      })),
      by,
      at,
    });

  it('counts what came in with each key of late, what was of the wrong type and what was set aside', async () => {
    const id = await customer();
    const flags = [{ path: 'total', declared: 'number' }];
    await inTx(async (tx) => {
      await tx.insertEvent(newEvent(id, { name: 'old', source: 'segment', receivedAt: T0 - MINUTE }));
      for (const [n, source] of ['segment', 'segment-browser', 'cloudevents:/shop', 'shopify', 'segment'].entries())
        await tx.insertEvent(
          newEvent(id, { name: 'a', source, receivedAt: T0 + n * MINUTE, ...(n === 4 && { flags }) }),
        );
    });
    const quarantine = createQuarantine(database.pool);
    const bad = { source: 'segment-browser', problem: 'userId must be there', body: {} };
    for (const receivedAt of [T0 - 1, T0, T0 + MINUTE]) await quarantine.add({ ...bad, receivedAt });
    const at = (n: number) => new Date(T0 + n * MINUTE).toISOString();
    expect(await keyUse(database.pool, T0)).toEqual({
      isWhole: true,
      events: [
        { sender: 'server', name: 'a', count: 3, lastAt: at(4) },
        { sender: 'browser', name: 'a', count: 1, lastAt: at(1) },
        { sender: 'shopify', name: 'a', count: 1, lastAt: at(3) },
      ],
      wrongTypes: [{ name: 'a', path: 'total', declared: 'number', count: 1, lastAt: at(4) }],
      setAside: [{ sender: 'browser', problem: bad.problem, count: 2, lastAt: at(1) }],
    });
  });

  describe('the timeline', () => {
    const all = async (id: string, size: number) => {
      const seen: string[] = [];
      for (let before: string | null = null; ; ) {
        const rows = await timeline(database.pool, id, before, size, 'en');
        seen.push(...rows!.map(({ kind: what, detail }) => `${what} ${detail.name ?? detail.outcome ?? detail.state}`));
        if (rows!.length < size) return seen;
        before = rows!.at(-1)!.cursor;
      }
    };

    it('has everything once, newest first, whatever the size of a page, though much happened in one moment', async () => {
      const id = await customer();
      const other = await customer('u2');
      await inTx(async (tx) => {
        for (let n = 0; n < 7; n += 1)
          await tx.insertEvent(newEvent(id, { name: `e${n}`, receivedAt: T0 + Math.floor(n / 3) * MINUTE }));
        await tx.insertEvent(newEvent(other, { name: 'of another', receivedAt: T0 }));
        const enrollment = await enrolled(tx, 'u1', { enteredAt: T0 });
        for (const outcome of ['a', 'b', 'c'])
          await tx.record([decision(enrollment, { outcome, at: T0 + MINUTE, turn: null, seq: null })]);
        await tx.appendConsent(consent(id, { recordedAt: T0 + MINUTE }));
      });
      const whole = await all(id, 100);
      expect(whole.filter((line) => /^event e\d/.test(line))).toHaveLength(7);
      expect(whole).not.toContain('event of another');
      expect(whole.filter((line) => line.startsWith('decision'))).toEqual(['decision c', 'decision b', 'decision a']);
      expect(whole.indexOf('decision a')).toBeLessThan(whole.indexOf('consent granted'));
      expect(whole.indexOf('event e6')).toBe(0);
      for (const size of [1, 2, 3, 5]) expect(await all(id, size)).toEqual(whole);
    });

    it('says decisions in a sentence of the language, and takes no cursor that is not its own', async () => {
      const id = await customer();
      await inTx(async (tx) => {
        const enrollment = await enrolled(tx, 'u1');
        await tx.record([decision(enrollment, { kind: 'completed', outcome: 'completed' })]);
      });
      const said = async (locale: 'en' | 'ja') =>
        (await timeline(database.pool, id, null, 50, locale))!.map(({ sentence }) => sentence).filter(Boolean);
      expect(await said('en')).toEqual(['came to the end of the journey']);
      expect(await said('ja')).toEqual(['ジャーニーの最後まで進みました']);
      for (const wrong of ['', 'x', '1-9-a', "1-1-'; --"])
        expect(await timeline(database.pool, id, wrong, 50, 'en')).toBeNull();
    });

    it('says who recorded a suppression', async () => {
      const id = await customer();
      await inTx(async (tx) => {
        await tx.saveTraits(id, { email: 'A@example.com' });
        await tx.suppress('email', 'a@example.com', 'requested', T0, 'Aiko (support)');
        await tx.suppress('email', 'b@example.com', 'requested', T0, 'Aiko (support)');
      });
      const rows = (await timeline(database.pool, id, null, 50, 'en'))!;
      expect(rows.map(({ detail }) => detail)).toEqual([
        { channel: 'email', reason: 'requested', by: 'Aiko (support)' },
      ]);
    });
  });

  describe('a journey', () => {
    it('counts who stands where, what went and what did not, how it ended, and who was held out', async () => {
      await put({ v1: plan('welcome') });
      await inTx(async (tx) => {
        const here = await enrolled(tx, 'u1', { enteredAt: T0 });
        await enrolled(tx, 'u2', { enteredAt: T0, status: 'exited', reason: 'goal', goalAt: T0 });
        await enrolled(tx, 'u3', { enteredAt: T0, status: 'exited', reason: 'goal', goalAt: T0, heldOut: true });
        await enrolled(tx, 'u4', { enteredAt: T0, status: 'completed', heldOut: true });
        await enrolled(tx, 'u5', { enteredAt: T0 - MINUTE, status: 'exited', reason: 'expired' });
        await enrolled(tx, 'u6', { enteredAt: T0, journey: 'another' });
        const told = { message: 'hello', channel: 'email', at: T0 };
        await tx.record([
          decision(here, { ...told, kind: 'sent', outcome: 'accepted' }),
          decision(here, { ...told, kind: 'not_sent', outcome: 'consent', seq: 1 }),
          decision(here, { ...told, kind: 'not_sent', outcome: 'consent', seq: 2 }),
        ]);
      });
      const view = (await journeyView(database.pool, 'welcome', T0))!;
      expect(view).toMatchObject({ version: 'v1', status: 'live', entered: 4, completed: 1, standing: { b: 1 } });
      expect(view.exits).toEqual([{ reason: 'goal', count: 2 }]);
      expect(view.sends).toEqual([
        { message: 'hello', channel: 'email', outcome: 'consent', count: 2 },
        { message: 'hello', channel: 'email', outcome: 'sent', count: 1 },
      ]);
      expect(view.measure).toMatchObject({ treated: { entered: 2, goals: 1 }, heldOut: { entered: 2, goals: 1 } });
      expect(view.measure.lift!.value).toBe(0);
      expect((await journeyView(database.pool, 'welcome', null))!.entered).toBe(5);
      expect(await journeyView(database.pool, 'nothing', null)).toBeNull();
    });

    it('has a history of what changed it, a retirement among it, and the text of each version', async () => {
      await put({ v1: plan('welcome') }, 'Aiko', T0);
      await put({ v1: plan('welcome'), w1: plan('cart') }, 'Bunta', T0 + 1);
      await put({ v2: plan('welcome', { title: 'Hello' }), w1: plan('cart') }, 'Chie', T0 + 2);
      await put({ w1: plan('cart') }, 'Daisuke', T0 + 3);
      const history = await journeyHistory(database.pool, 'welcome');
      expect(history.map(({ version, by }) => [version, by])).toEqual([
        [null, 'Daisuke'],
        ['v2', 'Chie'],
        ['v1', 'Aiko'],
      ]);
      expect(await versionText(database.pool, 'welcome', 'v2')).toEqual({
        version: 'v2',
        files: [{ path: 'a.yaml', text: 'v2' }],
      });
      expect(await versionText(database.pool, 'cart', 'v2')).toBeNull();
      const retired = await journeyView(database.pool, 'welcome', null);
      expect(retired).toMatchObject({ version: null, shown: 'v2' });
    });

    it('is previewed with the newest enrollment, else with an event that opens it, else with nothing', async () => {
      await inTx((tx) => enrolled(tx, 'u1'));
      const [one, two, three] = [await customer('u1'), await customer('u2'), await customer('u3')];
      await inTx((tx) => tx.insertEvent(newEvent(two, { name: 'signed_up', data: { plan: 'gold' } })));
      const facts = (id: string) => previewFacts(database.pool, id, 'welcome', ['signed_up']);
      expect(await facts(one)).toMatchObject({ from: 'enrollment' });
      expect(await facts(two)).toMatchObject({ from: 'event', entry: { plan: 'gold' }, latest: { plan: 'gold' } });
      expect(await facts(three)).toMatchObject({ from: 'nothing', entry: {} });
    });
  });

  it('the newest events come with what each one did, by name and a page at a time', async () => {
    const id = await customer();
    await inTx(async (tx) => {
      const enrollment = await enrolled(tx, 'u1');
      const event = (await tx.insertEvent(newEvent(id, { name: 'order_completed' })))!;
      await tx.record([decision(enrollment, { kind: 'exited', outcome: 'goal', eventId: event.id })]);
      await tx.insertEvent(newEvent(id, { name: 'page_viewed' }));
    });
    const ask = { before: null, name: null, limit: 50, locale: 'en' } as const;
    const events = await eventTail(database.pool, ask);
    expect(events.map(({ name }) => name).slice(0, 2)).toEqual(['page_viewed', 'order_completed']);
    expect(events[0]!.did).toEqual([]);
    expect(events[1]!.did).toEqual([{ journey: 'welcome', kind: 'exited', sentence: 'left: the goal was reached' }]);
    const named = await eventTail(database.pool, { ...ask, name: 'order_completed' });
    expect(named.map(({ name }) => name)).toEqual(['order_completed']);
    const older = await eventTail(database.pool, { ...ask, before: events[0]!.id });
    expect(older).toEqual(events.slice(1));
  });

  describe('a fingerprint', () => {
    it('of a customer stands still by itself, and changes with everything that their page shows', async () => {
      await put({ v1: plan('welcome') });
      const id = await customer();
      const other = await customer('u2');
      const { customer: print } = createPulse(database.pool);
      const seen = new Set([await print(id)]);
      const changes = async (what: string, work: (tx: Tx) => Promise<unknown>) => {
        await inTx(work);
        const now = await print(id);
        expect(seen.has(now), what).toBe(false);
        seen.add(now);
      };
      let standing!: Awaited<ReturnType<typeof enrolled>>;
      await changes('traits', (tx) => tx.saveTraits(id, { email: 'a@example.com' }));
      await changes('an event', (tx) => tx.insertEvent(newEvent(id)));
      await changes('a consent', (tx) => tx.appendConsent(consent(id)));
      await changes('an enrollment', async (tx) => {
        standing = await enrolled(tx, 'u1');
      });
      await changes('its pause', (tx) => tx.saveEnrollment({ ...standing, pausedAt: T0 }));
      await changes('its step', (tx) => tx.saveEnrollment({ ...standing, state: { ...standing.state, step: 'a' } }));
      await changes('a decision', (tx) => tx.record([decision(standing, { turn: null, seq: null })]));
      await changes('a delivery', (tx) => tx.saveDelivery(delivery(standing, { state: 'queued' })));
      await changes('its state', (tx) => tx.saveDelivery(delivery(standing, { state: 'accepted' })));
      await changes('a suppression', (tx) => tx.suppress('email', 'a@example.com', 'requested', T0));
      await changes('a pause of a journey', (tx) =>
        tx.saveJourney({ journey: 'welcome', status: 'paused', since: T0, by: 'x', swept: null }),
      );
      await inTx((tx) => tx.insertEvent(newEvent(other)));
      expect(seen.has(await print(id))).toBe(true);
    });

    it('of lists changes with what they list', async () => {
      const pulse = createPulse(database.pool);
      const quarantine = createQuarantine(database.pool);
      const prints = async () =>
        Object.fromEntries(
          await Promise.all(
            (['journeys', 'events', 'quarantine'] as const).map(async (name) => [name, await pulse[name]()] as const),
          ),
        );
      const changed = async (work: () => Promise<unknown>) => {
        const before = await prints();
        await work();
        const after = await prints();
        return Object.keys(after).filter((name) => before[name] !== after[name]);
      };
      expect(await changed(() => put({ v1: plan('welcome') }))).toEqual(['journeys']);
      const id = await customer();
      expect(await changed(() => inTx((tx) => tx.insertEvent(newEvent(id))))).toEqual(['events']);
      const row = { source: 'segment', problem: 'x', body: {}, receivedAt: T0 };
      let set = '';
      expect(await changed(async () => (set = await quarantine.add(row)))).toEqual(['quarantine']);
      expect(await changed(() => quarantine.markReplayed(set, T0))).toEqual(['quarantine']);
      const before = await pulse.journey('welcome');
      expect(await changed(() => inTx((tx) => enrolled(tx, 'u1')))).toEqual(['journeys', 'events']);
      expect(await pulse.journey('welcome')).not.toBe(before);
    });
  });
});
