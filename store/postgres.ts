// The real store: engine's port on PostgreSQL and PGlite. Each noun's file holds its queries; this one holds the
// transaction.
import type pg from 'pg';
import type { Store, Tx } from '../engine/ports.ts';
import { addConversion, audienceMembers, dueAudiences, joinAudienceMembers, saveAudienceMember } from './audiences.ts';
import { type CatalogReader, createCatalogReader } from './catalog.ts';
import {
  addChatMessage,
  chatMessages,
  conversationOfEffect,
  openConversations,
  readConversation,
  saveConversation,
} from './chat.ts';
import {
  appendConsent,
  grants,
  hasConsent,
  liftByHand,
  liftSuppression,
  suppress,
  suppression,
  withdrawals,
} from './consents.ts';
import { createCustomers, lockFree } from './crowd.ts';
import { lockCustomer, lockCustomerOf, readCustomer, saveTraits } from './customers.ts';
import { journal, record, reportsOn } from './decisions.ts';
import {
  countedSends,
  deliveriesOf,
  readDelivery,
  readSendingDelivery,
  saveDelivery,
  waitingDeliveries,
} from './deliveries.ts';
import { draw } from './draws.ts';
import {
  customerOf,
  dueEnrollments,
  entries,
  entriesFor,
  insertEnrollment,
  lockEnrollment,
  lockLiveEnrollments,
  queuedEnrollments,
  saveEnrollment,
} from './enrollments.ts';
import { addressesOf, countDropped, eraseCustomer, erasedAmong, identitiesOf } from './erase.ts';
import { asStoreError, isRetried, StoreError } from './error.ts';
import { events, hasEvent, history, insertEvent, insertEvents, sharedFacts } from './events.ts';
import { addToInbox, hasUnread, heard, inbox, markRead } from './inbox.ts';
import {
  holdJourney,
  lockJourney,
  openEnrollments,
  parkedEnrollments,
  recordAction,
  saveJourney,
  unsweptJourneys,
} from './journey-stands.ts';
import { bindLine, lineUserId } from './line.ts';
import { moveCustomer } from './merge.ts';
import { look } from './outbox.ts';
import { dropPushSubscription, pushSubscriptions, savePushSubscription } from './push-subscriptions.ts';
import { gather, openSession, type Session } from './session.ts';
import { finishTurn, insertTurn, openTurn } from './turns.ts';
import { advanceSeed, customersAfter, dropWatches, dueWatches, openSeed, saveWatch, watches } from './watches.ts';

const RETRIES = 3;

/**
 * The store on this pool. `transaction` runs `work` again, at most three times, where PostgreSQL found a deadlock or a
 * serialization failure. What the database throws comes out as a `StoreError` without its texts.
 */
export function createStore(pool: pg.Pool): Store {
  const catalog = createCatalogReader();
  return {
    async transaction(work) {
      for (let retries = 0; ; retries++) {
        try {
          return await inTransaction(pool, (session) => work(transactionOn(session, catalog)));
        } catch (error) {
          if (retries === RETRIES || !isRetried(error)) throw error;
        }
      }
    },
  };
}

/** Runs `work` between BEGIN and COMMIT on a connection of its own; rolls back when it throws. */
export async function inTransaction<T>(pool: pg.Pool, work: (session: Session) => Promise<T>): Promise<T> {
  const client = await pool.connect().catch((error: unknown) => {
    throw asStoreError(error);
  });
  let isBroken = false;
  try {
    // Travels with the first statement; only a connection that is lost refuses it, and that refuses all others, too.
    const begun = command(client, 'BEGIN');
    begun.catch(() => {});
    const result = await work(openSession(client));
    await begun;
    // PostgreSQL answers COMMIT with ROLLBACK, and no error, where a statement failed and `work` went on regardless.
    if ((await command(client, 'COMMIT')) !== 'COMMIT')
      throw new StoreError('25P02', 'a statement of this transaction failed, so nothing of it was stored');
    return result;
  } catch (error) {
    await command(client, 'ROLLBACK').catch(() => {
      isBroken = true;
    });
    throw error;
  } finally {
    client.release(isBroken);
  }
}

async function command(client: pg.PoolClient, text: 'BEGIN' | 'COMMIT' | 'ROLLBACK'): Promise<string> {
  gather(client);
  try {
    return (await client.query(text)).command;
  } catch (error) {
    throw asStoreError(error);
  }
}

