// Reports that come at once, and against the holder's own answer: one of them ends the doubt, and all of it is recorded.
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { ReceivePorts } from '../../engine/receive.ts';
import { report, resolveDelivery } from '../../engine/report.ts';
import { publish } from '../../store/publications.ts';
import { openTestDatabase, type TestDatabase } from '../database.ts';
import { onPostgres } from './databases.ts';
import { consent, delivery, enrolled, plan, settings, T0 } from './samples.ts';

onPostgres('reports', () => {
  let database: TestDatabase;
  let ports: ReceivePorts;
  beforeEach(async () => {
    database = await openTestDatabase('postgres');
    ports = {
      store: database.store,
      clock: { now: () => T0 + 1000, real: () => T0 + 1000, sleepMs: () => null },
      newId: () => 'x',
      between: () => undefined,
      keyedHash: (text) => text,
    };
    const plans = [{ version: 'v1', plan: plan('welcome'), source: [] }];
    await publish(database.pool, { settings: settings(), plans, by: 'test', at: T0 });
  });
  afterEach(() => database.close());

  const inDoubt = (n: number) =>
    database.store.transaction(async (tx) => {
      const record = await enrolled(tx, `u${n}`, { id: `e${n}` });
      await tx.appendConsent(consent(record.customerId));
      const unknown = { key: `e${n}/1`, state: 'unknown', leaseUntil: null, sentAt: T0 } as const;
      await tx.saveDelivery(delivery(record, { ...unknown, to: `u${n}@example.com` }));
      return { key: unknown.key, customerId: record.customerId };
    });
  const recorded = async (key: string, kind: string) =>
    (await database.pool.query('SELECT outcome, count FROM decisions WHERE effect_key = $1 AND kind = $2', [key, kind]))
      .rows;

  it('of different things end the doubt once, and the delivery stands as the one that did says', async () => {
    for (let round = 0; round < 20; round += 1) {
      const { key } = await inDoubt(round);
      const heard = { at: T0, code: null, source: 'test' };
      await Promise.all([
        report(ports, key, { ...heard, kind: 'bounced' }),
        report(ports, key, { ...heard, kind: 'opened' }),
        resolveDelivery(ports, key, 'support', 'failed'),
        report(ports, key, { ...heard, kind: 'complained' }),
      ]);
      const resolved = await recorded(key, 'resolved');
      expect(resolved).toHaveLength(1);
      const stored = await database.store.transaction((tx) => tx.delivery(key));
      expect(stored!.reason ?? stored!.state).toBe(resolved[0].outcome);
      expect((await recorded(key, 'reported')).map(({ outcome }) => outcome).toSorted()).toEqual([
        'bounced',
        'complained',
        'opened',
      ]);
    }
  });

  it('of one bounce are one, and every open is counted', async () => {
    const { key } = await inDoubt(0);
    const heard = { at: T0, code: '5.1.1', source: 'test' };
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => report(ports, key, { ...heard, kind: 'bounced' })),
    );
    expect(answers.filter(({ kind }) => kind === 'done')).toHaveLength(1);
    await Promise.all(Array.from({ length: 8 }, () => report(ports, key, { ...heard, code: null, kind: 'opened' })));
    expect(await recorded(key, 'reported')).toEqual([
      { outcome: 'bounced', count: 1 },
      { outcome: 'opened', count: 8 },
    ]);
  });

  it('of a complaint against a claim: what is claimed after it finds no consent', async () => {
    for (let round = 0; round < 20; round += 1) {
      const { key, customerId } = await inDoubt(round);
      const claim = database.store.transaction(async (tx) => {
        await tx.lockCustomer(customerId);
        return [(await tx.grants(customerId)).length, (await tx.reportsOn(key)).length];
      });
      await report(ports, key, { at: T0 + 1, code: null, source: 'test', kind: 'complained' });
      const [grants, reports] = await claim;
      expect([grants, reports]).toEqual(reports === 0 ? [1, 0] : [0, 1]);
    }
  });
});
