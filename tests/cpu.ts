// CPU time: what a computation costs, whatever else the machine does meanwhile.

/** Starts counting; the answer says how many milliseconds of CPU this process has used since. */
export function cpuWatch(): () => number {
  const begun = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(begun);
    return (user + system) / 1000;
  };
}
