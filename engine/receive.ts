// What happens when something comes in: one transaction that stores it, asks intake, and writes what intake decided.
// The server and the simulator both call this; nothing is acknowledged before it has committed.
import { convertMap } from './core/convert.ts';
import { holdoutOf } from './core/draw.ts';
import { drawHoldout } from './core/entry.ts';
import type { StoredEvent } from './core/event.ts';
import { intake, intakeNeeds } from './core/intake.ts';
import { isValidZone } from './core/local-time.ts';
import { heardAnywhere } from './core/machine.ts';
import type { Plan } from './core/plan.ts';
import type { JsonMap } from './core/schema.ts';
import type { EventDefinition, Settings } from './core/settings.ts';
import type { Candidate, Changes, Standing } from './core/standing.ts';
import { withdrawDelivery } from './delivery-outcome.ts';
import { ErasedIdentity } from './erase.ts';
import { loadLive } from './live.ts';
import { findCustomer } from './merge.ts';
import type { Catalog, Customer, Identity, Ports, Published, Tx } from './ports.ts';
import { allowedOf } from './trust.ts';

/** One normalised call. `data` and `traits` are as sent; conversion to the declared types happens here. */
export interface Incoming {
  /** The sender of `sourceId`s. A repeat of (source, sourceId) is acknowledged and ignored. */
  source: string;
  sourceId: string;
  identity: Identity;
  /** alias: the id the customer was known by until now. */
  previousId?: string;
  kind: 'event' | 'identify' | 'alias';
  /** As sent (`Cart Updated`); null but for events. */
  name: string | null;
  /** Corrected by the sender's clock. */
  occurredAt: number;
  data: JsonMap;
  traits: JsonMap;
  context: { timeZone?: string; locale?: string };
  /** `context.consent` of an identify: grants only. */
  grants: { channel: string; purpose: string }[];
  trusted: boolean;
}

export type Receipt =
  /** `ignored` names what the sender's key may not say of this customer. */
  | { status: 'accepted'; eventId: string; ignored: string[] }
  | { status: 'duplicate'; eventId: null }
  /** It is about somebody who was erased: counted, and gone. */
  | { status: 'dropped'; eventId: null };
export type ReceivePorts = Pick<Ports, 'store' | 'clock' | 'newId' | 'between' | 'keyedHash'>;

/** Stores one call and everything it causes. When it resolves, all of it is committed. */
export async function receive(ports: ReceivePorts, incoming: Incoming): Promise<Receipt> {
  try {
    return await take(ports, incoming);
  } catch (error) {
    if (!(error instanceof ErasedIdentity)) throw error;
    const { userId } = incoming.identity;
    // Somebody else uses the browser of a person who was erased.
    if (error.kind === 'anonymous' && userId !== undefined)
      return receive(ports, { ...incoming, identity: { userId }, previousId: undefined });
    await ports.store.transaction((tx) => tx.countDropped(error.hash));
    return { status: 'dropped', eventId: null };
  }
}

function take(ports: ReceivePorts, incoming: Incoming): Promise<Receipt> {
  return ports.store.transaction(async (tx) => {
    const catalog = await tx.catalog();
    const { settings } = catalog;
    if (await isRepeat(tx, incoming)) return { status: 'duplicate', eventId: null };
    const customer = await join(tx, ports, incoming);
    // Read after the lock: so it orders what happens to one customer (design §3).
    const receivedAt = ports.clock.now();
    await ports.between('ingest: customer locked');
    const event = await store(tx, incoming, customer, settings, receivedAt);
    if (!event) return { status: 'duplicate', eventId: null };
    await ports.between('ingest: event stored');
    const allowed = allowedOf(incoming, customer);
    await saveTraits(tx, customer, allowed.traits, incoming.context, settings);
    await saveGrants(tx, customer, allowed.grants, incoming.kind, event);
    if (incoming.kind === 'event') await decide(ports, tx, event, customer, catalog);
    await ports.between('ingest: decided');
    return { status: 'accepted', eventId: event.id, ignored: allowed.ignored };
  });
}

