// What the engine needs from outside: a store, channels, a clock. PostgreSQL and memory implement the same store,
// so intake and turns are written once and run in both.
import type { Channel } from './channel.ts';
import type { AudienceMember } from './core/audience.ts';
import type { ChatMessage, Conversation } from './core/chat.ts';
import type { Decision, Delivery, Enrollment } from './core/enrollment.ts';
import type { StoredEvent } from './core/event.ts';
import type { HistoryNeed } from './core/intake.ts';
import type { JourneyAction, JourneyStand } from './core/journey-status.ts';
import type { Plan } from './core/plan.ts';
import type { Json, JsonMap } from './core/schema.ts';
import type { Settings } from './core/settings.ts';
import type {
  BoundIdentity,
  ConsentRow,
  Customer,
  Erasure,
  Found,
  Hashed,
  Identity,
  LiftedByHand,
  PushSubscription,
  Spoken,
} from './people.ts';
import type { Webhooks } from './webhook.ts';

export type * from './people.ts';

/** What is published now: the settings, and the current version of each journey. */
export interface Catalog {
  settings: Settings;
  journeys: Published[];
  /** Journeys, published or retired, that people have paused or stopped. */
  halted?: { [journey: string]: 'paused' | 'stopped' };
}
export interface Published {
  version: string;
  plan: Plan;
  /** With `enter.when`: since which publication, and moment, its customers' answers are kept. */
  watched?: { number: number; at: number };
}

/** The last answer of a customer to a journey's `enter.when`. */
export interface Watch {
  customerId: string;
  journey: string;
  /** The publication that it was begun under; another's counts for nothing. */
  seed: number;
  value: boolean;
  /** When time alone may next turn it. */
  nextFlip: number | null;
  /** Became true while the journey was paused: enters on resume. */
  isPaused: boolean;
}

/** A journey whose customers at publish are still to be looked at, those above `after`. */
export interface Seed {
  journey: string;
  number: number;
  after: string;
}

/** A past or open entry, for re-entry and "already". */
export interface Entry {
  enrollmentId: string;
  journey: string;
  key: string | null;
  entryOccurredAt: number;
  enteredAt: number;
  open: boolean;
  endedBy: string | null;
}

/** An incoming event before it has an id of ours. `sourceId` is the sender's id: a repeat of (source, sourceId) is ignored. */
export interface NewEvent {
  customerId: string;
  source: string;
  sourceId: string;
  name: string;
  occurredAt: number;
  receivedAt: number;
  data: JsonMap;
  /** Conversion problems: property paths and declared types, never values. */
  flags: { path: string; declared: string }[];
  /**
   * The value of the declared `same` property: a second report of one fact is ignored. An untrusted one is no report to
   * another customer: whoever guesses an order's number must not be able to report it first.
   */
  same: string | null;
  /** The shop's own server says so. */
  trusted: boolean;
}

/** A goal that an ad platform is to be told of, or is not, and why. */
export interface NewConversion {
  platform: string;
  eventId: string;
  customerId: string;
  enrollmentId: string;
  journey: string;
  purpose: string;
  state: 'waiting' | 'suppressed';
  reason: string | null;
  createdAt: number;
}

/** A delivery that counts in caps. */
export interface Sent {
  key: string;
  channel: string;
  at: number;
}

/** A delivery that has not been taken; `retryAt` is when it comes up next. */
export type Waiting = Pick<Delivery, 'key' | 'enrollmentId' | 'journey' | 'channel' | 'priority' | 'retryAt'>;

/** One execution of a turn is opened for these events at this moment; a re-run takes the same. */
export interface TurnRow {
  /** When the condition that its step waits for became true, if it had. */
  metAt?: number | null;
  enrollmentId: string;
  number: number;
  eventIds: string[];
  at: number;
}

/**
 * The store within one transaction. Locks: `lockCustomer…` first, then `lockEnrollment`, each in ascending id;
 * both hold until the end of the transaction (design §3). What is asked together (`Promise.all`) is carried out in the
 * order of asking, in one round trip where it can be.
 */
