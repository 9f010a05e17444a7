// Serves PGlite over PostgreSQL's wire protocol, version 3, to the `pg` driver and all that is built on it.
// Limits: no TLS, no COPY FROM STDIN, no cancelling; named statements, SET and LISTEN are shared by all connections.
import { createHash, timingSafeEqual } from 'node:crypto';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { type Backend, type BackendTurns, type Session, takeTurns } from './backend-turns.ts';

export interface WireOptions {
  backend: Backend;
  port: number;
  /** Loopback is open to every user of the machine; this keeps the others out. */
  password: string;
  /** The backend failed: all connections have been closed. */
  onBroken: (error: Error) => void;
  /** How long a transaction may sit idle while other connections wait for it. */
  idleInTransactionMs?: number;
}

// Of the protocol: https://www.postgresql.org/docs/current/protocol-message-formats.html
const SSL_REQUEST = 80877103;
const GSS_REQUEST = 80877104;
const CANCEL_REQUEST = 80877102;
const MAX_CONNECTIONS = 100;
const MAX_STARTUP_BYTES = 10_000;
const ASK_FOR_PASSWORD = Buffer.from('R\0\0\0\x08\0\0\0\x03', 'latin1');

/** Listens on loopback; `port` 0 takes a free one. */
export async function servePostgres(options: WireOptions): Promise<{ port: number; stop(): Promise<void> }> {
  const sockets = new Set<Socket>();
  const turns = takeTurns(options.backend, options.idleInTransactionMs ?? 30_000, (error) => {
    for (const socket of sockets) socket.destroy();
    options.onBroken(error);
  });
  const server = createServer((socket) => {
    socket.setNoDelay(true);
    socket.on('error', () => {}); // `close` follows
    if (sockets.size >= MAX_CONNECTIONS)
      return socket.end(refusal('53300', `more than ${MAX_CONNECTIONS} connections`));
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    connect(socket, turns, options.password);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, '127.0.0.1', resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    async stop() {
      server.close();
      await turns.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

// One connection: startup, password, then queries. Messages are gathered until one ends a query, and run together.
function connect(socket: Socket, turns: BackendTurns, password: string): void {
  let unread: Buffer = Buffer.alloc(0);
  let query: Buffer[] = [];
  let startup: Buffer | undefined;
  let admitted = false;
  const session: Session = {
    answer: (data) => void (socket.writable && socket.write(Buffer.from(data))),
    evict: (ms) => socket.end(refusal('25P03', `a transaction was idle for ${ms / 1000} s while others waited`)),
  };

  function takeStartup(message: Buffer): void {
    const code = message.readInt32BE(4);
    if (code === SSL_REQUEST || code === GSS_REQUEST) socket.write('N');
    else if (code === CANCEL_REQUEST) socket.end();
    else {
      startup = message;
      socket.write(ASK_FOR_PASSWORD);
    }
  }

  function takePassword(message: Buffer): void {
    const given = message.subarray(5, -1).toString();
    if (message[0] !== 0x70 || !sameSecret(given, password)) {
      socket.end(refusal('28P01', 'wrong password: use the address that was printed at the last start'));
      return;
    }
    admitted = true;
    turns.enqueue(session, startup!, true);
  }

  function takeMessage(message: Buffer): void {
    const type = String.fromCharCode(message[0]!);
    if (type === 'X') return void socket.end();
    query.push(message);
    if (!'QSFH'.includes(type)) return;
    turns.enqueue(session, Buffer.concat(query), type !== 'H');
    query = [];
  }

  socket.on('data', (data: Buffer) => {
    unread = unread.length ? Buffer.concat([unread, data]) : data;
    for (;;) {
      const length = messageLength(unread, startup !== undefined);
      if (length < 4 || (!admitted && length > MAX_STARTUP_BYTES)) return void socket.destroy();
      if (unread.length < length) return;
      const message = unread.subarray(0, length);
      unread = unread.subarray(length);
      if (!startup) takeStartup(message);
      else if (!admitted) takePassword(message);
      else takeMessage(message);
    }
  });
  socket.on('close', () => turns.leave(session));
}

// A startup message has no type before its length. What has not arrived yet counts as too short to be whole.
function messageLength(unread: Buffer, typed: boolean): number {
  const before = typed ? 1 : 0;
  return unread.length < before + 4 ? before + 4 : before + unread.readInt32BE(before);
}

function sameSecret(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}

function refusal(code: string, message: string): Buffer {
  const fields = Buffer.from(`SFATAL\0VFATAL\0C${code}\0M${message}\0\0`);
  const head = Buffer.from('E\0\0\0\0', 'latin1');
  head.writeInt32BE(4 + fields.length, 1);
  return Buffer.concat([head, fields]);
}
