// What the server needs from outside. `main.ts` and the embedded default give the real ones, tests their own.
import type { FastifyBaseLogger } from 'fastify';
import type { Rendered } from '../engine/core/enrollment.ts';
import type { Json, JsonMap } from '../engine/core/schema.ts';
import type { Catalog, Clock } from '../engine/ports.ts';
import type { ConsentInput, Incoming, Receipt } from '../engine/receive.ts';
import type { Diagnostic } from '../language/diagnostic.ts';
import type { SourceFile } from '../language/source.ts';
import type { PublishedAs } from '../store/publications.ts';
import type { Keys } from './access.ts';

export interface AppDeps {
  /** `receive` of the engine over its ports: resolves once the call and what it causes are committed. */
  receive(incoming: Incoming): Promise<Receipt>;
  /** `recordConsent` of the engine; false: there is no such customer. */
  recordConsent(input: ConsentInput): Promise<boolean>;
  /** The published settings and journeys. */
  catalog(): Promise<Catalog>;
  projections: Projections;
  publications: Publications;
  quarantine: Quarantine;
  /** Says that the outbox has something; must not wait and must not throw. */
  wakeDispatcher(): void;
  readiness: Readiness;
  keys: Keys;
  /** Signs the links in messages. */
  secret: string;
  clock: Pick<Clock, 'now'>;
  newId(): string;
  logger: FastifyBaseLogger;
  /** The local mailbox, in development only: it shows everybody's mail. Undefined: no such page. */
  mailbox?: (url: string, accept: string) => Promise<MailboxAnswer | undefined>;
  /** Behind a proxy: whose `X-Forwarded-*` headers to believe. */
  trustProxy?: boolean | string;
  /** The most that is taken on at once. */
  most?: { calls: number; bytes: number };
}

/** What support and marketers read, in the words of the engine. Null: there is none. */
export interface Projections {
  searchCustomers(text: string, limit: number): Promise<Json>;
  /** By our id, or by the shop's. */
  customer(id: string): Promise<Json | null>;
  /** A message as it was sent; `rendered` is null before the claim and after erasure. */
  deliveryBody(key: string): Promise<{ to: string | null; rendered: Rendered | null } | null>;
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

export interface QuarantinedEvent {
  /** A hash of what came: the same bad event sent again is the same row. */
  id: string;
  receivedAt: number;
  /** As in `Incoming`. */
  source: string;
  /** Why, in one sentence. */
  problem: string;
  /** `call`, `sentAt`, and the `event` as sent; `event` is absent where it was too large to keep. */
  body: JsonMap;
  replayedAt: number | null;
}

export interface Quarantine {
  /** Does nothing where the id is there already. */
  add(event: Omit<QuarantinedEvent, 'replayedAt'>): Promise<void>;
  /** Newest first. */
  list(limit: number): Promise<QuarantinedEvent[]>;
  find(id: string): Promise<QuarantinedEvent | null>;
  markReplayed(id: string, at: number): Promise<void>;
}

export interface Readiness {
  /** How many rows the outbox has; throws where the database does not answer. */
  outboxSize(): Promise<number>;
  temporalHealthy(): Promise<boolean> | boolean;
}

export interface MailboxAnswer {
  status: number;
  headers: Record<string, string>;
  body: string;
}
