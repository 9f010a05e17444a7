// `npm run chaos`: random programs against the engine for a given time, half of it in memory, half on a real PostgreSQL.
// Exit status 1 with the smallest program found where a promise is broken.
import { parseArgs } from 'node:util';
import { postgresMissing, sharedPostgres } from '../postgres.ts';
import { type Attack, add, attack, programText, type StoreKind } from './attack.ts';
import { tryPlanted } from './planted.ts';

const usage = `npm run chaos -- [--minutes N] [--seed S] [--store memory|postgres] [--cases N] [--planted]
  --minutes  how long (default 2)
  --seed     of the first round; the next rounds count up from it (default: the clock)
  --store    only this one
  --cases    one round of so many programs, whatever time it takes; with the seed of a report, this plays it again
  --planted  plants known faults into copies of the engine, one after another, and shows that each is found`;

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '2' },
    seed: { type: 'string' },
    store: { type: 'string' },
    cases: { type: 'string' },
    planted: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

const aRound: { [kind in StoreKind]: number } = { memory: 200, postgres: 20 };
process.exit(values.help ? help() : values.planted ? await planted() : await chaos());

function help(): number {
  say(usage);
  return 0;
}

async function chaos(): Promise<number> {
  const until = Date.now() + Number(values.minutes) * 60_000;
  const first = Number(values.seed ?? Date.now() % 1_000_000);
  const kinds = await stores();
  const totals: { [count: string]: number } = {};
  const time: { [kind: string]: number } = {};
  let rounds = 0;
  for (let seed = first; rounds === 0 || (!values.cases && Date.now() < until); seed += 1) {
    // Whichever has had less time.
    const kind = kinds.toSorted((a, b) => (time[a] ?? 0) - (time[b] ?? 0))[0]!;
    const before = Date.now();
    const cases = values.cases ? Number(values.cases) : aRound[kind];
    const round = await attack(kind, seed, cases);
    rounds += 1;
    time[kind] = (time[kind] ?? 0) + Date.now() - before;
    add(totals, { ...round.totals, [`programs on ${kind}`]: round.cases } as Parameters<typeof add>[1]);
    if (!round.broken) continue;
    report(first, rounds, totals);
    tell(kind, seed, cases, round);
    return 1;
  }
  report(first, rounds, totals);
  say('violations: none');
  return 0;
}

async function stores(): Promise<StoreKind[]> {
  if (values.store === 'memory') return ['memory'];
  const missing = postgresMissing();
  if (!missing) await sharedPostgres();
  if (values.store === 'postgres' && missing) throw new Error(missing);
  if (values.store === 'postgres') return ['postgres'];
  if (missing) say(`left out: PostgreSQL (${missing})`);
  return missing ? ['memory'] : ['memory', 'postgres'];
}

function report(seed: number, rounds: number, totals: { [count: string]: number }): void {
  say(`seed ${seed}, ${rounds} rounds`);
  for (const [name, count] of Object.entries(totals)) say(`${String(count).padStart(9)} ${name}`);
}

function tell(kind: StoreKind, seed: number, cases: number, { cases: played, broken }: Attack): void {
  const { program, violations, trace } = broken!;
  say(`\nviolations, in program ${played} of this round, made smaller:`);
  for (const violation of violations) say(`  ${violation}`);
  say(programText(program));
  say(`the last of ${trace.length} steps:`);
  for (const line of trace.slice(-80)) say(`  ${line}`);
  say(`again: npm run chaos -- --store ${kind} --seed ${seed} --cases ${cases}`);
}

async function planted(): Promise<number> {
  const hasPostgres = postgresMissing() === null;
  let missed = 0;
  for await (const { name, oracle, cases } of tryPlanted(hasPostgres, Number(values.seed ?? 1))) {
    if (cases === null) missed += 1;
    say(cases === null ? `MISSED  ${name}` : `found after ${String(cases).padStart(4)}  ${name}  (${oracle})`);
  }
  return missed === 0 ? 0 : 1;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
