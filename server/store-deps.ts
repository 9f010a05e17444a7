// The application's needs, met by the engine and the store on one pool of connections.
import type pg from 'pg';
import { questionUnder, receiveAnswer } from '../engine/answer.ts';
import { cancel, eject, pauseEnrollment, release, resumeEnrollment } from '../engine/commands.ts';
import type { Json } from '../engine/core/schema.ts';
import { addressName, eraseCustomer } from '../engine/erase.ts';
import { errorCode } from '../engine/error-code.ts';
import { replyTo, resolveConversation } from '../engine/handoff.ts';
import { pauseJourney, resumeJourney, stopJourney, sweep } from '../engine/journey-commands.ts';
import { recordFollow } from '../engine/line-follow.ts';
import type { Store } from '../engine/ports.ts';
import { subscribe, unsubscribe } from '../engine/push-subscription.ts';
import type { ReceivePorts } from '../engine/receive.ts';
import { receive, recordConsent } from '../engine/receive.ts';
import { receiveMany } from '../engine/receive-many.ts';
import { report, resolveDelivery } from '../engine/report.ts';
import { resend } from '../engine/resend.ts';
import { liftCustomersSuppression, suppressCustomer } from '../engine/suppress.ts';
import { deliveriesIn, enrollmentsNeedingAttention } from '../store/attention.ts';
import { conversationList, conversationView, customersChat } from '../store/conversations.ts';
import { customerExport, customerIdOf } from '../store/customer-export.ts';
import { customerView, deliveryBody, lateCustomers, searchCustomers, sentMail } from '../store/customer-view.ts';
import { enrollmentView } from '../store/enrollment-view.ts';
import { StoreError } from '../store/error.ts';
import { explainCustomer, shopsLocale } from '../store/explanation.ts';
import { listJourneys } from '../store/journeys.ts';
import { createOutbox } from '../store/outbox.ts';
import { createStore } from '../store/postgres.ts';
import { createPrisma, type PrismaClient } from '../store/prisma.ts';
import { createPulse } from '../store/pulse.ts';
import { createQuarantine } from '../store/quarantine.ts';
import { createTestMessages } from '../store/test-messages.ts';
import { timeline } from '../store/timeline.ts';
import type { AppDeps, Commands, ConsentStanding, Projections, Publications } from './deps.ts';
import { keyedHash } from './keyed-hash.ts';
import { pageReads } from './page-reads.ts';
import { publishFolder } from './publish-folder.ts';

export interface StoreDepsInput {
  pool: pg.Pool;
  clock: ReceivePorts['clock'];
  newId: () => string;
  /** What the keyed hashes of people erased are made with. */
  secret: string;
  /** Called between every two steps of an ingest; tests crash here. */
  between?: ReceivePorts['between'];
}

export type StoreDeps = Pick<
  AppDeps,
  | 'receive'
  | 'receiveMany'
  | 'recordConsent'
  | 'report'
  | 'answers'
  | 'conversations'
  | 'commands'
  | 'eraseCustomer'
  | 'catalog'
  | 'devices'
  | 'recordFollow'
  | 'projections'
  | 'publications'
  | 'quarantine'
  | 'pulse'
  | 'pageReads'
  | 'testMessages'
  | 'clock'
  | 'newId'
> & { outboxSize: () => Promise<number>; sweep: (limit: number) => Promise<boolean> };

/** Closing the pool is left to who opened it. */
export function storeDeps({ pool, clock, newId, secret, between = () => {} }: StoreDepsInput): StoreDeps {
  const store = createStore(pool);
  const ports: ReceivePorts = { store, clock, newId, between, keyedHash: (text) => keyedHash(secret, text) };
  const prisma = createPrisma(pool);
  const outbox = createOutbox(pool);
  return {
    receive: (incoming) => receive(ports, incoming),
    receiveMany: (incomings) => receiveMany(ports, incomings),
    recordConsent: (input) => recordConsent(ports, input),
    report: (key, heard) => report(ports, key, heard),
    answers: {
      question: (key) => store.transaction(async (tx) => (await questionUnder(tx, key))?.question ?? null),
      receive: (answer) => receiveAnswer(ports, answer),
    },
    conversations: {
      list: (query) => conversationList(pool, query),
      ofCustomer: (id, before, limit) => customersChat(pool, id, before, limit),
      async read(id, locale) {
        const found = await conversationView(pool, id);
        if (!found) return null;
        const { customerId, journey } = found;
        const explained =
          journey === null ? null : await explainCustomer(pool, store, customerId, journey, clock.now(), locale);
        const story = typeof explained === 'string' ? null : explained;
        return { ...found, story } as unknown as Json;
      },
      reply: (id, key, text, by) => replyTo(ports, id, key, text, by),
      resolve: (id, by) => resolveConversation(ports, id, by),
    },
    async eraseCustomer(id) {
      const own = await customerIdOf(pool, id);
      return own !== null && eraseCustomer(ports, own);
    },
    recordFollow: (follow) => recordFollow(ports, follow),
    devices: {
      subscribe: (owner, device) => subscribe(ports, owner, device),
      unsubscribe: (owner, endpoint) => unsubscribe(ports, owner, endpoint),
    },
    catalog: () => store.transaction((tx) => tx.catalog()),
    commands: commandsOf(ports),
    sweep: (limit) => sweep(ports, limit),
    projections: {
      ...projectionsOf(pool, prisma, ports.keyedHash),
      consentStanding: (id) => consentStandingOf(store, id),
      timeline: async (id, before, limit, locale) => {
        const speaks = locale ?? shopsLocale(await store.transaction((tx) => tx.catalog()));
        return timeline(pool, id, before, limit, speaks);
      },
      enrollment: (id, locale) => enrollmentView(pool, store, id, clock.now(), locale),
      explanation: (id, journey, locale) => explainCustomer(pool, store, id, journey, clock.now(), locale),
    },
    publications: publicationsOf(pool, prisma, clock.now),
    quarantine: createQuarantine(pool),
    pulse: createPulse(pool),
    pageReads: pageReads(pool, store, clock.now),
    testMessages: {
      ...createTestMessages(pool),
      suppression: (address) =>
        store.transaction((tx) => tx.suppression('email', address, ports.keyedHash(addressName(address)))),
    },
    outboxSize: () => outbox.size(),
    clock,
    newId,
  };
}

