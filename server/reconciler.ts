// Finds enrollments that Temporal has forgotten or overslept, and asks for a look at them: the outbox does the rest.
// The database says who is active; a Temporal restored from an old backup, or empty, is thereby repaired.
import type { Client } from '@temporalio/client';
import type { Logger } from 'pino';
import { createBell } from './bell.ts';
import { refusalCode } from './look.ts';
import { createOutage } from './outage.ts';

/**
 * Active enrollments that are driven (not parked for attention), and ended ones with a claim to settle, as the reconciler
 * needs them; moments in business time.
 */
export interface DrivenEnrollments {
  /**
   * Ids above `after` in ascending order, at most `limit`, of those whose due time, or whose oldest unread inbox
   * event's acknowledgement, lies before `before`; and of ended ones whose claim's lease does.
   */
  overdue(before: number, after: string, limit: number): Promise<string[]>;
  /** Ids above `after` in ascending order, at most `limit`, of all that were entered before `before`. */
  enteredBefore(before: number, after: string, limit: number): Promise<string[]>;
  /** An outbox row for each that has none and is still driven. */
  askForLooks(ids: string[]): Promise<void>;
}

export interface ReconcilerDeps {
  enrollments: DrivenEnrollments;
  client: Client;
  /** Business time. */
  now: () => number;
  /** Told when rows were written; the dispatcher's `wake`. */
  wake: () => void;
  logger: Logger;
  intervalMs?: number;
  /** What is late by less than this is left to Temporal's timers, and its visibility to catch up. */
  graceMs?: number;
}

/** How many enrollments a round asked a look for. */
export interface Reconciled {
  overdue: number;
  lost: number;
}

export interface Reconciler {
  /** One round now; rejects if the database or Temporal cannot be reached. */
  round(): Promise<Reconciled>;
  stop(): Promise<void>;
}

const BATCH = 100;
const BATCHES_A_ROUND = 20;
const REPAIR_PAUSE_MS = 1_000;

/** Starts a round now and one every minute. A round looks at no more than 2,000 enrollments of each kind. */
export function startReconciler(deps: ReconcilerDeps): Reconciler {
  const { enrollments, now, logger, intervalMs = 60_000, graceMs = 60_000 } = deps;
  const bell = createBell();
  const outage = createOutage(logger, Date.now);
  let isStopping = false;
  const overdue = createSweep((after) => enrollments.overdue(now() - graceMs, after, BATCH));
  const active = createSweep((after) => enrollments.enteredBefore(now() - graceMs, after, BATCH));

  async function round(): Promise<Reconciled> {
    const late = await overdue.next((ids) => ask(ids));
    const lost = await active.next(async (ids) => ask(await unknownTo(deps.client, ids)));
    if (late + lost > 0) logger.info({ overdue: late, lost }, 'asked for looks that Temporal owed');
    return { overdue: late, lost };
  }

  async function ask(ids: string[]): Promise<number> {
    if (ids.length === 0) return 0;
    await enrollments.askForLooks(ids);
    deps.wake();
    return ids.length;
  }

  async function pauseAfterRound(): Promise<number> {
    try {
      const { lost } = await round();
      outage.end();
      // Many at once means that Temporal has lost its state: go on repairing.
      return lost >= BATCH / 2 ? REPAIR_PAUSE_MS : intervalMs;
    } catch (error) {
      return outage.begin('Temporal or the database', refusalCode(error));
    }
  }

  const ended = (async () => {
    while (!isStopping) await bell.wait(await pauseAfterRound());
  })();

  return {
    round,
    async stop() {
      isStopping = true;
      bell.ring();
      await ended;
    },
  };
}

/** Walks over all ids, a bounded part a round, and begins again at the end. */
function createSweep(page: (after: string) => Promise<string[]>) {
  let after = '';
  return {
    /** The sum of what `visit` answered for this round's pages. */
    async next(visit: (ids: string[]) => Promise<number>): Promise<number> {
      let sum = 0;
      for (let batch = 0; batch < BATCHES_A_ROUND; batch += 1) {
        const ids = await page(after);
        sum += await visit(ids);
        after = ids.length === BATCH ? ids.at(-1)! : '';
        if (after === '') break;
      }
      return sum;
    },
  };
}

/** Those of `ids` that have no running workflow. Asks Temporal's visibility store, once for all of them. */
async function unknownTo(client: Client, ids: string[]): Promise<string[]> {
  if (ids.length === 0) return [];
  const quoted = ids.map((id) => `'${id.replaceAll("'", "''")}'`).join(', ');
  const query = `ExecutionStatus = 'Running' AND WorkflowId IN (${quoted})`;
  const running = new Set<string>();
  for await (const { workflowId } of client.workflow.list({ query, pageSize: BATCH })) running.add(workflowId);
  return ids.filter((id) => !running.has(id));
}
