// The front door by itself: events that concern nobody's journey, beside rows that are just inserted, in the same database.
import type { Incoming } from '../../engine/incoming.ts';
import { receive } from '../../engine/receive.ts';
import { receiveMany } from '../../engine/receive-many.ts';
import { createTogether } from '../../server/ingest/together.ts';
import { realClock } from '../../server/real-clock.ts';
import { newId } from '../../store/id.ts';
import { median } from './journeys.ts';
import type { BenchWorld } from './world.ts';

/** Events per second, each the median of its rounds. */
export interface Ingested {
  /** `unnest` arrays of 500 rows into the same table with all its indexes, one transaction after the other. */
  raw: number;
  /** Batches of 500 calls. */
  batches: number;
  /** Single calls, 500 at a time. */
  together: number;
  /** Single calls, each in a transaction of its own, ten at a time. */
  alone: number;
}

const each = 500;
const groups = 8;
const people = 1_000;

const RAW = `
  INSERT INTO events (id, customer_id, source, source_id, name, occurred_at, received_at, data, flags)
  SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::timestamptz[], $7::timestamptz[],
                       $8::jsonb[], $9::jsonb[])`;

/** Everybody is known before, and in no journey. */
export async function measureIngest({ database: { pool, store } }: BenchWorld, rounds = 5): Promise<Ingested> {
  const ports = { store, clock: realClock, newId, keyedHash: (text: string) => text, between: () => {} };
  const together = createTogether((incomings) => receiveMany(ports, incomings));
  const calls = (count: number) => Array.from({ length: count }, (_, index) => call(index % people));
  await together(calls(people));
  const runs = {
    raw: async () => {
      for (let group = 0; group < groups; group += 1) await pool.query(RAW, columnsOf(calls(each)));
      return groups * each;
    },
    batches: async () => {
      for (let group = 0; group < groups; group += 1) await together(calls(each));
      return groups * each;
    },
    together: async () => {
      for (let group = 0; group < groups; group += 1)
        await Promise.all(calls(each).map((incoming) => together([incoming])));
      return groups * each;
    },
    alone: async () => {
      const left = calls(each);
      const lane = async () => {
        for (let next = left.pop(); next; next = left.pop()) await receive(ports, next);
      };
      await Promise.all(Array.from({ length: 10 }, lane));
      return each;
    },
  };
  const rates: { [name in keyof Ingested]: number[] } = { raw: [], batches: [], together: [], alone: [] };
  for (let round = 0; round <= rounds; round += 1) {
    for (const name of Object.keys(runs) as (keyof Ingested)[]) {
      const startedAt = performance.now();
      const count = await runs[name]();
      // The first round only warms up.
      if (round > 0) rates[name].push((count * 1000) / (performance.now() - startedAt));
    }
  }
  const { raw, batches, together: singles, alone } = rates;
  return { raw: median(raw), batches: median(batches), together: median(singles), alone: median(alone) };
}

function call(person: number): Incoming {
  const data = { sku: `sku-${person}`, price: 1200, path: '/shop/items', referrer: 'https://search.example/' };
  return {
    ...{
      source: 'bench',
      sourceId: newId(),
      identity: { userId: `looker-${person}` },
      kind: 'event',
      name: 'page_viewed',
    },
    ...{ occurredAt: Date.now(), data, traits: {}, context: {}, grants: [], trusted: true },
  };
}

function columnsOf(incomings: Incoming[]): unknown[][] {
  const at = new Date().toISOString();
  const of = (pick: (incoming: Incoming) => unknown) => incomings.map(pick);
  return [
    of(() => newId()),
    of(({ identity }) => identity.userId),
    of(({ source }) => source),
    of(({ sourceId }) => sourceId),
    of(({ name }) => name),
    of(() => at),
    of(() => at),
    of(({ data }) => JSON.stringify(data)),
    of(() => '[]'),
  ];
}
