// What a server process reads from its environment (design §7). All that is wrong is said at once, and never a value.
import type { Keys } from './access.ts';
import { type ModelSettings, readModelSettings } from './chat/model.ts';
import { type ChatwootSettings, readChatwootSettings } from './chatwoot/settings.ts';
import { readShopKeys, type ShopKeys } from './shops/keys.ts';

export interface ServerEnvironment {
  databaseUrl: string;
  temporalAddress: string;
  temporalNamespace: string;
  host: string;
  port: number;
  keys: Keys;
  secret: string;
  /** Browsers subscribe to push messages with it; undefined: they cannot. */
  vapidPublicKey: string | undefined;
  /** LINE signs with it what it tells; undefined: LINE is not set up. */
  lineChannelSecret: string | undefined;
  /** What shop systems sign their webhooks with. */
  shopKeys: ShopKeys;
  /** What is answered on LINE goes out with it. */
  lineAccessToken: string | undefined;
  /** Answers in the chat; undefined: the FAQ alone does. */
  model: ModelSettings | undefined;
  /** Where agents answer, too; undefined: only here. */
  chatwoot: ChatwootSettings | undefined;
  bouncesSecret: string | null;
  /** Messages that marketers send to themselves leave there; undefined: they cannot. */
  smtpUrl: string | undefined;
  /** Events a second that a process takes with the browser's key; undefined: as many as it does without a word. */
  browserRate: number | undefined;
}

const required = {
  DATABASE_URL: 'the PostgreSQL database, as in postgresql://tabiji@db.example/tabiji',
  TEMPORAL_ADDRESS: 'the Temporal cluster, as in temporal.example:7233',
  TABIJI_WRITE_KEY: "the shop's servers send events with it",
  TABIJI_BROWSER_KEY: "the shop's pages send events with it",
  TABIJI_SUPPORT_TOKEN: 'support agents show it',
  TABIJI_MARKETER_TOKEN: 'marketers show it',
  TABIJI_ADMIN_TOKEN: 'administrators show it',
  TABIJI_SECRET: 'signs the links in messages',
} as const;

/** Throws one error that names every variable that is missing or wrong, and what it is for. */
export function readServerEnvironment(env: NodeJS.ProcessEnv): ServerEnvironment {
  const port = Number(env.PORT ?? 3000);
  const browserRate = env.TABIJI_BROWSER_RATE === undefined ? undefined : Number(env.TABIJI_BROWSER_RATE);
  const problems = Object.entries(required).flatMap(([name, what]) =>
    env[name] ? [] : [`${name} is not set: ${what}`],
  );
  if (!Number.isInteger(port) || port < 0 || port > 65535)
    problems.push('PORT is no port: choose a number up to 65535, such as 3000');
  if (browserRate !== undefined && !(Number.isInteger(browserRate) && browserRate > 0))
    problems.push('TABIJI_BROWSER_RATE is no number of events a second: choose a whole one, such as 500');
  for (const [name] of Object.entries(required).filter(([name]) => /KEY$|TOKEN$|SECRET$/.test(name))) {
    if (env[name] && env[name].length < 16) problems.push(`${name} has fewer than 16 characters: choose a longer one`);
  }
  if (problems.length > 0)
    throw new Error(`the server cannot start:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
  return {
    databaseUrl: env.DATABASE_URL!,
    temporalAddress: env.TEMPORAL_ADDRESS!,
    temporalNamespace: env.TEMPORAL_NAMESPACE ?? 'default',
    host: env.TABIJI_HOST ?? '127.0.0.1',
    port,
    keys: {
      server: env.TABIJI_WRITE_KEY!,
      browser: env.TABIJI_BROWSER_KEY!,
      support: env.TABIJI_SUPPORT_TOKEN!,
      marketer: env.TABIJI_MARKETER_TOKEN!,
      admin: env.TABIJI_ADMIN_TOKEN!,
    },
    secret: env.TABIJI_SECRET!,
    vapidPublicKey: env.TABIJI_VAPID_PUBLIC_KEY || undefined,
    lineChannelSecret: env.LINE_CHANNEL_SECRET || undefined,
    shopKeys: readShopKeys(env),
    lineAccessToken: env.LINE_CHANNEL_ACCESS_TOKEN || undefined,
    model: readModelSettings(env),
    chatwoot: readChatwootSettings(env),
    bouncesSecret: bouncesSecretOf(env),
    smtpUrl: env.SMTP_URL || undefined,
    browserRate,
  };
}

/** What is shared with who hands bounces back, or null. Throws where it is too short to be a secret. */
export function bouncesSecretOf({ TABIJI_BOUNCES_SECRET: secret }: NodeJS.ProcessEnv): string | null {
  if (!secret) return null;
  if (secret.length < 16) throw new Error('TABIJI_BOUNCES_SECRET has fewer than 16 characters: choose a longer one');
  return secret;
}
