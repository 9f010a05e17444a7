// CPU time of this process and of every process it has started. Unlike the clock on the wall, it does not count what
// else a machine does meanwhile. Read from /proc, so on Linux only.
import { readdirSync, readFileSync } from 'node:fs';

/** Milliseconds of CPU so far, by the name of the program; empty where there is no /proc. */
export function cpuTimes(): { [program: string]: number } {
  const processes = readProcesses();
  const ours = new Set([process.pid]);
  // Parents have mostly, but not always, lower numbers than their children.
  for (let known = 0; known < ours.size; ) {
    known = ours.size;
    for (const { pid, parent } of processes) if (ours.has(parent)) ours.add(pid);
  }
  const times: { [program: string]: number } = {};
  for (const { pid, name, ms } of processes) if (ours.has(pid)) times[name] = (times[name] ?? 0) + ms;
  return times;
}

interface Process {
  pid: number;
  parent: number;
  name: string;
  ms: number;
}

function readProcesses(): Process[] {
  try {
    return readdirSync('/proc').filter(isNumber).flatMap(readProcess);
  } catch {
    return [];
  }
}

// proc_pid_stat(5): pid (comm) state ppid … utime(14) stime(15), in ticks of 10 ms.
function readProcess(pid: string): Process[] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const name = stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
    const rest = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const isSelf = Number(pid) === process.pid;
    return [
      {
        pid: Number(pid),
        parent: Number(rest[1]),
        name: isSelf ? 'node' : name,
        ms: (Number(rest[11]) + Number(rest[12])) * 10,
      },
    ];
  } catch {
    return [];
  }
}

function isNumber(name: string): boolean {
  return /^\d+$/.test(name);
}
