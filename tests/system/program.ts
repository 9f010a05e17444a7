// A program of this project as a process of its own, on a leash: it ends with its test file, and when the tests
// themselves are killed. What it runs under is given; of the tests' own environment it sees no setting of ours.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { until } from './until.ts';

export interface Program {
  pid: number;
  /** Its exit status; 128 and the signal's number after a signal. */
  ended: Promise<number>;
  hasEnded(): boolean;
  /** All it has written, on both streams. */
  said(): string;
  /** Resolves with the match once it has written this; rejects, with all it has said, if it ends before. */
  says(pattern: RegExp, patienceMs?: number): Promise<RegExpExecArray>;
  signal(signal: NodeJS.Signals): void;
  /** Kill -9, and its end. */
  kill(): Promise<void>;
}

// The program must be hit by its own process id, so the shell says which one it is. A stopped program is killed all the same.
const LEASH = `exec 4<&0
"$@" </dev/null 3>&- 4<&- & program=$!
echo $program >&3; exec 3>&-
(read -r _ <&4; kill -9 $program) >/dev/null 2>&1 & watcher=$!
exec 4<&-
wait $program; code=$?
kill $watcher 2>/dev/null
exit $code`;

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const running = new Set<Program>();

/** Starts a TypeScript program of the project, `embedded/start.ts` for one. */
export function runProgram(file: string, environment: Record<string, string>, ...args: string[]): Promise<Program> {
  return run([process.execPath, '--import', 'tsx', file, ...args], environment);
}

/** Kills what still runs; for `afterAll`. */
export async function endPrograms(): Promise<void> {
  await Promise.all([...running].map((program) => program.kill()));
}

/** Command lines of all processes that have this in theirs. */
export function processesWith(text: string): string[] {
  const all = execFileSync('ps', ['-eo', 'pid=,args='], { encoding: 'utf8', maxBuffer: 10_000_000 });
  return all.split('\n').filter((line) => line.includes(text));
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function run(command: string[], environment: Record<string, string>): Promise<Program> {
  const env = { ...inherited(), ...environment };
  const shell = spawn('sh', ['-c', LEASH, 'sh', ...command], {
    cwd: ROOT,
    env,
    stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
    detached: true,
  });
  let text = '';
  for (const stream of [shell.stdout!, shell.stderr!]) {
    stream.setEncoding('utf8').on('data', (chunk) => {
      text += chunk;
    });
  }
  let hasEnded = false;
  const ended = once(shell, 'close').then(([code]) => {
    hasEnded = true;
    running.delete(program);
    return code as number;
  });
  const program = programOf(await pidOf(shell), ended, {
    said: () => text,
    hasEnded: () => hasEnded,
  });
  running.add(program);
  return program;
}

function programOf(pid: number, ended: Promise<number>, seen: Pick<Program, 'said' | 'hasEnded'>): Program {
  const { said, hasEnded } = seen;
  const signal = (name: NodeJS.Signals) => {
    if (!hasEnded() && isAlive(pid)) process.kill(pid, name);
  };
  return {
    pid,
    ended,
    ...seen,
    async says(pattern, patienceMs = 90_000) {
      await until(`the program says ${pattern}`, () => pattern.test(said()) || hasEnded(), patienceMs).catch(
        (error) => {
          throw new Error(`${error.message}; it said:\n${said()}`);
        },
      );
      const match = pattern.exec(said());
      if (!match) throw new Error(`the program ended (${await ended}) and never said ${pattern}; it said:\n${said()}`);
      return match;
    },
    signal,
    async kill() {
      signal('SIGKILL');
      await ended;
    },
  };
}

async function pidOf(shell: ChildProcess): Promise<number> {
  const [line] = await once(shell.stdio[3]!, 'data');
  return Number.parseInt(String(line), 10);
}

/** What any program needs, and where a Temporal server can be had. */
function inherited(): Record<string, string> {
  const names = ['PATH', 'HOME', 'TMPDIR', 'XDG_CACHE_HOME', 'TABIJI_TEMPORAL_CLI'];
  return Object.fromEntries(names.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])));
}
