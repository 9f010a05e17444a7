// Who runs next. Everything that happens in a case stops at every step and is let go by one seeded hand, so that a case
// that failed can be played again. Processes die and freeze here; time moves only when somebody moves it.
import { AsyncLocalStorage } from 'node:async_hooks';

/** One thing that goes otherwise than it would: `gap` steps after the one before. */
export type Disturbance = { gap: number } & (
  | { kind: 'switch'; pick: number }
  | { kind: 'crash' }
  | { kind: 'stall'; steps: number }
  | { kind: 'fail' }
  | { kind: 'time'; ms: number }
);

/** A worker or server. Crashed, it does nothing more; frozen, it goes on later as if nothing had been. */
export interface Process {
  name: string;
  /** Temporal and the shop's clients: they neither die nor freeze here. */
  isOutside: boolean;
  isDead: boolean;
  /** The step at which it goes on. */
  frozenUntil: number;
  /** Told when it dies. */
  onDeath: Set<() => void>;
}

/** The process died within a transaction; rolls it back. */
export class Killed extends Error {}
/** A connection lost before or after COMMIT: who asked cannot know which. */
export class Lost extends Error {}

interface Park {
  process: Process;
  point: string;
  /** Real time from which it may go on. */
  wakeAt: number;
  isReady: () => boolean;
  isInTransaction: boolean;
  canFail: boolean;
  go: () => void;
  fail: (error: Error) => void;
}

export interface ParkOptions {
  wakeAt?: number;
  isReady?: () => boolean;
  canFail?: boolean;
}

export interface Counts {
  steps: number;
  crashes: number;
  stalls: number;
  failures: number;
  switches: number;
}

/** Set within the work of a transaction. */
export const withinTransaction = new AsyncLocalStorage<true>();
export const never = <T>(): Promise<T> => new Promise<T>(() => undefined);

export class Scheduler {
  readonly counts: Counts = { steps: 0, crashes: 0, stalls: 0, failures: 0, switches: 0 };
  /** Milliseconds; business and real time go together. */
  now: number;
  /** The last steps, for whoever reads a failure. */
  readonly trace: string[] = [];
  #parks: Park[] = [];
  #disturbances: Disturbance[];
  #next: number;
  #settled: () => Promise<void>;

  /** @param settled resolves when nothing runs any more: all is parked, ended, or waits for a lock of somebody parked */
  constructor(start: number, disturbances: Disturbance[], settled: () => Promise<void>) {
    this.now = start;
    this.#disturbances = [...disturbances];
    this.#next = disturbances[0]?.gap ?? 0;
    this.#settled = settled;
  }

  process(name: string, isOutside = false): Process {
    return { name, isOutside, isDead: false, frozenUntil: 0, onDeath: new Set() };
  }

  /** Stops here until let go. In a dead process nobody is. */
  park(process: Process, point: string, options: ParkOptions = {}): Promise<void> {
    const isInTransaction = withinTransaction.getStore() === true;
    if (process.isDead) return isInTransaction ? Promise.reject(new Killed(process.name)) : never();
    const { wakeAt = this.now, isReady = () => true, canFail = false } = options;
    return new Promise((go, fail) => {
      this.#parks.push({ process, point, wakeAt, isReady, isInTransaction, canFail, go, fail });
    });
  }

  kill(process: Process): void {
    this.counts.crashes += 1;
    process.isDead = true;
    const theirs = this.#parks.filter((park) => park.process === process);
    this.#parks = this.#parks.filter((park) => park.process !== process);
    for (const park of theirs) if (park.isInTransaction) park.fail(new Killed(process.name));
    for (const told of process.onDeath) told();
  }

  /** Lets one go on, or disturbs; false where nobody can go on at this moment. */
  async step(): Promise<boolean> {
    const able = this.#parks.filter((park) => this.#isAble(park));
    if (able.length === 0) return false;
    this.counts.steps += 1;
    const usual = usualOf(able);
    const disturbance = this.#disturbance();
    if (!disturbance || !this.#disturb(disturbance, usual, able)) {
      // What cannot be disturbed so waits for the next that can.
      if (disturbance) this.#disturbances.unshift({ ...disturbance, gap: 0 });
      if (disturbance) this.#next = 0;
      this.#letGo(usual);
    }
    await this.#settled();
    return true;
  }

  /** Moves to the next moment at which somebody wakes, or thaws somebody; false where neither is left. */
  async leap(): Promise<boolean> {
    this.counts.steps += 1;
    if (this.#parks.some((park) => this.#isAble(park))) return true;
    const awake = this.#parks.filter(({ process, isReady }) => process.frozenUntil <= this.counts.steps && isReady());
    const next = Math.min(...awake.map(({ wakeAt }) => wakeAt));
    if (Number.isFinite(next)) {
      this.now = Math.max(this.now, next);
      this.#note(`time ${this.now}`);
      return true;
    }
    const frozen = this.#parks.map(({ process }) => process).filter(({ frozenUntil }) => frozenUntil > 0);
    const first = frozen.toSorted((a, b) => a.frozenUntil - b.frozenUntil)[0];
    if (!first || first.frozenUntil <= this.counts.steps) return false;
    first.frozenUntil = 0;
    this.#note(`thaw ${first.name}`);
    return true;
  }

  #isAble({ process, wakeAt, isReady }: Park): boolean {
    return process.frozenUntil <= this.counts.steps && wakeAt <= this.now && isReady();
  }

  #disturbance(): Disturbance | undefined {
    if (this.#disturbances.length === 0 || this.#next-- > 0) return undefined;
    const found = this.#disturbances.shift();
    this.#next = this.#disturbances[0]?.gap ?? 0;
    return found;
  }

  #disturb(disturbance: Disturbance, usual: Park, able: Park[]): boolean {
    const { process } = usual;
    switch (disturbance.kind) {
      case 'switch': {
        this.counts.switches += 1;
        this.#letGo(able[(able.indexOf(usual) + disturbance.pick) % able.length]!);
        return true;
      }
      case 'time':
        this.now += disturbance.ms;
        this.#note(`time ${this.now}`);
        return true;
      case 'crash':
        if (process.isOutside) return false;
        this.#note(`crash ${process.name} at ${usual.point}`);
        this.kill(process);
        return true;
      case 'stall':
        if (process.isOutside) return false;
        this.counts.stalls += 1;
        this.#note(`stall ${process.name} at ${usual.point}`);
        process.frozenUntil = this.counts.steps + disturbance.steps;
        return true;
      case 'fail':
        if (!usual.canFail) return false;
        this.counts.failures += 1;
        this.#note(`fail ${process.name} at ${usual.point}`);
        this.#take(usual).fail(new Lost('connection lost'));
        return true;
    }
  }

  #letGo(park: Park): void {
    this.#note(`${park.process.name}: ${park.point}`);
    this.#take(park).go();
  }

  #take(park: Park): Park {
    this.#parks = this.#parks.filter((other) => other !== park);
    return park;
  }

  #note(line: string): void {
    this.trace.push(line);
  }
}

/** The newest: so that without disturbances one thing is brought to its end before the next begins. */
function usualOf(able: Park[]): Park {
  return able.findLast(({ point }) => point !== PROGRAM) ?? able[0]!;
}

/** The point at which the program waits to do its next thing: after all that is under way, unless disturbed. */
export const PROGRAM = 'program';
