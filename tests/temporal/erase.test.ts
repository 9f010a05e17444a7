// Erasure, on the Temporal side: there was never anything personal in a history, and an erased enrollment's workflow ends.
import { join } from 'node:path';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { eraseCustomer } from '../../engine/erase.ts';
import type { Incoming } from '../../engine/receive.ts';
import { loadFolder } from '../../language/load.ts';
import { readTests } from '../../simulator/run-tests.ts';
import { type TemporalWorlds, temporalWorlds } from '../temporal-world.ts';

const start = Date.parse('2026-11-20T10:00:00Z');
const hers = [
  'user-hanako-77',
  'browser-4711',
  'hanako@example.com',
  '花子ハナコ',
  'cart-of-hanako',
  'order-of-hanako',
];
const [userId, anonymousId, email, first_name, cart_id, order_id] = hers as [
  string,
  string,
  string,
  string,
  string,
  string,
];

let worlds: TemporalWorlds;
beforeAll(async () => {
  worlds = await temporalWorlds(inject('temporalAddress'));
});
afterAll(() => worlds?.stop());

test('a history holds nothing of the customer, before an erasure and after, and ends with it', async () => {
  const { folder } = await readTests(await loadFolder(join(import.meta.dirname, '../scenarios/identity')));
  const world = await worlds.make(start);
  await world.publish({ settings: folder!.settings, journeys: folder!.journeys });
  const call = (more: Partial<Incoming>) => world.receive({ ...empty, ...more, sourceId: JSON.stringify(more) });
  const grants = [{ channel: 'email', purpose: 'marketing' }];
  await call({ kind: 'identify', traits: { email, first_name }, grants });
  await call({ name: 'signed_up', identity: { anonymousId } });
  await call({ kind: 'identify', identity: { userId, anonymousId } });
  await call({ name: 'cart_updated', data: { cart_id } });
  await call({ name: 'cart_viewed', data: { cart_id: 'another' } });
  await world.settle();
  world.clock.set(start + 3_600_000);
  await world.nudge();
  await world.settle();
  await call({ name: 'order_completed', data: { order_id, cart_id: 'another' } });
  await world.settle();

  const { store, pool } = worlds.database();
  const { rows } = await pool.query('SELECT id, customer_id FROM enrollments');
  expect(rows).toHaveLength(2);
  const ports = { store, clock: world.clock, keyedHash: (text: string) => `hash ${text.length}` };
  expect(await eraseCustomer(ports, rows[0].customer_id)).toBe(true);
  await world.settle();
  for (const { id } of rows) {
    const handle = worlds.client.workflow.getHandle(id);
    await handle.result();
    const history = everything(await handle.fetchHistory());
    expect(history).toContain(id);
    expect(hers.filter((value) => history.includes(value))).toEqual([]);
  }
});

const empty: Incoming = {
  source: 'test',
  sourceId: '',
  identity: { userId },
  kind: 'event',
  name: null,
  occurredAt: start,
  data: {},
  traits: {},
  context: {},
  grants: [],
  trusted: true,
};

/** A history as text, with its payloads readable. */
function everything(history: Parameters<typeof historyToJSON>[0]): string {
  const json = historyToJSON(history);
  const payloads = [...json.matchAll(/"data":\s*"([A-Za-z0-9+/=]+)"/g)].map(([, data]) => Buffer.from(data!, 'base64'));
  return `${json}\n${payloads.join('\n')}`;
}
