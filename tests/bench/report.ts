// The benchmark's table: medians of each contender, and the ratios of pairs that ran in the same rounds.
import { median, type Run, type Runs, ratio, totalCpu } from './journeys.ts';

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
  /** People in each run. */
  count: number;
}

export function table({ about, runs, comparisons, entering, count }: Report): string {
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
  ].join('\n');
}

/** By how a program's name begins: `temporal-1.9.1-linux` is the server, whatever it was called on the disk. */
function cpuOf(program: string): (run: Run) => number {
  return ({ cpuMs }) =>
    Object.entries(cpuMs)
      .filter(([name]) => name.startsWith(program))
      .reduce((sum, [, ms]) => sum + ms, 0);
}
