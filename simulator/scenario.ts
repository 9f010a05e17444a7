// Plays one test in a world: publishes its journeys, lets happen what is given, and gives back the transcript.
import { holdoutOf } from '../engine/core/draw.ts';
import type { JsonMap } from '../engine/core/schema.ts';
import type { Settings } from '../engine/core/settings.ts';
import type { Identity, Published } from '../engine/ports.ts';
import type { Incoming } from '../engine/receive.ts';
import { type Phrase, phrase } from '../language/phrase.ts';
import type { Place } from '../language/source.ts';
import type { Addresses, Row, Scenario, ScenarioCustomer } from '../language/test-file.ts';
import { Impossible } from './impossible.ts';
import { advance, finish, runMoment, type World, type WorldRecord } from './world.ts';

/** The moment at which a scenario's world begins: just before its first row. */
export function startOf(scenario: Scenario): number {
  return Math.min(...scenario.given.map(arrivalOf)) - 1;
}

/** A row that cannot happen when its moment has come: a person says where it stands. */
export class ImpossibleRow extends Error {
  readonly place: Place;
  readonly phrase: Phrase;
  constructor(place: Place, why: Error) {
    super(why.message, { cause: why });
    this.place = place;
    this.phrase = why instanceof Impossible ? why.phrase : phrase`${why.message}`;
  }
}

/**
 * Plays the scenario to its end (nothing open, nothing due). Throws where a test names a journey that is not among
 * `journeys`.
 */
export async function play(
  scenario: Scenario,
  world: World,
  settings: Settings,
  journeys: Published[],
): Promise<WorldRecord> {
  const own = scenario.journeys.map((name) => {
    const found = journeys.find(({ plan }) => plan.journey === name);
    if (!found) throw new Error(`${scenario.name}: there is no journey "${name}"`);
    return found;
  });
  // Who is there before the publish has become whatever they are before it.
  await world.publish({ settings, journeys: [] });
  const merged = scenario.given.flatMap((row) => (row.kind === 'merge' ? [row.from] : []));
  const visitors = new Set([...merged, ...scenario.customers.flatMap(({ id, isVisitor }) => (isVisitor ? [id] : []))]);
  // Who is merged into somebody else is a visitor until then.
  const identityOf: IdentityOf = (who) => (visitors.has(who) ? { anonymousId: who } : { userId: who });
  for (const customer of scenario.customers) if (!customer.isNew) await introduce(world, customer, identityOf);
  await fixDraws(world, scenario, identityOf);
  await world.publish({ settings, journeys: own });
  const unseen = new Map(scenario.customers.flatMap((customer) => (customer.isNew ? [[customer.id, customer]] : [])));
  const rows = scenario.given.map((row, index) => ({ row, index }));
  rows.sort((a, b) => arrivalOf(a.row) - arrivalOf(b.row) || a.index - b.index);
  // All rows of a moment are acknowledged, in the order written, before anything that is due at it.
  for (const at of new Set(rows.map(({ row }) => arrivalOf(row)))) {
    await advance(world, at);
    for (const { row, index } of rows.filter((one) => arrivalOf(one.row) === at)) {
      const stranger = unseen.get(row.who);
      unseen.delete(row.who);
      if (stranger) await introduce(world, stranger, identityOf);
      await happen(world, row, index, settings.purposes, scenario.journeys, identityOf).catch((error) => {
        throw error instanceof Error ? new ImpossibleRow(row.place, error) : error;
      });
    }
    await runMoment(world);
  }
  await finish(world);
  return world.record();
}

/** When the shop hears of it. */
export function arrivalOf(row: Row): number {
  return 'arrives' in row ? row.arrives : row.at;
}

type IdentityOf = (who: string) => Identity;

async function introduce(world: World, customer: ScenarioCustomer, identityOf: IdentityOf): Promise<void> {
  const { timeZone } = customer;
  const traits: JsonMap = timeZone === undefined ? customer.traits : { ...customer.traits, time_zone: timeZone };
  await world.receive({
    ...callOf(world, identityOf(customer.id), `introduce ${customer.id}`),
    kind: 'identify',
    traits,
    grants: customer.consent,
  });
  await reach(world, identityOf(customer.id), customer.addresses);
}

async function reach(world: World, who: Identity, addresses: Addresses): Promise<void> {
  for (const [channel, address] of Object.entries(addresses))
    await world.reach(who, channel as keyof Addresses, address);
}

