// What the server needs from outside. `main.ts` and the embedded default give the real ones, tests their own.
import type { FastifyBaseLogger, FastifyInstance } from 'fastify';
import type { AnswerReceipt, IncomingAnswer } from '../engine/answer.ts';
import type { CommandAnswer } from '../engine/command.ts';
import type { Question } from '../engine/core/content.ts';
import type { Json } from '../engine/core/schema.ts';
import type { Locale } from '../engine/core/sentences.ts';
import type { LineFollow } from '../engine/line-follow.ts';
import type { Catalog, Clock, PushSubscription } from '../engine/ports.ts';
import type { DeviceOwner } from '../engine/push-subscription.ts';
import type { ConsentInput, Incoming, Receipt } from '../engine/receive.ts';
import type { Report } from '../engine/report.ts';
import type { AddressedChannel } from '../engine/suppress.ts';
import type { Diagnostic } from '../language/diagnostic.ts';
import type { SourceFile } from '../language/source.ts';
import type { StuckEnrollment, UnsettledDelivery, UnsettledState } from '../store/attention.ts';
import type { ChatLine, ConversationQuery, ConversationRow } from '../store/conversations.ts';
import type { SentMail } from '../store/customer-view.ts';
import type { EnrollmentView } from '../store/enrollment-view.ts';
import type { Explained } from '../store/explanation.ts';
import type { PublishedAs } from '../store/publications.ts';
import type { Pulse } from '../store/pulse.ts';
import type { Quarantine } from '../store/quarantine.ts';
import type { TestMessages } from '../store/test-messages.ts';
import type { TimelineRow } from '../store/timeline.ts';
import type { Keys } from './access.ts';
import type { Converse } from './chat/converse.ts';
import type { ChatFeed } from './chat/feed.ts';
import type { ChatwootSettings } from './chatwoot/settings.ts';
import type { PageReads } from './page-reads.ts';
import type { ShopKeys } from './shops/keys.ts';
import type { TestMail, TestSendDeps } from './test-sends.ts';

export interface AppDeps {
  /** `receive` of the engine over its ports: resolves once the call and what it causes are committed. */
  receive(incoming: Incoming): Promise<Receipt>;
  /** `receiveMany` of the engine, likewise; null: this one is yet to be received by itself. */
  receiveMany(incomings: Incoming[]): Promise<(Receipt | null)[]>;
  /** `recordConsent` of the engine; false: there is no such customer. */
  recordConsent(input: ConsentInput): Promise<boolean>;
  /** `report` of the engine: what is heard of a delivery after its hand-over. */
  report(deliveryKey: string, heard: Report): Promise<CommandAnswer>;
  answers: Answers;
  conversations: Conversations;
  /** Where agents answer besides the inbox here; undefined: nowhere. `conversationOf`: see `Mirrors` of the store. */
  chatwoot?:
    | {
        settings: Pick<ChatwootSettings, 'secret' | 'account' | 'inbox'>;
        conversationOf(number: number, conversationId: string | null): Promise<string | null>;
      }
    | undefined;
  /** Erases by our id or the shop's user id; false: there is no such customer. */
  eraseCustomer(id: string): Promise<boolean>;
  /** Follows and blocks of the LINE account; false: they were erased. */
  recordFollow(follow: LineFollow): Promise<boolean>;
  devices: Devices;
  /** What browsers subscribe with; undefined: push to browsers is not set up. */
  vapidPublicKey?: string | undefined;
  /** The published settings and journeys. */
  catalog(): Promise<Catalog>;
  commands: Commands;
  projections: Projections;
  publications: Publications;
  quarantine: Quarantine;
  pageReads: PageReads;
  testMessages: TestMessages & Pick<TestSendDeps, 'suppression'>;
  /** Where messages leave that somebody sends to themselves; undefined: this server sends no mail. */
  testMail?: TestMail | undefined;
  /** Whether what a page shows may have changed. */
  pulse: Pulse;
  /** Where the built pages lie; null: not built, which browsers are told. Undefined: there are no pages. */
  pages?: string | null;
  /** Says that the outbox has something; must not wait and must not throw. */
  wakeDispatcher(): void;
  /** Says that a stop or resume may have left something to do; must not wait and must not throw. */
  wakeSweeper(): void;
  readiness: Readiness;
  keys: Keys;
  /** Signs the links in messages. */
  secret: string;
  /** What is shared with who hands bounces back; absent: nobody does. */
  bouncesSecret?: string | null;
  /** LINE signs with it what it tells; undefined: LINE is not set up. */
  lineChannelSecret?: string | undefined;
  /** What shop systems sign their webhooks with. */
  shopKeys?: ShopKeys;
  clock: Pick<Clock, 'now' | 'real'>;
  /** How many times faster than real time business time goes; undefined: it is real time. */
  speed?: (() => number) | undefined;
  newId: () => string;
  logger: FastifyBaseLogger;
  /** The local mailbox, in development only: it shows everybody's mail. Undefined: no such page. */
  mailbox?: (url: string, accept: string) => Promise<MailboxAnswer | undefined>;
  /** The demo shop's routes, in development only. */
  shop?: (app: FastifyInstance) => void;
  /** Undefined: no chat on the shop's pages. */
  chat?: { converse: Converse; feed: ChatFeed };
  /** The most that is taken on at once. */
  most?: { calls: number; bytes: number };
  /** Events a second that are taken with the browser's key. */
  browserRate?: number | undefined;
}

