// tests/*.test.yaml → scenarios: who there is, what happens when, and what must come of it (journey-format §8).

import { momentOf } from '../engine/core/local-time.ts';
import type { HeardKind } from '../engine/core/reasons.ts';
import type { Json, JsonMap } from '../engine/core/schema.ts';
import type { Incoming } from '../engine/receive.ts';
import { phrase } from './phrase.ts';
import { type Fields, readJsonMap, readList, readMap, readOneOrMore, readText, say } from './reader.ts';
import type { Place, Report, SourceFile } from './source.ts';
import { readExpected } from './test-expected.ts';
import { readRow } from './test-row.ts';
import { parseYaml, type Value } from './yaml.ts';

export interface ScenarioCustomer {
  id: string;
  /** IANA, or undefined for the settings' zone. */
  timeZone?: string;
  /** Traits: every other key. */
  traits: JsonMap;
  addresses: Addresses;
  consent: { channel: string; purpose: string }[];
  /** First seen with the first row about them, after the publish; else they were there before it. */
  isNew: boolean;
  /** Known by a browser's own id only. */
  isVisitor?: boolean;
}

/** Addresses that are no traits; null takes all of the channel away. */
export interface Addresses {
  push?: string | null;
  line?: string | null;
}

interface RowBase {
  at: number;
  who: string;
  place: Place;
}
export type Row = RowBase &
  (
    | { kind: 'event'; name: string; data: JsonMap; id: string | null; arrives: number }
    /** A call as a client sent it; no test writes one, `tabiji simulate` reads them. */
    | { kind: 'call'; incoming: Incoming; arrives: number }
    | { kind: 'customer'; traits: JsonMap; addresses: Addresses }
    | { kind: 'consent'; channel: string; purposes: string[] }
    | { kind: 'suppress'; channel: string; reason: string }
    | { kind: 'channel'; channel: string; fails: number | 'unknown' | 'gone' }
    | { kind: 'action'; action: Action }
    /** Somebody resolves the customer's conversations in this queue. */
    | { kind: 'resolved'; queue: string }
    /** What the webhook answers from now on, or how its next calls fail. */
    | { kind: 'webhook'; webhook: string; returns?: JsonMap; fails?: number | 'unknown' | 'gone' }
    /** The customer answers the newest question that they were asked; of this message, if it is named. */
    | { kind: 'answer'; answer: string; message: string | undefined }
    /** The visitor `from` logs in as `who`. */
    | { kind: 'merge'; from: string }
  );

/** What somebody does: to the test's journeys, to the customer's open enrollments, to a message that is not yet sent. */
export type Action =
  | { on: 'journey'; what: 'pause' | 'resume' | 'stop' }
  | { on: 'enrollment'; what: 'pause' | 'resume' | 'eject' }
  /** What waits is withdrawn; what may have gone is sent once more. */
  | { on: 'message'; what: 'cancel' | 'resend'; message: string }
  /** Something is heard of the newest delivery of this message. */
  | { on: 'report'; what: HeardKind; message: string; code: string | null }
  /** Support says whether a message went of which nobody knew. */
  | { on: 'doubt'; what: 'accepted' | 'failed'; message: string };

export type ExpectedKind =
  | 'send'
  | 'ask'
  | 'webhook'
  | 'handoff'
  | 'exit'
  | 'credited'
  | 'not_sent'
  | 'not_repeated'
  | 'not_entered'
  | 'trait'
  | 'hold'
  | 'audience'
  | 'resolved';
export interface Expected {
  kind: ExpectedKind;
  /** Any of these; for a send the message, for an exit the reason. */
  what: string[];
  at?: number;
  /** On a hold: when the message comes up again. */
  until?: number;
  who?: string;
  journey?: string;
  by?: string;
  why?: string;
  subject?: string;
  contains?: string;
  /** On an audience: the platforms, sorted. */
  add?: string[];
  remove?: string[];
  place: Place;
}

export interface Scenario {
  name: string;
  place: Place;
  journeys: string[];
  customers: ScenarioCustomer[];
  /** By experiment; `holdout` is the draw of every journey of the test. */
  draws: { [experiment: string]: Json };
  given: Row[];
  /** `no sends` alone is an empty list. */
  expect: Expected[];
}

/**
 * Reads a test file. What is wrong with it is reported; undefined when nothing of it can be run.
 *
 * @param zone the settings' zone, for customers without one
 */