function commandsOf(ports: ReceivePorts): Commands {
  return {
    eject: (id, by) => eject(ports, id, by),
    pauseEnrollment: (id, by) => pauseEnrollment(ports, id, by),
    resumeEnrollment: (id, by) => resumeEnrollment(ports, id, by),
    release: (id, by, then) => release(ports, id, by, then),
    cancel: (key, by) => cancel(ports, key, by),
    resolveDelivery: (key, by, as) => resolveDelivery(ports, key, by, as),
    resend: (key, by) => resend(ports, key, by),
    suppress: (id, channel, by) => suppressCustomer(ports, id, channel, by),
    liftSuppression: (id, channel, by, because) => liftCustomersSuppression(ports, id, channel, by, because),
    pauseJourney: (journey, by) => pauseJourney(ports, journey, by),
    resumeJourney: (journey, by) => resumeJourney(ports, journey, by),
    stopJourney: (journey, by) => stopJourney(ports, journey, by),
  };
}

function projectionsOf(
  pool: pg.Pool,
  prisma: PrismaClient,
  hashOf: (text: string) => string,
): Omit<Projections, 'explanation' | 'consentStanding' | 'timeline' | 'enrollment'> {
  return {
    searchCustomers: async (text) => (await searchCustomers(pool, text)) as unknown as Json,
    lateCustomers: async () => (await lateCustomers(pool)) as unknown as Json,
    customer: (id) =>
      reading(async () => {
        const view = await customerView(prisma, id, hashOf);
        if (view) return view as unknown as Json;
        const found = await searchCustomers(pool, id);
        return found.length === 1 ? ((await customerView(prisma, found[0]!.id, hashOf)) as unknown as Json) : null;
      }),
    customerId: (id) => customerIdOf(pool, id),
    exportCustomer: (id) =>
      reading(async () => {
        const own = await customerIdOf(pool, id);
        return own === null ? null : ((await customerExport(prisma, own)) as unknown as Json);
      }),
    enrollmentsNeedingAttention: (after, limit) => enrollmentsNeedingAttention(pool, after, limit),
    deliveriesIn: (state, after, limit) => deliveriesIn(pool, state, after, limit),
    sentMail: (key) => sentMail(pool, key),
    deliveryBody: (key) => reading(async () => (await deliveryBody(prisma, key)) as Json),
  };
}

function consentStandingOf(store: Store, id: string): Promise<ConsentStanding | null> {
  return store.transaction(async (tx) => {
    const customer = await tx.customer(id);
    if (!customer || customer.isErased) return null;
    const { email } = customer.traits;
    return { grants: await tx.grants(customer.id), email: typeof email === 'string' ? email : null };
  });
}

function publicationsOf(pool: pg.Pool, prisma: PrismaClient, now: () => number): Publications {
  return {
    publish: (files, by, at) => publishFolder(pool, files, by, at),
    list: () => reading(async () => (await listJourneys(prisma, now())) as unknown as Json),
  };
}

// Not reachable, time-outs, connections lost or used up: https://www.prisma.io/docs/orm/reference/error-reference
const passing = /^(P1\d{3}|P2024|P2028|P2034|P2037)$/;

/** Prisma's errors quote the query; only what passes is told apart, in the store's own words. */
async function reading<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    const { code } = errorCode(error);
    if (!passing.test(code)) throw error;
    throw new StoreError(code, `the database cannot be reached (${code})`, { isTransient: true });
  }
}