/** Where push messages go. False: there is no such customer or device. */
export interface Devices {
  subscribe(owner: DeviceOwner, device: Pick<PushSubscription, 'kind' | 'endpoint' | 'keys'>): Promise<boolean>;
  unsubscribe(owner: DeviceOwner, endpoint: string): Promise<boolean>;
}

/** The newest lines, and up to twenty conversations, the open ones first. */
export interface CustomersChat {
  conversations: ConversationRow[];
  messages: ChatLine[];
}

/** Where a person is wanted, and what that person does. */
export interface Conversations {
  list(query: ConversationQuery): Promise<ConversationRow[]>;
  /** What was said with a customer of this id, the newest first, older than the line `before`. */
  ofCustomer(customerId: string, before: number | null, limit: number): Promise<CustomersChat>;
  /** With what was said, and why the customer is where they are; null: there is none. */
  read(id: string, locale: Locale | null): Promise<Json | null>;
  reply(id: string, key: string, text: string, by: string): Promise<CommandAnswer>;
  resolve(id: string, by: string): Promise<CommandAnswer>;
}

/** Questions that were sent, and what customers answer. */
export interface Answers {
  /** As it was asked; null where nothing was asked under this key, or it was erased. */
  question(effectKey: string): Promise<Question | null>;
  receive(answer: IncomingAnswer): Promise<AnswerReceipt>;
}

/** The engine's commands over its ports; `by` is the role of who gives them. */
export interface Commands {
  eject(enrollmentId: string, by: string): Promise<CommandAnswer>;
  pauseEnrollment(enrollmentId: string, by: string): Promise<CommandAnswer>;
  resumeEnrollment(enrollmentId: string, by: string): Promise<CommandAnswer>;
  release(enrollmentId: string, by: string, then: 'run_on' | 'eject'): Promise<CommandAnswer>;
  cancel(deliveryKey: string, by: string): Promise<CommandAnswer>;
  resolveDelivery(deliveryKey: string, by: string, as: 'accepted' | 'failed'): Promise<CommandAnswer>;
  resend(deliveryKey: string, by: string): Promise<CommandAnswer>;
  /** Nothing goes to this customer's address any more, whatever it is. By our id. */
  suppress(customerId: string, channel: AddressedChannel, by: string): Promise<CommandAnswer>;
  liftSuppression(customerId: string, channel: AddressedChannel, by: string, because: string): Promise<CommandAnswer>;
  pauseJourney(journey: string, by: string): Promise<CommandAnswer>;
  resumeJourney(journey: string, by: string): Promise<CommandAnswer>;
  stopJourney(journey: string, by: string): Promise<CommandAnswer>;
}

/** What support and marketers read, in the words of the engine. Null: there is none. */
export interface Projections {
  searchCustomers(text: string): Promise<Json>;
  /** Whom the newest events are about. */
  lateCustomers(): Promise<Json>;
  /** By our id, or by one of the shop's. */
  customer(id: string): Promise<Json | null>;
  /** What happened to a customer (by our id), newest first, older than the cursor `before`; null: that is no cursor. */
  timeline(id: string, before: string | null, limit: number, locale: Locale | null): Promise<TimelineRow[] | null>;
  /** An enrollment as its journey's picture. */
  enrollment(id: string, locale: Locale | null): Promise<EnrollmentView | null>;
  /** Our own id of that customer. */
  customerId(id: string): Promise<string | null>;
  /** Why this customer is in this journey or not; in the shop's language if `locale` is null. */
  explanation(id: string, journey: string, locale: Locale | null): Promise<Explained>;
  /** All that is kept of one, by the same ids. */
  exportCustomer(id: string): Promise<Json | null>;
  /** Pages of at most `limit`, above an id or key. */
  enrollmentsNeedingAttention(after: string, limit: number): Promise<StuckEnrollment[]>;
  deliveriesIn(state: UnsettledState, after: string, limit: number): Promise<UnsettledDelivery[]>;
  /** What stands as granted by a customer of our id, and their e-mail address; null where there is none, or no more. */
  consentStanding(id: string): Promise<ConsentStanding | null>;
  /** What was sent of a mail, and when; null as below. */
  sentMail(key: string): Promise<SentMail | null>;
  /** A message as it was sent; null before it was rendered and after erasure, too. */
  deliveryBody(key: string): Promise<Json | null>;
}

export interface ConsentStanding {
  grants: { channel: string; purpose: string }[];
  email: string | null;
}

export interface Publications {
  /** Compiles and publishes a journeys folder in one transaction; nothing changes where `diagnostics` holds an error. */
  publish(files: SourceFile[], by: string, at: number): Promise<Publication>;
  list(): Promise<Json>;
}

export interface Publication {
  diagnostics: Diagnostic[];
  /** Null where nothing could be published. */
  published: PublishedAs | null;
}

interface Readiness {
  /** How many rows the outbox has; throws where the database does not answer. */
  outboxSize: () => Promise<number>;
  temporalHealthy(): Promise<boolean> | boolean;
}

interface MailboxAnswer {
  status: number;
  headers: Record<string, string>;
  body: string;
}
