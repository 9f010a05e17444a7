// Programs of the embedded tests that are killed: each file in `children/` is run as a process of its own.
// A child tells its test by lines of JSON on its standard output.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export interface Child {
  process: ChildProcess;
  /** The next line it says; undefined when it has ended. */
  next<T = { n: number }>(): Promise<T | undefined>;
  /** All further lines until its end. */
  rest<T = { n: number }>(): Promise<T[]>;
  kill(signal: NodeJS.Signals): Promise<void>;
}

/** Runs `children/<name>.ts` with these arguments. */
export function runChild(name: string, ...args: string[]): Child {
  const file = fileURLToPath(new URL(`./children/${name}.ts`, import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', file, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ended = once(child, 'close');
  const next = async () => {
    const { value, done } = await lines.next();
    return done ? undefined : JSON.parse(value);
  };
  return {
    process: child,
    next,
    async rest<T>() {
      const all: T[] = [];
      for (let line = await next(); line !== undefined; line = await next()) all.push(line);
      return all;
    },
    async kill(signal) {
      child.kill(signal);
      await ended;
    },
  };
}