export interface Tx {
  /**
   * Finds or creates the customer of this identity, following merges, binds what is unbound, locks the row. An anonymous
   * id of somebody known goes over to the user id that it came with. One of a visitor stays where it is: whoever calls
   * has to merge that `visitor`.
   */
  lockCustomerOf(identity: Identity, at: number): Promise<Found>;
  /** For each identity, who it is about; locks those customers whom nobody else has locked, and waits for nobody. */
  lockFree(identities: Identity[], at: number): Promise<Spoken[]>;
  /** Makes a customer of each identity, of which no two share an id; null where somebody else is just binding one of them. */
  createCustomers(people: { identity: Identity; traits: JsonMap }[], at: number): Promise<(string | null)[]>;
  /** Locks the customer's row, following merges; null when there is none. */
  lockCustomer(id: string): Promise<Customer | null>;
  /** Reads the customer's row without a lock, following merges. */
  customer(id: string): Promise<Customer | null>;
  /**
   * Moves to `into` all that `from` has: identities, events, enrollments and what hangs on them, draws that `into` has
   * not; `from` is left as merged. Grants stay behind unless `grants`; withdrawals never do. Of a fact that both have an
   * event of, that of `from` stays behind.
   */
  moveCustomer(from: string, into: string, grants: boolean): Promise<void>;
  /** What the shop and browsers know this customer by. */
  identitiesOf(customerId: string): Promise<BoundIdentity[]>;
  /** Who they are on LINE, the account bound last; null where none is. */
  lineUserId(customerId: string): Promise<string | null>;
  /** Binds a LINE account, which is theirs from now on; null lets go of all of theirs. */
  bindLine(customerId: string, lineUserId: string | null, at: number): Promise<void>;
  /** Where messages to this customer went, and the addresses of visitors merged into it. */
  addressesOf(customerId: string): Promise<string[]>;
  /** Takes out all that is personal, of rows merged into this one, too, and gives up every turn; see `Erasure`. */
  eraseCustomer(customerId: string, erasure: Erasure): Promise<void>;
  /** Those of these hashes that stand for somebody erased. */
  erasedAmong(hashes: string[]): Promise<string[]>;
  /** One more call was dropped under this hash. */
  countDropped(hash: string): Promise<void>;
  saveTraits(customerId: string, traits: JsonMap): Promise<void>;
  appendConsent(row: ConsentRow): Promise<void>;
  /** Whether the very same was recorded before: of this customer, channel, purpose, state and moment. */
  hasConsent(row: Pick<ConsentRow, 'customerId' | 'channel' | 'purpose' | 'state' | 'at'>): Promise<boolean>;
  /** Channel and purpose pairs that stand as granted: the newest evidence wins, and at a tie the withdrawal. */
  grants(customerId: string): Promise<{ channel: string; purpose: string }[]>;
  /** Channel and purpose pairs that stand as withdrawn, by the same rule. */
  withdrawals(customerId: string): Promise<{ channel: string; purpose: string }[]>;
  /** The standing reason not to send to this address, or null; it may stand under the address's keyed `hash`. */
  suppression(channel: string, address: string, hash?: string): Promise<string | null>;
  /** `by`: who recorded it by hand; nobody where a provider told of it. */
  suppress(channel: string, address: string | Hashed, reason: string, at: number, by?: string): Promise<void>;
  /** Takes a suppression back that stands for this very reason. */
  liftSuppression(channel: string, address: string, reason: string): Promise<void>;
  /** Takes back whatever stands at the address, or at its keyed `hash`; it is kept with who did it and why. */
  liftByHand(channel: string, address: string, hash: string, lifted: LiftedByHand): Promise<void>;

  /** Of the customer, the newest first. */
  pushSubscriptions(customerId: string): Promise<PushSubscription[]>;
  /** Inserts; where the endpoint is known it is this customer's from now on, and keeps its id and `createdAt`. */
  savePushSubscription(subscription: PushSubscription): Promise<void>;
  /** Of this customer only, where one is named; false: there is none. */
  dropPushSubscription(which: { id: string } | { endpoint: string; customerId: string }): Promise<boolean>;

  catalog(): Promise<Catalog>;
  plan(version: string): Promise<Plan>;

  watches(customerId: string): Promise<Watch[]>;
  /** Inserts or replaces. */
  saveWatch(watch: Watch): Promise<void>;
  dropWatches(customerId: string, journeys: string[]): Promise<void>;
  /** Of at most `limit` customers, earliest first, those whose answer time may have turned by `at`; not those that wait for a resume. */
  dueWatches(at: number, limit: number): Promise<{ customerId: string; journeys: string[] }[]>;
  openSeed(): Promise<Seed | null>;
  /** `after`: the last customer looked at; null: that was all. */
  advanceSeed(seed: Seed, after: string | null): Promise<void>;
  /** Ids of customers that are not merged, above `after`, ascending, at most `limit`. */
  customersAfter(after: string, limit: number): Promise<string[]>;

