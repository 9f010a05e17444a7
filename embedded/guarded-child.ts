// A program that ends with this process, also after kill -9 of this one, and writes its output to a log.
// For the Temporal server: one that lived on would hold its file and its port.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { open, readFile, rename, stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

export interface GuardedChild {
  /** Its exit status; null after a signal to the shell around it. */
  ended: Promise<number | null>;
  /** Asks it to end, makes it when patience is over, and resolves when it has. */
  stop(): Promise<void>;
}

const MAX_LOG_BYTES = 20_000_000;

// The shell runs the program and a watcher that reads the pipe from us. A line on the pipe asks it to stop; the end
// of the pipe means that we are gone or out of patience, and then it goes at once.
const GUARD = `exec 3<&0
"$@" </dev/null 3<&- & program=$!
(read -r _ <&3 && kill $program && read -r _ <&3; kill -9 $program) & watcher=$!
exec 3<&-
wait $program; code=$?
kill $watcher 2>/dev/null
exit $code`;

/** Starts the program; a log above 20 MB is set aside first. */
export async function launch(
  path: string,
  args: string[],
  logFile: string,
  patienceMs = 10_000,
): Promise<GuardedChild> {
  await startNewLog(logFile);
  const log = await open(logFile, 'a', 0o600);
  try {
    // A session of its own: Ctrl-C in the terminal is for us, and we stop it last.
    const options = { stdio: ['pipe', log.fd, log.fd] as ['pipe', number, number], detached: true };
    const child = spawn('sh', ['-c', GUARD, 'sh', path, ...args], options);
    child.stdin!.on('error', () => {}); // it has ended by itself; `ended` tells
    const ended = once(child, 'exit').then(([code]) => code as number | null);
    await once(child, 'spawn');
    return { ended, stop: () => stop(child, ended, patienceMs) };
  } finally {
    await log.close();
  }
}

async function stop(child: ChildProcess, ended: Promise<unknown>, patienceMs: number): Promise<void> {
  child.stdin!.write('stop\n');
  const done = new AbortController();
  const patience = sleep(patienceMs, undefined, { signal: done.signal }).then(
    () => child.stdin!.destroy(),
    () => {},
  );
  await ended;
  done.abort();
  await patience;
}

/** The last lines of a log, as the end of a sentence, or of a crash the first ones; nothing for an empty log. */
export async function logTail(logFile: string): Promise<string> {
  const text = await readFile(logFile, 'utf8').catch(() => '');
  const end = text.trimEnd().split('\n').slice(-200);
  const crash = end.findLastIndex((line) => line.startsWith('panic:'));
  const lines = crash < 0 ? end.slice(-5) : end.slice(crash, crash + 5);
  return text ? `. The end of ${logFile}:\n${lines.map((line) => `  ${line.slice(0, 300)}`).join('\n')}` : '';
}

async function startNewLog(logFile: string): Promise<void> {
  const size = await stat(logFile).then(
    ({ size }) => size,
    () => 0,
  );
  if (size > MAX_LOG_BYTES) await rename(logFile, `${logFile}.1`);
}
