// What happens when something comes in: one transaction that stores it, asks intake, and writes what intake decided.
// The server and the simulator both call this; nothing is acknowledged before it has committed.

import { endWithoutConsent, retellAudiences } from './audiences.ts';
import type { StoredEvent } from './core/event.ts';
import type { JsonMap } from './core/schema.ts';
import type { Settings } from './core/settings.ts';
import { decide } from './decide.ts';
import { ErasedIdentity } from './erase.ts';
import { type Incoming, newEventOf, traitsAfter } from './incoming.ts';
import { findCustomer } from './merge.ts';
import type { Catalog, Customer, Identity, NewEvent, Ports, Tx } from './ports.ts';
import { changedTraits } from './set-traits.ts';
import { allowedOf } from './trust.ts';

export type { Incoming } from './incoming.ts';

export type Receipt =
  /** `ignored` names what the sender's key may not say of this customer, `flags` what was not of the declared type. */
  | { status: 'accepted'; eventId: string; ignored: string[]; flags: NewEvent['flags'] }
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
    const said = newEventOf(incoming, customer, settings, receivedAt);
    const event = await tx.insertEvent(said);
    if (!event) return repeated(tx, ports, incoming, customer, catalog, receivedAt);
    await ports.between('ingest: event stored');
    const allowed = allowedOf(incoming, customer);
    const traitsBefore = customer.traits;
    await saveTraits(tx, customer, allowed.traits, incoming.context, settings);
    if (!customer.isFirstSeen)
      await retellAudiences(tx, customer.id, changedTraits(traitsBefore, customer.traits), receivedAt);
    await saveGrants(tx, customer, allowed.grants, incoming.kind, event);
    const hasSaid = await saveConsents(tx, customer, incoming, event);
    const isEvent = incoming.kind === 'event';
    await decide(ports, tx, customer, catalog, {
      ...{ event: isEvent ? event : null, cause: event, occurredAt: event.occurredAt, traitsBefore },
      touch: {
        events: isEvent ? [event.name] : [],
        traits: changedTraits(traitsBefore, customer.traits),
        consents: allowed.grants.length > 0 || hasSaid,
        ...(customer.isMerged && { everything: true }),
      },
    });
    await ports.between('ingest: decided');
    return { status: 'accepted', eventId: event.id, ignored: allowed.ignored, flags: said.flags };
  });
}

/** A fact that another source has reported first is stored already; what this one says of the person besides it is not. */
async function repeated(
  tx: Tx,
  ports: ReceivePorts,
  incoming: Incoming,
  customer: Customer,
  catalog: Catalog,
  receivedAt: number,
): Promise<Receipt> {
  const { traits, context, consents = [] } = incoming;
  const saysMore = incoming.kind === 'event' && (Object.keys(traits).length > 0 || consents.length > 0);
  if (saysMore && !(await tx.hasEvent(incoming.source, incoming.sourceId))) {
    const traitsBefore = customer.traits;
    await saveTraits(tx, customer, allowedOf(incoming, customer).traits, context, catalog.settings);
    const changed = changedTraits(traitsBefore, customer.traits);
    if (!customer.isFirstSeen) await retellAudiences(tx, customer.id, changed, receivedAt);
    const hasSaid = await saveConsents(tx, customer, incoming, { receivedAt });
    await decide(ports, tx, customer, catalog, {
      ...{ event: null, cause: { id: null, receivedAt }, occurredAt: receivedAt, traitsBefore },
      touch: { events: [], traits: changed, consents: hasSaid, ...(customer.isMerged && { everything: true }) },
    });
  }
  return { status: 'duplicate', eventId: null };
}

/** An alias joins the id of before, too; only the server's key may say so. */
async function join(tx: Tx, ports: ReceivePorts, { identity, previousId, trusted }: Incoming): Promise<Customer> {
  const customer = await findCustomer(tx, ports, identity, trusted);
  if (!previousId || !identity.userId || !trusted) return customer;
  return findCustomer(tx, ports, { userId: identity.userId, anonymousId: previousId }, trusted);
}

/** A call that joins ids and is a repeat must not join them again: the browser may be somebody else's by now. */
async function isRepeat(tx: Tx, { identity, previousId, source, sourceId }: Incoming): Promise<boolean> {
  const joins =
    identity.userId !== undefined && (identity.anonymousId ?? identity.lineUserId ?? previousId) !== undefined;
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
    const at = ports.clock.now();
    await tx.appendConsent({ ...row, customerId: customer.id, recordedAt: at });
    await consentsChanged(ports, tx, customer, row.at, at);
    return true;
  });
}

/**
 * Withdraws all that stands as granted on a channel; holds for every claim after it. In a transaction that has locked the
 * customer.
 */
export async function withdrawAll(
  ports: ReceivePorts,
  tx: Tx,
  customerId: string,
  channel: string,
  { source, at, evidence }: Pick<ConsentInput, 'source' | 'at' | 'evidence'>,
): Promise<void> {
  const customer = await tx.lockCustomer(customerId);
  if (!customer || customer.isErased) return;
  const recordedAt = ports.clock.now();
  const granted = (await tx.grants(customer.id)).filter((grant) => grant.channel === channel);
  const row = { customerId: customer.id, channel, state: 'withdrawn', at, recordedAt, source, evidence } as const;
  for (const { purpose } of granted) await tx.appendConsent({ ...row, purpose });
  if (granted.length > 0) await consentsChanged(ports, tx, customer, at, recordedAt);
}

async function consentsChanged(ports: ReceivePorts, tx: Tx, customer: Customer, occurredAt: number, at: number) {
  await endWithoutConsent(tx, customer.id, at);
  await decide(ports, tx, customer, await tx.catalog(), {
    ...{ event: null, cause: { id: null, receivedAt: at }, occurredAt, traitsBefore: customer.traits },
    touch: { events: [], traits: [], consents: true, ...(customer.isMerged && { everything: true }) },
  });
}

async function saveTraits(
  tx: Tx,
  customer: Customer,
  sent: JsonMap,
  context: Incoming['context'],
  settings: Settings,
): Promise<void> {
  const traits = traitsAfter(customer, sent, context, settings);
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

/** Shops tell the same consent with every change of a customer: it is recorded once. True: there was a new one. */
async function saveConsents(
  tx: Tx,
  { id: customerId }: Customer,
  { consents = [], source, trusted }: Incoming,
  { receivedAt: recordedAt }: Pick<StoredEvent, 'receivedAt'>,
): Promise<boolean> {
  let hasSaid = false;
  for (const said of trusted ? consents : []) {
    const row = { ...said, at: Math.min(said.at, recordedAt), customerId, recordedAt, source };
    if (await tx.hasConsent(row)) continue;
    await tx.appendConsent(row);
    hasSaid = true;
  }
  if (hasSaid) await endWithoutConsent(tx, customerId, recordedAt);
  return hasSaid;
}