/** An alias joins the id of before, too; only the server's key may say so. */
async function join(tx: Tx, ports: ReceivePorts, { identity, previousId, trusted }: Incoming): Promise<Customer> {
  const customer = await findCustomer(tx, ports, identity, trusted);
  if (!previousId || !identity.userId || !trusted) return customer;
  return findCustomer(tx, ports, { userId: identity.userId, anonymousId: previousId }, trusted);
}

/** A call that joins ids and is a repeat must not join them again: the browser may be somebody else's by now. */
async function isRepeat(tx: Tx, { identity, previousId, source, sourceId }: Incoming): Promise<boolean> {
  const joins = identity.userId !== undefined && (identity.anonymousId ?? previousId) !== undefined;
  return joins && (await tx.hasEvent(source, sourceId));
}

export interface ConsentInput {
  /** Either the customer's own id (an unsubscribe link), or an identity as the shop knows it. */
  customer: { id: string } | Identity;
  channel: string;
  purpose: string;
  state: 'granted' | 'withdrawn';
  /** When the customer said so. */
  at: number;
  source: string;
  evidence: JsonMap;
}

/** Appends a consent under the customer's lock; a withdrawal holds for every claim after it. False: no such customer. */
export async function recordConsent(ports: ReceivePorts, input: ConsentInput): Promise<boolean> {
  try {
    return await appendConsent(ports, input);
  } catch (error) {
    if (!(error instanceof ErasedIdentity)) throw error;
    await ports.store.transaction((tx) => tx.countDropped(error.hash));
    return false;
  }
}

function appendConsent(ports: ReceivePorts, input: ConsentInput): Promise<boolean> {
  return ports.store.transaction(async (tx) => {
    const { customer: who, ...row } = input;
    const customer = 'id' in who ? await tx.lockCustomer(who.id) : await findCustomer(tx, ports, who, true);
    if (!customer || customer.isErased) return false;
    await tx.appendConsent({ ...row, customerId: customer.id, recordedAt: ports.clock.now() });
    return true;
  });
}

function store(tx: Tx, incoming: Incoming, customer: Customer, settings: Settings, receivedAt: number) {
  const [name, definition] = definitionOf(settings, incoming);
  const { data, flags } = convertMap(definition?.properties ?? null, incoming.data, zoneOf(customer, settings));
  const same = definition?.same === undefined ? undefined : data[definition.same];
  return tx.insertEvent({
    customerId: customer.id,
    source: incoming.source,
    sourceId: incoming.sourceId,
    name,
    occurredAt: Math.min(incoming.occurredAt, receivedAt),
    receivedAt,
    data,
    flags: flags.map(({ path, declared }) => ({ path, declared })),
    same: same === undefined || same === null ? null : String(same),
  });
}

function definitionOf(settings: Settings, incoming: Incoming): [string, EventDefinition | undefined] {
  if (incoming.kind !== 'event' || incoming.name === null) return [incoming.kind, undefined];
  const sent = incoming.name;
  const own = Object.hasOwn(settings.events, sent) ? settings.events[sent] : undefined;
  if (own) return [sent, own];
  const found = Object.entries(settings.events).find(([, definition]) => definition.from.includes(sent));
  return found ?? [sent, undefined];
}

async function saveTraits(
  tx: Tx,
  customer: Customer,
  sent: JsonMap,
  context: Incoming['context'],
  settings: Settings,
): Promise<void> {
  const { data } = convertMap(settings.customer, sent, zoneOf(customer, settings));
  const traits: JsonMap = { ...customer.traits, ...data };
  for (const [name, value] of Object.entries(sent)) if (value === null) delete traits[name];
  const { timeZone, locale } = context;
  if (traits.time_zone === undefined && timeZone) traits.time_zone = timeZone;
  if (traits.locale === undefined && locale) traits.locale = locale;
  // An invalid zone counts as missing (journey-format §4).
  if (typeof traits.time_zone === 'string' && !isValidZone(traits.time_zone)) delete traits.time_zone;
  if (JSON.stringify(traits) === JSON.stringify(customer.traits)) return;
  customer.traits = traits;
  await tx.saveTraits(customer.id, traits);
}

