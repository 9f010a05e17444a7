// One mail's call to the SMTP server: connect, log in, envelope, 354, claim, bytes, answer; and what it came to.
// The claim parts "proven not handed over" from "may have been handed over", which nodemailer's own transports cannot.
import { rootCertificates } from 'node:tls';
import type SMTPConnection from 'nodemailer/lib/smtp-connection';
import type { SMTPConnectionOptions } from 'nodemailer/lib/smtp-connection';
import type { Outcome } from '../../engine/channel.ts';
import { type Alarm, coded, createAlarm } from './alarm.ts';
import { type ClaimedBody, claimedBody } from './claimed-body.ts';
import type { Mail } from './email-bytes.ts';
import type { SmtpConnections } from './smtp-connections.ts';
import { failureOutcome, type SmtpFailure } from './smtp-outcome.ts';
import type { SmtpServer } from './smtp-url.ts';

export interface SmtpLimits {
  /** Connecting, greeting and STARTTLS together. */
  connectMs: number;
  /** From the end of those to the server's 354. */
  commandsMs: number;
  /** From the grant of the claim to the answer after the final dot. */
  longestCallMs: number;
  /** What the lease has on top of that: how long the claim itself may take. */
  leaseSlackMs: number;
}

export interface SmtpCall {
  mail: Mail;
  auth: SmtpServer['auth'];
  connections: SmtpConnections;
  limits: SmtpLimits;
  claim: () => Promise<boolean>;
  /** Ends the call as long as the claim has not been asked for; means nothing afterwards. */
  signal: AbortSignal;
  stopwatch: () => () => number;
}

/**
 * Makes the call; never throws. The outcome is not given before an asked claim has been answered. A kept connection that
 * turns out to be dead before the claim was asked for is replaced by a new one, once.
 */
export async function callSmtp(call: SmtpCall): Promise<Outcome> {
  const kept = call.connections.take();
  if (kept) {
    const { outcome, wasDead } = await tryOver(kept, call, false);
    if (!wasDead) return outcome;
  }
  return (await tryOver(call.connections.open(), call, true)).outcome;
}

/** The options that a connection for such calls needs. */
export function connectionOptions(server: SmtpServer, limits: SmtpLimits, ca?: string): SMTPConnectionOptions {
  return {
    ...server.connection,
    ...(ca !== undefined && { tls: { ca: [...rootCertificates, ca] } }),
    connectionTimeout: limits.connectMs,
    greetingTimeout: limits.connectMs,
    // The alarm keeps the limits; this one only must not ring before it.
    socketTimeout: limits.commandsMs + limits.leaseSlackMs + limits.longestCallMs,
    // Destroyed at once when closed, so that nothing buffered leaves afterwards.
    socketCloseTimeout: 0,
  };
}

async function tryOver(connection: SMTPConnection, call: SmtpCall, isNew: boolean) {
  const alarm = createAlarm();
  const body = bodyOf(call, alarm);
  const abort = () => body.isAsked() || alarm.ring('aborted');
  call.signal.addEventListener('abort', abort);
  try {
    if (call.signal.aborted) abort();
    await Promise.race([alarm.rung, converse(connection, call, body, alarm, isNew)]);
    if (!body.stream.readableEnded) throw coded('EPROTOCOL');
    call.connections.keep(connection);
    return { outcome: { kind: 'accepted', code: '250' } satisfies Outcome, wasDead: false };
  } catch (error) {
    // Before anything else: a stray byte of the body must not follow, least of all as a command.
    body.stream.destroy();
    connection.close();
    const failure = error as SmtpFailure;
    return { outcome: await outcomeOf(failure, body), wasDead: !isNew && !body.isAsked() && isDead(failure) };
  } finally {
    call.signal.removeEventListener('abort', abort);
    alarm.silence();
  }
}

function bodyOf({ mail, claim, limits, stopwatch }: SmtpCall, alarm: Alarm): ClaimedBody {
  return claimedBody({
    bytes: mail.bytes,
    claim,
    claimMs: limits.leaseSlackMs,
    leaseMs: limits.leaseSlackMs + limits.longestCallMs,
    stopwatch,
    onAsked: alarm.unset,
    onGranted: () => alarm.set(limits.longestCallMs, 'ETIMEDOUT'),
  });
}

/** The conversation up to the answer after the final dot. */
async function converse(connection: SMTPConnection, call: SmtpCall, body: ClaimedBody, alarm: Alarm, isNew: boolean) {
  const { auth, limits, mail } = call;
  let onError: (error: Error) => void = () => {};
  const broken = new Promise<never>((_, reject) => {
    onError = reject;
    connection.once('error', onError);
  });
  const orBroken = <T>(work: (done: Callback<T>) => void) => Promise.race([broken, answered(work)]);
  try {
    if (isNew) await orBroken<void>((done) => connection.connect(done));
    alarm.set(limits.commandsMs, 'ETIMEDOUT');
    if (isNew && auth && connection.allowsAuth) await orBroken((done) => connection.login(auth, done));
    // A copy: nodemailer notes in it how it was received, and a second try must not read that.
    await orBroken((done) => connection.send({ ...mail.envelope }, body.stream, done));
  } finally {
    connection.removeListener('error', onError);
  }
}

async function outcomeOf(failure: SmtpFailure, body: ClaimedBody): Promise<Outcome> {
  switch (await body.claimState()) {
    case 'refused':
      return { kind: 'not_claimed' };
    case 'failed':
      return { kind: 'retry', code: 'claim_failed' };
    case 'too_late':
      return { kind: 'retry', code: 'lease_over' };
    default:
      return failureOutcome(failure, body.hasLeft());
  }
}

/** The connection is to blame, not the mail: it broke without a reply, or the server is closing it (421). */
function isDead({ code, responseCode }: SmtpFailure): boolean {
  const isBroken = code === 'ECONNECTION' || code === 'ESOCKET' || code === 'EPROTOCOL';
  return responseCode === 421 || (isBroken && responseCode === undefined);
}

type Callback<T> = (error?: Error | null, result?: T) => void;

function answered<T>(work: (done: Callback<T>) => void): Promise<T> {
  return new Promise((resolve, reject) => work((error, result) => (error ? reject(error) : resolve(result as T))));
}
