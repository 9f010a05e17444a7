// A store as one process sees it: it stops before every statement and around every COMMIT, can lose its connection
// there, and tells what was committed, in the order of the commits.
import type { Store, Tx } from '../../engine/ports.ts';
import { Killed, Lost, never, type Process, type Scheduler, withinTransaction } from './scheduler.ts';

/** One call of the transaction that wrote something, or asked for a lock. */
export interface Write {
  name: string;
  args: unknown[];
  result: unknown;
}

export interface Tracked {
  /** Counts what is with the database now. */
  inFlight: number;
  /** Transactions that PostgreSQL asked to run again. */
  restarts: number;
}

export interface ObservedStore {
  scheduler: Scheduler;
  store: Store;
  tracked: Tracked;
  /** Whether to stop before every statement: with many backends they interleave. */
  stopsAtStatements: boolean;
  /** Told at the moment of commit; `begun` is what `beginning` answered when it began. */
  committed(writes: Write[], begun: unknown): void;
  beginning(): unknown;
  /** A statement was given to a transaction that had ended. */
  astray(name: string): void;
}

export function storeOf(world: ObservedStore, process: Process): Store {
  const { scheduler, tracked } = world;
  const track = async <T>(work: Promise<T>): Promise<T> => {
    tracked.inFlight += 1;
    try {
      return await work;
    } finally {
      tracked.inFlight -= 1;
    }
  };
  return {
    async transaction(work) {
      await scheduler.park(process, 'begin', { canFail: true });
      let writes: Write[] = [];
      let begun: unknown;
      let runs = 0;
      let isWithDatabase = true;
      const swap = (is: boolean) => {
        if (is !== isWithDatabase) tracked.inFlight += is ? 1 : -1;
        isWithDatabase = is;
      };
      tracked.inFlight += 1;
      try {
        const result = await world.store.transaction((tx) =>
          withinTransaction
            .run(true, async () => {
              swap(false);
              if (runs++ > 0) tracked.restarts += 1;
              writes = [];
              begun = world.beginning();
              const state = { isOver: false, hasFailed: false };
              const answer = await work(stopping(tx, writes, state)).finally(() => {
                state.isOver = true;
              });
              await scheduler.park(process, 'commit', { canFail: true });
              swap(true);
              return answer;
            })
            .catch((error: unknown) => {
              swap(true);
              throw error;
            }),
        );
        swap(false);
        world.committed(writes, begun);
        await scheduler.park(process, 'committed', { canFail: true });
        return result;
      } catch (error) {
        swap(false);
        if (error instanceof Killed || process.isDead) return never();
        throw error;
      }
    },
  };

  function stopping(tx: Tx, writes: Write[], state: { isOver: boolean; hasFailed: boolean }): Tx {
    // One connection takes statements in the order in which they are given, though several be given at once.
    let last: Promise<unknown> = Promise.resolve();
    const call = async (name: string, method: () => Promise<unknown>, args: unknown[]) => {
      if (state.hasFailed) throw new Lost('the transaction is aborted');
      if (world.stopsAtStatements) await scheduler.park(process, name, { canFail: true });
      const given = structuredClone(args);
      const result = await track(method());
      if (process.isDead) throw new Killed(process.name);
      writes.push({ name, args: given, result: structuredClone(result) });
      return result;
    };
    return new Proxy(tx, {
      get(target, name: string) {
        const method = Reflect.get(target, name) as (...args: unknown[]) => Promise<unknown>;
        return (...args: unknown[]) => {
          if (state.isOver) world.astray(name);
          const mine = last.then(() => call(name, () => method.apply(target, args), args));
          last = mine.catch(() => {
            state.hasFailed = true;
          });
          return mine;
        };
      },
    });
  }
}
