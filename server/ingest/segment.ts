// From one of Segment's calls to the engine's `Incoming`: names, moments, identity. Pure; refusals are values.
import { momentOf } from '../../engine/core/local-time.ts';
import type { JsonMap } from '../../engine/core/schema.ts';
import type { Incoming } from '../../engine/receive.ts';
import { isPlainText, problemOf } from '../shape.ts';
import { restrictToVisitor } from './browser-key.ts';
import { type Call, isTooDeep, limits, shapes } from './calls.ts';

/** The request an event came in with. */
export interface Arrival {
  receivedAt: number;
  /** The sender's own clock as it sent; null where it did not say. */
  sentAt: number | null;
  /** The server's write key was shown. */
  trusted: boolean;
}

export type Normalised =
  /** `ignored` names what the key may not set. */
  | { ok: true; incoming: Incoming; ignored: string[] }
  | { ok: false; code: 'invalid' | 'too_large' | 'forbidden'; sentence: string };

/** Older than this is a broken clock or a mistaken unit, and no journey could act on it. */
const oldestMs = 3650 * 86_400_000;

const eventNames = { page: 'page_viewed', screen: 'screen_viewed', group: 'group_joined' } as const;

/**
 * Reads one call. Refuses what can never be right: a wrong type, no identity, a time that cannot be read or lies more
 * than ten years back, more than 32 KB. A time to come counts as now. `newId` names events whose sender did not.
 */
export function normalise(call: Call, body: unknown, arrival: Arrival, newId: () => string): Normalised {
  if (isTooDeep(body)) return refused('invalid', 'its maps and lists lie in each other too deep');
  if (Buffer.byteLength(JSON.stringify(body ?? null)) > limits.eventBytes) {
    return refused('too_large', `an event may have ${limits.eventBytes} bytes`);
  }
  const shape = shapes[call].safeParse(body);
  if (!shape.success) return refused('invalid', problemOf(shape.error));
  const sent = shape.data;
  if (!sent.userId && !sent.anonymousId) return refused('invalid', 'userId or anonymousId must be there');
  if (call === 'alias' && !(sent.userId && sent.previousId))
    return refused('invalid', 'an alias needs userId and previousId');
  const occurredAt = occurrence(sent.timestamp, arrival);
  if (typeof occurredAt === 'string') return refused('invalid', occurredAt);
  const consent = consentOf(sent.context);
  if (!consent)
    return refused(
      'invalid',
      'context.consent must map a channel to a list of purposes, as in {"email": ["marketing"]}',
    );
  const incoming: Incoming = {
    source: arrival.trusted ? 'segment' : 'segment-browser',
    sourceId: sent.messageId ?? newId(),
    identity: { userId: sent.userId ?? undefined, anonymousId: sent.anonymousId ?? undefined },
    kind: call === 'identify' || call === 'alias' ? call : 'event',
    name: call === 'track' ? (sent.event as string) : call in eventNames ? eventNames[call as 'page'] : null,
    occurredAt,
    data: dataOf(call, sent),
    traits: call === 'identify' ? mapOf(sent.traits) : {},
    context: { timeZone: wordOf(sent.context?.timezone), locale: wordOf(sent.context?.locale) },
    grants: call === 'identify' ? consent : [],
    trusted: arrival.trusted,
  };
  // Clients add the browser's present anonymousId to an alias; what counts is the id it names.
  if (call === 'alias') Object.assign(incoming, { identity: { userId: sent.userId }, previousId: sent.previousId });
  return arrival.trusted ? { ok: true, incoming, ignored: [] } : restrictToVisitor(incoming);
}

/** When it happened by our clock, or what is wrong: the sender's clock is as wrong about `timestamp` as it is about `sentAt`. */
export function occurrence(timestamp: string | number | null | undefined, arrival: Arrival): number | string {
  if (timestamp === undefined || timestamp === null || timestamp === '') return arrival.receivedAt;
  const said = momentOf(timestamp, 'UTC');
  if (said === null) return 'timestamp: must be a time in ISO 8601, such as 2026-11-20T09:30:00Z';
  const occurredAt = Math.min(
    said + (arrival.sentAt === null ? 0 : arrival.receivedAt - arrival.sentAt),
    arrival.receivedAt,
  );
  return arrival.receivedAt - occurredAt > oldestMs ? 'timestamp: lies more than ten years back' : occurredAt;
}

type Sent = { [key: string]: unknown };

function dataOf(call: Call, sent: Sent): JsonMap {
  if (call === 'group') return { ...mapOf(sent.traits), ...present({ group_id: sent.groupId }) };
  const own = call === 'page' || call === 'screen' ? present({ name: sent.name, category: sent.category }) : {};
  return { ...mapOf(sent.properties), ...own };
}

/** `{ email: ['marketing'] }`; null where a channel's purposes are no list of words. Other consent tools put maps there: not ours. */
function consentOf(context: Sent | null | undefined): Incoming['grants'] | null {
  const entries = Object.entries(mapOf(context?.consent)).filter(
    ([, purposes]) => typeof purposes !== 'object' || Array.isArray(purposes),
  );
  const grants = entries.flatMap(([channel, purposes]) =>
    Array.isArray(purposes)
      ? purposes.map((purpose) => ({ channel, purpose: purpose as string }))
      : [{ channel, purpose: '' }],
  );
  return grants.every(({ channel, purpose }) => isWord(channel) && isWord(purpose)) ? grants : null;
}

function isWord(value: unknown): boolean {
  return typeof value === 'string' && /^[a-z][a-z0-9_-]{0,63}$/.test(value);
}

function mapOf(value: unknown): JsonMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonMap) : {};
}

function present(fields: Sent): JsonMap {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined && value !== null),
  ) as JsonMap;
}

/** Zone and locale are a help, not a fact: what is no short text is left out. */
function wordOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' && value.length <= 64 && isPlainText(value) ? value : undefined;
}

export function refused(code: 'invalid' | 'too_large' | 'forbidden', sentence: string): Normalised {
  return { ok: false, code, sentence };
}
