// `npm run bench`: what the drive costs beside the same journey written by hand, on the same servers in the same run.
// Prints a table and ends. Nothing is asserted: the machine is never equally fast twice.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism, cpus } from 'node:os';
import { postgresMissing } from '../postgres.ts';
import { byHand, byHandBundle } from './by-hand.ts';
import { noMailer, smtpMailer } from './by-hand-activities.ts';
import { measureIngest } from './ingest.ts';
import { measureEntering, race } from './journeys.ts';
import { measureLatency } from './latency.ts';
import { measureMail } from './mail.ts';
import { ours } from './ours.ts';
import { type Comparison, table } from './report.ts';
import { measureStalled } from './stalled.ts';
import { startWorld } from './world.ts';

process.env.TZ = 'UTC';

/** People in each run: enough to keep two cores busy, few enough that rounds alternate quickly. */
const count = 80;
const roundsMs = 140_000;

const comparisons: Comparison[] = [
  { ours: 'ours', rival: 'by hand, recording nothing', bar: 1.13 },
  { ours: 'ours', rival: 'by hand, same rows', bar: 1.46 },
  { ours: 'ours, SMTP', rival: 'by hand, same rows, SMTP' },
];

async function main(): Promise<void> {
  const databaseKind = postgresMissing() ? 'pglite' : 'postgres';
  const world = await startWorld(databaseKind, process.env.TEMPORAL_ADDRESS);
  // Ours first: it gives Temporal's library its logger, which a connection made before would fix otherwise.
  const accepted = await ours(world, 'accepted');
  const bundle = await byHandBundle();
  const contenders = [
    accepted,
    await byHand(world, bundle, 'by hand, recording nothing', 'nothing', noMailer),
    await byHand(world, bundle, 'by hand, same rows', 'all', noMailer),
    await ours(world, 'smtp'),
    await byHand(world, bundle, 'by hand, same rows, SMTP', 'all', smtpMailer(world.smtpUrl)),
  ];
  const entering = await measureEntering(world, count);
  const ingested = await measureIngest(world);
  const latencies = await measureLatency(world);
  const mailed = await measureMail();
  const hanging = await measureStalled(world);
  const runs = await race(world, contenders, count, roundsMs);
  const { rows } = await world.database.pool.query<{ version: string }>('SELECT version()');
  for (const contender of contenders) await contender.stop();
  await world.stop();
  const about = [
    `${availableParallelism()} cores (${cpus()[0]?.model ?? 'unknown'}), Node ${process.versions.node}`,
    `Temporal SDK ${versionOf('@temporalio/worker')}, ${rows[0]!.version.split(' ').slice(0, 2).join(' ')}${databaseKind === 'pglite' ? ' (PGlite)' : ''}`,
  ];
  const report = table({ about, runs, comparisons, entering, ingested, latencies, count });
  process.stdout.write(`${report}\n\n${mailed.join('\n')}\n\n${hanging.join('\n')}\n`);
}

function versionOf(name: string): string {
  const file = createRequire(import.meta.url).resolve(`${name}/package.json`);
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}

await main();
process.exit(0);
