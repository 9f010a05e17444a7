// Twilio's message resource: the account, its token, the form, and error codes as Twilio gives them.
import { type Answer, type HttpReceiver, httpReceiver, type Received } from './http-receiver.ts';

export interface SmsReceiver extends HttpReceiver {
  /** Forms that were taken. */
  taken: string[];
}

export const twilio = { accountSid: `AC${'1'.repeat(32)}`, authToken: 'auth token', from: '+815012345678' };

export async function smsReceiver(): Promise<SmsReceiver> {
  const taken: string[] = [];

  function take({ path, headers, body }: Received): Answer {
    const basic = Buffer.from(`${twilio.accountSid}:${twilio.authToken}`).toString('base64');
    if (headers.authorization !== `Basic ${basic}`) return twilioError(401, 20003);
    if (path !== `/2010-04-01/Accounts/${twilio.accountSid}/Messages.json`) return twilioError(404, 20404);
    if (headers['content-type'] !== 'application/x-www-form-urlencoded') return twilioError(400, 20001);
    const form = new URLSearchParams(body.toString());
    if (!/^\+[1-9]\d{6,14}$/.test(form.get('To') ?? '')) return twilioError(400, 21211);
    if (!form.get('From') === !form.get('MessagingServiceSid')) return twilioError(400, 21603);
    if (!form.get('Body')) return twilioError(400, 21602);
    if (form.get('Body')!.length > 1600) return twilioError(400, 21617);
    const validity = Number(form.get('ValidityPeriod'));
    if (!Number.isInteger(validity) || validity < 1 || validity > 36_000) return twilioError(400, 21621);
    taken.push(body.toString());
    return { status: 201, body: { sid: `SM${taken.length}`, status: 'queued', error_code: null } };
  }

  const refusals = {
    'refuses for now': twilioError(429, 20429),
    'says the recipient is gone': twilioError(400, 21211),
    'rejects our credentials': twilioError(401, 20003),
  };
  const receiver = await httpReceiver({ take, refusals });
  return { ...receiver, taken };
}

export function twilioError(status: number, code: number): Answer {
  return { status, body: { code, message: 'about +819012345678', more_info: 'https://…', status } };
}
