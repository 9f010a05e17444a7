// The `tabiji` command: reads the command line and the environment, and exits with what the commands answer.
import { readFileSync } from 'node:fs';
import { Command, Option } from 'commander';
import { locales } from '../engine/core/sentences.ts';
import { type Phrase, phrase, speak } from '../language/phrase.ts';
import { check } from './check.ts';
import { explain } from './explain.ts';
import { speakHelp } from './help.ts';
import { localeOf } from './locale.ts';
import { publish } from './publish.ts';
import { simulate } from './simulate.ts';
import { test } from './test.ts';

const { env } = process;
const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string;
};
const locale = localeOf(process.argv, env);
const say = (text: Phrase) => speak(text, locale);
const folder = ['[folder]', say(phrase`the folder of journeys`), env.TABIJI_JOURNEYS || 'journeys'] as const;
const out = (text: string) => void process.stdout.write(text);

// `tabiji test | head` closes the pipe early; that is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit();
  throw error;
});

const serverHelp = (tokens: string) =>
  `\n${say(phrase`The server is TABIJI_URL, or the one on this machine. It wants one of ${tokens}; for the server that npm start runs here the token is found in TABIJI_HOME.`)}`;
const localeOption = () =>
  new Option('--locale <locale>', say(phrase`the language of what is said; by default the terminal's`)).choices(
    locales,
  );

interface SimulateWords {
  events: string;
  customer?: string;
  journey?: string[];
  json?: boolean;
}

const program = speakHelp(new Command('tabiji'), locale)
  .description(say(phrase`Customer journeys as YAML: checked, tested in virtual time, published.`))
  .version(version, '-V, --version', say(phrase`show the version`));

program
  .command('check')
  .description(say(phrase`say all that is wrong with a folder of journeys, or that nothing is`))
  .argument(...folder)
  .addOption(localeOption())
  .action(async (path: string) => {
    process.exitCode = await check(path, locale, out);
  });

program
  .command('test')
  .description(say(phrase`play the tests in <folder>/tests/*.test.yaml: months pass in a moment, nothing is sent`))
  .argument(...folder)
  .option('--only <text>', say(phrase`only tests with this text in their name or file`))
  .option('--coverage', say(phrase`also name the steps and branches that no test has played; that is a failure, too`))
  .addOption(localeOption())
  .action(async (path: string, { only, coverage }: { only?: string; coverage?: true }) => {
    process.exitCode = await test(path, { only, coverage, locale, out });
  });

program
  .command('simulate')
  .description(say(phrase`play what happens to one customer, and tell moment by moment what comes of it and why`))
  .argument(...folder)
  .requiredOption(
    '--events <file>',
    say(phrase`what happens: rows of a test (.yaml, .json), or calls of Segment (.ndjson)`),
  )
  .option(
    '--customer <text>',
    say(phrase`who it is, as a test writes it: "{ id: c1, email: … }", or the file that says it`),
  )
  .option('--journey <name...>', say(phrase`only these journeys; by default all`))
  .addOption(localeOption())
  .option('--json', say(phrase`for machines`))
  .action(async (path: string, options: SimulateWords) => {
    const { events, customer, journey = [], json = false } = options;
    process.exitCode = await simulate(path, { events, customer, journeys: journey, locale, json, out });
  });

program
  .command('publish')
  .description(say(phrase`check a folder and make it live, as a whole or not at all`))
  .argument(...folder)
  .addOption(localeOption())
  .addHelpText('after', serverHelp('TABIJI_MARKETER_TOKEN, TABIJI_ADMIN_TOKEN'))
  .action(async (path: string) => {
    const url = env.TABIJI_URL || `http://127.0.0.1:${env.PORT || 3000}`;
    process.exitCode = await publish(path, { url, env, home: env.TABIJI_HOME || '.tabiji', locale, out });
  });

program
  .command('explain')
  .description(
    say(phrase`say why a customer is in a journey or not, why each message went or did not, and what comes next`),
  )
  .argument('<customer>', say(phrase`the shop's id of the customer, the e-mail address, or ours`))
  .argument('<journey>', say(phrase`the name of the journey`))
  .addOption(localeOption())
  .option('--json', say(phrase`as the server answers it`))
  .addHelpText('after', serverHelp('TABIJI_SUPPORT_TOKEN, TABIJI_MARKETER_TOKEN, TABIJI_ADMIN_TOKEN'))
  .action(async (customer: string, journey: string, { json = false }: { json?: boolean }) => {
    const url = env.TABIJI_URL || `http://127.0.0.1:${env.PORT || 3000}`;
    const options = { url, env, home: env.TABIJI_HOME || '.tabiji', locale, json, out };
    process.exitCode = await explain(customer, journey, options);
  });

await program.parseAsync();
