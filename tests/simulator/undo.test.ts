import { expect, test } from 'vitest';
import { emptyTables, orNothing } from '../../simulator/memory-tables.ts';

const consent = (n: number) => ({ customerId: `c${n}` }) as never;

test('what throws leaves rows, their order and lists as they were', async () => {
  const tables = emptyTables();
  for (const key of ['a', 'b', 'c']) tables.identities.set(key, `of ${key}`);
  tables.consents.push(consent(1));
  const work = orNothing(tables, async () => {
    tables.identities.set('b', 'changed');
    tables.identities.delete('a');
    tables.identities.set('a', 'at the end');
    tables.identities.set('d', 'new');
    tables.identities.clear();
    tables.identities.set('e', 'after all');
    tables.consents.push(consent(2));
    tables.consents = tables.consents.toReversed();
    tables.seen.set('id|shop|1', true);
    throw new Error('crash');
  });
  await expect(work).rejects.toThrow('crash');
  const { identities, consents, seen } = tables;
  expect([...identities]).toEqual(['a', 'b', 'c'].map((key) => [key, `of ${key}`]));
  expect([consents, seen.size]).toEqual([[consent(1)], 0]);
});

test('what does not throw stays, and is not put back by the next that does', async () => {
  const tables = emptyTables();
  await orNothing(tables, async () => tables.identities.set('a', '1'));
  await orNothing(tables, async () => {
    tables.identities.set('a', '2');
    throw new Error('crash');
  }).catch(() => undefined);
  expect([...tables.identities]).toEqual([['a', '1']]);
});
