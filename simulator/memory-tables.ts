// The tables of the store in memory.

import type { AudienceMember } from '../engine/core/audience.ts';
import type { ChatMessage, Conversation } from '../engine/core/chat.ts';
import type { Decision, Delivery, Enrollment } from '../engine/core/enrollment.ts';
import type { StoredEvent } from '../engine/core/event.ts';
import type { JourneyAction, JourneyStand } from '../engine/core/journey-status.ts';
import type { Json, JsonMap } from '../engine/core/schema.ts';
import type { ConsentRow, Customer, NewConversion, PushSubscription, Seed, TurnRow, Watch } from '../engine/ports.ts';

export type Recorded = Decision & { fold?: string; count: number };
interface TurnState extends TurnRow {
  result: JsonMap | null;
}
interface InboxRow {
  enrollmentId: string;
  event: StoredEvent;
  isRead: boolean;
}

export interface CustomerRow extends Customer {
  mergedInto: string | null;
}

export interface Tables {
  customers: Map<string, CustomerRow>;
  /** `user:id` or `anonymous:id` → the customer's id. */
  identities: Map<string, string>;
  consents: ConsentRow[];
  suppressions: Map<string, string>;
  /** By endpoint. */
  pushSubscriptions: Map<string, PushSubscription>;
  events: Map<string, StoredEvent & { customerId: string; same: string | null; trusted: boolean }>;
  seen: Set<string>;
  enrollments: Map<string, Enrollment>;
  inbox: InboxRow[];
  turns: Map<string, TurnState>;
  /** The number of each enrollment's last turn. */
  turnsOf: Map<string, number>;
  decisions: Recorded[];
  deliveries: Map<string, Delivery>;
  draws: Map<string, Json>;
  outbox: string[];
  /** Keyed hash of an erased id → calls dropped. */
  erased: Map<string, number>;
  /** By customer and journey. */
  watches: Map<string, Watch>;
  seeds: Map<string, Seed & { condition: string; at: number; isDone: boolean }>;
  journeys: Map<string, JourneyStand>;
  actions: JourneyAction[];
  chatMessages: ChatMessage[];
  conversations: Map<string, Conversation>;
  audiences: Map<string, AudienceMember>;
  /** By platform and event. */
  conversions: Map<string, NewConversion>;
}

export function emptyTables(): Tables {
  return {
    customers: new Map(),
    identities: new Map(),
    consents: [],
    suppressions: new Map(),
    pushSubscriptions: new Map(),
    events: new Map(),
    seen: new Set(),
    enrollments: new Map(),
    inbox: [],
    turns: new Map(),
    turnsOf: new Map(),
    decisions: [],
    deliveries: new Map(),
    draws: new Map(),
    outbox: [],
    erased: new Map(),
    watches: new Map(),
    seeds: new Map(),
    journeys: new Map(),
    actions: [],
    chatMessages: [],
    conversations: new Map(),
    audiences: new Map(),
    conversions: new Map(),
  };
}

/** Open, or completed with a goal that may still be credited. */
export function isLive(enrollment: Enrollment, at: number): boolean {
  const { status, goalAt, creditUntil } = enrollment;
  return status === 'active' || (status === 'completed' && goalAt === null && (creditUntil ?? 0) >= at);
}

/** Rows are replaced, never changed in place, so copying the containers is enough to roll back. */
export function copyOf(tables: Tables): Tables {
  const copies = Object.entries(tables).map(([name, table]) => {
    if (table instanceof Map) return [name, new Map(table)];
    return [name, table instanceof Set ? new Set(table) : [...table]];
  });
  return Object.fromEntries(copies) as Tables;
}
