// Journeys per second, ours beside the rivals, in rounds: in each round everybody runs, in turns first and last, and a
// ratio is only ever taken within a round, because the machine is never equally fast twice.
import type { Contender } from './contender.ts';
import { cpuTimes } from './cpu.ts';
import { statementCount } from './statements.ts';
import type { BenchWorld } from './world.ts';

/** One run of one contender. */
export interface Run {
  perSecond: number;
  /** CPU milliseconds a journey, by program: our process, Temporal's, PostgreSQL's. */
  cpuMs: { [program: string]: number };
  /** SQL statements a journey, BEGIN and COMMIT among them. */
  statements: number;
}

/** By the contender's name, one run a round. */
export type Runs = Map<string, Run[]>;

/**
 * Runs rounds until `untilMs` of real time has passed, at least two after one that only warms up.
 *
 * @param count people in each run
 */
export async function race(world: BenchWorld, contenders: Contender[], count: number, untilMs: number): Promise<Runs> {
  const runs: Runs = new Map(contenders.map(({ name }) => [name, []]));
  const startedAt = Date.now();
  for (let round = 0; ; round += 1) {
    const roundAt = Date.now();
    for (const contender of rotated(contenders, round)) {
      const run = await measure(world, contender, count);
      if (round > 0) runs.get(contender.name)!.push(run);
    }
    const isLast = Date.now() - startedAt + (Date.now() - roundAt) > untilMs;
    if (isLast && round >= 2) return runs;
  }
}

/** The middle, over the rounds, of what `of` makes of a contender's run and a rival's in the same round. */
export function ratio(runs: Runs, name: string, rival: string, of: (run: Run) => number): number {
  const others = runs.get(rival)!;
  return median(runs.get(name)!.map((run, round) => of(run) / of(others[round]!)));
}

export function median(numbers: number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

export function totalCpu({ cpuMs }: Run): number {
  return Object.values(cpuMs).reduce((sum, ms) => sum + ms, 0);
}

async function measure(world: BenchWorld, contender: Contender, count: number): Promise<Run> {
  const entered = await world.enter(count);
  if (!contender.isOurs) await world.database.pool.query('DELETE FROM outbox');
  const [cpuBefore, statementsBefore, startedAt] = [cpuTimes(), statementCount(), performance.now()];
  await contender.run(entered);
  const [seconds, cpu] = [(performance.now() - startedAt) / 1000, cpuTimes()];
  const cpuMs = Object.entries(cpu).map(([program, ms]) => [program, (ms - (cpuBefore[program] ?? 0)) / count]);
  return {
    perSecond: count / seconds,
    cpuMs: Object.fromEntries(cpuMs),
    statements: (statementCount() - statementsBefore) / count,
  };
}

/** Calls per second that intake commits, ten at a time; every second one opens an enrollment. */
export async function measureEntering(world: BenchWorld, count: number): Promise<number> {
  await world.enter(count);
  const startedAt = performance.now();
  await world.enter(4 * count);
  const seconds = (performance.now() - startedAt) / 1000;
  await world.database.pool.query('DELETE FROM outbox');
  // Each person is identified, and then does what lets them in.
  return (2 * 4 * count) / seconds;
}

function rotated<T>(items: T[], by: number): T[] {
  const shift = by % items.length;
  return [...items.slice(shift), ...items.slice(0, shift)];
}
