// Faults planted on purpose, each into a copy of the engine, to show that the oracles bite.
import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StoreKind } from './attack.ts';

interface Fault {
  name: string;
  file: string;
  find: string;
  replace: string;
  /** A second place in the same file. */
  also?: { find: string; replace: string };
  /** Only there can it be seen: two transactions must truly overlap. */
  store?: StoreKind;
}

export const faults: Fault[] = [
  {
    name: 'what may have left is written as suppressed when its repeat is prevented',
    file: 'engine/delivery-outcome.ts',
    find: "state: isInDoubt ? 'unknown' : 'suppressed',",
    replace: "state: 'suppressed',",
  },
  {
    name: 'an answer does not reach the inbox',
    file: 'engine/answer.ts',
    find: 'await tx.addToInbox(enrollment.id, event);',
    replace: '',
  },
  {
    name: 'a batch only stores what concerns somebody',
    file: 'engine/receive-many.ts',
    find: 'if (isConcern(name, catalog, plans, !customer)) return null;',
    replace: '',
  },
  {
    name: 'the claim does not look at the turn token',
    file: 'engine/claim.ts',
    find: 'if (locked?.turnToken !== run.token) return { fenced: true as const };',
    replace: 'if (!locked) return { fenced: true as const };',
  },
  {
    name: 'the claim does not ask the gates again',
    file: 'engine/claim.ts',
    find: "if (gate.kind !== 'claim') return { fenced: false as const, refusal: gate, written };",
    replace: '',
  },
  {
    name: 'the claim takes the consents of when the turn was opened',
    file: 'engine/claim.ts',
    find: 'tx.grants(delivery.customerId),',
    replace: 'run.opened.grants,',
  },
  {
    name: 'the claim reads the suppressions before it writes the one it brings along',
    file: 'engine/claim.ts',
    find: 'tx.suppression(delivery.channel, to, run.ports.keyedHash(addressName(to))),',
    replace: 'null,',
  },
  {
    name: 'the claim is not written down before bytes leave',
    file: 'engine/claim.ts',
    find: 'await tx.saveDelivery(claimed);',
    replace: '',
  },
  {
    name: 'what was being sent is free again after a restart',
    file: 'engine/deliver.ts',
    find: "if (existing?.state === 'sending') return underWay(run, effect, existing);",
    replace: '',
  },
  {
    name: 'a claim is given up before its lease is over',
    file: 'engine/delivery-outcome.ts',
    find: 'return Math.max(0, (delivery?.leaseUntil ?? 0) - real);',
    replace: 'return 0;',
  },
  {
    name: 'a late answer is written whatever was said meanwhile',
    file: 'engine/deliver.ts',
    find: `if (now && (now.state !== 'sending' || now.claimedBy !== run.token))
      return resolveByHolder(tx, now, settled, run.token, at);`,
    replace: '',
  },
  {
    name: 'a late refusal puts the delivery of an ended enrollment back into the queue',
    file: 'engine/delivery-outcome.ts',
    find: "if (enrollment?.status !== 'active' && delivery?.state === 'queued')",
    replace: 'if (enrollment === undefined)',
  },
  {
    name: 'a turn whose budget is over does not wait for its claim',
    file: 'engine/calls.ts',
    find: 'if (!(await asked?.catch(() => false))) {',
    replace: 'if (!asked) {',
  },
  {
    name: 'a turn commits without looking at its token',
    file: 'engine/turn.ts',
    find: 'if (enrollment?.turnToken !== run.token) {',
    replace: 'if (!enrollment) {',
  },
  {
    name: 'events are marked as read when a turn opens, and its re-run does not have them',
    file: 'engine/turn-open.ts',
    find: 'unfinished ? null : tx.insertTurn(row),',
    replace: 'unfinished ? null : tx.insertTurn(row), tx.markRead(row.enrollmentId, row.eventIds),',
    also: { find: 'fresh ?? (await tx.events(row.eventIds))', replace: 'fresh ?? []' },
  },
  {
    name: 'a turn forgets to write its decisions',
    file: 'engine/turn-run.ts',
    find: 'decisions.length > 0 ? tx.record(decisions) : null',
    replace: 'null',
  },
  {
    name: 'a turn that was not finished is begun anew, with new events and a later moment',
    file: 'engine/turn-open.ts',
    find: 'tx.openTurn(id),',
    replace: 'null,',
  },
  {
    name: 'an opened enrollment writes no outbox row',
    file: 'engine/apply.ts',
    find: 'await tx.insertEnrollment(enrollment);\n    await tx.look(enrollment.id);',
    replace: 'await tx.insertEnrollment(enrollment);',
  },
  {
    name: 'an event that a wait listens to writes no outbox row',
    file: 'engine/apply.ts',
    find: 'if (wake) await tx.look(enrollmentId);',
    replace: '',
  },
  {
    name: 'an event does not reach the inbox',
    file: 'engine/apply.ts',
    find: 'await tx.addToInbox(enrollmentId, event!);',
    replace: '',
  },
  {
    name: 'an exit event withdraws nothing',
    file: 'engine/apply.ts',
    find: 'decisions.push(...(await withdrawDelivery(tx, enrollment, cause.receivedAt)));',
    replace: '',
  },
  {
    name: 'an event that is known already prevents no entry',
    file: 'engine/core/entry.ts',
    find: 'if (!found) return alreadyTrue(event, standing, candidate, key);',
    replace: 'if (found !== null) return alreadyTrue(event, standing, candidate, key);',
  },
  {
    name: 'the claim does not lock the customer',
    file: 'engine/claim.ts',
    find: 'await tx.lockCustomer(delivery.customerId);\n    const [locked',
    replace: 'const [locked',
    store: 'postgres',
  },
];

