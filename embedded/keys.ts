// The keys and tokens of an embedded home: made once, kept in a file that a shell or `node --env-file` can read.
// What the environment sets wins and is not written down.
import { randomBytes } from 'node:crypto';
import { chmod, readFile } from 'node:fs/promises';
import { parseEnv } from 'node:util';
import webpush from 'web-push';
import { writeDurably } from './durable-file.ts';

export const KEY_NAMES = [
  'TABIJI_WRITE_KEY',
  'TABIJI_BROWSER_KEY',
  'TABIJI_SUPPORT_TOKEN',
  'TABIJI_MARKETER_TOKEN',
  'TABIJI_ADMIN_TOKEN',
  'TABIJI_SECRET',
  'TABIJI_VAPID_PUBLIC_KEY',
  'TABIJI_VAPID_PRIVATE_KEY',
] as const;

export type KeyName = (typeof KEY_NAMES)[number];
export type Keys = Record<KeyName, string>;

// What a person sees in a log or a shell history should say what it is for.
const PREFIX = {
  TABIJI_WRITE_KEY: 'wk_',
  TABIJI_BROWSER_KEY: 'bk_',
  TABIJI_SUPPORT_TOKEN: 'support_',
  TABIJI_MARKETER_TOKEN: 'marketer_',
  TABIJI_ADMIN_TOKEN: 'admin_',
  TABIJI_SECRET: '',
} as const;

/** All keys; `made` are those that neither the environment nor the file had, now in the file. */
export async function readKeys(file: string, env: NodeJS.ProcessEnv): Promise<{ keys: Keys; made: KeyName[] }> {
  const kept = parseEnv(await readFile(file, 'utf8').catch(ifAbsent)) as Partial<Keys>;
  const made = KEY_NAMES.filter((name) => !env[name] && !kept[name]);
  Object.assign(kept, newKeys(made));
  if (made.length > 0) await writeDurably(file, asText(kept));
  else await chmod(file, 0o600).catch(ifAbsent);
  const keys = Object.fromEntries(KEY_NAMES.map((name) => [name, env[name] || kept[name]])) as Keys;
  return { keys, made };
}

function newKeys(made: KeyName[]): Partial<Keys> {
  const pair = webpush.generateVAPIDKeys();
  const makeOne = (name: KeyName) => {
    if (name === 'TABIJI_VAPID_PUBLIC_KEY') return pair.publicKey;
    if (name === 'TABIJI_VAPID_PRIVATE_KEY') return pair.privateKey;
    return PREFIX[name] + randomBytes(24).toString('base64url');
  };
  return Object.fromEntries(made.map((name) => [name, makeOne(name)]));
}

function asText(kept: Partial<Keys>): string {
  const lines = KEY_NAMES.flatMap((name) => (kept[name] ? [`${name}=${kept[name]}`] : []));
  return `${lines.join('\n')}\n`;
}

function ifAbsent(error: NodeJS.ErrnoException): string {
  if (error.code === 'ENOENT') return '';
  throw error;
}
