// An email channel before a scripted receiver.
import { type EmailOptions, emailChannel } from '../../activities/channels/email.ts';
import { type Behaviour, hastyMs, lateMs, patientMs, type Rig, type RigOptions } from './contract.ts';
import { type Act, type Point, type ReceiverOptions, type SmtpReceiver, smtpReceiver } from './smtp-receiver.ts';

const limits = { connectMs: patientMs, commandsMs: patientMs, leaseSlackMs: patientMs };

export interface EmailRig extends Rig {
  receiver: SmtpReceiver;
}

const acts: { [behaviour in Behaviour]: { [point in Point]?: Act } } = {
  accepts: {},
  'accepts after 100 ms': { dot: { reply: '250 2.0.0 Ok', afterMs: 100 } },
  'cannot be reached': { greeting: 'drop' },
  'refuses for now': { rcpt: { reply: '450 4.7.1 hanako@customer.example: greylisted' } },
  'says the recipient is gone': { rcpt: { reply: '550 5.1.1 hanako@customer.example: User unknown' } },
  'rejects our credentials': { mail: { reply: '530 5.7.0 Authentication required' } },
  'takes the message and hangs up': { dot: 'store and drop' },
  'hangs up without taking the message': { dot: 'drop' },
  'takes the message and never answers': { dot: 'store and stall' },
  'answers after everybody has gone': { dot: { reply: '250 2.0.0 Ok', afterMs: lateMs } },
};

export async function emailRig(
  options: RigOptions & ReceiverOptions = {},
  email: Partial<EmailOptions> = {},
): Promise<EmailRig> {
  const receiver = await smtpReceiver(options);
  const channel = emailChannel({
    smtpUrl: receiver.url,
    defaultFrom: () => '旅路商店 <hello@shop.example>',
    longestCallMs: options.isHasty ? hastyMs : patientMs,
    limits,
    ...(options.claimTooLate ? { stopwatch: () => () => 10 * patientMs } : {}),
    ...email,
  });
  return {
    channel,
    receiver,
    provider: (behaviour) => receiver.script(acts[behaviour]),
    taken: () => receiver.messages,
    gotAnything: () => receiver.bodyBytes() > 0,
    stop: async () => {
      await receiver.close();
      await channel.close();
    },
  };
}
