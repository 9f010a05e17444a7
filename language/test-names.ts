// Names in tests: a slip in an event's or a customer's name would make a test pass that tests nothing.

import type { Plan } from '../engine/core/plan.ts';
import type { Settings } from '../engine/core/settings.ts';
import { didYouMean } from './nearest.ts';
import { phrase } from './phrase.ts';
import type { Place, Report } from './source.ts';
import type { Row, Scenario } from './test-file.ts';

type TestedPlan = Pick<Plan, 'journey' | 'messages' | 'holdout' | 'steps'>;
const nouns = {
  journey: phrase`journey`,
  customer: phrase`customer`,
  trait: phrase`trait`,
  event: phrase`event`,
  channel: phrase`channel`,
  message: phrase`message`,
  webhook: phrase`webhook`,
  queue: phrase`queue`,
  audience: phrase`audience`,
  platform: phrase`platform`,
  experiment: phrase`experiment`,
};
type Check = (what: keyof typeof nouns, name: string | undefined, names: string[], place: Place) => void;

/** Reports journeys, customers, traits, events, channels and messages that a test names and nobody has declared. */
export function checkTestNames(scenarios: Scenario[], plans: TestedPlan[], settings: Settings, report: Report): void {
  const check: Check = (what, name, names, place) => {
    if (name === undefined || names.includes(name)) return;
    report(place, `unknown-${what}`, phrase`there is no ${nouns[what]} "${name}"${didYouMean(name, names)}`);
  };
  for (const scenario of scenarios) {
    checkCast(scenario, plans, settings, check);
    checkDraws(scenario, plans, check, report);
    for (const row of scenario.given) checkRow(row, scenario, settings, check);
    checkExpected(scenario, plans, settings, check);
  }
}

function checkCast({ journeys, customers, place }: Scenario, plans: TestedPlan[], settings: Settings, check: Check) {
  const known = plans.map(({ journey }) => journey);
  for (const name of journeys) check('journey', name, known, place);
  const traits = customers.flatMap((customer) => Object.keys(customer.traits));
  for (const name of traits) check('trait', name, Object.keys(settings.customer), place);
}

function checkDraws({ journeys, draws, place }: Scenario, plans: TestedPlan[], check: Check, report: Report): void {
  for (const name of Object.keys(draws)) check('experiment', name, ['holdout'], place);
  const canBeHeldOut = plans.some(({ journey, holdout }) => journeys.includes(journey) && holdout > 0);
  if (draws.holdout !== true || canBeHeldOut) return;
  report(place, 'value', phrase`nobody is held out of ${journeys.join(', ')}: give it a "holdout", or remove the draw`);
}

/** A visitor needs no line among the customers: naming whom they turn out to be makes them known. */
function peopleOf({ customers, given }: Scenario): string[] {
  return [...customers.map(({ id }) => id), ...given.flatMap((row) => (row.kind === 'merge' ? [row.from] : []))];
}

function checkRow(row: Row, scenario: Scenario, settings: Settings, check: Check): void {
  const webhooks = Object.keys(settings.webhooks ?? {});
  check('webhook', row.kind === 'webhook' ? row.webhook : undefined, webhooks, row.place);
  const people = peopleOf(scenario);
  const events = Object.entries(settings.events).flatMap(([name, { from }]) => [name, ...from]);
  const traits = row.kind === 'customer' ? Object.keys(row.traits) : [];
  // A consent may be about a channel that is not there yet; a fault or a suppression may not.
  const channel = row.kind === 'channel' || row.kind === 'suppress' ? row.channel : undefined;
  check('customer', row.who, people, row.place);
  check('event', row.kind === 'event' ? row.name : undefined, events, row.place);
  for (const name of traits) check('trait', name, Object.keys(settings.customer), row.place);
  const channels = Object.keys(settings.channels).filter((name) => name !== 'ads');
  check('channel', channel, channels, row.place);
}

/** Who the journeys call in. */
function queuesOf(plans: TestedPlan[]): string[] {
  const steps = plans.flatMap((plan) => Object.values(plan.steps));
  return steps.flatMap((step) => (step.kind === 'handoff' ? [step.queue] : []));
}

function checkExpected(scenario: Scenario, plans: TestedPlan[], settings: Settings, check: Check): void {
  const { journeys, expect } = scenario;
  const people = peopleOf(scenario);
  const webhooks = Object.keys(settings.webhooks ?? {});
  const ads = Object.entries(settings.channels.ads ?? {});
  const audiences = ads.flatMap(([, platform]) => Object.keys(platform.audiences));
  const messages = plans.flatMap((plan) => Object.keys(plan.messages));
  const queues = queuesOf(plans);
  for (const { kind, what, who, journey, add = [], remove = [], place } of expect) {
    check('customer', who, people, place);
    check('journey', journey, journeys, place);
    const sent = kind === 'send' || kind === 'ask' || kind === 'not_sent' ? what : [];
    for (const name of kind === 'audience' ? what : []) check('audience', name, audiences, place);
    for (const name of [...add, ...remove])
      check(
        'platform',
        name,
        ads.map(([platform]) => platform),
        place,
      );
    for (const name of sent) check('message', name, [...messages, ...webhooks, ...queues], place);
    for (const name of kind === 'handoff' ? what : []) check('queue', name, queues, place);
    for (const name of kind === 'webhook' ? what : []) check('webhook', name, webhooks, place);
  }
}
