// What `tabiji simulate` is given: who the customer is, and what happens to them, as rows of a test or as Segment's calls.

import { isMap } from 'yaml';
import { momentOf } from '../engine/core/local-time.ts';
import type { JsonMap } from '../engine/core/schema.ts';
import type { Settings } from '../engine/core/settings.ts';
import type { Incoming } from '../engine/receive.ts';
import { didYouMean } from '../language/nearest.ts';
import { type Phrase, phrase, speak } from '../language/phrase.ts';
import { readJsonMap, readList, readMap } from '../language/reader.ts';
import { type Place, type Report, type SourceFile, topOf } from '../language/source.ts';
import { type Row, readCustomer, type Scenario, type ScenarioCustomer } from '../language/test-file.ts';
import { readRow } from '../language/test-row.ts';
import { parseYaml, type Value } from '../language/yaml.ts';
import { type Call, calls } from '../server/ingest/calls.ts';
import { normalise } from '../server/ingest/segment.ts';

type CallRow = Row & { kind: 'call' };
/** One thing that happens; `placed` puts it where it stands in the file. */
interface Entry {
  value: Value;
  placed: (place: Place) => Place;
  call: CallRow | null;
}

/**
 * Reads the events, and the customer if a text of its own says who they are. Reports what is wrong; undefined where
 * nothing can be played. The customer is there before the journeys are.
 */
export function readSimulation(
  events: SourceFile,
  customerText: SourceFile | null,
  settings: Settings,
  report: Report,
): Pick<Scenario, 'customers' | 'given' | 'place'> | undefined {
  const told = customerText && parseYaml(customerText, report);
  const said = told ? readCustomer(told) : undefined;
  if (customerText && !said) return undefined;
  const { values, customer: within } = entriesOf(events, report);
  if (values.length === 0) {
    report(topOf(events), 'missing-key', phrase`nothing happens here: write one row, or one call, at least`);
    return undefined;
  }
  const entries = values.map((entry) => ({
    ...entry,
    call: isRow(entry.value) ? null : readCall(entry, settings, report),
  }));
  const sent = entries.flatMap(({ call }) => call ?? []);
  const customer = said ?? within ?? customerOf(sent);
  refuseOthers(sent, customer.id, report);
  const zone = customer.timeZone ?? settings.timeZone;
  const given: Row[] = [];
  for (const { value, placed, call } of entries) {
    const row = isRow(value) ? readRow(value, customer.id, () => zone, given.at(-1)?.at ?? null) : call;
    if (row) given.push({ ...row, who: row.kind === 'call' ? customer.id : row.who, place: placed(row.place) });
  }
  return given.length === 0 ? undefined : { customers: [customer], given, place: topOf(customerText ?? events) };
}

const unmoved = (place: Place) => place;

/** A list, a map with `given`, or one JSON value a line. */
function entriesOf(events: SourceFile, report: Report) {
  if (/\.(ndjson|jsonl)$/i.test(events.path)) return { values: linesOf(events, report), customer: undefined };
  const top = parseYaml(events, report);
  const shape = { what: phrase`a file of events`, known: ['customer', 'given'], required: ['given'] };
  const fields = top && isMap(top.node) ? readMap(top, shape) : undefined;
  const list = fields ? fields.get('given') : (top ?? undefined);
  const values = (list && readList(list, phrase`events are a list of rows, or of calls`)) ?? [];
  const customer = fields?.get('customer') && readCustomer(fields.get('customer')!);
  return { values: values.map((value) => ({ value, placed: unmoved })), customer };
}

/** Each line is read by itself, and what is said about it is moved to where the line stands. */
function linesOf(events: SourceFile, report: Report): Omit<Entry, 'call'>[] {
  let start = 0;
  return events.text.split('\n').flatMap((text) => {
    const offset = start;
    start += text.length + 1;
    if (text.trim() === '') return [];
    const placed = (place: Place) => ({ file: events, start: place.start + offset, end: place.end + offset });
    const line = { path: events.path, text: text.replace(/\r$/, '') };
    const value = parseYaml(line, (place, ...rest) => report(placed(place), ...rest));
    return value ? [{ value, placed }] : [];
  });
}

/** Rows say when by `at`, calls by `timestamp`. */
function isRow({ node }: Value): boolean {
  return isMap(node) ? !node.has('type') : true;
}

