// One HTTP request whose every byte waits for the claim: connect, claim, request, answer. It follows no redirect, reads so
// much of the answer and no more, and tells "nothing left" from "it may have arrived".
import http from 'node:http';
import net from 'node:net';
import tls from 'node:tls';
import type { Outcome } from '../../engine/channel.ts';
import { createAlarm } from './alarm.ts';
import type { Ticket } from './claim-ticket.ts';
import { checkedLookup, hostOf, type Reach, requireReach } from './reach.ts';

export interface HttpCall {
  url: string;
  /** Names in lower case; `host`, `content-length` and `connection` are added. */
  headers: { [name: string]: string };
  body: string | Buffer;
  reach: Reach;
  ticket: Ticket;
  /** Ends the call as long as the claim has not been asked for; means nothing afterwards. */
  signal: AbortSignal;
  /** Resolving, connecting and TLS together. */
  connectMs: number;
}

export interface HttpAnswer {
  kind: 'answered';
  status: number;
  header(name: string): string | null;
  /** At most 64 KB of it. */
  text: string;
  /** False where the connection broke, or `text` was cut, after the status. */
  isWhole: boolean;
}

export type HttpResult =
  | HttpAnswer
  /** Not a byte of the request left. */
  | { kind: 'not_sent'; outcome: Outcome }
  /** It left, or part of it, and no status came back. */
  | { kind: 'cut'; code: string };

const answerBytes = 65_536;

/** Posts; never throws. A new connection each time: a kept one may be dead, and then nobody could tell what had left. */
export async function callHttp(call: HttpCall): Promise<HttpResult> {
  let socket: net.Socket;
  try {
    socket = await connect(new URL(call.url), call);
  } catch (error) {
    return { kind: 'not_sent', outcome: unreached(codeOf(error)) };
  }
  try {
    const refused = call.signal.aborted && !call.ticket.isAsked() ? aborted : await refusal(call.ticket);
    if (refused) return { kind: 'not_sent', outcome: refused };
    if (socket.destroyed) return { kind: 'not_sent', outcome: { kind: 'retry', code: 'ECONNRESET' } };
    return await exchange(socket, new URL(call.url), call);
  } finally {
    socket.destroy();
  }
}

const aborted: Outcome = { kind: 'retry', code: 'aborted' };

/** Where we may not go is our fault or the address's, and will be tomorrow. */
function unreached(code: string): Outcome {
  if (code === 'EPRIVATE' || code === 'EINSECURE' || code === 'ERR_INVALID_URL') return { kind: 'config_error', code };
  return { kind: 'retry', code };
}

async function refusal(ticket: Ticket): Promise<Outcome | null> {
  switch (await ticket.take()) {
    case 'granted':
      return ticket.leftMs() > 0 ? null : { kind: 'retry', code: 'lease_over' };
    case 'refused':
      return { kind: 'not_claimed' };
    case 'failed':
      return { kind: 'retry', code: 'claim_failed' };
    default:
      return { kind: 'retry', code: 'lease_over' };
  }
}

/** A socket that is ready for the request; rejects with a coded error, in `connectMs` at the latest. */
async function connect(url: URL, { reach, signal, connectMs, ticket }: HttpCall): Promise<net.Socket> {
  requireReach(url, reach);
  const host = hostOf(url);
  const isTls = url.protocol === 'https:';
  const options = { host, port: Number(url.port) || (isTls ? 443 : 80), lookup: checkedLookup(reach) };
  const servername = net.isIP(host) > 0 ? undefined : host;
  const socket = isTls ? tls.connect({ ...options, servername, ALPNProtocols: ['http/1.1'] }) : net.connect(options);
  const alarm = createAlarm();
  const abort = () => ticket.isAsked() || alarm.ring('aborted');
  signal.addEventListener('abort', abort);
  try {
    if (signal.aborted) abort();
    alarm.set(connectMs, 'ETIMEDOUT');
    const ready = new Promise<void>((resolve, reject) => {
      socket.once(isTls ? 'secureConnect' : 'connect', resolve);
      socket.on('error', reject);
    });
    await Promise.race([ready, alarm.rung]);
    return socket;
  } catch (error) {
    socket.destroy();
    throw error;
  } finally {
    signal.removeEventListener('abort', abort);
    alarm.silence();
  }
}

function exchange(socket: net.Socket, url: URL, call: HttpCall): Promise<HttpResult> {
  const body = Buffer.from(call.body);
  const headers = { host: url.host, ...call.headers, 'content-length': String(body.length), connection: 'close' };
  return new Promise((resolve) => {
    const path = `${url.pathname}${url.search}`;
    const request = http.request({ method: 'POST', path, headers, createConnection: () => socket });
    const end = (result: HttpResult) => {
      clearTimeout(timer);
      resolve(result);
      request.destroy();
    };
    // Once the status is known there is an answer, whatever becomes of its text.
    let stop: (() => void) | null = null;
    const broken = (code: string) => (stop ? stop() : end({ kind: 'cut', code }));
    const timer = setTimeout(() => broken('ETIMEDOUT'), call.ticket.leftMs());
    request.on('error', (error) => broken(codeOf(error)));
    request.on('close', () => broken('ECONNRESET'));
    request.on('response', (response) => {
      stop = collect(response, end);
    });
    request.end(body);
  });
}

function collect(response: http.IncomingMessage, end: (answer: HttpAnswer) => void): () => void {
  const chunks: Buffer[] = [];
  let bytes = 0;
  const finish = (isWhole: boolean) =>
    end({
      kind: 'answered',
      status: response.statusCode ?? 0,
      header: (name) => [response.headers[name]].flat()[0] ?? null,
      text: Buffer.concat(chunks).subarray(0, answerBytes).toString(),
      isWhole,
    });
  const stop = () => finish(false);
  response.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > answerBytes) stop();
  });
  response.on('end', () => finish(response.complete && bytes <= answerBytes));
  response.on('error', stop);
  return stop;
}

/** A system or library code, never free text. */
function codeOf(error: unknown): string {
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === 'string' && /^[A-Za-z][A-Za-z0-9_]{1,59}$/.test(code) ? code : 'ESOCKET';
}
