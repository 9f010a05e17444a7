// A step clock whose moment is kept in a file, so that time goes on after a restart, or a kill, where it stood.
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createStepClock, type StepClock } from '../../simulator/step-clock.ts';
import { StartError } from '../start-error.ts';

/** The moment in the file, in milliseconds since the epoch; null: there is none. Refuses a file that is none of ours. */
export function keptMoment(file: string): number | null {
  const text = textOf(file);
  if (text === null) return null;
  const at = Date.parse(text.trim());
  if (Number.isNaN(at))
    throw new StartError(`${file} holds no moment; write one into it, such as ${new Date().toISOString()}`);
  return at;
}

/** Stands at the kept moment, or at `start`, which is then kept. */
export function openKeptClock(file: string, start: number): StepClock {
  const clock = createStepClock(keptMoment(file) ?? start);
  // Written before the time counts: nothing that happened can be later than what the next start begins with.
  const keep = (at: number) => {
    writeFileSync(`${file}.new`, `${new Date(at).toISOString()}\n`, { mode: 0o600 });
    renameSync(`${file}.new`, file);
  };
  keep(clock.now());
  return {
    ...clock,
    set(at) {
      if (at <= clock.now()) return;
      keep(at);
      clock.set(at);
    },
  };
}

function textOf(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
