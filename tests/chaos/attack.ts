// Plays programs of one seed until one breaks something, and makes that one smaller.
import fc from 'fast-check';
import { type Backing, memoryBacking, postgresBacking } from './backing.ts';
import { type Played, play } from './play.ts';
import { type Program, programs } from './program.ts';

export type StoreKind = 'memory' | 'postgres';
type Totals = Required<Played['counts']>;

export interface Attack {
  /** Programs played before the first that broke something; all of them where none did. */
  cases: number;
  totals: Totals;
  /** The smallest program found that breaks something. */
  broken: { program: Program; violations: string[]; trace: string[] } | null;
}

// PostgreSQL is stopped before every statement, so that as much happens in it takes more steps.
const reach: { [kind in StoreKind]: number } = { memory: 30, postgres: 80 };

export async function attack(kind: StoreKind, seed: number, cases: number): Promise<Attack> {
  const totals: Partial<Totals> = {};
  let played = 0;
  let isBroken = false;
  const property = fc.asyncProperty(programs(reach[kind]), async (program) => {
    const { violations, counts } = await playOn(kind, program);
    if (!isBroken) {
      played += 1;
      add(totals, counts);
    }
    isBroken ||= violations.length > 0;
    return violations.length === 0;
  });
  const found = await fc.check(property, { numRuns: cases, seed, endOnFailure: false });
  const [program] = found.counterexample ?? [];
  const broken = program ? { program, ...(await playOn(kind, program)) } : null;
  return { cases: played, totals: totals as Totals, broken };
}

export function add(totals: Partial<Totals>, counts: Partial<Totals>): void {
  for (const [name, count] of Object.entries(counts) as [keyof Totals, number][])
    totals[name] = (totals[name] ?? 0) + count;
}

async function playOn(kind: StoreKind, program: Program): Promise<Played> {
  const backing: Backing = kind === 'memory' ? memoryBacking() : await postgresBacking();
  try {
    return await play(program, backing);
  } catch (error) {
    return { violations: [String(error)], counts: {}, trace: [] };
  } finally {
    await backing.close();
  }
}

/** One act or disturbance a line. */
export function programText({ acts, disturbances, places }: Program): string {
  const lines = acts.map(({ act, ...rest }) => `  ${act} ${JSON.stringify(rest)}`);
  let step = 0;
  const goes = disturbances.map(({ gap, kind, ...rest }) => {
    step += gap;
    return `  at step ${step}: ${kind} ${JSON.stringify(rest)}`;
  });
  return [`places within turns: ${places}`, 'acts:', ...lines, 'and meanwhile:', ...goes].join('\n');
}
