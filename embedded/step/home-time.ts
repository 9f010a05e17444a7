// Which time a home runs in: ordinary time, or the step clock's. A home keeps to the one that it began with, since people
// wait in it until moments of that time.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Clock } from '../../engine/ports.ts';
import { realClock } from '../../server/real-clock.ts';
import type { StepClock } from '../../simulator/step-clock.ts';
import type { Home } from '../home.ts';
import { isLoopback } from '../ports.ts';
import { StartError } from '../start-error.ts';
import { keptMoment, openKeptClock } from './kept-clock.ts';

export interface HomeTime {
  /** The one clock of all business. */
  clock: Clock;
  /** The same, where it is to be stepped; null: it goes by itself. */
  stepped: StepClock | null;
}

/** What lets messages go out to people. */
const realChannels = [
  ...['LINE_CHANNEL_ACCESS_TOKEN', 'FCM_SERVICE_ACCOUNT', 'TWILIO_AUTH_TOKEN', 'CHATWOOT_TOKEN'],
  ...['META_ACCESS_TOKEN', 'GOOGLE_ADS_SERVICE_ACCOUNT', 'TIKTOK_ACCESS_TOKEN'],
];

const fastest = 10_000_000;

/** The number behind `--speed`, or undefined without it. Refuses everything else. */
export function readSpeed(args: string[]): number | undefined {
  const given = speedIn(args);
  return given === undefined ? undefined : speedOf(given);
}

/** How many times faster; refuses what is no number from 1 on. */
export function speedOf(given: string): number {
  const speed = /^\d+(\.\d+)?$/.test(given) ? Number(given) : Number.NaN;
  if (speed >= 1 && speed <= fastest) return speed;
  throw new StartError(
    `--speed must be a number from 1 to ${fastest}, and is "${given}": --speed 1440 runs a day in a minute`,
  );
}

function speedIn(args: string[]): string | undefined {
  try {
    return parseArgs({ args, options: { speed: { type: 'string' } } }).values.speed;
  } catch (error) {
    throw new StartError(
      `${(error as Error).message.split('. ')[0]}. What can be said is --speed 1440 (npm start -- --speed 1440)`,
    );
  }
}

/**
 * The clock of this home. Refuses a home that has begun in the other time, and `--speed` on a database or a Temporal of
 * one's own (their moments would lie days ahead for whoever uses them afterwards) or with the keys of real channels.
 *
 * @param speed undefined: ordinary time
 * @param start where a new home's stepped time begins
 */
export function timeOf(home: Home, env: NodeJS.ProcessEnv, speed: number | undefined, start: number): HomeTime {
  const file = join(home.folder, 'clock');
  const kept = keptMoment(file);
  if (speed === undefined) {
    if (kept !== null) throw new StartError(isStepped(home.folder, kept));
    return { clock: realClock, stepped: null };
  }
  const own = ['DATABASE_URL', 'TEMPORAL_ADDRESS'].filter((name) => env[name]);
  if (own.length > 0)
    throw new StartError(`--speed is for demonstrations on a home of its own; unset ${own.join(' and ')}`);
  const real = realChannels.filter((name) => env[name]);
  if (env.SMTP_URL && !isLoopback(hostOf(env.SMTP_URL))) real.push('SMTP_URL');
  if (real.length > 0)
    throw new StartError(`with --speed, months of messages would leave in an hour: unset ${real.join(', ')}`);
  if (kept === null && existsSync(home.postgres)) throw new StartError(isOrdinary(home.folder));
  const stepped = openKeptClock(file, start);
  return { clock: stepped, stepped };
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).hostname.replace(/^\[|\]$/g, '') : '';
}

function isStepped(folder: string, at: number): string {
  return (
    `${folder} was begun with --speed, and its time stands at ${new Date(at).toISOString()}; ` +
    'start it with --speed (1 is the ordinary pace), or set TABIJI_HOME to another folder'
  );
}

function isOrdinary(folder: string): string {
  return (
    `${folder} was begun in ordinary time, and people wait in it; ` +
    'set TABIJI_HOME to a new folder, as in TABIJI_HOME=.tabiji-fast npm start -- --speed 1440'
  );
}
