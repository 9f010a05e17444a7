// Names in tests: a slip in an event's or a customer's name would make a test pass that tests nothing.
import type { Settings } from '../engine/core/settings.ts';
import { didYouMean } from './nearest.ts';
import type { Place, Report } from './source.ts';
import type { Row, Scenario } from './test-file.ts';

/** Reports journeys, customers, events, channels and messages that a test names and nobody has declared. */
export function checkTestNames(
  scenarios: Scenario[],
  plans: { journey: string; messages: object }[],
  settings: Settings,
  report: Report,
): void {
  const known = {
    journeys: plans.map(({ journey }) => journey),
    events: Object.entries(settings.events).flatMap(([name, { from }]) => [name, ...from]),
    channels: Object.keys(settings.channels),
    messages: plans.flatMap(({ messages }) => Object.keys(messages)),
  };
  const check = (what: string, name: string | undefined, names: string[], place: Place) => {
    if (name === undefined || names.includes(name)) return;
    report(place, `unknown-${what}`, `there is no ${what} "${name}"${didYouMean(name, names)}`);
  };
  for (const { journeys, customers, given, expect, place } of scenarios) {
    const people = customers.map(({ id }) => id);
    for (const name of journeys) check('journey', name, known.journeys, place);
    for (const row of given) {
      check('customer', row.who, people, row.place);
      check('event', row.kind === 'event' ? row.name : undefined, known.events, row.place);
      check('channel', channelOf(row), known.channels, row.place);
    }
    for (const one of expect) {
      check('customer', one.who, people, one.place);
      check('journey', one.journey, journeys, one.place);
      const messages = one.kind === 'send' || one.kind === 'not_sent' ? one.what : [];
      for (const name of messages) check('message', name, known.messages, one.place);
    }
  }
}

/** A consent may be about a channel that is not there yet; a fault or a suppression may not. */
function channelOf(row: Row): string | undefined {
  return row.kind === 'channel' || row.kind === 'suppress' ? row.channel : undefined;
}
