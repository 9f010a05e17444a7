// The benchmark's table: medians of each contender, and the ratios of pairs that ran in the same rounds.
import type { Ingested } from './ingest.ts';
import { median, type Run, type Runs, ratio, totalCpu } from './journeys.ts';
import type { Latencies } from './latency.ts';

export interface Comparison {
  ours: string;
  rival: string;
  /** What a sketch of the design reached, in journeys per second; ours should be no less. */
  bar?: number;
}

export interface Report {
  /** Machine and versions, a line each. */
  about: string[];
  runs: Runs;
  comparisons: Comparison[];
  /** Calls taken in per second, half of which open an enrollment. */
  entering: number;
  ingested: Ingested;
  latencies: Latencies;
  /** People in each run. */
  count: number;
}

export function table({ about, runs, comparisons, entering, ingested, latencies, count }: Report): string {
  const rounds = [...runs.values()][0]!.length;
  const lines = [...runs].map(([name, list]) => {
    const of = (pick: (run: Run) => number, digits: number) => median(list.map(pick)).toFixed(digits).padStart(9);
    const cpu = of(totalCpu, 1) + of(cpuOf('node'), 1) + of(cpuOf('temporal'), 1) + of(cpuOf('postgres'), 1);
    return `${name.padEnd(28)}${of(({ perSecond }) => perSecond, 1)}${cpu}${of(({ statements }) => statements, 0)}`;
  });
  const ratios = comparisons.map(({ ours, rival, bar }) => {
    const speed = ratio(runs, ours, rival, ({ perSecond }) => perSecond).toFixed(2);
    const cpu = (1 / ratio(runs, ours, rival, totalCpu)).toFixed(2);
    return `${`${ours} / ${rival}`.padEnd(48)}${speed.padStart(7)}${cpu.padStart(9)}${(bar?.toFixed(2) ?? '').padStart(9)}`;
  });
  const headings = ['journeys/s', 'CPU ms', 'node', 'Temporal', 'database', 'SQL'];
  return [
    ...about,
    '',
    `${rounds} rounds of ${count} journeys each; medians; CPU and SQL statements for one journey`,
    `${''.padEnd(27)}${headings[0]!.padStart(10)}${headings
      .slice(1)
      .map((heading) => heading.padStart(9))
      .join('')}`,
    ...lines,
    '',
    `${'ratios within a round, more is better'.padEnd(48)}${'speed'.padStart(7)}${'by CPU'.padStart(9)}${'bar'.padStart(9)}`,
    ...ratios,
    '',
    `front door: ${entering.toFixed(0)} calls per second (half of them let somebody in)`,
    '',
    ...ingestLines(ingested),
    '',
    ...latencyLines(latencies),
  ].join('\n');
}

function ingestLines({ raw, batches, together, alone }: Ingested): string[] {
  const line = (name: string, rate: number) =>
    `${name.padEnd(48)}${rate.toFixed(0).padStart(9)}${(rate / raw).toFixed(2).padStart(9)}`;
  return [
    `${'events that concern nobody'.padEnd(48)}${'per s'.padStart(9)}${'of raw'.padStart(9)}`,
    line('raw: unnest of 500 rows, nothing asked', raw),
    line('batches of 500', batches),
    line('single calls, 500 at once', together),
    line('single calls, each in its own transaction', alone),
  ];
}

function latencyLines({ ours, bare }: Latencies): string[] {
  const line = (name: string, { idle, loaded }: Latencies['ours']) =>
    `${name.padEnd(48)}${[idle.p50, idle.p99, loaded.p50, loaded.p99].map((ms) => ms.toFixed(0).padStart(9)).join('')}`;
  const headings = ['idle p50', 'p99', '20 at once', 'p99'].map((heading) => heading.padStart(9));
  return [
    `${'milliseconds'.padEnd(48)}${headings.join('')}`,
    line('acknowledged event to finished turn', ours),
    line('signal to a turn that does nothing', bare),
  ];
}

/** By how a program's name begins: `temporal-1.9.1-linux` is the server, whatever it was called on the disk. */
function cpuOf(program: string): (run: Run) => number {
  return ({ cpuMs }) =>
    Object.entries(cpuMs)
      .filter(([name]) => name.startsWith(program))
      .reduce((sum, [, ms]) => sum + ms, 0);
}
