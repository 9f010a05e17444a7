// How long ago something was: leases are kept by it.

/** The monotonic clock stands still while a machine sleeps, the wall clock may be set: whichever says more has passed. */
export function realStopwatch(): () => number {
  const wall = Date.now();
  const monotonic = performance.now();
  return () => Math.max(Date.now() - wall, performance.now() - monotonic);
}
