// What an SMTP reply or a broken connection means for a delivery. Codes only: reply texts hold addresses.
import type { Outcome } from '../../engine/channel.ts';

/** The part of nodemailer's errors that this reads. */
export interface SmtpFailure {
  code?: string;
  /** The system's own code, where nodemailer has replaced it (`ECONNREFUSED` behind `ESOCKET`). */
  originalCode?: string;
  /** The command that failed; `CONN` for the connection itself. */
  command?: string;
  responseCode?: number;
  response?: string;
}

/** RFC 3463: no such mailbox, domain or host, no mail taken there (5.1.10, RFC 7505), mailbox disabled. */
const addressIsGone = new Set(['5.1.0', '5.1.1', '5.1.2', '5.1.3', '5.1.6', '5.1.10', '5.2.1']);

/** True where this code says that nobody will ever read mail at the address. */
export function isAddressGone(code: string): boolean {
  return addressIsGone.has(code);
}

/** RFC 3463 5.1.7 and 5.1.8: it is the sender's address that is bad. */
const senderIsBad = new Set(['5.1.7', '5.1.8']);

/** RFC 4954: authentication or encryption is missing, too weak or wrong. */
const needsCredentials = new Set([525, 530, 534, 535, 538]);

/** RFC 5321: the server did not understand us. */
const protocolErrors = new Set([500, 501, 502, 503, 504, 555]);

/** What servers without enhanced codes say of an unknown user. `mailbox unavailable` is not among them: it is said of policy, too. */
const unknownUser =
  /\b(user unknown|unknown user|no such (user|recipient|mailbox|address)|(user|mailbox|recipient|account|address) (was )?(not found|unknown)|does not exist|doesn't exist|no mailbox( here)?( by that name)?|unknown (recipient|mailbox|address))\b/i;

/**
 * The outcome of an attempt that failed. `hasLeft`: bytes of the message had left. A reply decides by itself, since with
 * it the server says that it has not taken the message; without one, what has left may have arrived (`unknown`).
 */
export function failureOutcome(failure: SmtpFailure, hasLeft: boolean): Outcome {
  const status = failure.responseCode ?? 0;
  if (status >= 400 && status < 600) return replyOutcome(status, failure);
  const code = connectionCode(failure);
  if (hasLeft) return { kind: 'unknown', code };
  if (failure.code === 'EAUTH') return { kind: 'config_error', code };
  // Not a reply: the size exceeds what the server has announced, or the envelope cannot be put into commands.
  if (failure.code === 'EMESSAGE') return { kind: 'message_rejected', code: 'too_large' };
  if (failure.code === 'EENVELOPE') return { kind: 'message_rejected', code };
  return { kind: 'retry', code };
}

/** Reply codes by RFC 5321 §4.2, enhanced ones by RFC 3463; 5.7.x is about us, so the address is not blamed for it. */
function replyOutcome(status: number, failure: SmtpFailure): Outcome {
  const enhanced = enhancedCode(failure.response ?? '', status);
  const code = enhanced ?? String(status);
  const command = failure.command ?? '';
  if (status < 500) return { kind: 'retry', code };
  if (failure.code === 'EAUTH' || needsCredentials.has(status) || code === '5.7.8')
    return { kind: 'config_error', code };
  if (command === 'MAIL FROM')
    return { kind: isAboutMessage(status, code) ? 'message_rejected' : 'config_error', code };
  if (command !== 'RCPT TO' && command !== 'DATA') return { kind: 'config_error', code };
  if (isAddressGone(code)) return { kind: 'recipient_gone', code };
  if (senderIsBad.has(code)) return { kind: 'config_error', code };
  if (!enhanced && saysUnknownUser(status, failure.response ?? '')) return { kind: 'recipient_gone', code };
  // A full mailbox (5.2.2) ends up here, too: failed, without suppressing an address that is alive.
  return { kind: 'message_rejected', code };
}

/** `550 5.1.1 …` → `5.1.1`; null without one, or with one of another class than the reply. */
function enhancedCode(response: string, status: number): string | null {
  const parts = /^\d{3}[ -]([245]\.\d{1,3}\.\d{1,3})(?!\S)/.exec(response);
  return parts && parts[1]![0] === String(status)[0] ? parts[1]! : null;
}

/** Of refusals of MAIL FROM: its announced size, or parameters the server does not know. The others mean the sender. */
function isAboutMessage(status: number, code: string): boolean {
  return status === 552 || code === '5.3.4' || code === '5.2.3' || protocolErrors.has(status);
}

/** For replies without an enhanced code: whether their text names an unknown user. */
export function saysUnknownUser(status: number, response: string): boolean {
  return (status === 550 || status === 551 || status === 553) && unknownUser.test(response);
}

/** A system or library code, never free text. */
function connectionCode(failure: SmtpFailure): string {
  for (const code of [failure.originalCode, failure.code]) {
    if (code && /^[A-Za-z][A-Za-z0-9_]{1,60}$/.test(code)) return code;
  }
  return 'ESOCKET';
}