function transactionOn(session: Session, reader: CatalogReader): Tx {
  return {
    lockCustomerOf: (identity, at) => lockCustomerOf(session, identity, at),
    lockFree: (identities, at) => lockFree(session, identities, at),
    createCustomers: (people, at) => createCustomers(session, people, at),
    lockCustomer: (id) => lockCustomer(session, id),
    customer: (id) => readCustomer(session, id),
    moveCustomer: (from, into, withGrants) => moveCustomer(session, from, into, withGrants),
    identitiesOf: (customerId) => identitiesOf(session, customerId),
    addressesOf: (customerId) => addressesOf(session, customerId),
    eraseCustomer: (customerId, erasure) => eraseCustomer(session, customerId, erasure),
    erasedAmong: (hashes) => erasedAmong(session, hashes),
    countDropped: (hash) => countDropped(session, hash),
    lineUserId: (customerId) => lineUserId(session, customerId),
    bindLine: (customerId, account, at) => bindLine(session, customerId, account, at),
    saveTraits: (customerId, traits) => saveTraits(session, customerId, traits),
    appendConsent: (row) => appendConsent(session, row),
    hasConsent: (row) => hasConsent(session, row),
    grants: (customerId) => grants(session, customerId),
    withdrawals: (customerId) => withdrawals(session, customerId),
    suppression: (channel, address, hash) => suppression(session, channel, address, hash),
    suppress: (...given) => suppress(session, ...given),
    liftSuppression: (...given) => liftSuppression(session, ...given),
    liftByHand: (...given) => liftByHand(session, ...given),
    pushSubscriptions: (customerId) => pushSubscriptions(session, customerId),
    savePushSubscription: (subscription) => savePushSubscription(session, subscription),
    dropPushSubscription: (which) => dropPushSubscription(session, which),
    catalog: () => reader.catalog(session),
    plan: (version) => reader.plan(session, version),
    insertEvent: (event) => insertEvent(session, event),
    insertEvents: (all) => insertEvents(session, all),
    sharedFacts: (one, other) => sharedFacts(session, one, other),
    hasEvent: (source, sourceId) => hasEvent(session, source, sourceId),
    events: (ids) => events(session, ids),
    history: (customerId, needs) => history(session, customerId, needs),
    lockLiveEnrollments: (customerId, at) => lockLiveEnrollments(session, customerId, at),
    lockEnrollment: (id) => lockEnrollment(session, id),
    entries: (customerId, journeys) => entries(session, customerId, journeys),
    entriesFor: (customerId, wanted, ids) => entriesFor(session, customerId, wanted, ids),
    insertEnrollment: (enrollment) => insertEnrollment(session, enrollment),
    saveEnrollment: (enrollment) => saveEnrollment(session, enrollment),
    draw: (customerId, experiment, value) => draw(session, customerId, experiment, value),
    addToInbox: (enrollmentId, event) => addToInbox(session, enrollmentId, event),
    inbox: (enrollmentId, limit) => inbox(session, enrollmentId, limit),
    hasUnread: (enrollmentId, besides) => hasUnread(session, enrollmentId, besides),
    heard: (enrollmentId, names, limit) => heard(session, enrollmentId, names, limit),
    markRead: (enrollmentId, eventIds) => markRead(session, enrollmentId, eventIds),
    look: (enrollmentId) => look(session, enrollmentId),
    openTurn: (enrollmentId) => openTurn(session, enrollmentId),
    insertTurn: (turn) => insertTurn(session, turn),
    finishTurn: (enrollmentId, number, result) => finishTurn(session, enrollmentId, number, result),
    journal: (enrollmentId, turn) => journal(session, enrollmentId, turn),
    record: (decisions) => record(session, decisions),
    holdJourney: (journey) => holdJourney(session, journey),
    lockJourney: (journey) => lockJourney(session, journey),
    saveJourney: (stand) => saveJourney(session, stand),
    recordAction: (action) => recordAction(session, action),
    unsweptJourneys: () => unsweptJourneys(session),
    openEnrollments: (journey, after, limit) => openEnrollments(session, journey, after, limit),
    parkedEnrollments: (journey, now, after, limit) => parkedEnrollments(session, journey, now, after, limit),
    customerOf: (enrollmentId) => customerOf(session, enrollmentId),
    deliveriesOf: (enrollmentId) => deliveriesOf(session, enrollmentId),
    dueEnrollments: (customerId, from, to) => dueEnrollments(session, customerId, from, to),
    queuedEnrollments: (customerId, since) => queuedEnrollments(session, customerId, since),
    countedSends: (customerId, channels, since, at) => countedSends(session, customerId, channels, since, at),
    waitingDeliveries: (customerId) => waitingDeliveries(session, customerId),
    watches: (customerId) => watches(session, customerId),
    saveWatch: (watch) => saveWatch(session, watch),
    dropWatches: (customerId, journeys) => dropWatches(session, customerId, journeys),
    dueWatches: (at, limit) => dueWatches(session, at, limit),
    openSeed: () => openSeed(session),
    advanceSeed: (seed, after) => advanceSeed(session, seed, after),
    customersAfter: (after, limit) => customersAfter(session, after, limit),
    delivery: (key) => readDelivery(session, key),
    sendingDelivery: (enrollmentId) => readSendingDelivery(session, enrollmentId),
    reportsOn: (key) => reportsOn(session, key),
    saveDelivery: (delivery) => saveDelivery(session, delivery),
    addChatMessage: (message) => addChatMessage(session, message),
    chatMessages: (customerId, channel, after, limit) => chatMessages(session, customerId, channel, after, limit),
    saveConversation: (conversation) => saveConversation(session, conversation),
    conversation: (id) => readConversation(session, id),
    conversationOfEffect: (effectKey) => conversationOfEffect(session, effectKey),
    openConversations: (customerId) => openConversations(session, customerId),
    audienceMembers: (customerId) => audienceMembers(session, customerId),
    saveAudienceMember: (member) => saveAudienceMember(session, member),
    joinAudienceMembers: (into, from) => joinAudienceMembers(session, into, from),
    addConversion: (conversion) => addConversion(session, conversion),
    dueAudiences: (at, limit) => dueAudiences(session, at, limit),
  };
}
