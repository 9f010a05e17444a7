// A shop's schemas, as conditions in these tests see them.
import type { PropertyType, ScalarKind, Schema } from '../../engine/core/schema.ts';
import type { EventDefinition } from '../../engine/core/settings.ts';
import type { Scope } from '../../language/conditions.ts';

const is = (kind: ScalarKind, optional = false): PropertyType => ({ kind, optional });
const list = (of: PropertyType, optional = false): PropertyType => ({ kind: 'list', of, optional });
const map = (fields: Schema, optional = false): PropertyType => ({ kind: 'map', fields, optional });

const event = (properties: Schema | null): EventDefinition => ({ from: [], properties, correlate: [], buys: false });

export const scope: Scope = {
  customer: {
    email: is('string', true),
    tier: is('string', true),
    visits: is('int', true),
    score: is('number', true),
    vip: is('bool', true),
    birthday: is('date', true),
    since: is('time', true),
    address: map({ city: is('string', true), zip: is('string') }, true),
    tags: list(is('string'), true),
  },
  events: {
    order_completed: event({
      order_id: is('string'),
      cart_id: is('string', true),
      total: is('number'),
      at: is('time'),
    }),
    cart_updated: event({
      cart_id: is('string'),
      total: is('number'),
      pieces: is('int'),
      at: is('time'),
      day: is('date'),
      tags: list(is('string')),
      prices: list(is('number')),
      items: list(map({ sku: is('string'), quantity: is('int'), gift: is('bool', true) })),
    }),
    cart_viewed: event(null),
  },
  event: ['cart_updated'],
  entry: ['cart_updated', 'order_completed'],
  channels: ['email', 'push'],
  purposes: ['marketing', 'ads'],
};
