// events.yaml: the events that the shop sends, and what journeys may rely on in them.

import { answerEvent } from '../engine/core/answer.ts';
import { resolvedEvent } from '../engine/core/handoff.ts';
import type { EventDefinition } from '../engine/core/settings.ts';
import { didYouMean } from './nearest.ts';
import { phrase, quoted } from './phrase.ts';
import { readSchema } from './property-type.ts';
import { type Fields, readBool, readEntries, readMap, readOneOrMore, readText } from './reader.ts';
import type { Located, Place, Report } from './source.ts';
import type { Value } from './yaml.ts';

/** Event definitions by name, each with the place of its name. */
export type EventSources = Map<string, { definition: EventDefinition; place: Place }>;

const eventName = /^[a-z][a-z0-9_]{0,63}$/;

/** Reads the whole file. Definitions with mistakes are reported and kept as far as they can be read. */
export function readEvents(file: Value): EventSources {
  const events: EventSources = new Map();
  const entries = readEntries(file, phrase`events.yaml is a map from event names to what they carry`) ?? new Map();
  for (const [name, entry] of entries) {
    if (!eventName.test(name) || name in Object.prototype) {
      file.yaml.report(
        entry.key,
        'name',
        phrase`"${name}" cannot name an event: small letters, digits and "_" (order_completed)`,
      );
    }
    if (name === answerEvent || name === resolvedEvent)
      file.yaml.report(entry.key, 'name', phrase`"${name}" is an event of the engine's own: choose another name`);
    events.set(name, { definition: readEvent(entry), place: entry.key });
  }
  refuseSharedNames(events, entries, file.yaml.report);
  return events;
}

function readEvent(entry: Value): EventDefinition {
  const known = ['from', 'properties', 'correlate', 'same', 'buys'];
  // `subscribed:` with nothing behind it declares the name alone.
  const fields = entry.node === null || isEmpty(entry) ? undefined : readMap(entry, { what: phrase`an event`, known });
  const properties = fields?.get('properties');
  const definition: EventDefinition = {
    from: names(fields?.get('from')).map((name) => name.value),
    properties: (properties && readSchema(properties)) ?? null,
    correlate: [],
    buys: (fields?.get('buys') && readBool(fields.get('buys')!, quoted('buys'))?.value) ?? false,
  };
  definition.correlate = scalarProperties(names(fields?.get('correlate')), definition, 'correlate', entry);
  const same = scalarProperties(names(fields?.get('same')), definition, 'same', entry)[0];
  return same === undefined ? definition : { ...definition, same };
}

function isEmpty(entry: Value): boolean {
  return entry.node !== null && 'value' in entry.node && entry.node.value === null;
}

function names(value: Value | undefined): Located<string>[] {
  if (!value) return [];
  return readOneOrMore(value).flatMap((item) => readText(item, phrase`a name is expected here`) ?? []);
}

/** What correlates must be one comparable value: text, a whole number or a day. */
function scalarProperties(wanted: Located<string>[], event: EventDefinition, key: string, entry: Value): string[] {
  const properties = event.properties ?? {};
  return wanted.flatMap(({ value, place }) => {
    const type = Object.hasOwn(properties, value) ? properties[value] : undefined;
    if (!type) {
      const near = didYouMean(value, Object.keys(properties));
      entry.yaml.report(
        place,
        'unknown-property',
        phrase`"${key}" names "${value}", which is not among the properties${near}`,
      );
      return [];
    }
    if (type.kind === 'string' || type.kind === 'int' || type.kind === 'date') return [value];
    entry.yaml.report(
      place,
      'type',
      phrase`"${key}" takes a property of type string, int or date; "${value}" is a ${type.kind}`,
    );
    return [];
  });
}

/** A name that a source sends must mean one event. */
function refuseSharedNames(events: EventSources, entries: Fields, report: Report): void {
  const owners = new Map([...events.keys()].map((name) => [name, name]));
  for (const [name, entry] of entries) {
    for (const sent of events.get(name)?.definition.from ?? []) {
      const owner = owners.get(sent);
      if (owner !== undefined && owner !== name) {
        report(
          entry.key,
          'shared-name',
          phrase`"${sent}" already means the event "${owner}": a name that is sent can mean one event`,
        );
      }
      owners.set(sent, name);
    }
  }
}
