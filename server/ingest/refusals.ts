// Calls of the write keys that were refused as a whole, by key and reason, for the page that shows the keys' use. What was
// refused for what it says lies in quarantine; what came with no key that is known, or too fast, is only counted here.
import type { FastifyInstance } from 'fastify';
import type { Principal } from '../access.ts';
import { requestFault } from '../errors.ts';

export interface Refusal {
  /** Null: no key, or one that is not known. */
  key: Principal | null;
  code: string;
  count: number;
  lastAt: number;
}

export interface Refusals {
  /** Since when this process counts. */
  since: number;
  list(): Refusal[];
}

/** Counts from now on, in this process. There are no more lines than keys times codes, whatever comes in. */
export function countRefusals(app: FastifyInstance, now: () => number): Refusals {
  const counted = new Map<string, Refusal>();
  app.addHook('onError', async (request, _reply, error) => {
    if (request.routeOptions.config?.needs !== 'send_events') return;
    const code = requestFault(error)?.kind ?? 'overloaded';
    const key = request.principal;
    const name = `${key} ${code}`;
    const count = (counted.get(name)?.count ?? 0) + 1;
    counted.set(name, { key, code, count, lastAt: now() });
  });
  return { since: now(), list: () => [...counted.values()].sort((a, b) => b.count - a.count) };
}
