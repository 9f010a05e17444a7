// The `tabiji` command: reads the command line and the environment, and exits with what the commands answer.
import { readFileSync } from 'node:fs';
import { Command, Option } from 'commander';
import { check } from './check.ts';
import { explain } from './explain.ts';
import { publish } from './publish.ts';
import { simulate } from './simulate.ts';
import { test } from './test.ts';

const { env } = process;
const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string;
};
const folder = ['[folder]', 'the folder of journeys', env.TABIJI_JOURNEYS || 'journeys'] as const;
const out = (text: string) => void process.stdout.write(text);

// `tabiji test | head` closes the pipe early; that is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit();
  throw error;
});

const serverHelp = `
The server is TABIJI_URL, or the one on this machine. It wants TABIJI_MARKETER_TOKEN or TABIJI_ADMIN_TOKEN;
for the server that npm start runs here the token is found in TABIJI_HOME.`;

interface SimulateWords {
  events: string;
  customer?: string;
  journey?: string[];
  locale?: string;
  json?: boolean;
}

const program = new Command('tabiji')
  .description('Customer journeys as YAML: checked, tested in virtual time, published.')
  .version(version)
  .showHelpAfterError('(tabiji --help lists the commands)');

program
  .command('check')
  .description('say all that is wrong with a folder of journeys, or that nothing is')
  .argument(...folder)
  .action(async (path: string) => {
    process.exitCode = await check(path, out);
  });

program
  .command('test')
  .description('play the tests in <folder>/tests/*.test.yaml: months pass in a moment, nothing is sent')
  .argument(...folder)
  .option('--only <text>', 'only tests with this text in their name or file')
  .action(async (path: string, { only }: { only?: string }) => {
    process.exitCode = await test(path, { only, out });
  });

program
  .command('simulate')
  .description('play what happens to one customer, and tell moment by moment what comes of it and why')
  .argument(...folder)
  .requiredOption('--events <file>', 'what happens: rows of a test (.yaml, .json), or calls of Segment (.ndjson)')
  .option('--customer <text>', 'who it is, as a test writes it: "{ id: c1, email: … }", or the file that says it')
  .option('--journey <name...>', 'only these journeys; by default all')
  .addOption(
    new Option('--locale <locale>', "the language of the sentences; by default the shop's").choices(['en', 'ja']),
  )
  .option('--json', 'for machines')
  .action(async (path: string, options: SimulateWords) => {
    const { events, customer, journey = [], locale, json = false } = options;
    process.exitCode = await simulate(path, { events, customer, journeys: journey, locale, json, out });
  });

program
  .command('publish')
  .description('check a folder and make it live, as a whole or not at all')
  .argument(...folder)
  .addHelpText('after', serverHelp)
  .action(async (path: string) => {
    const url = env.TABIJI_URL || `http://127.0.0.1:${env.PORT || 3000}`;
    process.exitCode = await publish(path, { url, env, home: env.TABIJI_HOME || '.tabiji', out });
  });

program
  .command('explain')
  .description('say why a customer is in a journey or not, why each message went or did not, and what comes next')
  .argument('<customer>', "the shop's id of the customer, the e-mail address, or ours")
  .argument('<journey>', 'the name of the journey')
  .option('--locale <en|ja>', "the language; by default the shop's")
  .option('--json', 'as the server answers it')
  .addHelpText('after', serverHelp.replace('It wants', 'It wants TABIJI_SUPPORT_TOKEN,'))
  .action(async (customer: string, journey: string, { locale, json = false }: { locale?: string; json?: boolean }) => {
    const url = env.TABIJI_URL || `http://127.0.0.1:${env.PORT || 3000}`;
    const options = { url, env, home: env.TABIJI_HOME || '.tabiji', locale, json, out };
    process.exitCode = await explain(customer, journey, options);
  });

await program.parseAsync();