/** Nobody is held out unless the test says so; a split without a draw takes its hash. */
async function fixDraws(world: World, scenario: Scenario, identityOf: IdentityOf): Promise<void> {
  for (const { id, isNew } of scenario.customers) {
    // To fix a draw of somebody is to have seen them.
    if (isNew) continue;
    const { holdout = false, ...others } = scenario.draws;
    for (const journey of scenario.journeys) await world.draw(identityOf(id), holdoutOf(journey), holdout);
    for (const [experiment, value] of Object.entries(others)) await world.draw(identityOf(id), experiment, value);
  }
}

async function happen(
  world: World,
  row: Row,
  index: number,
  purposes: string[],
  journeys: string[],
  identityOf: IdentityOf,
): Promise<void> {
  const who = identityOf(row.who);
  const call = { ...callOf(world, who, `row ${index}`), occurredAt: row.at };
  switch (row.kind) {
    case 'event':
      return world.receive({
        ...call,
        kind: 'event',
        name: row.name,
        data: row.data,
        sourceId: row.id ?? call.sourceId,
      });
    case 'call':
      return world.receive(row.incoming);
    case 'customer':
      await reach(world, who, row.addresses);
      // An address alone is no trait, and nobody is told of it.
      if (Object.keys(row.traits).length === 0 && Object.keys(row.addresses).length > 0) return;
      return world.receive({ ...call, kind: 'identify', traits: row.traits });
    case 'consent':
      return giveConsent(world, row, who, purposes);
    case 'suppress':
      return world.suppress(who, row.channel, row.reason);
    case 'channel':
      return world.channel.fail(row.channel, row.fails);
    case 'action':
      return world.act(journeys, who, row.action);
    case 'resolved':
      if ((await world.resolveConversations(who, row.queue)) === 0)
        throw new Impossible(phrase`${row.who} has no open conversation with ${row.queue} at this moment`);
      return;
    case 'webhook':
      if (row.returns) world.webhooks.returns(row.webhook, row.returns);
      if (row.fails !== undefined) world.webhooks.fail(row.webhook, row.fails);
      return;
    case 'answer':
      return answer(world, row, call.sourceId);
    case 'merge':
      return world.receive({ ...call, kind: 'alias', previousId: row.from });
  }
}

/** To the newest question; what nobody asked, or what is none of its answers, is a mistake of the test. */
async function answer(world: World, row: Row & { kind: 'answer' }, sourceId: string): Promise<void> {
  const { deliveries, customers } = await world.record();
  const asked = deliveries
    .filter(({ customerId, rendered }) => customers[customerId] === row.who && rendered?.question !== undefined)
    .filter(({ message }) => row.message === undefined || message === row.message)
    .sort((a, b) => (b.sentAt ?? 0) - (a.sentAt ?? 0))[0];
  if (!asked)
    throw new Impossible(
      row.message === undefined
        ? phrase`${row.who} was not asked anything yet`
        : phrase`${row.who} was not asked ${row.message} yet`,
    );
  const given = { key: asked.key, answer: row.answer, source: 'test', sourceId, at: row.at };
  const receipt = await world.answer(given);
  if (receipt.status === 'unknown') throw new Impossible(phrase`${asked.message} takes no answer`);
  if (receipt.status === 'invalid' && 'answers' in receipt.expected)
    throw new Impossible(
      phrase`${asked.message} has no answer "${row.answer}": ${receipt.expected.answers.join(', ')}`,
    );
}

/** What is listed is granted; every other purpose of that channel is withdrawn. */
async function giveConsent(
  world: World,
  row: Row & { kind: 'consent' },
  customer: Identity,
  purposes: string[],
): Promise<void> {
  const base = { customer, channel: row.channel, at: row.at, source: 'test', evidence: {} };
  for (const purpose of purposes) {
    const state = row.purposes.includes(purpose) ? 'granted' : 'withdrawn';
    await world.consent({ ...base, purpose, state });
  }
}

function callOf(world: World, identity: Identity, sourceId: string): Incoming {
  return {
    source: 'test',
    sourceId,
    identity,
    kind: 'event',
    name: null,
    occurredAt: world.clock.now(),
    data: {},
    traits: {},
    context: {},
    grants: [],
    trusted: true,
  };
}
