// Quarantine: what could not be taken is kept whole, found, and replayed once.
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createQuarantine } from '../../store/quarantine.ts';
import { openTestDatabase, type TestDatabase } from '../database.ts';
import { onEachDatabase } from './databases.ts';
import { T0 } from './samples.ts';

onEachDatabase('quarantine', (kind) => {
  let database: TestDatabase;
  beforeEach(async () => {
    database = await openTestDatabase(kind);
  });
  afterEach(() => database.close());

  const item = {
    source: 'segment',
    problem: 'event must be a name',
    body: { event: 7, nested: [null] },
    receivedAt: T0,
  };

  it('keeps what came in as it came', async () => {
    const quarantine = createQuarantine(database.pool);
    const id = await quarantine.add(item);
    expect(await quarantine.get(id)).toEqual({ ...item, id, replayedAt: null });
    expect(await quarantine.get('none')).toBeNull();
  });

  it('lists the newest first, page by page', async () => {
    const quarantine = createQuarantine(database.pool);
    const ids: string[] = [];
    for (let n = 0; n < 3; n += 1) ids.push(await quarantine.add(item));
    const listed = async (options: { limit: number; before?: string }) =>
      (await quarantine.list(options)).map(({ id }) => id);
    expect(await listed({ limit: 2 })).toEqual([ids[2], ids[1]]);
    expect(await listed({ limit: 2, before: ids[1]! })).toEqual([ids[0]]);
  });

  it('is replayed once, and then listed only when asked for', async () => {
    const quarantine = createQuarantine(database.pool);
    const id = await quarantine.add(item);
    expect(await quarantine.markReplayed(id, T0 + 1)).toBe(true);
    expect(await quarantine.markReplayed(id, T0 + 2)).toBe(false);
    expect(await quarantine.markReplayed('none', T0)).toBe(false);
    expect(await quarantine.list({ limit: 10 })).toEqual([]);
    expect((await quarantine.list({ limit: 10, replayed: true }))[0]!.replayedAt).toBe(T0 + 1);
  });

  it('keeps bodies that jsonb could not', async () => {
    const quarantine = createQuarantine(database.pool);
    const id = await quarantine.add({ ...item, body: { event: 'a\0b', 'key\0': '\udead' } });
    expect((await quarantine.get(id))!.body).toEqual({ event: 'a\ufffdb', 'key\ufffd': '\ufffd' });
  });
});
