// The keys of the channels, as the environment has them. A channel is made only where its keys are there.
import { type ServiceAccount, serviceAccountOf } from './fcm.ts';
import type { Twilio } from './sms.ts';
import { requireVapid, type Vapid } from './webpush.ts';

export interface ChannelKeys {
  vapid?: Vapid;
  fcm?: ServiceAccount;
  lineAccessToken?: string;
  twilio?: Twilio;
}

/**
 * Throws one error that names every variable that is wrong, and never a value.
 *
 * @param publicUrl stands for us before push services where TABIJI_VAPID_SUBJECT is not set
 */
export function readChannelKeys(env: NodeJS.ProcessEnv, publicUrl: string): ChannelKeys {
  const problems: string[] = [];
  const reading = <T>(read: () => T): T | undefined => {
    try {
      return read();
    } catch (error) {
      problems.push((error as Error).message);
    }
  };
  const vapid = reading(() => vapidOf(env, publicUrl));
  const { FCM_SERVICE_ACCOUNT: account, LINE_CHANNEL_ACCESS_TOKEN: lineAccessToken } = env;
  const twilio = reading(() => twilioOf(env));
  const fcm = account ? reading(() => serviceAccountOf(account)) : undefined;
  if (problems.length > 0)
    throw new Error(`these keys cannot be used:\n${problems.map((one) => `  ${one}`).join('\n')}`);
  return {
    ...(vapid && { vapid }),
    ...(fcm && { fcm }),
    ...(lineAccessToken && { lineAccessToken }),
    ...(twilio && { twilio }),
  };
}

function vapidOf(env: NodeJS.ProcessEnv, publicUrl: string): Vapid | undefined {
  const { TABIJI_VAPID_PUBLIC_KEY: publicKey, TABIJI_VAPID_PRIVATE_KEY: privateKey } = env;
  if (!publicKey && !privateKey) return undefined;
  const ours = publicUrl.startsWith('https://') ? publicUrl : 'mailto:tabiji@localhost';
  const vapid = { subject: env.TABIJI_VAPID_SUBJECT || ours, publicKey: publicKey ?? '', privateKey: privateKey ?? '' };
  requireVapid(vapid);
  return vapid;
}

function twilioOf(env: NodeJS.ProcessEnv): Twilio | undefined {
  const { TWILIO_ACCOUNT_SID: accountSid, TWILIO_AUTH_TOKEN: authToken, TWILIO_FROM: from } = env;
  if (!accountSid && !authToken && !from) return undefined;
  if (!accountSid || !authToken || !from)
    throw new Error(
      'TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN and TWILIO_FROM are needed together; one of them is not set',
    );
  return { accountSid, authToken, from };
}
