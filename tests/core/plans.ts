// Small plans and events for tests of the core.
import type { StoredEvent } from '../../engine/core/event.ts';
import type { Condition, Plan, Step } from '../../engine/core/plan.ts';
import type { JsonMap } from '../../engine/core/schema.ts';

export const minute = 60_000;
export const hour = 60 * minute;
export const day = 24 * hour;

/** A condition as the compiler would make it. */
export function when(cel: string, event?: string[], history: Condition['history'] = []): Condition {
  return event ? { cel, event, history } : { cel, history };
}

export function planWith(steps: { [id: string]: Step }, over: Partial<Plan> = {}): Plan {
  const first = Object.keys(steps)[0] ?? null;
  return {
    format: 1,
    journey: 'test',
    purpose: 'marketing',
    enter: { on: ['signed_up'], again: { mode: 'never' }, lateMs: day },
    exits: [],
    holdout: 0,
    lastsMs: 90 * day,
    first,
    steps,
    messages: { hi: { channels: { email: { '': { subject: 'Hi', html: '<p>Hi</p>' } } } } },
    schemas: {
      customer: {},
      events: {
        signed_up: { properties: {}, correlate: [] },
        cart_updated: {
          properties: { cart_id: { kind: 'string', optional: true }, total: { kind: 'number', optional: true } },
          correlate: ['cart_id'],
        },
        order_completed: {
          properties: { cart_id: { kind: 'string', optional: true }, total: { kind: 'number', optional: true } },
          correlate: ['cart_id'],
        },
      },
    },
    ...over,
  };
}

let ids = 0;
export function eventAt(name: string, at: number, data: JsonMap = {}, occurredAt = at): StoredEvent {
  return { id: `e${++ids}`, name, occurredAt, receivedAt: at, data };
}
