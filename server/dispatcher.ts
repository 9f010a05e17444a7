// Drains the outbox: every row becomes a look at one enrollment's workflow, which is started where it does not run.
// A row is done after its call and not before: at least once. Looks may be repeated and come in any order.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import type { Logger } from 'pino';
import { errorCode } from '../engine/error-code.ts';
import { createBell } from './bell.ts';
import { isOutage, type Look, refusalCode, tellToLook } from './look.ts';
import { createOutage } from './outage.ts';

/** All rows of one enrollment that were there when it was claimed, answered by one call. */
export interface ClaimedLook extends Look {
  /** The outbox rows. */
  ids: string[];
}

/** The outbox as the dispatcher needs it. Any number of dispatchers may work on one. */
export interface Outbox {
  /**
   * Takes the oldest rows nobody holds, of at most `limit` enrollments, for `leaseMs` of real time; holds no lock
   * afterwards. Keeps no position: a row that commits late must not be skipped.
   */
  claim(limit: number, leaseMs: number): Promise<ClaimedLook[]>;
  done(ids: string[]): Promise<void>;
  /** Whether any row is not done, held or not. */
  hasRows(): Promise<boolean>;
}

export interface DispatcherDeps {
  outbox: Outbox;
  client: Client;
  taskQueue: string;
  logger: Logger;
  /** Calls to Temporal at a time. */
  concurrency?: number;
  /** A row that Temporal refused is tried again after this, in real milliseconds. */
  leaseMs?: number;
}

export interface Dispatcher {
  /** Says that there may be rows; to be called after each commit that wrote some. */
  wake(): void;
  /** Resolves when no row is left and no call is under way; not while Temporal is away. */
  idle(): Promise<void>;
  /** Finishes the calls under way; what is left is for the next start. */
  stop(): Promise<void>;
}

const BATCH = 100;
const BUSY_POLL_MS = 250;
const IDLE_POLL_MS = 1_000;
const BUSY_ROUNDS = 8;

/** Starts draining. Never throws: while Temporal or the database is away, rows stay where they are. */
export function startDispatcher(deps: DispatcherDeps): Dispatcher {
  const { outbox, logger, leaseMs = 30_000 } = deps;
  const bell = createBell();
  const outage = createOutage(logger, Date.now);
  const stopping = new AbortController();
  let waiting: (() => void)[] = [];
  let emptyRounds = 0;
  /** Claimed but not told, because Temporal went away: tried again without waiting for their lease. */
  let held: ClaimedLook[] = [];

  /** One claim and its calls; answers how long to pause. */
  async function round(): Promise<number> {
    const looks = held.length > 0 ? held : await outbox.claim(BATCH, leaseMs);
    // During an outage one call at a time finds out whether it is over.
    const tried = await tellAll(deps, looks, outage.isOn() ? 1 : (deps.concurrency ?? 20));
    held = tried.untold;
    if (tried.refused.length > 0)
      logger.warn({ refused: tried.refused }, 'Temporal refused looks; they are tried again');
    if (tried.told.length > 0) await outbox.done(tried.told.flatMap(({ ids }) => ids));
    if (tried.outage) return outage.begin('Temporal', tried.outage);
    outage.end();
    return looks.length > 0 ? nextRoundAtOnce() : rest();
  }

  function nextRoundAtOnce(): number {
    emptyRounds = 0;
    return 0;
  }

  async function rest(): Promise<number> {
    if (waiting.length > 0 && !(await outbox.hasRows())) for (const resolve of waiting.splice(0)) resolve();
    emptyRounds += 1;
    return waiting.length > 0 || emptyRounds <= BUSY_ROUNDS ? BUSY_POLL_MS : IDLE_POLL_MS;
  }

  async function drain(): Promise<void> {
    while (!stopping.signal.aborted) {
      const pauseMs = await round().catch((error) => outage.begin('the outbox', errorCode(error).code));
      // Deaf during an outage: every event that comes in rings.
      if (outage.isOn()) await sleep(pauseMs, undefined, { signal: stopping.signal }).catch(() => {});
      else if (pauseMs > 0) await bell.wait(pauseMs);
    }
  }

  const drained = drain();
  return {
    wake: () => bell.ring(),
    idle: () =>
      new Promise((resolve) => {
        waiting = [...waiting, resolve];
        bell.ring();
      }),
    async stop() {
      stopping.abort();
      bell.ring();
      await drained;
    },
  };
}

interface Tried {
  told: ClaimedLook[];
  /** Refused for a reason of their own; others must not wait for them. */
  refused: { enrollment: string; code: string }[];
  /** Not told because no call gets through; why, in `outage`. */
  untold: ClaimedLook[];
  outage: string | null;
}

/** Tells each, `concurrency` at a time; begins no more calls once one finds that none gets through. */
async function tellAll(
  { client, taskQueue }: DispatcherDeps,
  looks: ClaimedLook[],
  concurrency: number,
): Promise<Tried> {
  const tried: Tried = { told: [], refused: [], untold: [...looks], outage: null };
  const lane = async () => {
    while (tried.outage === null && tried.untold.length > 0) await tellOne(tried.untold.shift()!);
  };
  const tellOne = async (look: ClaimedLook) => {
    try {
      await tellToLook(client, taskQueue, look);
      tried.told.push(look);
    } catch (error) {
      if (!isOutage(error)) {
        tried.refused.push({ enrollment: look.enrollmentId, code: refusalCode(error) });
        return;
      }
      tried.outage = refusalCode(error);
      // To the end, so that the next try is made with another.
      tried.untold.push(look);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, lane));
  return tried;
}