export interface Trial {
  name: string;
  /** What told. */
  oracle: string;
  /** Programs played until it was found; null where it never was. */
  cases: number | null;
}

const root = join(import.meta.dirname, '../..');
const left = ['node_modules', '.git', '.tabiji'];
const most: { [kind in StoreKind]: number } = { memory: 3000, postgres: 300 };

/** Tries one fault after another; those for PostgreSQL only where there is one. */
export async function* tryPlanted(hasPostgres: boolean, seed: number): AsyncGenerator<Trial> {
  for (const fault of faults) {
    const kind = fault.store ?? 'memory';
    if (kind === 'postgres' && !hasPostgres) continue;
    const copy = mkdtempSync(join(tmpdir(), 'tabiji-planted-'));
    try {
      plant(fault, copy);
      yield {
        name: fault.name,
        ...(await tryCopy(copy, ['--store', kind, '--cases', `${most[kind]}`, '--seed', `${seed}`])),
      };
    } finally {
      rmSync(copy, { recursive: true, force: true });
    }
  }
}

function plant({ file, name, also, ...first }: Fault, copy: string): void {
  cpSync(root, copy, { recursive: true, filter: (path) => !left.some((folder) => path === join(root, folder)) });
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  const path = join(copy, file);
  let text = readFileSync(path, 'utf8');
  for (const { find, replace } of also ? [first, also] : [first]) {
    if (text.split(find).length !== 2) throw new Error(`cannot plant "${name}": its line stands not once in ${file}`);
    text = text.replace(find, () => replace);
  }
  writeFileSync(path, text);
}

async function tryCopy(copy: string, flags: string[]): Promise<Pick<Trial, 'oracle' | 'cases'>> {
  const child = spawn(process.execPath, ['--import', 'tsx', 'tests/chaos/main.ts', ...flags], { cwd: copy });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
  await new Promise((resolve) => child.once('exit', resolve));
  const [, cases, oracle] = said.match(/in program (\d+) of this round, made smaller:\n {2}(.*)\n/) ?? [];
  if (cases === undefined && !said.includes('violations: none')) throw new Error(said);
  return { oracle: oracle ?? '', cases: cases === undefined ? null : Number(cases) };
}
