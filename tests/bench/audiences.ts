// `npm run bench:audiences`: 10,000 changes of an audience, told in batches, beside one call for each change, on the same
// database and over HTTP to the same stand-in in the same run. Prints a table and ends; nothing is asserted.
import { availableParallelism, cpus } from 'node:os';
import { metaAudiences } from '../../activities/audiences/meta.ts';
import type { AudiencePlatform } from '../../engine/audience-platform.ts';
import { type SyncPorts, tellPlatform } from '../../engine/audience-sync.ts';
import { createAudienceLedger } from '../../store/audience-ledger.ts';
import { catalog } from '../audiences/people.ts';
import { metaReceiver, secret, token } from '../audiences/receivers.ts';
import { openTestDatabase, type TestDatabase } from '../database.ts';
import { postgresMissing } from '../postgres.ts';

const changes = 10_000;
/** One call for each of so many: enough to know what one costs. */
const single = 1_000;
const rounds = 3;

interface Run {
  name: string;
  changes: number;
  calls: number;
  ms: number;
  cpuMs: number;
}

async function main(): Promise<void> {
  const kind = postgresMissing() ? 'pglite' : 'postgres';
  const database = await openTestDatabase(kind);
  const receiver = await metaReceiver();
  const platform = metaAudiences({ accessToken: token, appSecret: secret, baseUrl: receiver.url });
  const ledger = createAudienceLedger({ pool: database.pool, catalog: async () => catalog, real: Date.now });
  const ports: SyncPorts = { ledger, real: Date.now, between: () => {} };
  const runs: Run[] = [];
  for (let round = 0; round < rounds; round++) {
    runs.push(await told(database, ports, platform, changes, 'in batches'));
    runs.push(await told(database, ports, { ...platform, most: 1 }, single, 'one call a change'));
    runs.push(await bare(platform, single));
    receiver.requests.length = 0;
  }
  await receiver.close();
  process.stdout.write(`${table(runs, kind)}\n`);
}

/** From rows that want telling to rows that are told: the ledger's two transactions and the call. */
async function told(database: TestDatabase, ports: SyncPorts, platform: AudiencePlatform, count: number, name: string) {
  await seed(database, count);
  return measured(name, count, async () => {
    let calls = 0;
    for (
      let round = await tellPlatform(ports, platform);
      round.taken > 0;
      round = await tellPlatform(ports, platform)
    ) {
      calls += round.calls;
      if (round.pause) throw new Error(`the stand-in refused: ${round.pause.code}`);
    }
    return calls;
  });
}

/** Without a ledger, nothing remembered: what the calls alone cost, twenty at a time. */
function bare(platform: AudiencePlatform, count: number): Promise<Run> {
  return measured('one call a change, no ledger, 20 at a time', count, async () => {
    let next = 0;
    const lane = async () => {
      for (let index = next++; index < count; index = next++) {
        const ids = platform.identify({ email: `p${index}@shop.example` }, 'JP')!;
        await platform.tell({ list: '1', change: 'add', members: [ids] });
      }
    };
    await Promise.all(Array.from({ length: 20 }, lane));
    return count;
  });
}

async function measured(name: string, count: number, work: () => Promise<number>): Promise<Run> {
  const [startedAt, cpu] = [performance.now(), process.cpuUsage()];
  const calls = await work();
  const { user, system } = process.cpuUsage(cpu);
  return { name, changes: count, calls, ms: performance.now() - startedAt, cpuMs: (user + system) / 1000 };
}

/** Half of them are in the list and are to be taken out, half are to be put in. */
async function seed({ pool }: TestDatabase, count: number): Promise<void> {
  await pool.query('DELETE FROM customers');
  const numbers = `generate_series(1, ${count}) AS n`;
  await pool.query(`INSERT INTO customers (id, traits, created_at)
    SELECT 'c' || n, jsonb_build_object('email', 'p' || n || '@shop.example', 'phone', '090-1234-' || (1000 + n % 9000)), now() FROM ${numbers}`);
  await pool.query(`INSERT INTO audience_members (id, customer_id, platform, audience, reasons, wanted, version, changed_at, sent)
    SELECT 'm' || n, 'c' || n, 'meta', 'carts', '[]', n % 2 = 0, 2, now() + n * interval '1 ms',
           CASE WHEN n % 2 = 0 THEN '[]'::jsonb ELSE jsonb_build_array(jsonb_build_object('list', '23840000000000001',
             'ids', jsonb_build_object('EMAIL', encode(sha256(('p' || n || '@shop.example')::bytea), 'hex')))) END
      FROM ${numbers}`);
}

function table(runs: Run[], kind: string): string {
  const names = [...new Set(runs.map(({ name }) => name))];
  const median = (values: number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
  const of = (name: string, pick: (run: Run) => number) => median(runs.filter((run) => run.name === name).map(pick));
  const perSecond = (name: string) => of(name, (run) => (run.changes / run.ms) * 1000);
  const cpu = (name: string) => of(name, (run) => run.cpuMs / run.changes);
  const [batched, ...others] = names;
  return [
    `${availableParallelism()} cores (${cpus()[0]?.model ?? 'unknown'}), Node ${process.versions.node}, ${kind}`,
    '',
    `${rounds} rounds; medians; CPU of this process, the stand-in included`,
    `${''.padEnd(44)}${'changes'.padStart(8)}${'calls'.padStart(8)}${'changes/s'.padStart(12)}${'CPU ms/change'.padStart(15)}`,
    ...names.map(
      (name) =>
        `${name.padEnd(44)}${of(name, (run) => run.changes)
          .toFixed(0)
          .padStart(8)}${of(name, (run) => run.calls)
          .toFixed(0)
          .padStart(8)}${perSecond(name).toFixed(0).padStart(12)}${cpu(name).toFixed(3).padStart(15)}`,
    ),
    '',
    ...others.map(
      (name) =>
        `in batches / ${name}: ${(perSecond(batched!) / perSecond(name)).toFixed(1)} times as fast, 1/${(cpu(name) / cpu(batched!)).toFixed(1)} of the CPU`,
    ),
  ].join('\n');
}

await main();
process.exit(0);
