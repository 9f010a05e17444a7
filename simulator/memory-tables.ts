// The tables of the store in memory.

import type { AudienceMember } from '../engine/core/audience.ts';
import type { ChatMessage, Conversation } from '../engine/core/chat.ts';
import type { Decision, Delivery, Enrollment } from '../engine/core/enrollment.ts';
import type { StoredEvent } from '../engine/core/event.ts';
import type { JourneyAction, JourneyStand } from '../engine/core/journey-status.ts';
import type { Json, JsonMap } from '../engine/core/schema.ts';
import type { ConsentRow, Customer, NewConversion, PushSubscription, Seed, TurnRow, Watch } from '../engine/ports.ts';
import { type UndoLog, UndoMap } from './undo.ts';

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
  log: UndoLog;
  customers: Map<string, CustomerRow>;
  /** `user:id` or `anonymous:id` → the customer's id. */
  identities: Map<string, string>;
  consents: ConsentRow[];
  suppressions: Map<string, string>;
  /** By endpoint. */
  pushSubscriptions: Map<string, PushSubscription>;
  events: Map<string, StoredEvent & { customerId: string; same: string | null; trusted: boolean }>;
  /** Of sources and their own ids. */
  seen: Map<string, true>;
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
  const log: UndoLog = { steps: null };
  const map = <Value>() => new UndoMap<Value>(log);
  return {
    log,
    customers: map(),
    identities: map(),
    consents: [],
    suppressions: map(),
    pushSubscriptions: map(),
    events: map(),
    seen: map(),
    enrollments: map(),
    inbox: [],
    turns: map(),
    turnsOf: map(),
    decisions: [],
    deliveries: map(),
    draws: map(),
    outbox: [],
    erased: map(),
    watches: map(),
    seeds: map(),
    journeys: map(),
    actions: [],
    chatMessages: [],
    conversations: map(),
    audiences: map(),
    conversions: map(),
  };
}

/** Without a copy of the whole table, which may be long. */
export function rowsIn<Row>(table: Map<string, Row>, isWanted: (row: Row) => boolean): Row[] {
  const found: Row[] = [];
  for (const row of table.values()) if (isWanted(row)) found.push(row);
  return found;
}

/** Open, or completed with a goal that may still be credited. */
export function isLive(enrollment: Enrollment, at: number): boolean {
  const { status, goalAt, creditUntil } = enrollment;
  return status === 'active' || (status === 'completed' && goalAt === null && (creditUntil ?? 0) >= at);
}

/**
 * Puts back what `work` did to the tables if it throws. Rows are replaced, never changed in place: what was pushed to a list
 * or put in its place goes with the list, what was done to a map stands in its log.
 */
export async function orNothing<T>(tables: Tables, work: () => Promise<T>): Promise<T> {
  const lists = Object.entries(tables).flatMap(([name, table]) => (Array.isArray(table) ? [[name, [...table]]] : []));
  const steps: (() => void)[] = [];
  tables.log.steps = steps;
  try {
    return await work();
  } catch (error) {
    for (const undo of steps.toReversed()) undo();
    Object.assign(tables, Object.fromEntries(lists));
    throw error;
  } finally {
    tables.log.steps = null;
  }
}
