// One webhook of a shop system, its signature checked, and what is made of it; and how its fields are read.
import { createHash } from 'node:crypto';
import { momentOf } from '../../engine/core/local-time.ts';
import type { Json, JsonMap } from '../../engine/core/schema.ts';
import type { Incoming, SaidConsent } from '../../engine/incoming.ts';
import { isTooDeep, limits } from '../ingest/calls.ts';
import { isPlainText } from '../shape.ts';

export const shops = ['shopify', 'ecwid', 'woocommerce'] as const;
export type Shop = (typeof shops)[number];

export interface ShopCall {
  shop: Shop;
  /** As the shop names it: `orders/create`, `order.created`. */
  topic: string;
  /** The sender's id of this event; the same for a repeat. */
  id: string;
  /** Which shop of that system, as it says itself: `shop.myshopify.com`. */
  origin: string | null;
  /** When the shop says that it happened; null where it does not say. */
  at: number | null;
  body: unknown;
  receivedAt: number;
}

export type Reading =
  | { kind: 'event'; incoming: Incoming }
  /** A person wants to know what is kept of them; `ids` are names that they may be known by. */
  | { kind: 'export'; ids: string[]; request: string | null }
  | { kind: 'erase'; ids: string[] }
  | { kind: 'unreadable'; sentence: string };

/** What a shop's own reader finds; `incomingOf` makes an event of it. */
export interface Found {
  /** By which events.yaml finds it (`from`). */
  name: string;
  /** Where it says more than the sender's id: twice the same fact is one event. */
  sourceId?: string;
  /** Null: nobody can be told from it. */
  who: Who | null;
  occurredAt: number | null;
  data: JsonMap;
  traits?: JsonMap;
  locale?: string;
  consents?: SaidConsent[];
}

interface Who {
  userId?: string | undefined;
  /** Stand for visitors, who become this user: a cart, an order. */
  names: string[];
}

/** A JSON object whose shape nobody has checked. */
export type Fields = { [name: string]: unknown };

export const unreadable = (sentence: string): Reading => ({ kind: 'unreadable', sentence });

/** The event that was found. Refuses one without anybody whom it is about. */
export function incomingOf(call: ShopCall, found: Found): Reading {
  const identity = identityOf(found.who);
  if (!identity) return unreadable('it names no customer, cart or order; end the subscription to this topic');
  const { traits = {}, consents = [], locale } = found;
  const said = found.occurredAt ?? call.at ?? call.receivedAt;
  const incoming: Incoming = {
    ...{ source: call.shop, sourceId: found.sourceId ?? call.id, ...identity, kind: 'event', name: found.name },
    ...{ occurredAt: Math.min(said, call.receivedAt), data: found.data, traits, consents },
    ...{ context: locale === undefined ? {} : { locale }, grants: [], trusted: true },
  };
  return { kind: 'event', incoming };
}

/** A known customer brings along the visitors that their cart and order stood for until now. */
function identityOf(who: Who | null): Pick<Incoming, 'identity' | 'previousId'> | null {
  const [first, second] = who?.names ?? [];
  if (who?.userId === undefined) return first === undefined ? null : { identity: { anonymousId: first } };
  const { userId } = who;
  return {
    identity: first === undefined ? { userId } : { userId, anonymousId: first },
    ...(second !== undefined && { previousId: second }),
  };
}

/** What is known of no topic: kept whole under the topic's name, if it is an event's size. */
export function ownEvent(call: ShopCall, found: Omit<Found, 'name' | 'data'>): Reading {
  if (Buffer.byteLength(JSON.stringify(call.body)) > limits.eventBytes)
    return unreadable(`an event may have ${limits.eventBytes} bytes`);
  return incomingOf(call, { ...found, name: call.topic, data: call.body as JsonMap });
}

/** The body as a map, or what is wrong with it. */
export function fieldsOf({ body }: ShopCall): Fields | string {
  if (isTooDeep(body)) return 'its maps and lists lie in each other too deep';
  return isMap(body) ? body : 'the body is not a JSON object';
}

/** A name for a guest who goes by nothing but an address: the same for the same, and not readable. */
export function guestId(email: string): string {
  return `guest-${createHash('sha256').update(email.trim().toLowerCase()).digest('hex').slice(0, 32)}`;
}

export function mapIn(value: unknown): Fields {
  return isMap(value) ? value : {};
}

export function listIn(value: unknown): Fields[] {
  return Array.isArray(value) ? value.filter(isMap) : [];
}

/** Text of at most 256 characters, or a number as text; blank, and 0 as an id, is as good as missing. */
export function idIn(value: unknown): string | undefined {
  const text = typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : textIn(value);
  return text === '0' || (text?.length ?? 0) > 256 ? undefined : text;
}

export function textIn(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== '' && isPlainText(value) ? value : undefined;
}

/** Shops write money as text, so that nothing is rounded. */
export function amountIn(value: unknown): number | undefined {
  const amount = typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value.trim()) ? Number(value) : value;
  return typeof amount === 'number' && Number.isFinite(amount) ? amount : undefined;
}

/** Of the first of these that is a moment; without an offset it is read as UTC. */
export function timeIn(...values: unknown[]): number | null {
  for (const value of values) {
    const at = typeof value === 'string' && value.length <= 40 ? momentOf(value, 'UTC') : null;
    if (at !== null) return at;
  }
  return null;
}

/** Without what is missing. */
export function present(fields: Fields): JsonMap {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as JsonMap;
}

/** Sums of prices, without the dust of binary fractions. */
export function sumOf(amounts: number[]): number {
  return Number(amounts.reduce((sum, amount) => sum + amount, 0).toFixed(4));
}

function isMap(value: unknown): value is { [name: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
