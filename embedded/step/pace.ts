// How fast the step clock goes: as many times faster than real time as was asked for, and faster still over a stretch in
// which nothing happens, so that it is over before anybody is bored.

export interface PaceOptions {
  /** Business time for each real time: 1440 is a day a minute. */
  speed: number;
  /** A stretch until the next due moment takes no longer than this, in real milliseconds. */
  longestIdleMs: number;
}

export interface Pace {
  /** Changes how fast it goes from here on. */
  change(options: PaceOptions): void;
  speed(): number;
  /** Something has happened: what lies ahead is a stretch of its own. */
  happened(): void;
  /** Real milliseconds until `next` if nothing happens before; null: nothing is due. */
  untilMs(now: number, next: number | null): number | null;
  /** Where business time stands after so many real milliseconds; never beyond `next`. */
  move(now: number, next: number | null, elapsedMs: number): number;
}

export function createPace(given: PaceOptions): Pace {
  let options = given;
  let idleMs = 0;
  let seen: number | null = null;
  const untilMs = (now: number, next: number | null) => {
    if (next === null) return null;
    return Math.max(0, Math.min((next - now) / options.speed, options.longestIdleMs - idleMs));
  };
  return {
    change(changed) {
      options = changed;
      idleMs = 0;
    },
    speed: () => options.speed,
    happened() {
      idleMs = 0;
    },
    untilMs,
    move(now, next, elapsedMs) {
      if (next !== seen) idleMs = 0;
      seen = next;
      if (next === null) return now + Math.floor(elapsedMs * options.speed);
      const leftMs = untilMs(now, next)!;
      if (elapsedMs >= leftMs) return Math.max(now, next);
      idleMs += elapsedMs;
      return now + Math.floor((next - now) * (elapsedMs / leftMs));
    },
  };
}
