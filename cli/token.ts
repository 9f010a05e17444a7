// Which token a command shows to the server: one that the environment sets, or the embedded home's own.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { phrase, type Sayable } from '../language/phrase.ts';

/** Who may publish. */
export const publishers = ['TABIJI_MARKETER_TOKEN', 'TABIJI_ADMIN_TOKEN'];
/** Who may read customers. */
export const readers = ['TABIJI_SUPPORT_TOKEN', ...publishers];

export interface Token {
  value: string;
  /** Where it was found, to be named when the server refuses it. */
  from: Sayable;
}

/**
 * The token, or null if there is none. The home's keys are for the server on this machine: they are never sent to
 * another one.
 */
export async function findToken(
  env: NodeJS.ProcessEnv,
  home: string,
  url: string,
  names = publishers,
): Promise<Token | null> {
  const set = tokenIn(env, names, (name) => name);
  if (set || !isLoopback(url)) return set;
  const file = join(home, 'keys');
  const text = await readFile(file, 'utf8').catch(() => '');
  return tokenIn(parseEnv(text), names, (name) => phrase`${name} in ${file}`);
}

function tokenIn(values: NodeJS.Dict<string>, names: string[], placeOf: (name: string) => Sayable): Token | null {
  const name = names.find((one) => values[one]);
  return name ? { value: values[name]!, from: placeOf(name) } : null;
}

function isLoopback(url: string): boolean {
  return /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(new URL(url).hostname);
}
