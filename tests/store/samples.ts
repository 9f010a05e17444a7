// Small valid records for the store's tests; each test says only what it is about.
import type { Decision, Delivery, Enrollment } from '../../engine/core/enrollment.ts';
import type { Plan } from '../../engine/core/plan.ts';
import type { Settings } from '../../engine/core/settings.ts';
import type { ConsentRow, NewEvent, Tx } from '../../engine/ports.ts';

/** 2026-03-07 22:00:00.123 UTC. */
export const T0 = Date.UTC(2026, 2, 7, 22, 0, 0, 123);
export const MINUTE = 60_000;

export function settings(more: Partial<Settings> = {}): Settings {
  return {
    format: 1,
    brand: { name: '旅路商店' },
    timeZone: 'Asia/Tokyo',
    locale: 'ja',
    purposes: ['marketing'],
    customer: {},
    channels: { email: { from: 'shop@example.com' } },
    events: {},
    ...more,
  };
}

export function plan(journey: string, more: Partial<Plan> = {}): Plan {
  return {
    format: 1,
    journey,
    title: `The journey ${journey}`,
    purpose: 'marketing',
    enter: { on: ['signed_up'], again: { mode: 'never' }, lateMs: 24 * 60 * MINUTE },
    exits: [],
    holdout: 0,
    lastsMs: 90 * 24 * 60 * MINUTE,
    first: 'b',
    steps: { b: { kind: 'exit', reason: 'done' }, a: { kind: 'exit', reason: 'other' } },
    messages: {},
    schemas: { customer: {}, events: {} },
    ...more,
  };
}

let count = 0;

export function newEvent(customerId: string, more: Partial<NewEvent> = {}): NewEvent {
  count += 1;
  return {
    customerId,
    source: 'shop',
    sourceId: `m-${count}`,
    name: 'signed_up',
    occurredAt: T0,
    receivedAt: T0,
    data: {},
    flags: [],
    same: null,
    trusted: true,
    ...more,
  };
}

export function enrollment(customerId: string, entryEventId: string, more: Partial<Enrollment> = {}): Enrollment {
  count += 1;
  return {
    id: `enrollment-${String(count).padStart(4, '0')}`,
    customerId,
    journey: 'welcome',
    version: 'v1',
    key: null,
    entryEventId,
    latestEventId: entryEventId,
    entryOccurredAt: T0,
    enteredAt: T0 + 1,
    entrySlot: null,
    heldOut: false,
    status: 'active',
    reason: null,
    endedAt: null,
    endedBy: null,
    goalAt: null,
    creditUntil: null,
    needsAttention: null,
    pausedAt: null,
    state: { step: 'b', since: T0 + 1, effects: 2, due: T0 + MINUTE },
    waitingFor: ['order_completed'],
    dueAt: T0 + MINUTE,
    flipAt: null,
    metAt: null,
    conditionErrors: [],
    turn: 0,
    turnToken: 0,
    ...more,
  };
}

export function decision(
  of: Enrollment,
  more: Partial<Decision> & { fold?: string } = {},
): Decision & { fold?: string } {
  return {
    kind: 'chose',
    customerId: of.customerId,
    journey: of.journey,
    version: of.version,
    enrollmentId: of.id,
    turn: null,
    seq: null,
    at: T0,
    step: 'b',
    outcome: '0',
    inputs: { when: 'customer.tier == "gold"', values: { tier: 'gold', total: 12.5, none: null } },
    needed: '',
    eventId: null,
    message: null,
    channel: null,
    effectKey: null,
    ...more,
  };
}

export function delivery(of: Enrollment, more: Partial<Delivery> = {}): Delivery {
  return {
    key: `${of.id}/1`,
    enrollmentId: of.id,
    customerId: of.customerId,
    journey: of.journey,
    version: of.version,
    step: 'b',
    message: 'hello',
    channel: 'email',
    purpose: 'marketing',
    priority: 5,
    state: 'sending',
    reason: null,
    code: null,
    attempt: 1,
    claimedBy: 3,
    leaseUntil: T0 + MINUTE,
    retryAt: null,
    sentAt: null,
    createdAt: T0,
    providerId: null,
    rendered: { subject: 'こんにちは', html: '<p>hi</p>', text: 'hi', from: null, locale: 'ja' },
    to: 'a@example.com',
    ...more,
  };
}

export function consent(customerId: string, more: Partial<ConsentRow> = {}): ConsentRow {
  return {
    customerId,
    channel: 'email',
    purpose: 'marketing',
    state: 'granted',
    at: T0,
    recordedAt: T0,
    source: 'consents',
    evidence: { shown: 'Yes, send me news' },
    ...more,
  };
}

/** A customer with an open enrollment, stored. */
export async function enrolled(tx: Tx, userId: string, more: Partial<Enrollment> = {}): Promise<Enrollment> {
  const customer = await tx.lockCustomerOf({ userId }, T0);
  const entry = await tx.insertEvent(newEvent(customer.id));
  const record = enrollment(customer.id, entry!.id, more);
  await tx.insertEnrollment(record);
  return record;
}
