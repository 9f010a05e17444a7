// Email over SMTP as a channel: one attempt a call, room for so many at once, and a close that waits for mail on its way.
import { type Channel, leaseSlackMs, type Outbound, type Outcome } from '../../engine/channel.ts';
import { composeMail, type TrackingAddresses } from './email-bytes.ts';
import type { MailEnvironment } from './mail-environment.ts';
import { createRoom } from './room.ts';
import { callSmtp, connectionOptions, type SmtpLimits } from './smtp-call.ts';
import { smtpConnections } from './smtp-connections.ts';
import { smtpServer } from './smtp-url.ts';
import { realStopwatch } from './stopwatch.ts';

export interface EmailOptions extends MailEnvironment {
  /** See `smtpServer` for the forms. */
  smtpUrl: string;
  /** The sender of messages that bring neither one of their own nor the channel's. */
  defaultFrom?: () => string;
  /** Mails on their way at once, each over a connection of its own. */
  connections?: number;
  /** From the claim's grant to the server's answer. RFC 5321 would wait 10 minutes; each of them holds a lease. */
  longestCallMs?: number;
  limits?: Partial<SmtpLimits>;
  /** How long a connection is kept for the next mail. */
  idleMs?: number;
  /** Dates messages that bring no date; milliseconds since the epoch. */
  now?: () => number;
  /** Where what is counted leads to; absent: nothing is counted. */
  tracking?: TrackingAddresses;
  /** A certificate, in PEM, that a server may show besides those that the system trusts. */
  ca?: string;
  /** Starts a stopwatch that a stopped process or a sleeping machine cannot fool. */
  stopwatch?: () => () => number;
}

/** Refuses, by throwing, only an `smtpUrl` that is none. */
export function emailChannel(options: EmailOptions): Channel {
  const server = smtpServer(options.smtpUrl);
  const longestCallMs = options.longestCallMs ?? 120_000;
  const limits = { connectMs: 10_000, commandsMs: 30_000, leaseSlackMs, ...options.limits, longestCallMs };
  const stopwatch = options.stopwatch ?? realStopwatch;
  const now = options.now ?? Date.now;
  const connections = smtpConnections(connectionOptions(server, limits, options.ca), {
    idleMs: options.idleMs ?? 5_000,
    mails: 100,
  });
  const room = createRoom(options.connections ?? 5);
  const running = new Set<Promise<unknown>>();
  const stops = new Set<AbortController>();
  let isClosing = false;

  async function send(message: Outbound, claim: () => Promise<boolean>, signal: AbortSignal): Promise<Outcome> {
    const from = message.sender ?? options.defaultFrom?.() ?? '';
    const composed = await composeMail(message, from, message.date ?? now(), options);
    if (!composed.ok) return composed.outcome;
    if (!(await room.enter(signal))) return aborted;
    const call = callSmtp({ mail: composed.mail, auth: server.auth, connections, limits, claim, signal, stopwatch });
    running.add(call);
    try {
      return await call;
    } finally {
      running.delete(call);
      room.leave();
    }
  }

  return {
    name: 'email',
    longestCallMs,
    claimMs: limits.leaseSlackMs,
    async attempt(message, claim, signal) {
      if (isClosing || signal.aborted) return aborted;
      const stop = new AbortController();
      const abort = () => stop.abort();
      stops.add(stop);
      signal.addEventListener('abort', abort);
      try {
        return await send(message, claim, stop.signal);
      } catch {
        // Only composing can still throw, and what is no mail now will be none later.
        return { kind: 'message_rejected', code: 'compose_failed' };
      } finally {
        stops.delete(stop);
        signal.removeEventListener('abort', abort);
      }
    },
    async close() {
      isClosing = true;
      for (const stop of stops) stop.abort();
      connections.close();
      await Promise.allSettled(running);
    },
  };
}

const aborted: Outcome = { kind: 'retry', code: 'aborted' };
