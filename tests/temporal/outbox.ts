// An outbox in memory that keeps the contract of the real one.
import type { ClaimedLook, Outbox } from '../../server/dispatcher.ts';

export interface MemoryOutbox extends Outbox {
  /** Adds a row. */
  add(enrollmentId: string, fresh?: boolean): void;
  rows(): number;
  /** How often `claim` was called. */
  claims: number;
  /** While set, every call fails, as a database that is away. */
  isBroken: boolean;
}

export function memoryOutbox(): MemoryOutbox {
  let rows: { id: string; enrollmentId: string; fresh: boolean; leaseUntil: number }[] = [];
  let lastId = 0;
  const outbox: MemoryOutbox = {
    claims: 0,
    isBroken: false,
    add(enrollmentId, fresh = false) {
      lastId += 1;
      rows.push({ id: String(lastId), enrollmentId, fresh, leaseUntil: 0 });
    },
    rows: () => rows.length,
    async claim(limit, leaseMs) {
      outbox.claims += 1;
      refuseIfBroken(outbox);
      const looks = new Map<string, ClaimedLook>();
      for (const row of rows.filter(({ leaseUntil }) => leaseUntil <= Date.now())) {
        const { enrollmentId, fresh } = row;
        const look = looks.get(enrollmentId) ?? { enrollmentId, journey: 'welcome', fresh: false, ids: [] };
        if (!looks.has(enrollmentId) && looks.size === limit) continue;
        looks.set(enrollmentId, { ...look, fresh: look.fresh || fresh, ids: [...look.ids, row.id] });
        row.leaseUntil = Date.now() + leaseMs;
      }
      return [...looks.values()];
    },
    async done(ids) {
      refuseIfBroken(outbox);
      rows = rows.filter(({ id }) => !ids.includes(id));
    },
    async hasRows() {
      return rows.length > 0;
    },
  };
  return outbox;
}

function refuseIfBroken({ isBroken }: MemoryOutbox): void {
  if (isBroken) throw Object.assign(new Error('connection refused'), { code: 'ECONNREFUSED' });
}
