// A scripted receiver of HTTP calls: it can be away, refuse, stall, hang up at any point, answer late. What a real provider
// checks, and how it refuses, each channel's own receiver says.
import http from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { type Behaviour, lateMs } from './contract.ts';

export interface Received {
  method: string;
  path: string;
  headers: http.IncomingHttpHeaders;
  body: Buffer;
}

export interface Answer {
  status: number;
  headers?: { [name: string]: string };
  body?: unknown;
}

/** The provider behind the receiver. */
export interface Provider {
  /** Takes the request as the real one would, or refuses it for what is wrong with it. */
  take(request: Received): Answer | Promise<Answer>;
  /** Its answers on bad days. */
  refusals: { [behaviour in 'refuses for now' | 'says the recipient is gone' | 'rejects our credentials']: Answer };
}

export interface HttpReceiver {
  url: string;
  /** From now on, or for so many requests; then it behaves well again. */
  provider(behaviour: Behaviour | Answer, times?: number): void;
  /** Connections made so far. */
  connections(): number;
  /** True once a byte of any request has come. */
  gotAnything(): boolean;
  /** Bytes of requests to paths that the script is for. */
  messageBytes(): number;
  close(): Promise<void>;
}

/** `only`: paths that the script is for; others are always answered well. */
export async function httpReceiver(provider: Provider, only = (_path: string) => true): Promise<HttpReceiver> {
  const sockets = new Set<Socket>();
  let behaviour: Behaviour | Answer = 'accepts';
  let left = Number.POSITIVE_INFINITY;
  let bytes = 0;
  let messageBytes = 0;
  let connections = 0;

  const server = http.createServer((request, response) => {
    const path = request.url!;
    const plays = only(path) ? (left-- > 0 ? behaviour : 'accepts') : 'accepts';
    const hangUp = () => request.socket.destroy();
    const chunks: Buffer[] = [];
    request.on('data', (chunk) => {
      chunks.push(chunk);
      if (only(path)) messageBytes += chunk.length;
    });
    request.on('error', () => {});
    if (plays === 'hangs up without taking the message') return request.once('data', hangUp).once('end', hangUp);
    request.on('end', async () => {
      const received = { method: request.method!, path, headers: request.headers, body: Buffer.concat(chunks) };
      if (typeof plays === 'object') return say(response, plays);
      if (plays in provider.refusals) return say(response, provider.refusals[plays as keyof Provider['refusals']]);
      const answer = await provider.take(received);
      if (plays === 'takes the message and hangs up') return hangUp();
      if (plays === 'takes the message and never answers') return;
      const waitMs = plays === 'accepts after 100 ms' ? 100 : plays === 'answers after everybody has gone' ? lateMs : 0;
      setTimeout(() => say(response, answer), waitMs);
    });
  });
  server.on('connection', (socket) => {
    connections++;
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      bytes += chunk.length;
    });
    socket.on('close', () => sockets.delete(socket));
  });
  const listen = (port: number) => new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  await listen(0);
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    provider(next, times = Number.POSITIVE_INFINITY) {
      behaviour = next;
      left = times;
      if (next === 'cannot be reached') server.close();
    },
    connections: () => connections,
    gotAnything: () => bytes > 0,
    messageBytes: () => messageBytes,
    close() {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

function say(response: http.ServerResponse, { status, headers = {}, body }: Answer): void {
  const text = body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body);
  response.writeHead(status, headers).end(text);
}
