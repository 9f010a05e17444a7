// A scripted SMTP receiver: it can refuse, stall, drop the connection or answer late at every point of the conversation,
// and it writes down what reached it.
import net from 'node:net';

/** Where in the conversation; `body` is in the middle of the message, `dot` after its last byte. */
export type Point = 'greeting' | 'ehlo' | 'auth' | 'mail' | 'rcpt' | 'data' | 'body' | 'dot';

export type Act =
  | { reply: string; afterMs?: number; thenDrop?: true }
  | 'drop'
  | 'stall'
  /** Keeps the message and then says nothing (`dot` only). */
  | 'store and stall'
  /** Keeps the message and then drops the connection without a word (`dot` only). */
  | 'store and drop';

type Script = { [point in Point]?: Act };

export interface SmtpReceiver {
  url: string;
  /** What to do at which point, always or only so many times; where nothing stands the receiver is a good one. */
  script(acts: Script, times?: number): void;
  /** Messages it took, dot-stuffing undone. */
  messages: string[];
  /** Bytes of messages that reached it, taken or not. */
  bodyBytes(): number;
  commands: string[];
  /** Connections that are open. */
  open(): number;
  close(): Promise<void>;
}

export interface ReceiverOptions {
  /** EHLO keywords: `PIPELINING`, `SIZE 1000`, `AUTH PLAIN`. */
  extensions?: string[];
}

export async function smtpReceiver(options: ReceiverOptions = {}): Promise<SmtpReceiver> {
  const sockets = new Set<net.Socket>();
  const seen = { messages: [] as string[], commands: [] as string[], bodyBytes: 0 };
  let acts: Script = {};
  let left = Number.POSITIVE_INFINITY;
  const actAt = (point: Point) => (acts[point] && left-- > 0 ? acts[point] : undefined);
  const server = net.createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => {});
    converse(socket, actAt, options.extensions ?? [], seen);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as net.AddressInfo;
  return {
    url: `smtp://127.0.0.1:${port}`,
    script: (next, times = Number.POSITIVE_INFINITY) => {
      acts = next;
      left = times;
    },
    messages: seen.messages,
    commands: seen.commands,
    bodyBytes: () => seen.bodyBytes,
    open: () => sockets.size,
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

interface Seen {
  messages: string[];
  commands: string[];
  bodyBytes: number;
}

function converse(
  socket: net.Socket,
  actAt: (point: Point) => Act | undefined,
  extensions: string[],
  seen: Seen,
): void {
  let buffer = '';
  let inBody = false;
  /** It reads, and does nothing any more. */
  let isDeaf = false;
  /** With PIPELINING, DATA comes whatever was answered before it. */
  let hasSender = false;
  let hasRecipient = false;

  /** Does what the script says here; false when the conversation goes no further. */
  function play(act: Act, store: () => void = () => {}): boolean {
    if (act === 'stall' || act === 'store and stall') {
      if (act === 'store and stall') store();
      isDeaf = true;
      return false;
    }
    if (act === 'drop' || act === 'store and drop') {
      if (act === 'store and drop') store();
      socket.destroy();
      return false;
    }
    if (act.reply.startsWith('2')) store();
    const say = () => {
      socket.write(`${act.reply}\r\n`);
      if (act.thenDrop) socket.end();
    };
    if (act.afterMs) setTimeout(say, act.afterMs);
    else say();
    return act.reply.startsWith('2') || act.reply.startsWith('3');
  }

  function takeBody(): boolean {
    const act = actAt('body');
    if (act && !play(act)) {
      isDeaf = true;
      return false;
    }
    const end = buffer.startsWith('.\r\n') ? 0 : buffer.indexOf('\r\n.\r\n') + 2;
    if (end === 1) return false;
    const message = buffer.slice(0, end).replace(/^\./gm, '');
    buffer = buffer.slice(end + 3);
    inBody = false;
    play(actAt('dot') ?? { reply: '250 2.0.0 Ok: queued' }, () => seen.messages.push(message));
    return true;
  }

  function takeCommand(): boolean {
    const end = buffer.indexOf('\r\n');
    if (end < 0) return false;
    const line = buffer.slice(0, end);
    buffer = buffer.slice(end + 2);
    seen.commands.push(line);
    answer(line.slice(0, 4).toUpperCase());
    return true;
  }

  function answer(verb: string): void {
    const say = (point: Point, reply: string) => play(actAt(point) ?? { reply });
    if (verb === 'EHLO' || verb === 'HELO')
      say('ehlo', [...extensions.map((name) => `250-${name}`), '250 HELP'].join('\r\n'));
    else if (verb === 'AUTH') say('auth', '235 2.7.0 Welcome');
    else if (verb === 'MAIL') hasSender = say('mail', '250 2.1.0 Ok');
    else if (verb === 'RCPT') hasRecipient = say('rcpt', '250 2.1.5 Ok');
    else if (verb === 'DATA' && hasSender && hasRecipient) inBody = say('data', '354 Go on');
    else if (verb === 'DATA') socket.write('554 5.5.1 No valid recipients\r\n');
    else if (verb === 'QUIT') socket.end('221 Bye\r\n');
    else socket.write('502 5.5.2 Unknown command\r\n');
  }

  socket.setEncoding('latin1');
  socket.on('data', (chunk: string) => {
    if (inBody) seen.bodyBytes += chunk.length;
    buffer += chunk;
    let more = true;
    while (more && !isDeaf && buffer !== '' && !socket.destroyed) more = inBody ? takeBody() : takeCommand();
  });
  play(actAt('greeting') ?? { reply: '220 receiver ESMTP' });
}
