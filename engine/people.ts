// People as the store keeps them: who they are, by what names they are known, what they agreed to, what an erasure leaves.
import type { JsonMap } from './core/schema.ts';

/** The person in the shop. `traits` hold the built-in `email phone locale time_zone` too. */
export interface Customer {
  id: string;
  traits: JsonMap;
  /** The shop has given them a user id: somebody, and not only a visitor. */
  isKnown: boolean;
  /** Nothing is left of them but this row: nothing may be written to it any more. */
  isErased: boolean;
  /** Made by this very transaction. */
  isFirstSeen?: true;
  /** Joined with a visitor by this very transaction. */
  isMerged?: true;
}

/** The customer of an identity, and the visitor whom the call shows to be the same person; both are locked. */
export interface Found extends Customer {
  visitor: Customer | null;
  /** An id was bound just now: it may be one that was erased. */
  isNew: boolean;
}

/** Who is known by the ids of one call, and what an event of theirs could concern. */
export interface Spoken {
  /** Of the customers whom these ids are bound to. */
  ids: string[];
  /**
   * The one customer of all these ids, locked, and the versions of their live enrollments. Null where there is nobody, where
   * ids are to be bound or people merged, and where somebody else holds the row.
   */
  customer: (Customer & { versions: string[] }) | null;
}

/** Who an incoming call is about; at least one is there. */
export interface Identity {
  userId?: string;
  anonymousId?: string;
  /** Who LINE itself says it is. Joins like an anonymous id, and never comes together with one. */
  lineUserId?: string;
}

/** A name that somebody is known by: a user id, the anonymous id of a browser, or a LINE user id. */
export interface BoundIdentity {
  kind: 'user' | 'anonymous' | 'line';
  value: string;
}

/** A device that push messages to its customer go to. */
export interface PushSubscription {
  id: string;
  customerId: string;
  /** A browser (RFC 8030) or an app (Firebase). */
  kind: 'webpush' | 'fcm';
  /** The push service's address for this browser, or the app's registration token: nobody else has the same. */
  endpoint: string;
  /** `p256dh` and `auth` of a browser, and under `vapid` the public key of ours that it subscribed with. */
  keys: { p256dh?: string; auth?: string; vapid?: string };
  createdAt: number;
  lastSeenAt: number;
}

/** What an erasure leaves, and what it needs to find the rest. */
export interface Erasure {
  at: number;
  /** Keyed hashes of their ids. */
  hashes: string[];
  /** Plain texts that stand for them (ids, addresses), for what was set aside unread. */
  texts: string[];
  /** Standing suppressions go on under the keyed hash. */
  addresses: { address: string; hash: string }[];
  /** Names of events that say nothing personal; any other name is replaced. */
  eventNames: string[];
}

/** A row of the append-only record of consent. */
export interface ConsentRow {
  customerId: string;
  channel: string;
  purpose: string;
  state: 'granted' | 'withdrawn';
  /** When the customer said so (the evidence's moment), and when we learned it. */
  at: number;
  recordedAt: number;
  /** How it came: `identify`, `consents`, `unsubscribe`, ... */
  source: string;
  /** What was shown, where; purged on erasure. */
  evidence: JsonMap;
}

/** Whose address may be written to again, by whose hand, and why. */
export interface LiftedByHand {
  customerId: string;
  at: number;
  by: string;
  because: string;
}

/** The keyed hash of an address; capitals count in it. */
export interface Hashed {
  hash: string;
}
