// `npm start`: the whole product on this machine, on loopback, with its state in TABIJI_HOME.
// Prints where everything is and a first thing to try. Ctrl-C ends it; killing it loses nothing.
import { readFileSync } from 'node:fs';
import pino from 'pino';
import { errorCode } from '../engine/error-code.ts';
import { type Product, startProduct } from './product.ts';
import { StartError } from './start-error.ts';
import { readSpeed } from './step/home-time.ts';

// Within a workflow, a local time would differ between workers.
process.env.TZ = 'UTC';
const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string;
};
const logger = pino({ level: process.env.TABIJI_LOG_LEVEL ?? 'warn' });
const say = (line: string) => process.stdout.write(`${line}\n`);

let product: Product | null = null;
let isStopping = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void stop(0));

try {
  const speed = readSpeed(process.argv.slice(2));
  const time = speed === undefined ? undefined : { speed };
  product = await startProduct({ env: process.env, version, logger, say, onFailure: fail, time });
  if (isStopping) await end(product, 0);
  else {
    say(welcome(product));
    await product.run();
  }
} catch (error) {
  fail(error as Error);
}

async function stop(code: number): Promise<void> {
  // A second Ctrl-C means now, and that is safe, too: while it starts, a download may take minutes.
  if (isStopping) process.exit(process.exitCode ?? code);
  isStopping = true;
  say('Stopping …');
  // Still starting: what has started is stopped once it is there.
  if (product) await end(product, code);
}

async function end(running: Product, code: number): Promise<void> {
  await running.stop();
  process.exit(code);
}

function fail(error: Error): void {
  if (error instanceof StartError) process.stderr.write(`${error.message}\n`);
  else
    process.stderr.write(`it cannot go on: ${errorCode(error).type} ${errorCode(error).code}\n${error.stack ?? ''}\n`);
  process.exitCode = 1;
  isStopping = true;
  void (product ? product.stop() : Promise.resolve()).finally(() => process.exit(1));
}

function welcome({ url, home, journeys, places, clock, pace }: Product): string {
  const keys = home.newKeys.map((name) => `  ${name}=${home.keys[name]}`);
  const shown = keys.length > 0 ? ['', 'The keys, shown this once:', ...keys] : [];
  const differs = journeys.differs.map((line) => `  ${line}`);
  const unpublished =
    differs.length > 0 ? ['', 'The folder differs from what is published (npx tabiji publish):', ...differs] : [];
  return [
    '',
    `Tabiji ${version} runs.`,
    `Pages      ${url}/customers`,
    `Server     ${url}`,
    `Mailbox    ${url}/mailbox`,
    ...places,
    ...(pace ? [paceLine(clock.now(), pace.speed())] : []),
    `Journeys   ${journeys.published.join(', ')}`,
    `Keys       are kept in ${home.folder}/keys`,
    ...unpublished,
    ...shown,
    '',
    'Try it: a customer signs up, consents to marketing by email, and is welcomed in the mailbox seconds later.',
    tryIt(
      url,
      home.newKeys.length > 0 ? home.keys.TABIJI_WRITE_KEY : `$(. ${home.folder}/keys; echo $TABIJI_WRITE_KEY)`,
    ),
    '',
  ].join('\n');
}

function paceLine(now: number, speed: number): string {
  const stands = new Date(now).toISOString().slice(0, 16).replace('T', ' ');
  return `Time       is ${stands} UTC and goes ${speed} times as fast, faster still while nothing is due`;
}

function tryIt(url: string, key: string): string {
  const batch = [
    {
      type: 'identify',
      userId: 'hanako',
      traits: { email: 'hanako@example.com', last_name: '旅野' },
      context: { consent: { email: ['marketing'] } },
    },
    { type: 'track', userId: 'hanako', event: 'Signed Up' },
  ];
  return `  curl -u "${key}:" -H 'content-type: application/json' ${url}/v1/batch -d '${JSON.stringify({ batch })}'`;
}
