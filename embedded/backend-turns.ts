// Who may use PGlite's only backend, and until when.
// pglite-socket's own queue lets connections alternate between the messages of one query, so that a failed statement of one
// made another's insert vanish without an error (0.2.17). Here a connection keeps the backend for a whole query and transaction.

/** The part of PGlite that is used: it takes protocol messages and hands back the raw answer. */
export interface Backend {
  execProtocolRawStream(message: Uint8Array, options: { onRawData: (data: Uint8Array) => void }): Promise<void>;
  isInTransaction(): boolean;
}

/** A connection, as far as turns are concerned. */
export interface Session {
  /** Does nothing once the connection has gone. */
  answer: (data: Uint8Array) => void;
  /** Ends the connection, which has held a transaction open while others waited. */
  evict: (waitedMs: number) => void;
}

export interface BackendTurns {
  /** `whole`: the messages end a query (Query or Sync); else the backend is kept until one does. */
  enqueue(session: Session, messages: Uint8Array, whole: boolean): void;
  /** The connection has gone: what it had open is rolled back. */
  leave(session: Session): void;
  /** Resolves when nothing runs; nothing is begun any more. */
  close(): Promise<void>;
}

interface Job {
  session: Session;
  messages: Uint8Array;
  whole: boolean;
}

// Sync, to end what a Flush kept open, then the query ROLLBACK.
const ROLLBACK = Buffer.from('S\0\0\0\x04Q\0\0\0\x0dROLLBACK\0', 'latin1');

/** `onBroken` is told when the backend itself fails; nothing runs after that. */
export function takeTurns(backend: Backend, idleMs: number, onBroken: (error: Error) => void): BackendTurns {
  let waiting: Job[] = [];
  let owner: Session | null = null;
  let running: Job | null = null;
  let closed = false;
  let idle: NodeJS.Timeout | undefined;
  let whenIdle: () => void = () => {};

  function next(): void {
    if (running || closed) return;
    const place = owner ? waiting.findIndex((job) => job.session === owner) : 0;
    const [job] = place < 0 ? [] : waiting.splice(place, 1);
    if (job) void run(job);
    else if (owner && waiting.length > 0) idle ??= setTimeout(evictOwner, idleMs);
  }

  async function run(job: Job): Promise<void> {
    running = job;
    clearTimeout(idle);
    idle = undefined;
    try {
      await backend.execProtocolRawStream(job.messages, { onRawData: (data) => job.session.answer(data) });
      owner = !job.whole || backend.isInTransaction() ? job.session : null;
    } catch (error) {
      closed = true;
      onBroken(error as Error);
    }
    running = null;
    whenIdle();
    next();
  }

  function evictOwner(): void {
    owner?.evict(idleMs);
  }

  return {
    enqueue(session, messages, whole) {
      waiting.push({ session, messages, whole });
      next();
    },
    leave(session) {
      waiting = waiting.filter((job) => job.session !== session);
      if (session === owner || session === running?.session) waiting.push({ session, messages: ROLLBACK, whole: true });
      next();
    },
    async close() {
      closed = true;
      clearTimeout(idle);
      if (running) await new Promise<void>((resolve) => (whenIdle = resolve));
    },
  };
}