export function readTestFile(source: SourceFile, zone: string, report: Report): Scenario[] | undefined {
  const top = parseYaml(source, report);
  const known = ['journey', 'journeys', 'customer', 'customers', 'tests'];
  const file = top && readMap(top, { what: phrase`a test file`, known, required: ['tests'] });
  if (!file) return undefined;
  const journeys = readNames(file.get('journey') ?? file.get('journeys'));
  if (journeys.length === 0) return say(top, 'missing-key', phrase`a test file needs "journey" or "journeys"`);
  const customers = readCustomers(file);
  const tests = file.get('tests') && readList(file.get('tests')!, phrase`tests are a list`);
  return tests?.flatMap((test) => readScenario(test, journeys, customers, zone) ?? []);
}

function readNames(value: Value | undefined): string[] {
  if (!value) return [];
  return readOneOrMore(value).flatMap((one) => readText(one, phrase`a journey is named`)?.value ?? []);
}

function readCustomers(file: Fields): ScenarioCustomer[] {
  const several = file.get('customers');
  const values = several
    ? readList(several, phrase`customers are a list`)
    : [file.get('customer')].filter((one) => one !== undefined);
  const read = values?.flatMap((value) => readCustomer(value) ?? []) ?? [];
  return read.length > 0 ? read : [{ id: 'c1', traits: {}, addresses: {}, consent: [], isNew: false }];
}

/** One of `customers`. */
export function readCustomer(value: Value): ScenarioCustomer | undefined {
  const map = readJsonMap(value);
  if (!map) return undefined;
  const { id, time_zone, consent, new: isNew, ...given } = map;
  if (typeof id !== 'string') return say(value, 'missing-key', phrase`a customer needs an "id"`);
  const who = splitAddresses(given, id);
  const customer: ScenarioCustomer = { id, ...who, consent: consentsOf(consent), isNew: isNew === true };
  if (typeof time_zone === 'string') customer.timeZone = time_zone;
  return customer;
}

/** `push` and `line` are addresses; `true` stands for one that nobody has to name. */
export function splitAddresses(given: JsonMap, who: string): { traits: JsonMap; addresses: Addresses } {
  const { push, line, ...traits } = given;
  const addresses: Addresses = {};
  for (const [channel, value] of Object.entries({ push, line }) as [keyof Addresses, Json | undefined][]) {
    if (value === undefined) continue;
    addresses[channel] =
      value === null || value === false ? null : value === true ? `${channel} of ${who}` : String(value);
  }
  return { traits, addresses };
}

function consentsOf(consent: Json | undefined): { channel: string; purpose: string }[] {
  if (consent === undefined || consent === null || typeof consent !== 'object' || Array.isArray(consent)) return [];
  return Object.entries(consent).flatMap(([channel, purposes]) =>
    (Array.isArray(purposes) ? purposes : [purposes]).map((purpose) => ({ channel, purpose: String(purpose) })),
  );
}

function readScenario(
  value: Value,
  journeys: string[],
  customers: ScenarioCustomer[],
  zone: string,
): Scenario | undefined {
  const known = ['name', 'given', 'expect', 'draw'];
  const fields = readMap(value, { what: phrase`a test`, known, required: ['name', 'given', 'expect'] });
  const name = fields?.get('name') && readText(fields.get('name')!, phrase`a test is named by a sentence`);
  if (!fields || !name) return undefined;
  const zoneOf = (who: string) => customers.find((customer) => customer.id === who)?.timeZone ?? zone;
  const first = customers[0]!.id;
  const given = readRows(fields.get('given'), first, zoneOf);
  const expect = fields.get('expect') && readList(fields.get('expect')!, phrase`expect is a list`);
  if (given.length === 0) return say(value, 'shape', phrase`a test needs at least one row in "given"`);
  const draws = fields.get('draw') ? (readJsonMap(fields.get('draw')!) ?? {}) : {};
  const expected = expect?.flatMap((one) => readExpected(one, (who) => zoneOf(who ?? first)) ?? []) ?? [];
  return { name: name.value, place: name.place, journeys, customers, draws, given, expect: expected };
}

function readRows(value: Value | undefined, first: string, zoneOf: (who: string) => string): Row[] {
  const rows: Row[] = [];
  for (const one of (value && readList(value, phrase`given is a list`)) ?? []) {
    const row = readRow(one, first, zoneOf, rows.at(-1)?.at ?? null);
    if (row) rows.push(row);
  }
  return rows;
}

/** A moment as a test writes it: the customer's wall clock (`2026-03-07 22:00`), or ISO 8601 with an offset. */
export function readMoment(value: Value, zone: string): number | undefined {
  const text = readText(value, phrase`a moment is written like "2026-03-07 22:00"`);
  if (!text) return undefined;
  const at = /\d:\d\d/.test(text.value) ? momentOf(text.value, zone) : null;
  return at ?? say(value, 'value', phrase`"${text.value}" is no moment: write it like "2026-03-07 22:00"`);
}
