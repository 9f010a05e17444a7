// Which channels the environment sets up, and what is said of keys that are none.

import { expect, it } from 'vitest';
import webpush from 'web-push';
import { readChannelKeys } from '../../activities/channels/keys.ts';
import { createChannels } from '../../channels.ts';
import { createMemoryStore } from '../../simulator/memory-store.ts';
import { createStepClock } from '../../simulator/step-clock.ts';

const { publicKey, privateKey } = webpush.generateVAPIDKeys();
const vapid = { TABIJI_VAPID_PUBLIC_KEY: publicKey, TABIJI_VAPID_PRIVATE_KEY: privateKey };
const twilio = { TWILIO_ACCOUNT_SID: 'AC1', TWILIO_AUTH_TOKEN: 'token', TWILIO_FROM: '+815012345678' };
const publicUrl = 'https://journeys.shop.example';

it.each<[NodeJS.ProcessEnv, string[]]>([
  [{}, ['email', 'site']],
  [vapid, ['email', 'push', 'site']],
  [{ LINE_CHANNEL_ACCESS_TOKEN: 'token' }, ['email', 'line', 'site']],
  [twilio, ['email', 'site', 'sms']],
  [{ TWILIO_FROM: '', LINE_CHANNEL_ACCESS_TOKEN: '', TABIJI_VAPID_PUBLIC_KEY: '' }, ['email', 'site']],
])('%j makes these channels: %j', async (env, names) => {
  const channels = createChannels({
    ...{ email: { smtpUrl: 'smtp://127.0.0.1:1' }, keys: readChannelKeys(env, publicUrl), newId: () => 'id' },
    ...{ store: createMemoryStore(() => 'id'), clock: createStepClock(0) },
  });
  expect(Object.keys(channels).sort()).toEqual(names);
  await Promise.all(Object.values(channels).map((channel) => channel.close()));
});

it('before push services, the public address stands for us where nothing else is set', () => {
  expect(readChannelKeys(vapid, publicUrl).vapid?.subject).toBe(publicUrl);
  const subject = 'mailto:shop@shop.example';
  expect(readChannelKeys({ ...vapid, TABIJI_VAPID_SUBJECT: subject }, publicUrl).vapid?.subject).toBe(subject);
});

it('all that is wrong is said at once, and no value', () => {
  const env = {
    ...vapid,
    TABIJI_VAPID_PUBLIC_KEY: 'abc',
    FCM_SERVICE_ACCOUNT: 'a secret',
    TWILIO_AUTH_TOKEN: 'a secret',
  };
  const read = () => readChannelKeys(env, publicUrl);
  for (const name of ['TABIJI_VAPID_PUBLIC_KEY', 'FCM_SERVICE_ACCOUNT', 'TWILIO_FROM']) expect(read).toThrow(name);
  for (const value of ['abc', 'a secret', privateKey]) expect(read).not.toThrow(value);
});
