// What the embedded default reads from its environment, read before anything starts, so that a slip is said at once.
import { type ChannelKeys, readChannelKeys } from '../activities/channels/keys.ts';
import { readMailEnvironment } from '../activities/channels/mail-environment.ts';
import { terminalLocale } from '../language/terminal-locale.ts';
import { readModelSettings } from '../server/chat/model.ts';
import { readChatwootSettings } from '../server/chatwoot/settings.ts';
import { bouncesSecretOf } from '../server/environment.ts';
import { readShopKeys } from '../server/shops/keys.ts';
import type { Home } from './home.ts';
import { StartError } from './start-error.ts';

export type EmbeddedSettings = ReturnType<typeof readSettings>;

/** Refuses, with a `StartError`, what cannot be meant. */
export function readSettings(env: NodeJS.ProcessEnv) {
  const port = Number(env.PORT ?? 3000);
  return refusing(() => ({
    port,
    host: env.TABIJI_HOST ?? '127.0.0.1',
    url: env.TABIJI_PUBLIC_URL ?? `http://127.0.0.1:${port}`,
    home: env.TABIJI_HOME ?? '.tabiji',
    journeys: env.TABIJI_JOURNEYS ?? 'journeys',
    /** Of what is said about the folder at the first start. */
    locale: terminalLocale(env),
    email: readMailEnvironment(env),
    model: readModelSettings(env),
    chatwoot: readChatwootSettings(env),
    bouncesSecret: bouncesSecretOf(env),
    shopKeys: readShopKeys(env),
    lineChannelSecret: env.LINE_CHANNEL_SECRET || undefined,
    lineAccessToken: env.LINE_CHANNEL_ACCESS_TOKEN || undefined,
    browserRate: Number(env.TABIJI_BROWSER_RATE) || undefined,
  }));
}

/** The keys of all channels; those of push are the home's where the environment has none. */
export function channelKeysOf(env: NodeJS.ProcessEnv, home: Home, url: string): ChannelKeys {
  return refusing(() => readChannelKeys({ ...env, ...home.keys }, url));
}

/** Who may do what. */
export function accessKeysOf({ keys }: Home) {
  return {
    server: keys.TABIJI_WRITE_KEY,
    browser: keys.TABIJI_BROWSER_KEY,
    support: keys.TABIJI_SUPPORT_TOKEN,
    marketer: keys.TABIJI_MARKETER_TOKEN,
    admin: keys.TABIJI_ADMIN_TOKEN,
  };
}

function refusing<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new StartError((error as Error).message);
  }
}
