// Folders of these tests: a temporary one, a journeys folder written by the test, and the shipped journeys with waits
// of days made seconds.
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse, stringify } from 'yaml';

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

/**
 * Copies `journeys/`; nobody is held out, and every length below `steps:` is three seconds, or 12 in the steps with these
 * ids: there a test has something to do, for which a busy machine takes its time.
 */
export function copyShippedInSeconds(folder: string, acted: readonly string[]): void {
  cpSync(SHIPPED, folder, { recursive: true });
  for (const name of readdirSync(folder).filter((file) => file.endsWith('.yaml'))) {
    const file = parse(readFileSync(join(folder, name), 'utf8')) as { holdout?: unknown; steps?: unknown };
    if (!file?.steps) continue;
    delete file.holdout;
    inSeconds(file.steps, new Set(acted));
    writeFileSync(join(folder, name), stringify(file));
  }
}

function inSeconds(node: unknown, acted: Set<string>): void {
  if (typeof node !== 'object' || node === null) return;
  const step = node as Step;
  const length = `${acted.has(step.id!) ? 12 : 3} seconds`;
  if (typeof step.wait === 'string') step.wait = length;
  for (const part of [step, step.wait as Step])
    for (const key of ['within', 'for'] as const) if (typeof part?.[key] === 'string') part[key] = length;
  // What a wait holds besides its own lengths are steps again.
  const { wait, ...others } = step;
  for (const inner of [...Object.values(others), ...Object.values(wait ?? {})]) inSeconds(inner, acted);
}

interface Step {
  id?: string;
  wait?: unknown;
  within?: string;
  for?: string;
}
