// `npm run demo`: two weeks of a small shop in about two minutes, on a product of its own. Ctrl-C ends it at any moment.
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import pino from 'pino';
import { StartError } from '../start-error.ts';
import { speedOf } from '../step/home-time.ts';
import { type Demo, startDemo } from './demo.ts';

// Within a workflow, a local time would differ between workers.
process.env.TZ = 'UTC';
const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  version: string;
};
const logger = pino({ level: process.env.TABIJI_LOG_LEVEL ?? 'warn' });
const say = (line: string) => process.stdout.write(`${line}\n`);
/** Two weeks in two minutes, with what the nights and the work take. */
const usualSpeed = 14_400;

let demo: Demo | null = null;
let isStopping = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void stop(0));

try {
  const { speed, exits } = readArguments(process.argv.slice(2));
  demo = await startDemo({ env: process.env, version, logger, speed, say, onFailure: fail });
  if (isStopping) await end(demo, 0);
  await demo.played;
  if (exits) await stop(0);
  else if (!isStopping) demo.stay();
} catch (error) {
  if (!isStopping) fail(error as Error);
}

function readArguments(args: string[]): { speed: number; exits: boolean } {
  try {
    const { values } = parseArgs({ args, options: { speed: { type: 'string' }, exit: { type: 'boolean' } } });
    return { speed: values.speed === undefined ? usualSpeed : speedOf(values.speed), exits: values.exit ?? false };
  } catch (error) {
    if (error instanceof StartError) throw error;
    const [slip] = (error as Error).message.split('. ');
    throw new StartError(`${slip}. What can be said: npm run demo -- --exit, and --speed ${usualSpeed}`);
  }
}

async function stop(code: number): Promise<void> {
  // A second Ctrl-C means now, and leaves nothing behind either: the children end with this process.
  if (isStopping) process.exit(process.exitCode ?? code);
  isStopping = true;
  say('Stopping …');
  if (demo) await end(demo, code);
}

async function end(running: Demo, code: number): Promise<void> {
  await running.stop();
  process.exit(code);
}

function fail(error: Error): void {
  process.stderr.write(`${error.message}\n`);
  if (!(error instanceof StartError)) process.stderr.write(`${error.stack ?? ''}\n`);
  process.exitCode = 1;
  isStopping = true;
  void (demo ? demo.stop() : Promise.resolve()).finally(() => process.exit(1));
}
