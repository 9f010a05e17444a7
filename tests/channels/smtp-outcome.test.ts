// Reply codes by stage: what suppresses an address, what is our fault, what is tried again.
import { describe, expect, it } from 'vitest';
import { failureOutcome, type SmtpFailure } from '../../activities/channels/smtp-outcome.ts';

type Stage = 'CONN' | 'EHLO' | 'AUTH PLAIN' | 'MAIL FROM' | 'RCPT TO' | 'DATA';

function replied(command: Stage, response: string): SmtpFailure {
  const code = command === 'AUTH PLAIN' ? 'EAUTH' : command === 'DATA' ? 'EMESSAGE' : 'EENVELOPE';
  return { code, command, response, responseCode: Number(response.slice(0, 3)) };
}

const table: [Stage, string, string, string][] = [
  ['RCPT TO', '550 5.1.1 <a@b.example>: User unknown', 'recipient_gone', '5.1.1'],
  ['RCPT TO', '553 5.1.2 no such domain', 'recipient_gone', '5.1.2'],
  ['RCPT TO', '501 5.1.3 Bad recipient address syntax', 'recipient_gone', '5.1.3'],
  ['RCPT TO', '556 5.1.10 null MX', 'recipient_gone', '5.1.10'],
  ['RCPT TO', '550 5.2.1 Mailbox disabled', 'recipient_gone', '5.2.1'],
  ['DATA', '550-5.1.1 The email account does not exist\n550 5.1.1 try again', 'recipient_gone', '5.1.1'],
  ['RCPT TO', '550 Unknown user', 'recipient_gone', '550'],
  ['RCPT TO', '550 No such user here', 'recipient_gone', '550'],
  ['RCPT TO', '551 the account does not exist', 'recipient_gone', '551'],
  ['RCPT TO', '550 Requested action not taken: mailbox unavailable', 'message_rejected', '550'],
  ['RCPT TO', '550 5.7.1 User unknown in our policy', 'message_rejected', '5.7.1'],
  ['RCPT TO', '554 5.7.1 Relay access denied', 'message_rejected', '5.7.1'],
  ['DATA', '550 5.7.515 Access denied', 'message_rejected', '5.7.515'],
  ['DATA', '550 5.7.26 Unauthenticated', 'message_rejected', '5.7.26'],
  ['RCPT TO', '552 5.2.2 Mailbox full', 'message_rejected', '5.2.2'],
  ['DATA', '552 5.3.4 Too big', 'message_rejected', '5.3.4'],
  ['DATA', '554 Transaction failed', 'message_rejected', '554'],
  ['RCPT TO', '501 Syntax', 'message_rejected', '501'],
  ['MAIL FROM', '552 5.3.4 Too big', 'message_rejected', '5.3.4'],
  ['MAIL FROM', '555 Unsupported parameter', 'message_rejected', '555'],
  ['MAIL FROM', '550 5.1.1 User unknown', 'config_error', '5.1.1'],
  ['MAIL FROM', '553 5.1.8 Sender domain not found', 'config_error', '5.1.8'],
  ['RCPT TO', '550 5.1.8 Sender domain not found', 'config_error', '5.1.8'],
  ['MAIL FROM', '530 5.7.0 Authentication required', 'config_error', '5.7.0'],
  ['AUTH PLAIN', '535 5.7.8 Wrong', 'config_error', '5.7.8'],
  ['AUTH PLAIN', '454 4.7.0 Temporary', 'retry', '4.7.0'],
  ['CONN', '554 5.7.1 You are on a list', 'config_error', '5.7.1'],
  ['CONN', '421 4.7.0 Too many connections', 'retry', '4.7.0'],
  ['RCPT TO', '450 4.2.0 Greylisted', 'retry', '4.2.0'],
  ['RCPT TO', '452 4.2.2 Mailbox full', 'retry', '4.2.2'],
  ['DATA', '451 Later', 'retry', '451'],
  ['DATA', '421 4.7.28 Rate', 'retry', '4.7.28'],
  ['RCPT TO', '550 4.1.1 muddled', 'message_rejected', '550'],
];

describe('a reply', () => {
  it.each(table)('to %s of "%s" means %s (%s)', (command, response, kind, code) => {
    expect(failureOutcome(replied(command, response), false)).toEqual({ kind, code });
  });

  it('after the message has left still means what it says', () => {
    expect(failureOutcome(replied('DATA', '451 4.3.0 Later'), true)).toEqual({ kind: 'retry', code: '4.3.0' });
  });
});

describe('a broken connection', () => {
  it.each<[SmtpFailure, string, string]>([
    [{ code: 'ESOCKET', originalCode: 'ECONNREFUSED', command: 'CONN' }, 'retry', 'ECONNREFUSED'],
    [{ code: 'EDNS', originalCode: 'ENOTFOUND', command: 'CONN' }, 'retry', 'ENOTFOUND'],
    [{ code: 'ETIMEDOUT', command: 'CONN' }, 'retry', 'ETIMEDOUT'],
    [{ code: 'ESOCKET', originalCode: 'CERT_HAS_EXPIRED', command: 'CONN' }, 'retry', 'CERT_HAS_EXPIRED'],
    [{ code: 'EAUTH', command: 'API' }, 'config_error', 'EAUTH'],
    [{ code: 'EMESSAGE', command: 'MAIL FROM' }, 'message_rejected', 'too_large'],
    [{}, 'retry', 'ESOCKET'],
    [{ code: 'mail to a@b.example failed' }, 'retry', 'ESOCKET'],
  ])('before anything left (%j) is %s (%s)', (failure, kind, code) => {
    expect(failureOutcome(failure, false)).toEqual({ kind, code });
  });

  it('after the message has left is unknown', () => {
    expect(failureOutcome({ code: 'ESOCKET', originalCode: 'ECONNRESET' }, true)).toEqual({
      kind: 'unknown',
      code: 'ECONNRESET',
    });
  });
});
