// SMS: the contract, what a message looks like, the table of error codes.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type SmsOptions, smsChannel } from '../../activities/channels/sms.ts';
import type { Outbound } from '../../engine/channel.ts';
import { channelContract, claimOf, never, type Rig, type RigOptions, short } from './contract.ts';
import { limitsOf, pushed } from './push-rig.ts';
import { type SmsReceiver, smsReceiver, twilio, twilioError } from './sms-receiver.ts';

const message: Outbound = { ...pushed, to: '+819012345678' };

async function smsRig(
  options: RigOptions = {},
  sms: Partial<SmsOptions> = {},
): Promise<Rig & { receiver: SmsReceiver }> {
  const receiver = await smsReceiver();
  const channel = smsChannel({
    ...{ twilio, baseUrl: receiver.url, now: () => message.date! },
    ...limitsOf(options),
    ...sms,
  });
  return {
    ...{ channel, receiver, message },
    provider: (behaviour) => receiver.provider(behaviour),
    taken: () => receiver.taken,
    gotAnything: receiver.gotAnything,
    stop: async () => {
      await receiver.close();
      await channel.close();
    },
  };
}

channelContract('sms', smsRig);

describe('an SMS', () => {
  let rig: Awaited<ReturnType<typeof smsRig>>;
  beforeEach(async () => {
    rig = await smsRig();
  });
  afterEach(() => rig.stop());
  const send = (change: Partial<Outbound> = {}) =>
    rig.channel.attempt(
      { ...message, ...change },
      claimOf(() => true),
      never,
    );
  const form = () => Object.fromEntries(new URLSearchParams(rig.receiver.taken.at(-1)));

  it('says title, text and address, one below the other', async () => {
    const outcome = await send({ expiresAt: message.date! + 90_000 });
    expect(outcome).toEqual({ kind: 'accepted', code: '201', providerId: 'SM1' });
    const Body = `${short.title}\n${short.body}\n${short.url}`;
    expect(form()).toEqual({ To: message.to, From: twilio.from, Body, ValidityPeriod: '90' });
  });

  it('is kept by Twilio for ten hours at most, and goes through a messaging service where that is named', async () => {
    await rig.stop();
    rig = await smsRig({}, { twilio: { ...twilio, from: 'MG1' } });
    await send();
    expect(form()).toMatchObject({ MessagingServiceSid: 'MG1', ValidityPeriod: '36000' });
    expect(form()).not.toHaveProperty('From');
  });

  it.each([
    [twilioError(400, 21211), 'recipient_gone', '21211'],
    [twilioError(400, 21614), 'recipient_gone', '21614'],
    [twilioError(400, 21612), 'recipient_gone', '21612'],
    [twilioError(400, 21610), 'recipient_refused', '21610'],
    [twilioError(400, 21408), 'config_error', '21408'],
    [twilioError(400, 21606), 'config_error', '21606'],
    [twilioError(400, 21608), 'config_error', '21608'],
    [twilioError(400, 21617), 'message_rejected', '21617'],
    [twilioError(400, 30000), 'message_rejected', '30000'],
    [twilioError(401, 20003), 'config_error', '20003'],
    [twilioError(429, 20429), 'retry', '20429'],
    [{ status: 503, body: 'no JSON' }, 'retry', '503'],
  ])('refused with %j is %s', async (answer, kind, code) => {
    rig.receiver.provider(answer);
    expect(await send()).toEqual({ kind, code });
  });

  it.each<[string, Partial<Outbound>, string, string]>([
    ['a number without its country', { to: '09012345678' }, 'recipient_gone', 'invalid_address'],
    [
      '1601 characters',
      { rendered: { ...short, title: '', url: null, body: 'x'.repeat(1601) } },
      'message_rejected',
      'too_large',
    ],
    ['nothing to say', { rendered: { ...short, title: '', url: null, body: '' } }, 'message_rejected', 'empty'],
  ])('%s is refused before the claim', async (_, change, kind, code) => {
    const claim = claimOf(() => true);
    expect(await rig.channel.attempt({ ...message, ...change }, claim, never)).toEqual({ kind, code });
    expect(claim.asked).toBe(0);
  });
});