function readCall({ value, placed }: Omit<Entry, 'call'>, settings: Settings, report: Report): CallRow | null {
  const body = readJsonMap(value);
  if (!body) return null;
  const refuse = (sentence: Phrase) => {
    const line = value.place.file.text.slice(value.place.start, value.place.end).split('\n', 1)[0]!;
    report(placed({ ...value.place, end: value.place.start + line.length }), 'call', sentence);
    return null;
  };
  const type = calls.find((one) => one === body.type);
  if (!type) return refuse(phrase`"type" is one of: ${calls.join(', ')}${didYouMean(String(body.type), calls)}`);
  const at = momentIn(body, 'timestamp') ?? momentIn(body, 'receivedAt');
  if (at === null) return refuse(phrase`a call needs a "timestamp", such as 2026-11-20T09:30:00Z`);
  const arrives = Math.max(at, momentIn(body, 'receivedAt') ?? at);
  if (type === 'track') warnOfUnknown(String(body.event), placed(value.place), settings, report);
  return callRow(type, body, arrives, placed(value.place), refuse);
}

function callRow(
  type: Call,
  body: JsonMap,
  arrives: number,
  place: Place,
  refuse: (sentence: Phrase) => null,
): CallRow | null {
  const arrival = { receivedAt: arrives, sentAt: null, trusted: true };
  const read = normalise(type, body, arrival, () => `call at ${place.start}`);
  if (!read.ok) return refuse(refusalOf(read.sentence));
  return { kind: 'call', at: read.incoming.occurredAt, arrives, who: '', place, incoming: read.incoming };
}

/** What ingest says in English alone, where we know the sentence. */
function refusalOf(sentence: string): Phrase {
  const known = ingestSays.find((one) => speak(one, 'en') === sentence);
  return known ?? phrase`this call cannot be taken in: ${sentence}`;
}

const ingestSays = [
  phrase`userId or anonymousId must be there`,
  phrase`an alias needs userId and previousId`,
  phrase`its maps and lists lie in each other too deep`,
  phrase`timestamp: must be a time in ISO 8601, such as 2026-11-20T09:30:00Z`,
  phrase`timestamp: lies more than ten years back`,
  phrase`context.consent must map a channel to a list of purposes, as in {"email": ["marketing"]}`,
];

function momentIn(body: JsonMap, key: string): number | null {
  const value = body[key];
  return typeof value === 'string' || typeof value === 'number' ? momentOf(value, 'UTC') : null;
}

/** Whom the calls are about: by the user id as soon as one is named first, else a visitor. */
function customerOf(sent: CallRow[]): ScenarioCustomer {
  const base = { traits: {}, addresses: {}, consent: [], isNew: false };
  const { userId, anonymousId } = sent[0]?.incoming.identity ?? { userId: 'c1' };
  return userId ? { id: userId, ...base } : { id: anonymousId!, ...base, isVisitor: true };
}

/** One customer is played: every id must be joined to theirs by one of the calls. */
function refuseOthers(sent: CallRow[], id: string, report: Report): void {
  const own = new Set([id]);
  let before = 0;
  while (own.size > before) {
    before = own.size;
    for (const { incoming } of sent) {
      const ids = idsOf(incoming);
      if (ids.some((one) => own.has(one))) for (const one of ids) own.add(one);
    }
  }
  for (const { incoming, place } of sent)
    if (!idsOf(incoming).some((one) => own.has(one)))
      report(
        place,
        'another-customer',
        phrase`this is about ${idsOf(incoming)[0]!}, not about ${id}: one customer is played`,
      );
}

function idsOf({ identity, previousId }: Incoming): string[] {
  return [identity.userId, identity.anonymousId, previousId].filter((one) => one !== undefined);
}

/** A shop sends much that no journey knows; a slip of the pen looks the same. */
function warnOfUnknown(name: string, place: Place, { events }: Settings, report: Report): void {
  const known = Object.entries(events).flatMap(([own, { from }]) => [own, ...from]);
  if (known.includes(name)) return;
  const advice = didYouMean(name, known);
  report(place, 'unknown-event', phrase`events.yaml does not declare "${name}": it begins nothing${advice}`, 'warning');
}
