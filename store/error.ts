// What the store throws. PostgreSQL's own texts quote values ("Key (value)=(a@example.com) already exists"), and would
// carry them into logs and into Temporal's history: only the code and the constraint's name go on.

/** `code` is an SQLSTATE (`23505`), a socket's (`ECONNREFUSED`), or one of the store's own words. */
export class StoreError extends Error {
  override name = 'StoreError';
  readonly code: string;
  readonly constraint: string | null;
  /** Worth trying again as it is: a lost connection, a deadlock, a server that is starting or full. */
  readonly isTransient: boolean;

  constructor(code: string, message: string, details: { constraint?: string | null; isTransient?: boolean } = {}) {
    super(message);
    this.code = code;
    this.constraint = details.constraint ?? null;
    this.isTransient = details.isTransient ?? false;
  }
}

/** Another execution of this turn has taken over; whoever gets this stops (design §3, fencing). */
export class StaleTurn extends StoreError {
  override name = 'StaleTurn';

  constructor(enrollmentId: string) {
    super('stale_turn', `another execution has taken over the turn of enrollment ${enrollmentId}`);
  }
}

// Serialization failure and deadlock: PostgreSQL asks for the whole transaction to be run again.
const RETRIED = new Set(['40001', '40P01']);
// Classes 08 (connection), 53 (out of resources), 57P (shut down, starting up), 55P03 (lock time-out).
const TRANSIENT = /^(08|53|57P|55P03|40001|40P01)|^E[A-Z]+$/;
const SQLSTATE = /^[0-9A-Z]{5}$/;

/** Whether the same transaction may simply be run again. */
export function isRetried(error: unknown): boolean {
  return error instanceof StoreError && RETRIED.has(error.code);
}

/** Strips an error of the driver of everything that may quote data. Errors of the store itself go through. */
export function asStoreError(error: unknown): StoreError {
  if (error instanceof StoreError) return error;
  const { code, constraint } = driverFields(error);
  if (SQLSTATE.test(code) && !code.startsWith('E')) {
    const where = constraint ? `, ${constraint}` : '';
    return new StoreError(code, `the database refused (${code}${where})`, {
      constraint,
      isTransient: TRANSIENT.test(code),
    });
  }
  return new StoreError(code, `the database cannot be reached (${code})`, { isTransient: true });
}

function driverFields(error: unknown): { code: string; constraint: string | null } {
  const { code, constraint } = (error ?? {}) as { code?: unknown; constraint?: unknown };
  const isCode = typeof code === 'string' && (SQLSTATE.test(code) || TRANSIENT.test(code));
  return {
    code: isCode ? code : 'connection',
    constraint: typeof constraint === 'string' ? constraint : null,
  };
}