async function saveGrants(tx: Tx, customer: Customer, grants: Incoming['grants'], source: string, event: StoredEvent) {
  for (const { channel, purpose } of grants) {
    const evidence = { event: event.id };
    const row = { channel, purpose, state: 'granted', at: event.occurredAt, recordedAt: event.receivedAt } as const;
    await tx.appendConsent({ ...row, customerId: customer.id, source, evidence });
  }
}

async function decide(ports: ReceivePorts, tx: Tx, event: StoredEvent, customer: Customer, catalog: Catalog) {
  const enrollments = await tx.lockLiveEnrollments(customer.id, event.receivedAt);
  const entering = catalog.journeys.filter(({ plan }) => plan.enter.on.includes(event.name));
  const live = await loadLive(tx, enrollments, (plan) => concerns(plan, event.name));
  if (live.length === 0 && entering.length === 0) return;
  const plans = [...live.map(({ plan }) => plan), ...entering.map(({ plan }) => plan)];
  const needs = intakeNeeds(event, plans);
  const standing: Standing = {
    customerId: customer.id,
    traits: customer.traits,
    zone: zoneOf(customer, catalog.settings),
    shopZone: catalog.settings.timeZone,
    live,
    candidates: await loadCandidates(ports, tx, customer.id, entering, catalog.halted ?? {}),
    history: needs.length === 0 ? [] : await tx.history(customer.id, needs),
    grants: await tx.grants(customer.id),
  };
  await apply(tx, event, intake(event, standing));
}

function concerns(plan: Plan, name: string): boolean {
  const named = [plan.enter.on, plan.goal?.on ?? [], ...plan.exits.map((rule) => rule.on)];
  return heardAnywhere(plan).has(name) || named.some((names) => names.includes(name));
}

async function loadCandidates(
  ports: ReceivePorts,
  tx: Tx,
  customerId: string,
  entering: Published[],
  halted: NonNullable<Catalog['halted']>,
) {
  const journeys = entering.map(({ plan }) => plan.journey);
  const entries = journeys.length === 0 ? [] : await tx.entries(customerId, journeys);
  const candidates: Candidate[] = [];
  for (const { version, plan } of entering) {
    const drawn = drawHoldout(customerId, plan);
    const heldOut = plan.holdout > 0 && (await tx.draw(customerId, holdoutOf(plan.journey), drawn)) === true;
    const own = entries.filter((entry) => entry.journey === plan.journey);
    const status = halted[plan.journey] ?? 'live';
    candidates.push({ version, plan, heldOut, entries: own, enrollmentId: ports.newId(), status });
  }
  return candidates;
}

async function apply(tx: Tx, event: StoredEvent, changes: Changes): Promise<void> {
  const decisions = [...changes.decisions];
  for (const enrollment of changes.changed) {
    await tx.saveEnrollment(enrollment);
    if (enrollment.status === 'active' || enrollment.endedBy !== event.id) continue;
    decisions.push(...(await withdrawDelivery(tx, enrollment, event.receivedAt)));
    await tx.look(enrollment.id);
  }
  for (const enrollment of changes.opened) {
    await tx.insertEnrollment(enrollment);
    await tx.look(enrollment.id);
  }
  for (const { enrollmentId, wake } of changes.inbox) {
    await tx.addToInbox(enrollmentId, event);
    if (wake) await tx.look(enrollmentId);
  }
  if (decisions.length > 0) await tx.record(decisions);
}

function zoneOf(customer: Customer, settings: Settings): string {
  return typeof customer.traits.time_zone === 'string' ? customer.traits.time_zone : settings.timeZone;
}
