// Folders of these tests: a temporary one, a journeys folder written by the test, and the shipped journeys with waits
// of days made seconds.
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const made: string[] = [];

export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'tabiji-system-'));
  made.push(folder);
  return folder;
}

/** For `afterAll`, after the programs that write there have ended. */
export function removeFolders(): void {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
}

export interface Written {
  /** By name, everything below `journey:`. */
  journeys: { [name: string]: string };
  /** Event names; each may carry these properties. */
  events: string[];
  messages: string[];
}

/** A journeys folder. All journeys are transactional unless they say otherwise; a message's subject is its name. */
export function writeJourneys(folder: string, { journeys, events, messages }: Written): void {
  const files: { [path: string]: string } = {
    'settings.yaml': SETTINGS,
    'events.yaml': events.map((name) => `${name}:\n  properties: { note: "string?" }\n`).join(''),
  };
  for (const [name, text] of Object.entries(journeys)) files[`${name}.yaml`] = `journey: ${name}\n${text}`;
  for (const name of messages)
    files[`messages/${name}/email.liquid`] =
      `---\nsubject: ${name}\n---\n<p>Dear {{ customer.email | default: "you" }}</p>\n`;
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

const SETTINGS = `
brand: { name: Shop, url: "https://shop.example", postal_address: 1 Example Street, contact: support@shop.example }
time_zone: UTC
locale: en
purposes: [marketing]
customer: { first_name: string? }
channels:
  email: { from: "Shop <hello@shop.example>" }
`;

const SHIPPED = fileURLToPath(new URL('../../journeys/', import.meta.url));

/** Copies `journeys/`; every length below `steps:` counts seconds, three at least, and nobody is held out. */
export function copyShippedInSeconds(folder: string): void {
  cpSync(SHIPPED, folder, { recursive: true });
  for (const name of readdirSync(folder).filter((file) => file.endsWith('.yaml'))) {
    const text = readFileSync(join(folder, name), 'utf8');
    writeFileSync(join(folder, name), inSeconds(text));
  }
}

function inSeconds(text: string): string {
  const [head, steps] = text.replace(/^holdout:.*$/m, '').split(/^steps:/m);
  if (steps === undefined) return text;
  const lines = steps.split('\n').map((line) => (/expires:|if:|when:/.test(line) ? line : shorten(line)));
  return `${head}steps:${lines.join('\n')}`;
}

function shorten(line: string): string {
  // Within these the test has to do something, on a machine that is busy.
  const least = line.includes('within:') ? 12 : 3;
  return line.replace(/\b(\d+) (minute|hour|day|week)s?\b/g, (_, count) => `${Math.max(least, Number(count))} seconds`);
}
