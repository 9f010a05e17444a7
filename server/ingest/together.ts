// Group commit: calls that come while a transaction is under way wait for the next one, and go into it together. Nobody
// waits for company: what comes while nothing is under way begins at once.
import type { Incoming } from '../../engine/incoming.ts';
import type { Receipt } from '../../engine/receive.ts';
import { isTransient } from '../errors.ts';

/** The engine's `receiveMany`: all in one transaction; null where a call is to be received by itself, afterwards. */
export type ReceiveMany = (incomings: Incoming[]) => Promise<(Receipt | null)[]>;

/** What one request brings; it is never parted, because what one sender says keeps its order. */
interface Request {
  incomings: Incoming[];
  answer(receipts: (Receipt | null)[]): void;
  fail(error: unknown): void;
}

/**
 * Rejects where the database is away. Where a group fails for any other reason, it is halved until the request that cannot
 * be stored stands alone; that one's calls are answered with null.
 *
 * @param most calls in one transaction, but for a request that has more by itself
 */
export function createTogether(receiveMany: ReceiveMany, most = 500): ReceiveMany {
  let waiting: Request[] = [];
  let isRunning = false;

  async function commit(requests: Request[]): Promise<void> {
    try {
      const receipts = await receiveMany(requests.flatMap(({ incomings }) => incomings));
      for (const { incomings, answer } of requests) answer(receipts.splice(0, incomings.length));
    } catch (error) {
      if (isTransient(error)) for (const { fail } of requests) fail(error);
      else if (requests.length === 1) requests[0]!.answer(requests[0]!.incomings.map(() => null));
      else for (const half of halves(requests)) await commit(half);
    }
  }

  async function run(): Promise<void> {
    if (isRunning) return;
    isRunning = true;
    while (waiting.length > 0) await commit(nextGroup());
    isRunning = false;
  }

  function nextGroup(): Request[] {
    let calls = 0;
    const end = waiting.findIndex(({ incomings }, index) => {
      calls += incomings.length;
      return index > 0 && calls > most;
    });
    const group = waiting.slice(0, end < 0 ? waiting.length : end);
    waiting = waiting.slice(group.length);
    return group;
  }

  return (incomings) =>
    new Promise((answer, fail) => {
      if (incomings.length === 0) return answer([]);
      waiting.push({ incomings, answer, fail });
      void run();
    });
}

function halves<T>(items: T[]): T[][] {
  const middle = Math.ceil(items.length / 2);
  return [items.slice(0, middle), items.slice(middle)];
}
