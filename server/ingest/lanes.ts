// One call at a time about one person. All calls about them wait for the same row in any case; waiting here, they hold no
// connection to the database, and a storm about one customer keeps nobody else from theirs.
import { CallerError } from '../errors.ts';

/** Runs `work` once all that was given before under any of these names is over. Refuses (`overloaded`) where too much waits. */
export type InLane = <T>(names: string[], work: () => Promise<T>) => Promise<T>;

interface Lane {
  last: Promise<void>;
  waiting: number;
}

/** @param most calls that are under way or wait under one name */
export function createLanes(most = 64): InLane {
  const lanes = new Map<string, Lane>();

  function enter(name: string, mine: Promise<void>): Promise<void> | undefined {
    const lane = lanes.get(name);
    const before = lane?.last;
    lanes.set(name, { last: mine, waiting: (lane?.waiting ?? 0) + 1 });
    return before;
  }

  function leave(name: string): void {
    const lane = lanes.get(name)!;
    lane.waiting -= 1;
    if (lane.waiting === 0) lanes.delete(name);
  }

  return async (names, work) => {
    if (names.some((name) => (lanes.get(name)?.waiting ?? 0) >= most))
      throw new CallerError('overloaded', 'too much is coming in about one person at once; send it again in a moment');
    let over = () => {};
    const mine = new Promise<void>((resolve) => {
      over = resolve;
    });
    const before = names.flatMap((name) => enter(name, mine) ?? []);
    await Promise.all(before);
    try {
      return await work();
    } finally {
      for (const name of names) leave(name);
      over();
    }
  };
}