  /** How the journey stands, kept so until the end of this transaction: a pause or stop waits for it. */
  holdJourney(journey: string): Promise<JourneyStand>;
  /** Locks the journey's row against every claim of it; null: no such journey. Take no other lock with it. */
  lockJourney(journey: string): Promise<JourneyStand | null>;
  saveJourney(stand: JourneyStand): Promise<void>;
  recordAction(action: JourneyAction): Promise<void>;
  /** Journeys that have something left to do in batches. */
  unsweptJourneys(): Promise<JourneyStand[]>;
  /** Ids above `after`, ascending, at most `limit`, of this journey's open enrollments. */
  openEnrollments(journey: string, after: string, limit: number): Promise<string[]>;
  /** The same, of those that a resume has to nudge: due by `now`, or with unread events; not paused themselves. */
  parkedEnrollments(journey: string, now: number, after: string, limit: number): Promise<string[]>;

  /** The stored event, or null where it is a repeat (same source and id, or the same fact). */
  insertEvent(event: NewEvent): Promise<StoredEvent | null>;
  /** The same for many at once, answered in their order; of repeats among them one is stored. */
  insertEvents(events: NewEvent[]): Promise<(StoredEvent | null)[]>;
  /** Ids of events of either customer that report a fact which the other has an event of, too. */
  sharedFacts(one: string, other: string): Promise<string[]>;
  /** Whether this sender's event of this id is stored: a repeat, unless it is being stored right now. */
  hasEvent(source: string, sourceId: string): Promise<boolean>;
  /** In the order of `ids`. */
  events(ids: string[]): Promise<StoredEvent[]>;
  /** The customer's events that are needed, oldest first. */
  history(customerId: string, needs: HistoryNeed[]): Promise<StoredEvent[]>;

  /** Open enrollments, and completed ones whose goal may still be credited at `at`; by id. Locked. */
  lockLiveEnrollments(customerId: string, at: number): Promise<Enrollment[]>;
  lockEnrollment(id: string): Promise<Enrollment | null>;
  /** Whose enrollment it is, without a lock: customers are locked before enrollments. */
  customerOf(enrollmentId: string): Promise<string | null>;
  /** Every entry of this customer into these journeys, newest first. */
  entries(customerId: string, journeys: string[]): Promise<Entry[]>;
  /**
   * What of them can matter to an entry under these keys: the newest and some that are open of each journey and key, and
   * one for each of these events that has ended any. Newest first.
   */
  entriesFor(customerId: string, wanted: { journey: string; key: string | null }[], events: string[]): Promise<Entry[]>;
  insertEnrollment(enrollment: Enrollment): Promise<void>;
  saveEnrollment(enrollment: Enrollment): Promise<void>;
  /** Stored at first use: answers what stands, `value` if nothing stood. */
  draw(customerId: string, experiment: string, value: Json): Promise<Json>;

  addToInbox(enrollmentId: string, event: StoredEvent): Promise<void>;
  /** What ingest put there and no turn has taken, the oldest first, at most `limit`. */
  inbox(enrollmentId: string, limit: number): Promise<StoredEvent[]>;
  /** Whether there is anything that no turn has taken, besides these. */
  hasUnread(enrollmentId: string, besides: string[]): Promise<boolean>;
  /** Of all of these names that was ever put there, the newest `limit`; the oldest of those first. */
  heard(enrollmentId: string, names: string[], limit: number): Promise<StoredEvent[]>;
  markRead(enrollmentId: string, eventIds: string[]): Promise<void>;
  /** Asks for a turn of this enrollment: an outbox row, drained by the dispatcher. */
  look(enrollmentId: string): Promise<void>;

  /** The turn that was opened and not finished, if any. */
  openTurn(enrollmentId: string): Promise<TurnRow | null>;
  insertTurn(turn: TurnRow): Promise<void>;
  finishTurn(enrollmentId: string, number: number, result: JsonMap): Promise<void>;
  /** Decisions journaled for this turn, in order of `seq`. */
  journal(enrollmentId: string, turn: number): Promise<Decision[]>;
  /** Appends. With `fold`, a later decision with the same fold only raises the first one's count. */
  record(decisions: (Decision & { fold?: string })[]): Promise<void>;

