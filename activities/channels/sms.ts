// SMS through Twilio, or whoever speaks its API. There is no key by which it would know a repeat.
// https://www.twilio.com/docs/messaging/api/message-resource#create-a-message-resource
import type { Channel, Outcome } from '../../engine/channel.ts';
import { isShort, type ShortMessage } from '../../engine/core/content.ts';
import { type CallLimits, channelOf } from './attempts.ts';
import { callHttp, type HttpAnswer } from './http-call.ts';
import { jsonObjectOf, outcomeOf, plainOutcome } from './http-outcome.ts';

export interface Twilio {
  accountSid: string;
  authToken: string;
  /** A number of ours (`+81…`), a name, or a messaging service (`MG…`). */
  from: string;
}

export interface SmsOptions extends CallLimits {
  twilio: Twilio;
  /** `https://api.twilio.com`, but for tests. */
  baseUrl?: string;
  /** Business time, milliseconds since the epoch: what is left until a message expires. */
  now: () => number;
}

const mostChars = 1_600;
/** Seconds; Twilio keeps a message no longer. */
const longestValidity = 36_000;

// https://www.twilio.com/docs/api/errors
const outcomes: { [code: string]: 'recipient_gone' | 'recipient_refused' | 'message_rejected' | 'config_error' } = {
  20003: 'config_error', // authentication
  21211: 'recipient_gone', // no valid number
  21408: 'config_error', // no permission for this country
  21606: 'config_error', // we may not send from this number
  21608: 'config_error', // a trial account, and a number that it has not verified
  21610: 'recipient_refused', // they answered STOP
  21612: 'recipient_gone', // no route to it
  21614: 'recipient_gone', // no mobile number
  21617: 'message_rejected', // too long
};

export function smsChannel(options: SmsOptions): Channel {
  const { twilio, baseUrl = 'https://api.twilio.com', now } = options;
  const url = `${baseUrl}/2010-04-01/Accounts/${encodeURIComponent(twilio.accountSid)}/Messages.json`;
  const authorization = `Basic ${Buffer.from(`${twilio.accountSid}:${twilio.authToken}`).toString('base64')}`;
  const sender: { [name: string]: string } = twilio.from.startsWith('MG')
    ? { MessagingServiceSid: twilio.from }
    : { From: twilio.from };
  return channelOf('sms', options, async (message, attempt) => {
    if (!isShort(message.rendered)) return { kind: 'message_rejected', code: 'not_a_short_message' };
    if (!/^\+[1-9]\d{6,14}$/.test(message.to)) return { kind: 'recipient_gone', code: 'invalid_address' };
    const text = textOf(message.rendered);
    if (text === '' || text.length > mostChars)
      return { kind: 'message_rejected', code: text === '' ? 'empty' : 'too_large' };
    const { expiresAt = Number.POSITIVE_INFINITY } = message;
    const validity = Math.max(1, Math.min(longestValidity, Math.floor((expiresAt - now()) / 1000)));
    const form = new URLSearchParams({ To: message.to, ...sender, Body: text, ValidityPeriod: String(validity) });
    const headers = { authorization, 'content-type': 'application/x-www-form-urlencoded' };
    return outcomeOf(await callHttp({ ...attempt, url, headers, body: form.toString(), reach: 'anywhere' }), judge);
  });
}

function textOf({ title, body, url }: ShortMessage): string {
  return [title, body, url].filter((part) => part !== null && part !== '').join('\n');
}

function judge(answer: HttpAnswer): Outcome {
  const { sid, code: said } = jsonObjectOf(answer);
  if (answer.status >= 200 && answer.status < 300)
    return { kind: 'accepted', code: String(answer.status), ...(typeof sid === 'string' && { providerId: sid }) };
  const code = typeof said === 'number' ? String(said) : String(answer.status);
  const kind = outcomes[code];
  if (kind) return { kind, code };
  return { ...(plainOutcome(answer) ?? { kind: 'message_rejected' }), code } as Outcome;
}
