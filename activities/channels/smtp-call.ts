// One mail over one SMTP connection: connect, log in, envelope, 354, claim, bytes, answer; and what it came to.
// The claim parts "proven not handed over" from "may have been handed over", which nodemailer's own transports cannot.
import SMTPConnection, {
  type SMTPConnectionOptions,
  type SMTPConnectionSendInfo,
} from 'nodemailer/lib/smtp-connection';
import type { Outcome } from '../../engine/channel.ts';
import { type ClaimedBody, claimedBody } from './claimed-body.ts';
import type { Mail } from './email-bytes.ts';
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
  server: SmtpServer;
  mail: Mail;
  limits: SmtpLimits;
  claim(): Promise<boolean>;
  /** Ends the call as long as the claim has not been asked for; means nothing afterwards. */
  signal: AbortSignal;
  stopwatch(): () => number;
}

export interface CallResult {
  outcome: Outcome;
  /** When the connection is gone; after a success that is a little later, when the server has answered QUIT. */
  closed: Promise<void>;
}

/** Makes the call; never throws. The outcome is not given before an asked claim has been answered. */
export async function callSmtp(call: SmtpCall): Promise<CallResult> {
  const connection = new SMTPConnection(connectionOptions(call));
  const alarm = alarmClock();
  const body = claimedBody({
    bytes: call.mail.bytes,
    claim: call.claim,
    claimMs: call.limits.leaseSlackMs,
    leaseMs: call.limits.leaseSlackMs + call.limits.longestCallMs,
    stopwatch: call.stopwatch,
    onAsked: alarm.disarm,
    onGranted: () => alarm.arm(call.limits.longestCallMs, 'ETIMEDOUT'),
  });
  const abort = () => body.isAsked() || alarm.ring('aborted');
  call.signal.addEventListener('abort', abort);
  try {
    if (call.signal.aborted) abort();
    await Promise.race([alarm.rung, converse(connection, call, body, alarm)]);
    if (!body.stream.readableEnded) throw coded('EPROTOCOL');
    return { outcome: { kind: 'accepted', code: '250' }, closed: quit(connection) };
  } catch (error) {
    // Before anything else: a stray byte of the body must not follow, least of all as a command.
    body.stream.destroy();
    connection.close();
    return { outcome: await outcomeOf(error as SmtpFailure, body), closed: Promise.resolve() };
  } finally {
    call.signal.removeEventListener('abort', abort);
    alarm.silence();
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

function connectionOptions({ server, limits }: SmtpCall): SMTPConnectionOptions {
  return {
    ...server.connection,
    connectionTimeout: limits.connectMs,
    greetingTimeout: limits.connectMs,
    // The alarm keeps the limits; this one only must not ring before it.
    socketTimeout: limits.commandsMs + limits.leaseSlackMs + limits.longestCallMs,
    // Destroyed at once when closed, so that nothing buffered leaves afterwards.
    socketCloseTimeout: 0,
  };
}

/** The conversation up to the answer after the final dot. */
async function converse(connection: SMTPConnection, call: SmtpCall, body: ClaimedBody, alarm: AlarmClock) {
  const broken = new Promise<never>((_, reject) => connection.on('error', reject));
  await Promise.race([broken, answered<void>((done) => connection.connect(done))]);
  alarm.arm(call.limits.commandsMs, 'ETIMEDOUT');
  const { auth } = call.server;
  if (auth && connection.allowsAuth) await Promise.race([broken, answered((done) => connection.login(auth, done))]);
  const sent = answered<SMTPConnectionSendInfo>((done) => connection.send(call.mail.envelope, body.stream, done));
  return Promise.race([broken, sent]);
}

/** Says goodbye; the server gets two seconds to answer it. */
function quit(connection: SMTPConnection): Promise<void> {
  return new Promise((resolve) => {
    if (connection.destroyed) return resolve();
    const timer = setTimeout(() => connection.close(), 2_000);
    connection.once('end', () => {
      clearTimeout(timer);
      resolve();
    });
    connection.quit();
  });
}

interface AlarmClock {
  /** Rejects when the alarm rings. */
  rung: Promise<never>;
  ring(code: string): void;
  arm(ms: number, code: string): void;
  disarm(): void;
  /** Disarms it for good. */
  silence(): void;
}

function alarmClock(): AlarmClock {
  let ring: (code: string) => void = () => {};
  let timer: NodeJS.Timeout | undefined;
  const rung = new Promise<never>((_, reject) => {
    ring = (code) => reject(coded(code));
  });
  rung.catch(() => {});
  let isSilent = false;
  const disarm = () => clearTimeout(timer);
  const arm = (ms: number, code: string) => {
    disarm();
    if (!isSilent) timer = setTimeout(ring, ms, code);
  };
  const silence = () => {
    isSilent = true;
    disarm();
  };
  return { rung, ring, arm, disarm, silence };
}

function answered<T>(work: (done: (error?: Error | null, result?: T) => void) => void): Promise<T> {
  return new Promise((resolve, reject) => work((error, result) => (error ? reject(error) : resolve(result as T))));
}

function coded(code: string): Error & SmtpFailure {
  return Object.assign(new Error(code), { code });
}