  /**
   * Active enrollments of this customer that should have moved after `from` and by `to`, and have not: by their due
   * time, or by an event that they wait for. Those that are paused or need attention are left out.
   */
  dueEnrollments(customerId: string, from: number, to: number): Promise<{ id: string; version: string }[]>;

  /** Driven enrollments of this customer whose message went into its channel's queue after `since`, and is still there. */
  queuedEnrollments(customerId: string, since: number): Promise<{ id: string; version: string }[]>;

  /**
   * Messages to this customer on these channels that went after `since`, or may have gone; transactional ones do not
   * count. One whose outcome is open counts as sent `at`.
   */
  countedSends(customerId: string, channels: string[], since: number, at: number): Promise<Sent[]>;
  /** Deliveries to this customer that are queued or held in enrollments that are driven; no transactional ones. */
  waitingDeliveries(customerId: string): Promise<Waiting[]>;
  delivery(key: string): Promise<Delivery | null>;
  /** The one that somebody has claimed and not settled, if any: an enrollment sends one at a time. */
  sendingDelivery(enrollmentId: string): Promise<Delivery | null>;
  /** All of an enrollment, by key. */
  deliveriesOf(enrollmentId: string): Promise<Delivery[]>;
  /** What was heard of a delivery after its hand-over, oldest first. */
  reportsOn(key: string): Promise<Decision[]>;
  /** Inserts or replaces. */
  saveDelivery(delivery: Delivery): Promise<void>;

  /** Appends, with the customer's lock held; false: one of this key is there, and nothing was written. */
  addChatMessage(message: Omit<ChatMessage, 'id'>): Promise<boolean>;
  /** What was said to and by this customer on a channel after `after`, oldest first, at most `limit`. */
  chatMessages(customerId: string, channel: string, after: number, limit: number): Promise<ChatMessage[]>;
  /** Inserts or replaces, with the customer's lock held. */
  saveConversation(conversation: Conversation): Promise<void>;
  conversation(id: string): Promise<Conversation | null>;
  /** The one that this handoff has opened. */
  conversationOfEffect(effectKey: string): Promise<Conversation | null>;
  /** Where a person is wanted, the oldest first. */
  openConversations(customerId: string): Promise<Conversation[]>;
  /** All of this customer, by platform and audience, those they have left included. */
  audienceMembers(customerId: string): Promise<AudienceMember[]>;
  /** Inserts or replaces what is wanted; what the platform was told is not touched. */
  saveAudienceMember(member: AudienceMember): Promise<void>;
  /** Saves `into`, which also takes over what the platform was told under `from`; `from` is gone. */
  joinAudienceMembers(into: AudienceMember, from: string): Promise<void>;
  /** Inserts; where this event is known to the platform's conversions, nothing. */
  addConversion(conversion: NewConversion): Promise<void>;
  /** Customers with a membership that time has ended by `at`, and when; earliest first, at most `limit`. */
  dueAudiences(at: number, limit: number): Promise<{ customerId: string; endsAt: number }[]>;
}

export interface Store {
  /** One transaction; `work` must do nothing but talk to `tx`. Rolls back when it throws. */
  transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
}

export interface Clock {
  /** The time that business is done by: real, or the step clock's. */
  now(): number;
  /** Real milliseconds, for leases and budgets. */
  real(): number;
  /** How long to sleep until `due` in real milliseconds; null: until nudged. */
  sleepMs(due: number | null): number | null;
}

export interface Ports {
  store: Store;
  channels: { [name: string]: Channel };
  webhooks: Webhooks;
  clock: Clock;
  newId(): string;
  /** The address where this customer ends this consent with one click. */
  unsubscribeUrl(customerId: string, channel: string, purpose: string): string;
  /** The page that takes this answer to the question that went under this effect key; null: whichever is chosen there. */
  answerUrl(effectKey: string, answer: string | null, untilAt: number): string;
  /** The address where a person confirms that they want what comes to this address; absent: there is no such page. */
  confirmUrl?(customerId: string, channel: string, address: string, expiresAt: number): string;
  /** A hash under the installation's secret: the same for the same text, and nobody without the secret can guess it. */
  keyedHash(text: string): string;
  /** Called between every two steps of a turn, a claim and an ingest; tests crash here. */
  between(point: string): Promise<void> | void;
}
